//! What lies before the camera, as bytes of its formats.

use decoder::synth;
use image::{DynamicImage, GrayImage, codecs::jpeg::JpegEncoder};

use super::descriptor::Format;

/// A frame in which a code can be seen, or an empty room.
pub fn bytes(code: Option<&str>, (width, height): (u16, u16), format: Format) -> Vec<u8> {
    let (width, height) = (u32::from(width), u32::from(height));
    let frame = match code {
        Some(code) => synth::clean_frame(code, width, height),
        None => synth::Picture::blank(width, height, 120.0).into_frame(),
    };
    let luma = frame.luma().to_vec();
    match format {
        // Gray: no colour in either direction.
        Format::Yuyv => luma.into_iter().flat_map(|tone| [tone, 128]).collect(),
        Format::Mjpeg => jpeg(width, height, luma),
    }
}

/// In colour, as cameras send it, although everything is gray.
fn jpeg(width: u32, height: u32, luma: Vec<u8>) -> Vec<u8> {
    let picture = GrayImage::from_raw(width, height, luma).expect("all pixels");
    let picture = DynamicImage::from(picture).into_rgb8();
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
    picture
        .write_with_encoder(encoder)
        .expect("memory can be written");
    bytes
}
