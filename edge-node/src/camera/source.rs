//! Where frames come from: one interface before files, streams and cameras.
//!
//! Invariant: [`FrameSource::next`] waits for the next frame, but not for ever where it can help it, and never
//! returns one twice. A source lives
//! on one thread, is opened there, and is dropped before it is opened again (a camera that is still held moves to
//! another number when it is plugged in again). Errors say whether another try makes sense.

use decoder::{FrameError, GrayFrame};

use super::{CameraState, file::FramesError};

/// A source of frames.
pub trait FrameSource {
    /// What people call it: the camera's name, or the path.
    fn name(&self) -> &str;

    /// Whether frames come by themselves: then the newest counts, and those that nobody took are dropped. Else
    /// each is taken, in order.
    fn is_live(&self) -> bool;

    /// The next frame, as soon as there is one.
    ///
    /// # Errors
    /// [`SourceError::Frame`] for one bad frame, after which the next may be good; all others end the source.
    fn next(&mut self) -> Result<Next, SourceError>;
}

/// What a source has.
#[derive(Debug)]
pub enum Next {
    /// A frame.
    Frame(GrayFrame<'static>),
    /// None yet: ask again.
    NotYet,
    /// There will be no other.
    End,
}

/// Why there is no frame. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No camera at all, or none of that name.
    #[error("there is no camera{}: plug one in, or see `edge-node cameras`", named(.0))]
    NoCamera(Option<String>),
    /// Another program streams from it.
    #[error("the camera {0} is busy: close the other program that uses it")]
    Busy(String),
    /// The system keeps us out.
    #[error(
        "the camera {0} may not be used by this user: add the user to the group video \
         (sudo usermod -aG video NAME) and sign in again"
    )]
    Denied(String),
    /// It went away while it was used.
    #[error("the camera {0} was unplugged: plug it in again")]
    Unplugged(String),
    /// It sends nothing.
    #[error("the camera {0} sends no pictures: unplug it and plug it in again")]
    Hung(String),
    /// It offers nothing that can be decoded, or fails in another way.
    #[error("the camera {name} cannot be used: {reason}; try another camera or USB socket")]
    Unusable {
        /// Which.
        name: String,
        /// What it said.
        reason: String,
    },
    /// The program was built without cameras.
    #[error("this program was built without cameras (feature v4l): use --frames")]
    NotBuilt,
    /// Files that are not there.
    #[error(transparent)]
    Frames(#[from] FramesError),
    /// A stream that is no stream of frames.
    #[error("{name} is no stream of frames: {reason} (y4m and MJPEG are read)")]
    Stream {
        /// The path.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// One frame that cannot be used.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

impl SourceError {
    /// The stable name, for JSON and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCamera(_) => "camera_missing",
            Self::Busy(_) => "camera_busy",
            Self::Denied(_) => "camera_denied",
            Self::Unplugged(_) => "camera_unplugged",
            Self::Hung(_) => "camera_hung",
            Self::Unusable { .. } => "camera_unusable",
            Self::NotBuilt => "camera_not_built",
            Self::Frames(error) => error.code(),
            Self::Stream { .. } => "stream_unreadable",
            Self::Frame(error) => error.code(),
        }
    }

    /// How the gate's camera stands after this.
    #[must_use]
    pub const fn state(&self) -> CameraState {
        match self {
            Self::NoCamera(_) | Self::Frames(_) => CameraState::NoCamera,
            Self::Busy(_) => CameraState::Busy,
            Self::Denied(_) => CameraState::Denied,
            Self::Unplugged(_) => CameraState::Unplugged,
            Self::Hung(_) => CameraState::Hung,
            Self::Unusable { .. } | Self::NotBuilt | Self::Stream { .. } | Self::Frame(_) => {
                CameraState::Unusable
            }
        }
    }
}

#[expect(clippy::ref_option, reason = "thiserror passes fields by reference")]
fn named(name: &Option<String>) -> String {
    name.as_ref()
        .map(|name| format!(" called {name}"))
        .unwrap_or_default()
}
