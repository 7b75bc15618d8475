//! Camera frames to code texts.
//!
//! A [`GrayFrame`] goes in, [`Code`]s come out: QR and Code 128, in a stable order, each with the
//! [`Stage`] that read it. [`Cascade`] is what the edge node uses: it tries the cheap step first and
//! ends at the first text, so a frame with a good code costs well under a millisecond. [`Zxing`] and
//! [`Rqrr`] are the two decoders behind it, usable alone.
//!
//! Invariants: a frame always holds exactly `width × height` bytes; decoders never panic and never
//! fail (a frame that cannot be read is a frame without codes); everything that rqrr does has a
//! deadline. What a text means is no business of this crate: that is `sync-protocol`.
//!
//! Cameras are absent on purpose: the edge node opens them. Their buffers in YUYV, NV12 or GREY become a
//! [`GrayFrame`] in [`layout`].
//!
//! ```
//! use decoder::{Cascade, CascadeOptions, synth};
//!
//! let frame = synth::clean_frame("GERBANG", 720, 480);
//! let decoded = Cascade::new(CascadeOptions::default()).read(&frame);
//! assert_eq!(decoded.codes[0].text, "GERBANG");
//! ```

pub mod bounded;
pub mod cascade;
pub mod code;
mod focus;
pub mod frame;
pub mod layout;
pub mod load;
mod look;
pub mod options;
mod rqrr;
mod stopwatch;
pub mod synth;
#[cfg(feature = "zxing")]
mod zxing;

pub use cascade::{Cascade, Decoded, StageTime};
pub use code::{Code, Corner, Format, Stage};
pub use frame::{FrameError, GrayFrame, MAX_PIXELS};
pub use layout::Layout;
pub use options::{CascadeOptions, Engine};
pub use rqrr::Rqrr;
#[cfg(feature = "zxing")]
pub use zxing::{Effort, Zxing};

/// Reads the codes in one frame.
pub trait FrameDecoder: Send {
    /// A short stable name, for logs and figures.
    fn name(&self) -> &'static str;

    /// Every code in the frame, in the order of [`code::in_order`]; empty if there is none.
    fn decode(&mut self, frame: &GrayFrame<'_>) -> Vec<Code>;
}
