//! Several decoders as one: the cheap step first, the end at the first text.
//!
//! ```text
//! zxing-cpp   half ─► full ─► refocus ─► sharpen ─► stretch ─► second_opinion ─► upright
//! rqrr        half ─► full ─► inverted ─► stretch
//!             └ every frame ┘ └ deep: on every n-th frame ┘
//!
//! camera      half ─► one of: full quickly, around the last code, or the deep step whose turn it is
//! ```
//!
//! Invariant: a frame ends at the first stage that reads a text, save that `find_all` goes on where more may be
//! seen; each stage that ran is in [`Decoded::times`] with what it took. What a frame gives does not depend on the
//! clock, except for rqrr's deadline. The edge node owns one cascade per source of frames; of past frames it knows
//! their number and, where they follow on, where the last code was.

use std::time::Duration;

use serde::Serialize;

use crate::bounded::Bounded;
use crate::code::{Code, Stage, in_order};
use crate::look::{Area, Look};
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
    /// Where the last code was.
    last: Option<Area>,
}

/// What a frame may try after the half-size look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The whole frame.
    Whole,
    /// The whole frame and all deep stages.
    All,
    /// Around the last code.
    Near(Area),
    /// One deep stage; those that cost much look at one part of the frame, and the next time at the other.
    One(Stage, u32),
}

