//! What a camera sees, for a command: texts as they come into view, and how the camera stands when that changes.

use std::{
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use serde::Serialize;

use super::CommandError;
use crate::{
    camera::{CameraState, Watch, origin::Origin, watch::Options},
    reason_text::Language,
};

/// Between two looks at how the camera stands.
const GLANCE: Duration = Duration::from_millis(50);

/// How long a camera that is not there yet is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// When to end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    /// After so many texts.
    pub(super) count: Option<u32>,
    /// After so many seconds.
    pub(super) seconds: Option<u32>,
}

/// What happened.
pub(super) enum Seen {
    /// A text came into view.
    Text(String),
    /// The camera stands otherwise.
    State(Told),
}

/// How the camera stands, as it is printed.
#[derive(Serialize)]
pub(super) struct Told {
    camera: String,
    #[serde(flatten)]
    state: CameraState,
    text: &'static str,
    advice: &'static str,
}

/// A look that goes on.
pub(super) struct Looking {
    watch: Watch,
    texts: Receiver<String>,
    limits: Limits,
    started: Instant,
    last: CameraState,
    seen: u32,
    has_run: bool,
}

impl Told {
    pub(super) fn words(&self) -> String {
        let Self {
            camera,
            text,
            advice,
            ..
        } = self;
        format!("{camera}: {text}. {advice}").trim_end().to_owned()
    }
}

impl Looking {
    /// Starts to look through the camera that a person means.
    pub(super) fn start(wish: &str, limits: Limits) -> Result<Self, CommandError> {
        let origin = Origin::camera(wish).ok_or_else(|| {
            CommandError::Usage("--camera off sees nothing: name a camera, or auto".to_owned())
        })?;
        let options = Options {
            can_hang: origin.can_hang(),
            open: origin.opener(),
            keep: None,
        };
        let (shown, texts) = channel();
        // An error says that the command has ended.
        let show = move |text: &str| drop(shown.send(text.to_owned()));
        let watch = Watch::start(options, show).map_err(CommandError::Runtime)?;
        Ok(Self {
            watch,
            texts,
            limits,
            started: Instant::now(),
            last: CameraState::Off,
            seen: 0,
            has_run: false,
        })
    }

    fn is_over(&self) -> bool {
        let seconds = self.limits.seconds.map(|s| Duration::from_secs(s.into()));
        seconds.is_some_and(|limit| self.started.elapsed() >= limit)
            || self.limits.count.is_some_and(|limit| self.seen >= limit)
    }

    /// A change that is worth a line; a camera that never ran ends the command with its fault.
    fn change(&mut self) -> Option<Result<Seen, CommandError>> {
        let eye = self.watch.eye();
        let state = eye.state();
        self.has_run |= state.is_running();
        let is_final = state.is_trouble() && !self.has_run && self.started.elapsed() >= PATIENCE;
        if is_final {
            self.limits.count = Some(0);
            return Some(Err(CommandError::Camera(state)));
        }
        let is_news = state.name() != self.last.name() && (self.has_run || !state.is_trouble());
        if !is_news {
            return None;
        }
        self.last = state;
        Some(Ok(Seen::State(Told {
            camera: eye.name(),
            state,
            text: state.text(Language::English),
            advice: state.advice(Language::English),
        })))
    }
}

impl Iterator for Looking {
    type Item = Result<Seen, CommandError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over() {
            if let Some(change) = self.change() {
                return Some(change);
            }
            if let Ok(text) = self.texts.recv_timeout(GLANCE) {
                self.seen += 1;
                return Some(Ok(Seen::Text(text)));
            }
        }
        None
    }
}
