//! The thread that reads a source: opens it, hands on its frames, and opens it again when it went away.
//!
//! ```text
//! open ──► frames ──unplugged, busy, …──► pause ──► open      a file at its end ──► leaves
//!             └── nothing for HUNG_AFTER ──► given up: another thread tries, this one may come back and leaves
//! ```
//!
//! Invariant: only the newest thread may tell the state or hand on frames (`Feed::is_wanted`); one that was given
//! up says nothing more. A camera's call cannot be interrupted, so a hung thread is left behind, and while one is
//! no other is started for a camera that nobody unplugged: see [`super::watch`].

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use decoder::GrayFrame;

use super::{CameraState, FrameSource, Next, SourceError, latest::Latest};

/// Between two tries to open what is not there.
pub const RETRY: Duration = Duration::from_millis(500);

/// How many bad frames in a row a source may send.
const MOST_BAD: u32 = 60;

/// Opens a source, on the thread that will read it.
pub type Open = Arc<dyn Fn() -> Result<Box<dyn FrameSource>, SourceError> + Send + Sync>;

/// A frame that can be decoded and looked at at once.
pub type Frame = Arc<GrayFrame<'static>>;

/// A source that is read, without a watch over it: for those who want every frame. It ends when it is dropped.
pub struct Capture(Arc<Shared>);

impl Capture {
    /// Starts to read.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(open: Open) -> std::io::Result<Self> {
        let shared = Arc::default();
        Shared::start(&shared, open)?;
        Ok(Self(shared))
    }

    /// The newest frame, as soon as there is one within the time.
    #[must_use]
    pub fn next(&self, patience: Duration) -> Option<Frame> {
        self.0.frames.take(patience)
    }

    /// How the source stands.
    #[must_use]
    pub fn state(&self) -> CameraState {
        self.0.state()
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        self.0.name()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.0.frames.close();
    }
}

/// What capture and watch share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) frames: Latest<Frame>,
    /// The newest frame, for the preview.
    pub(super) newest: Mutex<Option<Frame>>,
    situation: Mutex<Situation>,
    newest_thread: AtomicU64,
    threads: AtomicUsize,
}

/// What the screen is told, and since when.
#[derive(Debug, Default)]
struct Situation {
    state: CameraState,
    name: String,
    /// When the last frame came, or the source was opened.
    heard: Option<Instant>,
    rate: Rate,
}

/// Frames in the last second.
#[derive(Debug, Default)]
struct Rate {
    since: Option<Instant>,
    frames: u32,
}

/// One capture thread's way to the others.
pub(super) struct Feed {
    shared: Arc<Shared>,
    number: u64,
}

impl Shared {
    pub(super) fn state(&self) -> CameraState {
        self.situation(|situation| situation.state)
    }

    pub(super) fn name(&self) -> String {
        self.situation(|situation| situation.name.clone())
    }

    /// How long an open source has sent nothing; `None` while none is open.
    pub(super) fn silent_for(&self) -> Option<Duration> {
        self.situation(|situation| situation.heard.map(|heard| heard.elapsed()))
    }

    /// How many capture threads live, given up or not.
    pub(super) fn threads(&self) -> usize {
        self.threads.load(Ordering::Acquire)
    }

    /// From now on the newest thread is not wanted.
    pub(super) fn give_up(&self) {
        self.newest_thread.fetch_add(1, Ordering::AcqRel);
        self.situation(|situation| {
            situation.state = CameraState::Hung;
            situation.heard = None;
        });
        self.clear();
    }

    /// Starts a thread that reads.
    pub(super) fn start(shared: &Arc<Self>, open: Open) -> std::io::Result<()> {
        let number = shared.newest_thread.fetch_add(1, Ordering::AcqRel) + 1;
        let feed = Feed {
            shared: Arc::clone(shared),
            number,
        };
        shared.threads.fetch_add(1, Ordering::AcqRel);
        let thread = thread::Builder::new().name("camera-capture".to_owned());
        // Without a thread the feed is dropped, which counts it out again.
        thread.spawn(move || feed.run(&open)).map(drop)
    }

