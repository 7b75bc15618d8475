//! Why a command could not work: one sentence for the person, one code for scripts.

use crate::{
    bundle::StickError,
    camera::{CameraState, SourceError, file::FramesError},
    error::NodeError,
    operator::{SignInError, decision::DecisionError},
    pin::PinError,
    reason_text::Language,
    screen::ScreenError,
    search::SearchError,
    sync,
};

/// The command could not work.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The command line itself.
    #[error("{0} (see --help)")]
    Usage(String),
    /// The node itself.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The search by name.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// Who works the gate.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The operator's secret cannot be read.
    #[error("the gate secret cannot be read: {0}")]
    Secret(std::io::Error),
    /// The earlier scan.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// The stick.
    #[error(transparent)]
    Stick(#[from] StickError),
    /// No pictures.
    #[error(transparent)]
    Frames(#[from] FramesError),
    /// No film, or no camera.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A camera that gives no frames.
    #[error("{}: {}", .0.text(Language::English), .0.advice(Language::English))]
    Camera(CameraState),
    /// No folder for frames.
    #[error("frames cannot be kept in {}: {source}; name another folder", folder.display())]
    Keep {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The way to central.
    #[error(transparent)]
    Network(#[from] sync::command::CommandError),
    /// The screen.
    #[error(transparent)]
    Screen(#[from] ScreenError),
    /// The PIN of kiosk mode.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// The system gives no runtime to wait in.
    #[error("the network cannot be used: {0}")]
    Runtime(std::io::Error),
    /// Where is the node?
    #[error("no folder for the node: name one with --home DIR or GERBANG_HOME")]
    NoHome,
    /// Standard input failed.
    #[error("standard input cannot be read: {0}")]
    Input(std::io::Error),
    /// Whoever read the answers is gone.
    #[error("standard output cannot be written: {0}")]
    Output(std::io::Error),
}

impl CommandError {
    /// What is wrong with the command line, on one line and without the usage that follows it.
    pub(super) fn usage(error: &clap::Error) -> Self {
        let text = error.to_string();
        let said = text.split("\n\n").next().unwrap_or_default();
        let words: Vec<_> = said
            .trim_start_matches("error:")
            .split_whitespace()
            .collect();
        Self::Usage(words.join(" "))
    }

    /// The stable name.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Usage(_) => "usage",
            Self::Node(error) => error.code(),
            Self::Search(error) => error.code(),
            Self::SignIn(error) => error.code(),
            Self::Secret(_) => "secret_unreadable",
            Self::Decision(error) => error.code(),
            Self::Stick(error) => error.code(),
            Self::Frames(error) => error.code(),
            Self::Source(error) => error.code(),
            Self::Camera(state) => state.fault_code(),
            Self::Keep { .. } => "frames_not_kept",
            Self::Network(error) => error.code(),
            Self::Screen(error) => error.code(),
            Self::Pin(_) => "pin",
            Self::Runtime(_) => "network_unusable",
            Self::NoHome => "home_unknown",
            Self::Input(_) => "input_failed",
            Self::Output(_) => "output_failed",
        }
    }
}
