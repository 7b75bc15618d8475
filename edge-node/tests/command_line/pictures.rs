//! Picture files for the program to look at.

use std::path::Path;

use decoder::{GrayFrame, synth};

/// A picture of a code.
pub(crate) fn code(path: &Path, text: &str) {
    save(path, &synth::clean_frame(text, 1_280, 720));
}

/// A picture of a room with nobody in it.
pub(crate) fn empty(path: &Path) {
    save(path, &synth::empty_frame(1));
}

fn save(path: &Path, frame: &GrayFrame<'_>) {
    let picture = image::GrayImage::from_raw(frame.width(), frame.height(), frame.luma().to_vec());
    picture
        .expect("as many bytes as pixels")
        .save(path)
        .expect("written");
}
