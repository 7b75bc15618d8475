//! The gate's eye: reads a source, decodes its newest frame, and hands on each text that comes into view.
//!
//! ```text
//! capture thread ──newest frame──► watch thread ──► decoder, bounded in time ──► in view? ──► door
//! ```
//!
//! Invariants: frames never queue; a decode that overruns [`DECODE_DEADLINE`] is abandoned and the next frame goes
//! on; a camera that hangs costs a thread at most, never the gate; no frame is stored unless [`Options::keep`] says
//! where. Deciding is the door's: this hands on texts and nothing else. The [`test_code`] is never handed on: it only
//! proves that the camera reads.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use decoder::{Cascade, CascadeOptions, Code, bounded::Bounded};

use super::{
    CameraState,
    capture::{Frame, Open, Shared},
    keep::Keeper,
    preview::Preview,
    view::InView,
};
use crate::test_code;

/// How long one frame may be decoded before it is given up.
pub const DECODE_DEADLINE: Duration = Duration::from_millis(400);

/// How long an open camera may send nothing.
pub const HUNG_AFTER: Duration = Duration::from_secs(4);

/// Capture threads that may live at once: the one that reads, and one that hangs.
const MOST_THREADS: usize = 2;

/// How often the watch looks after a silent source.
const GLANCE: Duration = Duration::from_millis(200);

/// How a watch is kept.
pub struct Options {
    /// Opens the source of frames.
    pub open: Open,
    /// Whether a silence is a fault: of a camera it is, of a pipe it is not.
    pub can_hang: bool,
    /// Where frames with a code are kept, if the venue wants that.
    pub keep: Option<Keeper>,
}

/// A running watch. It ends when it is dropped.
pub struct Watch {
    eye: Eye,
    thread: Option<JoinHandle<()>>,
}

/// What others may ask of a watch; clones ask the same one. Of [`Eye::default`] the camera is off.
#[derive(Clone, Default)]
pub struct Eye {
    shared: Arc<Shared>,
    preview: Arc<Preview>,
    notes: Arc<Mutex<Notes>>,
}

/// What the watch thread writes down for those who ask.
#[derive(Default)]
struct Notes {
    test_code: Option<Instant>,
    decoded: u64,
    overruns: u64,
    keeps: bool,
}

/// What the watch did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames that were decoded.
    pub decoded: u64,
    /// Frames that a newer one replaced before they were decoded.
    pub dropped: u64,
    /// Decodes that were abandoned.
    pub overruns: u64,
}

impl Watch {
    /// Starts to watch; `show` is handed each text as it comes into view, on the watch's own thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        options: Options,
        show: impl FnMut(&str) + Send + 'static,
    ) -> std::io::Result<Self> {
        let eye = Eye::default();
        eye.note(|notes| notes.keeps = options.keep.is_some());
        Shared::start(&eye.shared, Arc::clone(&options.open))?;
        let watching = Watching::new(eye.clone(), options);
        let thread = thread::Builder::new().name("camera-watch".to_owned());
        let thread = thread.spawn(move || watching.run(show))?;
        Ok(Self {
            eye,
            thread: Some(thread),
        })
    }

    /// What others may ask.
    #[must_use]
    pub fn eye(&self) -> Eye {
        self.eye.clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.eye.shared.frames.close();
        if let Some(thread) = self.thread.take() {
            // It ends after the decode that it is in; a capture thread may hang, so nobody waits for that.
            let _ = thread.join();
        }
    }
}

impl Eye {
    /// How the camera stands.
    #[must_use]
    pub fn state(&self) -> CameraState {
        self.shared.state()
    }

    /// What the camera or file is called; empty before the first one was opened.
    #[must_use]
    pub fn name(&self) -> String {
        self.shared.name()
    }

    /// A small JPEG of the newest frame; `None` while there is none. Made only now, and at most a few times a
    /// second.
    #[must_use]
    pub fn preview(&self) -> Option<Arc<[u8]>> {
        let newest = self.shared.newest.lock();
        let newest = newest.unwrap_or_else(PoisonError::into_inner).clone();
        self.preview.of(&*newest?)
    }

    /// How long ago the test code was seen; `None`: not yet.
    #[must_use]
    pub fn test_code_age(&self) -> Option<Duration> {
        self.note(|notes| notes.test_code.map(|seen| seen.elapsed()))
    }

    /// Whether frames are stored; the screen says so.
    #[must_use]
    pub fn keeps_frames(&self) -> bool {
        self.note(|notes| notes.keeps)
    }

    /// What was done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let dropped = self.shared.frames.dropped();
        self.note(|notes| Counts {
            decoded: notes.decoded,
            dropped,
            overruns: notes.overruns,
        })
    }

    fn note<T>(&self, of: impl FnOnce(&mut Notes) -> T) -> T {
        of(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The watch thread's own.
struct Watching {
    eye: Eye,
    options: Options,
    decoder: Bounded,
    view: InView,
    started: Instant,
}

impl Watching {
    fn new(eye: Eye, options: Options) -> Self {
        let live = |_| -> Box<dyn decoder::FrameDecoder> {
            Box::new(Cascade::new(CascadeOptions::live()))
        };
        Self {
            eye,
            options,
            decoder: Bounded::new(DECODE_DEADLINE, live),
            view: InView::default(),
            started: Instant::now(),
        }
    }

    fn run(mut self, mut show: impl FnMut(&str)) {
        while !self.eye.shared.frames.is_closed() {
            match self.eye.shared.frames.take(GLANCE) {
                Some(frame) => self.look(&frame, &mut show),
                None => self.look_after(),
            }
        }
    }

    fn look(&mut self, frame: &Frame, show: &mut impl FnMut(&str)) {
        let codes = self.decoder.decode(frame).unwrap_or_default();
        let overruns = self.decoder.overruns();
        self.eye.note(|notes| {
            notes.decoded += 1;
            notes.overruns = overruns;
        });
        let fresh = self.fresh(&codes);
        if !fresh.is_empty()
            && let Some(keeper) = &mut self.options.keep
        {
            keeper.keep(frame);
        }
        fresh.iter().for_each(|text| show(text));
    }

    /// The texts that came into view, without the test code.
    fn fresh(&mut self, codes: &[Code]) -> Vec<String> {
        let (test, texts): (Vec<_>, Vec<_>) = codes
            .iter()
            .map(|code| code.text.as_str())
            .partition(|text| test_code::is_in(text));
        if !test.is_empty() {
            self.eye
                .note(|notes| notes.test_code = Some(Instant::now()));
        }
        self.view.newly(texts, self.started.elapsed())
    }

    /// No frame came: perhaps the camera hangs, or a thread that hung came back.
    fn look_after(&self) {
        let shared = &self.eye.shared;
        let hangs = shared
            .silent_for()
            .is_some_and(|silence| silence > HUNG_AFTER);
        if self.options.can_hang && hangs {
            tracing::warn!(camera = shared.name(), "the camera sends nothing");
            shared.give_up();
        }
        let is_given_up = shared.state() == CameraState::Hung && shared.silent_for().is_none();
        if is_given_up && shared.threads() < MOST_THREADS {
            let started = Shared::start(shared, Arc::clone(&self.options.open));
            if let Err(error) = started {
                tracing::error!(%error, "no thread for the camera");
            }
        }
    }
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
