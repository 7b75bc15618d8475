//! Scanners beside the page: those that pretend to be keyboards, read exclusively, and those on a serial line.
//!
//! Invariant: what a scanner typed reaches the gate once, whole and in order, and nobody else; the keyboard that the
//! operator types on is left alone unless somebody names it. A device that comes, goes, is busy or closed to this program
//! is a state with a sentence of what to do ([`state`]), never an end of the program. The [`crate::test_code`] is noted and
//! handed to nobody.
//!
//! [`wanted`] reads what `--scanner` says, `device` lists what there is, `keyboard` (Linux) and `serial` read one of them,
//! [`Scanners`] all, while they come and go. Keys and bytes become texts in [`keys`] and [`lines`], which are pure.
//!
//! Called by `run` and `scan`. It decides nothing and cleans nothing inside a code: that is
//! [`sync_protocol::scanner_text`], and after it the signature.

pub mod affix;
pub mod bounce;
mod device;
#[cfg(target_os = "linux")]
mod keyboard;
pub mod keys;
pub mod lines;
mod serial;
pub mod state;
mod text;
pub mod us_layout;
pub mod wanted;
mod watch;

pub use affix::Affixes;
pub use device::{Plugged, Roots, plugged};
pub use state::{ScannerState, ScannerStatus};
pub use wanted::Wanted;
pub use watch::{Scanners, Setup};

/// How a scanner is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It pretends to be a keyboard.
    Keyboard,
    /// It speaks on a serial line.
    Serial,
}

/// A text, as a scanner delivered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The scanner's name.
    pub device: String,
    /// How it is connected.
    pub kind: Kind,
    /// What it typed, without the key or byte that ended it.
    pub text: String,
}