    fn situation<T>(&self, of: impl FnOnce(&mut Situation) -> T) -> T {
        let mut situation = self
            .situation
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        of(&mut situation)
    }

    fn clear(&self) {
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Feed {
    fn run(&self, open: &Open) {
        while self.is_wanted() {
            self.say(CameraState::Starting);
            let ended = open().and_then(|mut source| self.pump(&mut *source));
            self.closed();
            match ended {
                Ok(true) => {}
                Ok(false) => return self.say(CameraState::Ended),
                Err(error) => self.complain(&error),
            }
            if self.shared.frames.is_closed_after(RETRY) {
                return;
            }
        }
    }

    /// Hands on frames until there are no more; whether it makes sense to open the source again.
    fn pump(&self, source: &mut dyn FrameSource) -> Result<bool, SourceError> {
        let is_live = source.is_live();
        self.opened(source.name());
        let mut bad = 0;
        while self.is_wanted() {
            match source.next() {
                Ok(Next::Frame(frame)) => {
                    bad = 0;
                    self.hand_on(Arc::new(frame), is_live);
                }
                Ok(Next::NotYet) => {}
                Ok(Next::End) => return Ok(is_live),
                Err(SourceError::Frame(error)) if bad < MOST_BAD => {
                    bad += 1;
                    tracing::debug!(%error, "a frame cannot be used");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn hand_on(&self, frame: Frame, is_live: bool) {
        if !self.is_wanted() {
            return;
        }
        self.heard(&frame);
        *self
            .shared
            .newest
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&frame));
        if is_live {
            self.shared.frames.replace(frame);
        } else {
            self.shared.frames.hand_over(frame);
        }
    }

    fn is_wanted(&self) -> bool {
        let newest = self.shared.newest_thread.load(Ordering::Acquire);
        newest == self.number && !self.shared.frames.is_closed()
    }

    fn opened(&self, name: &str) {
        if !self.is_wanted() {
            return;
        }
        self.shared.situation(|situation| {
            name.clone_into(&mut situation.name);
            situation.heard = Some(Instant::now());
            situation.rate = Rate::default();
        });
    }

    fn closed(&self) {
        if self.is_wanted() {
            self.shared.clear();
            self.shared.situation(|situation| situation.heard = None);
        }
    }

    fn heard(&self, frame: &GrayFrame<'_>) {
        let now = Instant::now();
        self.shared.situation(|situation| {
            situation.heard = Some(now);
            let fps = situation.rate.count(now);
            let known = match situation.state {
                CameraState::Running { fps, .. } => fps,
                _ => 0,
            };
            situation.state = CameraState::Running {
                width: frame.width(),
                height: frame.height(),
                fps: fps.unwrap_or(known),
            };
        });
    }

    fn complain(&self, error: &SourceError) {
        tracing::debug!(code = error.code(), %error, "the camera cannot be read");
        self.say(error.state());
    }

    /// Tells the state. What was unplugged stays so until it is there again, and a hung camera that another try
    /// finds busy is held by the thread that hangs.
    fn say(&self, state: CameraState) {
        if !self.is_wanted() {
            return;
        }
        let others = self.shared.threads() > 1;
        self.shared.situation(|situation| {
            let stays = match (situation.state, state) {
                (CameraState::Unplugged, CameraState::NoCamera) => true,
                (CameraState::Hung, CameraState::Busy | CameraState::Unusable) => others,
                // A trouble is told until something better is known, so that the screen does not flicker.
                (before, CameraState::Starting) => before.is_trouble(),
                _ => false,
            };
            if !stays {
                situation.state = state;
            }
        });
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.shared.threads.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Rate {
    /// Counts a frame; the rate, once a second.
    fn count(&mut self, now: Instant) -> Option<u32> {
        let since = *self.since.get_or_insert(now);
        self.frames += 1;
        let passed = now.saturating_duration_since(since);
        if passed < Duration::from_secs(1) {
            return None;
        }
        let rate = f64::from(self.frames - 1) / passed.as_secs_f64();
        *self = Self {
            since: Some(now),
            frames: 1,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of frames over at least a second"
        )]
        Some(rate.round() as u32)
    }
}
