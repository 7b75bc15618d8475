//! Frames to texts: where pictures come from, and the watch over them. Deciding is [`crate::scan`]'s, reading codes
//! the `decoder` crate's.
//!
//! | noun | file |
//! | --- | --- |
//! | what a person names as the eye | [`origin`] |
//! | source of frames: pictures, films and pipes, cameras (feature `v4l`) | [`source`]; [`mod@file`], [`pictures`], [`stream`] with [`y4m`] and [`mjpeg`], `device` |
//! | thread that reads a source, and the newest frame | [`capture`], [`latest`] |
//! | watch: decode, what is in view, hand on | [`watch`], [`view`] |
//! | how the camera stands, in words, and what the screen shows of it | [`state`], [`preview`] |
//! | frames that the venue keeps | [`keep`] |
//!
//! Invariants: frames never queue, a source that hangs or fails never stops the gate, and no frame is stored
//! unless the venue says so.

pub mod capture;
#[cfg(all(feature = "v4l", target_os = "linux"))]
pub mod device;
pub mod file;
pub mod keep;
pub mod latest;
pub mod mjpeg;
pub mod origin;
pub mod pictures;
pub mod preview;
pub mod source;
pub mod state;
pub mod stream;
pub mod view;
pub mod watch;
pub mod y4m;

pub use source::{FrameSource, Next, SourceError};
pub use state::CameraState;
pub use watch::{Eye, Watch};
