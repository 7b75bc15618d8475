//! Frames from PNG and JPEG images.
//!
//! The size stands in the first bytes of an image and is checked before the rest is decoded, so a
//! small file that claims a huge picture costs no memory. Transparent pixels count as white paper.
//! Called by the edge node for `--frames` and by tests. Other picture formats are left out: cameras
//! and people send these two, and each further format is more code that reads strangers' bytes.

use std::io::{Cursor, ErrorKind};
use std::path::Path;

use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits};

use crate::frame::{FrameError, GrayFrame, MAX_SIDE, check_size};

/// The largest image file read, in bytes.
pub const MAX_FILE_BYTES: u64 = 128 * 1024 * 1024;

impl GrayFrame<'static> {
    /// The frame in a PNG or JPEG file; the content decides, not the name.
    ///
    /// # Errors
    /// `Missing` or `Unreadable` for the file, else as [`GrayFrame::from_image`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, FrameError> {
        let path = path.as_ref();
        check_file(path)?;
        let bytes = std::fs::read(path).map_err(|error| unread(path, &error))?;
        Self::from_image(&bytes)
    }

    /// The frame in the bytes of a PNG or JPEG image.
    ///
    /// # Errors
    /// `UnknownFormat`, `TooLarge`, or `Damaged` with the reason.
    pub fn from_image(bytes: &[u8]) -> Result<Self, FrameError> {
        let format = match image::guess_format(bytes) {
            Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
            Ok(_) | Err(_) => return Err(FrameError::UnknownFormat),
        };
        let size = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions();
        let (width, height) = size.map_err(damaged)?;
        check_size(width, height)?;
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits());
        let luma = on_white(reader.decode().map_err(damaged)?);
        Self::new(width, height, luma)
    }
}

/// A folder, a pipe or an enormous file is refused before it is read.
fn check_file(path: &Path) -> Result<(), FrameError> {
    let found = std::fs::metadata(path).map_err(|error| unread(path, &error))?;
    let reason = if !found.is_file() {
        "it is not a file".to_owned()
    } else if found.len() > MAX_FILE_BYTES {
        format!("it is larger than {} MiB", MAX_FILE_BYTES / (1024 * 1024))
    } else {
        return Ok(());
    };
    Err(FrameError::Unreadable {
        path: path.to_owned(),
        reason,
    })
}

fn unread(path: &Path, error: &std::io::Error) -> FrameError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::NotFound => FrameError::Missing { path },
        _ => FrameError::Unreadable {
            path,
            reason: error.to_string(),
        },
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn damaged(error: ImageError) -> FrameError {
    FrameError::Damaged {
        reason: error.to_string(),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits
}

/// Luma bytes; what is transparent shows white paper beneath.
fn on_white(image: DynamicImage) -> Vec<u8> {
    if !image.color().has_alpha() {
        return image.into_luma8().into_raw();
    }
    let pixels = image.into_luma_alpha8().into_raw();
    pixels
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&[luma, alpha]| over_white(luma, alpha))
        .collect()
}

fn over_white(luma: u8, alpha: u8) -> u8 {
    let (luma, alpha) = (u32::from(luma), u32::from(alpha));
    u8::try_from((luma * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let gray =
            image::GrayImage::from_fn(40, 30, |x, _| image::Luma([if x < 20 { 0 } else { 255 }]));
        gray.write_to(&mut bytes, format).expect("an image");
        bytes.into_inner()
    }

    #[test]
    fn png_and_jpeg_become_frames() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let frame = GrayFrame::from_image(&encode(format)).expect("a frame");
            assert_eq!((frame.width(), frame.height()), (40, 30));
            assert!(frame.luma()[5] < 20 && frame.luma()[35] > 235, "{format:?}");
        }
    }

    #[test]
    fn transparency_is_white_paper() {
        let clear = DynamicImage::from(image::RgbaImage::from_pixel(
            1,
            1,
            image::Rgba([0, 0, 0, 0]),
        ));
        assert_eq!(on_white(clear), [255]);
    }

    #[test]
    fn what_is_no_image_says_so() {
        let whole = encode(ImageFormat::Png);
        let mut flipped = whole.clone();
        let middle = whole.len() / 2;
        flipped[middle] ^= 0xff;
        let mut huge = whole.clone();
        huge[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
        let crc = png_crc(&huge[12..29]);
        huge[29..33].copy_from_slice(&crc.to_be_bytes());
        let cases: [(&[u8], &str); 6] = [
            (b"", "image_format_unknown"),
            (b"%PDF-1.7 not an image", "image_format_unknown"),
            (&whole[..whole.len() / 2], "image_damaged"),
            (&whole[..20], "image_damaged"),
            (&flipped, "image_damaged"),
            (&huge, "frame_too_large"),
        ];
        for (bytes, code) in cases {
            let error = GrayFrame::from_image(bytes).expect_err("no frame");
            assert_eq!(error.code(), code, "{error}");
        }
    }

    #[test]
    fn a_missing_file_and_a_folder_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = GrayFrame::load(folder.path().join("none.png")).expect_err("nothing there");
        assert_eq!(missing.code(), "image_missing");
        assert!(missing.to_string().contains("none.png"));
        assert_eq!(
            GrayFrame::load(folder.path()).expect_err("a folder").code(),
            "image_unreadable"
        );
    }

    fn png_crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                if crc & 1 == 1 {
                    (crc >> 1) ^ 0xedb8_8320
                } else {
                    crc >> 1
                }
            })
        })
    }
}
