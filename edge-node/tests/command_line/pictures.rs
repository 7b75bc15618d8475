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

/// A film in which these codes are held up, each for three frames, with an empty frame between.
pub(crate) fn film(texts: &[&str]) -> Vec<u8> {
    let mut film = b"YUV4MPEG2 W640 H480 F30:1 Ip A1:1 Cmono\n".to_vec();
    let mut add = |frame: &GrayFrame<'_>| {
        film.extend(b"FRAME\n");
        film.extend(frame.luma());
    };
    let blank = GrayFrame::new(640, 480, vec![180; 640 * 480]).expect("a frame");
    for text in texts {
        let code = synth::clean_frame(text, 640, 480);
        (0..3).for_each(|_| add(&code));
        add(&blank);
    }
    film
}

/// A film in which one code is held up to the end.
pub(crate) fn held(text: &str) -> Vec<u8> {
    let frame = synth::clean_frame(text, 640, 480);
    let mut film = b"YUV4MPEG2 W640 H480 Cmono\n".to_vec();
    (0..5).for_each(|_| {
        film.extend(b"FRAME\n");
        film.extend(frame.luma());
    });
    film
}

/// These codes as motion JPEG, one frame each.
pub(crate) fn motion_jpeg(texts: &[&str]) -> Vec<u8> {
    let mut film = Vec::new();
    for text in texts {
        let frame = synth::clean_frame(text, 640, 480);
        let encoder = image::codecs::jpeg::JpegEncoder::new(&mut film);
        let gray = image::ExtendedColorType::L8;
        let written = image::ImageEncoder::write_image(encoder, frame.luma(), 640, 480, gray);
        written.expect("memory can be written");
    }
    film
}

fn save(path: &Path, frame: &GrayFrame<'_>) {
    let picture = image::GrayImage::from_raw(frame.width(), frame.height(), frame.luma().to_vec());
    picture
        .expect("as many bytes as pixels")
        .save(path)
        .expect("written");
}
