//! Frames to codes: where pictures come from. Deciding is [`crate::scan`]'s, reading them the `decoder` crate's.
//!
//! Now there are files ([`mod@file`]); devices stand beside them when the gate learns to open cameras.

pub mod file;
