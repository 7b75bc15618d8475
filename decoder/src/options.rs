//! What the cascade may do, and how often.
//!
//! Two starting points: [`CascadeOptions::default`] for single pictures, where every step is worth
//! its time, and [`CascadeOptions::live`] for a camera, where the next frame comes anyway.

use std::time::Duration;

/// Which decoder does the main work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// zxing-cpp, with rqrr as the second opinion.
    #[cfg(feature = "zxing")]
    Zxing,
    /// rqrr alone, every step within the deadline. Reads no Code 128.
    Rqrr,
}

/// Steps and limits of a [`crate::Cascade`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CascadeOptions {
    pub engine: Engine,
    /// Begin with the frame at half size.
    pub half: bool,
    /// Look around the last code that was read, where frames follow on (see `spread`).
    pub region: bool,
    /// The whole frame with every usual effort.
    pub full: bool,
    /// Black for white (for rqrr, which reads nothing inverted by itself).
    pub inverted: bool,
    /// Deep: the half-size frame sharpened over several pixels, for codes out of focus.
    pub refocus: bool,
    /// Deep: the whole frame sharpened over two pixels, for small codes.
    pub sharpen: bool,
    /// Deep: tones spread from black to white.
    pub stretch: bool,
    /// Deep: rqrr after zxing-cpp read nothing.
    pub second_opinion: bool,
    /// Deep: barcodes that stand upright.
    pub upright: bool,
    /// Go on to the whole frame although the half-size one gave a text, where more may be in it.
    pub find_all: bool,
    /// Deep steps run on every n-th frame, beginning with the first; 0 means never.
    pub deep_every: u32,
    /// For a stream of frames: deep steps take turns, one to a deep frame, and the frames between look at the
    /// whole frame quickly or around the last code. So each frame costs about the same.
    pub spread: bool,
    /// How long rqrr may take for one frame.
    pub rqrr_deadline: Duration,
    /// How many codes to look for in one frame, at least 1.
    pub max_codes: u8,
}

impl Default for CascadeOptions {
    /// For single pictures: everything, on every frame.
    fn default() -> Self {
        Self {
            engine: Engine::default(),
            half: true,
            region: false,
            full: true,
            inverted: true,
            refocus: true,
            sharpen: true,
            stretch: true,
            second_opinion: true,
            upright: true,
            find_all: true,
            deep_every: 1,
            spread: false,
            rqrr_deadline: Duration::from_millis(400),
            max_codes: 8,
        }
    }
}

impl CascadeOptions {
    /// For a camera: the same steps, of which each frame takes its share.
    pub fn live() -> Self {
        Self {
            region: true,
            deep_every: 3,
            spread: true,
            rqrr_deadline: Duration::from_millis(60),
            ..Self::default()
        }
    }
}

impl Default for Engine {
    /// zxing-cpp where it is built in.
    fn default() -> Self {
        #[cfg(feature = "zxing")]
        return Self::Zxing;
        #[cfg(not(feature = "zxing"))]
        return Self::Rqrr;
    }
}
