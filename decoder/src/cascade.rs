//! Several decoders as one: the cheap step first, the end at the first text.
//!
//! ```text
//! zxing-cpp   half ─► full ─► stretch ─► refocus ─► sharpen ─► second_opinion ─► upright
//! rqrr        half ─► full ─► inverted ─► stretch
//!             └ every frame ┘ └ deep: on every n-th frame ┘
//! ```
//!
//! Invariant: a frame ends at the first stage that reads a text, save that `find_all` lets `full`
//! follow `half` on deep frames; each stage that ran is in [`Decoded::times`] with what it took. The
//! edge node owns one cascade per frame source. It holds no memory of past frames but their number:
//! searching near the last hit belongs to the frame source, which knows whether frames follow on.

use std::borrow::Cow;
use std::time::Duration;

use serde::Serialize;

use crate::bounded::Bounded;
use crate::code::{Code, Stage, in_order};
use crate::options::{CascadeOptions, Engine};
use crate::rqrr::Rqrr;
use crate::stopwatch::Stopwatch;
#[cfg(feature = "zxing")]
use crate::zxing::{Effort, Zxing};
use crate::{FrameDecoder, GrayFrame};

/// What a frame gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decoded {
    /// Top to bottom, then left to right; each text once.
    pub codes: Vec<Code>,
    /// The stage that read the first text; `None` when no stage did.
    pub stage: Option<Stage>,
    /// From the frame to the answer.
    pub took: Duration,
    /// Every stage that ran, in its order.
    pub times: Vec<StageTime>,
}

/// What one stage took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StageTime {
    pub stage: Stage,
    pub took: Duration,
    pub found: usize,
}

/// The decoder of the edge node.
pub struct Cascade {
    options: CascadeOptions,
    rqrr: Bounded,
    frames: u64,
}

impl Cascade {
    /// A cascade with these steps; threads start when they are first needed.
    pub fn new(options: CascadeOptions) -> Self {
        let rqrr = Bounded::new(options.rqrr_deadline, |abandon| {
            Box::new(Rqrr::with_abandon(abandon))
        });
        Self {
            options,
            rqrr,
            frames: 0,
        }
    }

    /// The codes of one frame, with the stage that read them and the time it took.
    pub fn read(&mut self, frame: &GrayFrame<'_>) -> Decoded {
        let watch = Stopwatch::start();
        let deep = self.next_is_deep();
        let mut codes = Vec::new();
        let mut times = Vec::new();
        for &stage in stages(self.options.engine) {
            if self.wants(stage, deep, &codes) {
                let time = self.run(stage, frame, &mut codes);
                times.push(time);
            }
        }
        let stage = codes.iter().map(|code: &Code| code.stage).min();
        Decoded {
            codes: in_order(codes),
            stage,
            took: watch.elapsed(),
            times,
        }
    }

    /// How many of rqrr's decodes were abandoned at their deadline.
    pub fn overruns(&self) -> u64 {
        self.rqrr.overruns()
    }

    fn next_is_deep(&mut self) -> bool {
        let every = u64::from(self.options.deep_every);
        let deep = every > 0 && self.frames.is_multiple_of(every);
        self.frames += 1;
        deep
    }

    fn wants(&self, stage: Stage, deep: bool, codes: &[Code]) -> bool {
        let options = &self.options;
        let switched_on = match stage {
            Stage::Half => options.half,
            Stage::Full => options.full,
            Stage::Inverted => options.inverted && deep,
            Stage::Stretch => options.stretch && deep,
            Stage::Refocus => options.refocus && deep,
            Stage::Sharpen => options.sharpen && deep,
            Stage::SecondOpinion => options.second_opinion && deep,
            Stage::Upright => options.upright && deep,
        };
        let more = options.find_all && deep && codes.len() < usize::from(options.max_codes);
        switched_on && (codes.is_empty() || (stage == Stage::Full && more))
    }

    /// Runs one stage and adds what it read, seen in the given frame and under its own name.
    fn run(&mut self, stage: Stage, frame: &GrayFrame<'_>, codes: &mut Vec<Code>) -> StageTime {
        let watch = Stopwatch::start();
        let (seen, factor) = prepare(stage, frame);
        let found = self.decode(stage, &seen);
        let count = found.len();
        for code in found {
            let code = Code {
                stage,
                ..code.enlarged(factor)
            };
            if !codes
                .iter()
                .any(|known| known.format == code.format && known.text == code.text)
            {
                codes.push(code);
            }
        }
        StageTime {
            stage,
            took: watch.elapsed(),
            found: count,
        }
    }

    #[cfg_attr(
        not(feature = "zxing"),
        expect(unused_variables, reason = "one decoder does it all")
    )]
    fn decode(&mut self, stage: Stage, seen: &GrayFrame<'_>) -> Vec<Code> {
        #[cfg(feature = "zxing")]
        if self.options.engine == Engine::Zxing && stage != Stage::SecondOpinion {
            return Zxing::new(effort(stage), self.options.max_codes).decode(seen);
        }
        self.rqrr.decode(seen).unwrap_or_default()
    }
}

impl Default for Cascade {
    fn default() -> Self {
        Self::new(CascadeOptions::default())
    }
}

impl FrameDecoder for Cascade {
    fn name(&self) -> &'static str {
        "cascade"
    }

    fn decode(&mut self, frame: &GrayFrame<'_>) -> Vec<Code> {
        self.read(frame).codes
    }
}

fn stages(engine: Engine) -> &'static [Stage] {
    use Stage::{Full, Half, Inverted, Stretch};
    match engine {
        #[cfg(feature = "zxing")]
        Engine::Zxing => {
            use Stage::{Refocus, SecondOpinion, Sharpen, Upright};
            &[
                Half,
                Full,
                Stretch,
                Refocus,
                Sharpen,
                SecondOpinion,
                Upright,
            ]
        }
        Engine::Rqrr => &[Half, Full, Inverted, Stretch],
    }
}

#[cfg(feature = "zxing")]
fn effort(stage: Stage) -> Effort {
    match stage {
        Stage::Half => Effort::Quick,
        Stage::Upright => Effort::Upright,
        _ => Effort::Usual,
    }
}

/// The frame as a stage looks at it, and by what factor it is smaller than the one given.
fn prepare<'a>(stage: Stage, frame: &'a GrayFrame<'_>) -> (Cow<'a, GrayFrame<'a>>, i32) {
    let splits = frame.width() >= 2 && frame.height() >= 2;
    match stage {
        Stage::Half if splits => (Cow::Owned(frame.half()), 2),
        Stage::Refocus if splits => (Cow::Owned(frame.half().sharpened(3, 6)), 2),
        Stage::Inverted => (Cow::Owned(frame.inverted()), 1),
        Stage::Stretch => (Cow::Owned(frame.stretched()), 1),
        Stage::Sharpen => (Cow::Owned(frame.sharpened(1, 6)), 1),
        _ => (Cow::Borrowed(frame), 1),
    }
}