/// What was read so far.
#[derive(Default)]
struct Found {
    codes: Vec<Code>,
    /// A code was seen that could not be read.
    is_doubtful: bool,
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
            last: None,
        }
    }

    /// The codes of one frame, with the stage that read them and the time it took.
    pub fn read(&mut self, frame: &GrayFrame<'_>) -> Decoded {
        let watch = Stopwatch::start();
        let turn = self.next_turn();
        let mut found = Found::default();
        let mut times = Vec::new();
        for &stage in stages(self.options.engine) {
            if self.wants(stage, turn, &found) {
                times.push(self.run(stage, turn, frame, &mut found));
            }
        }
        let stage = found.codes.iter().map(|code| code.stage).min();
        if self.options.region {
            self.last = found.codes.iter().find_map(Area::around).or(self.last);
        }
        Decoded {
            codes: in_order(found.codes),
            stage,
            took: watch.elapsed(),
            times,
        }
    }

    /// How many of rqrr's decodes were abandoned at their deadline.
    pub fn overruns(&self) -> u64 {
        self.rqrr.overruns()
    }

    fn next_turn(&mut self) -> Turn {
        let (every, frame) = (u64::from(self.options.deep_every), self.frames);
        self.frames += 1;
        let is_deep = every > 0 && frame.is_multiple_of(every);
        if !self.options.spread {
            return if is_deep { Turn::All } else { Turn::Whole };
        }
        if is_deep {
            return self.deep_turn(frame / every);
        }
        match self.last {
            // With every third frame deep, the other two are one of each.
            Some(area) if frame % every.max(2) % 2 == 0 => Turn::Near(area),
            _ => Turn::Whole,
        }
    }

    fn deep_turn(&self, turn: u64) -> Turn {
        let deep: Vec<_> = stages(self.options.engine)
            .iter()
            .filter(|stage| **stage >= Stage::Full && self.is_on(**stage))
            .collect();
        let place = usize::try_from(turn).unwrap_or_default();
        let Some(stage) = deep.get(place % deep.len().max(1)) else {
            return Turn::Whole;
        };
        let round = place / deep.len();
        Turn::One(**stage, u32::try_from(round % 2).unwrap_or_default())
    }

    const fn is_on(&self, stage: Stage) -> bool {
        let options = &self.options;
        match stage {
            Stage::Half => options.half,
            Stage::Region => options.region,
            Stage::Full => options.full,
            Stage::Inverted => options.inverted,
            Stage::Refocus => options.refocus,
            Stage::Sharpen => options.sharpen,
            Stage::Stretch => options.stretch,
            Stage::SecondOpinion => options.second_opinion,
            Stage::Upright => options.upright,
        }
    }

    fn wants(&self, stage: Stage, turn: Turn, found: &Found) -> bool {
        let has_turn = match (stage, turn) {
            (Stage::Half, _) | (Stage::Full, Turn::Whole | Turn::All) => true,
            (Stage::Region, turn) => matches!(turn, Turn::Near(_)),
            (_, Turn::All) => true,
            (_, Turn::One(one, _)) => one == stage,
            _ => false,
        };
        let may_run = self.is_on(stage) && has_turn;
        may_run && (found.codes.is_empty() || self.goes_on(stage, turn, found))
    }

    /// Whether a stage looks for more beside what was read. Without a doubt it does so cheaply: see `effort`.
    fn goes_on(&self, stage: Stage, turn: Turn, found: &Found) -> bool {
        let has_room = found.codes.len() < usize::from(self.options.max_codes);
        let sees_all = matches!(turn, Turn::Whole | Turn::All);
        stage == Stage::Full && self.options.find_all && has_room && sees_all
    }

    /// Runs one stage and adds what it read, seen in the given frame and under its own name.
    fn run(
        &mut self,
        stage: Stage,
        turn: Turn,
        frame: &GrayFrame<'_>,
        found: &mut Found,
    ) -> StageTime {
        let watch = Stopwatch::start();
        let mut count = 0;
        for look in self.looks(stage, turn, found) {
            let seen = look.at(frame);
            let codes = self.decode((stage, turn), &seen.frame, found);
            count = codes.len();
            for code in codes {
                let code = Code {
                    stage,
                    ..code.moved(seen.factor, seen.corner)
                };
                found.add(code);
            }
            if count > 0 {
                break;
            }
        }
        StageTime {
            stage,
            took: watch.elapsed(),
            found: count,
        }
    }

    /// How a stage looks at a frame, one look after the other until one reads a text.
    fn looks(&self, stage: Stage, turn: Turn, found: &Found) -> Vec<Look> {
        let spread = self.options.spread;
        match (stage, turn) {
            (Stage::Half, _) => vec![Look::Reduced],
            (Stage::Region, Turn::Near(area)) => vec![Look::Area(area), Look::SharpArea(area)],
            (Stage::Full, Turn::One(_, part)) => vec![Look::Part(part)],
            (Stage::Full, _) if self.is_for_bars(found) => vec![Look::Rows],
            (Stage::Sharpen, Turn::One(_, part)) => vec![Look::SharpPart(part)],
            (Stage::Stretch, Turn::One(_, part)) => vec![Look::StretchedPart(part)],
            (Stage::Inverted, _) => vec![Look::Inverted],
            (Stage::Refocus, _) => vec![Look::Refocused],
            (Stage::Sharpen, _) if spread => vec![Look::Sharp],
            (Stage::Sharpen, _) => vec![Look::Sharp, Look::Finest],
            (Stage::Stretch, _) => vec![Look::Stretched],
            (Stage::SecondOpinion, _) if spread => vec![Look::Reduced],
            (Stage::SecondOpinion, _) => vec![Look::Reduced, Look::Borne],
            (Stage::Upright, Turn::One(_, part)) => vec![Look::Part(part)],
            (Stage::Upright, _) => vec![Look::Borne],
            (Stage::Region | Stage::Full, _) => vec![Look::Whole],
        }
    }

    /// All that was seen was read: what may be left is a barcode too fine for half the size.
    fn is_for_bars(&self, found: &Found) -> bool {
        self.options.engine != Engine::Rqrr && !found.codes.is_empty() && !found.is_doubtful
    }

    #[cfg_attr(
        not(feature = "zxing"),
        expect(unused_variables, reason = "one decoder does it all")
    )]
    fn decode(
        &mut self,
        (stage, turn): (Stage, Turn),
        seen: &GrayFrame<'_>,
        found: &mut Found,
    ) -> Vec<Code> {
        #[cfg(feature = "zxing")]
        if self.options.engine == Engine::Zxing && stage != Stage::SecondOpinion {
            return self.decode_by_zxing((stage, turn), seen, found);
        }
        self.rqrr.decode(seen).unwrap_or_default()
    }

    #[cfg(feature = "zxing")]
    fn decode_by_zxing(
        &self,
        (stage, turn): (Stage, Turn),
        seen: &GrayFrame<'_>,
        found: &mut Found,
    ) -> Vec<Code> {
        let most = self.options.max_codes;
        let mut zxing = Zxing::new(self.effort(stage, turn, found), most);
        if stage != Stage::Half || !self.options.find_all || most < 2 {
            return zxing.decode(seen);
        }
        let (codes, is_doubtful) = zxing.look(seen);
        found.is_doubtful = is_doubtful;
        codes
    }

    #[cfg(feature = "zxing")]
    fn effort(&self, stage: Stage, turn: Turn, found: &Found) -> Effort {
        let spread = self.options.spread;
        match stage {
            Stage::Half if !spread => Effort::Quick,
            Stage::Refocus => Effort::Quick,
            Stage::Sharpen | Stage::Stretch if spread => Effort::Quick,
            Stage::Full if self.is_for_bars(found) => Effort::Lines,
            Stage::Full if spread && turn == Turn::Whole => Effort::Quick,
            Stage::Upright => Effort::Upright,
            _ => Effort::Usual,
        }
    }
}

impl Found {
    fn add(&mut self, code: Code) {
        let is_known = |known: &Code| known.format == code.format && known.text == code.text;
        if !self.codes.iter().any(is_known) {
            self.codes.push(code);
        }
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
    use Stage::{Full, Half, Inverted, Region, Stretch};
    match engine {
        #[cfg(feature = "zxing")]
        Engine::Zxing => {
            use Stage::{Refocus, SecondOpinion, Sharpen, Upright};
            &[
                Half,
                Region,
                Full,
                Refocus,
                Sharpen,
                Stretch,
                SecondOpinion,
                Upright,
            ]
        }
        Engine::Rqrr => &[Half, Region, Full, Inverted, Stretch],
    }
}
