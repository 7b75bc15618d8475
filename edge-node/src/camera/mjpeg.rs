//! Motion JPEG: one JPEG picture after the other, of which only the luma is decoded.
//!
//! Cameras give a buffer at its whole mapped length, so what follows the end of the image is not looked at; and
//! many leave out the Huffman tables that never change, which are put back. A stream is cut at the markers of each
//! picture, never by searching its data. Invariant: no picture makes more memory than [`MAX_JPEG`] bytes of stream
//! and one frame; one that is damaged costs that picture alone.

use std::io::{BufRead, Read as _};

use decoder::{FrameError, GrayFrame, MAX_PIXELS};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

/// The longest picture in a stream.
pub const MAX_JPEG: usize = 16 * 1024 * 1024;

const MARK: u8 = 0xff;
const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const TABLES: u8 = 0xc4;

/// Tells the decoder that the tables are those of every camera.
const AVI: [u8; 9] = [MARK, 0xe0, 0, 7, b'A', b'V', b'I', b'1', 0];

/// The luma of a JPEG picture; bytes after its end do not matter.
///
/// # Errors
/// `UnknownFormat`, `TooLarge` or `Damaged`.
pub fn luma(jpeg: &[u8]) -> Result<GrayFrame<'static>, FrameError> {
    if !jpeg.starts_with(&[MARK, START]) {
        return Err(FrameError::UnknownFormat);
    }
    if has_tables(jpeg) {
        return decoded(jpeg);
    }
    let whole = [&jpeg[..2], &AVI, &jpeg[2..]].concat();
    decoded(&whole)
}

fn decoded(jpeg: &[u8]) -> Result<GrayFrame<'static>, FrameError> {
    let damaged = |error: zune_jpeg::errors::DecodeErrors| FrameError::Damaged {
        reason: error.to_string(),
    };
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_strict_mode(false);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    decoder.decode_headers().map_err(damaged)?;
    let size = decoder.info().ok_or(FrameError::UnknownFormat)?;
    let (width, height) = (u32::from(size.width), u32::from(size.height));
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(FrameError::TooLarge { width, height });
    }
    let luma = decoder.decode().map_err(damaged)?;
    GrayFrame::new(width, height, luma)
}

/// Whether Huffman tables come before the data.
fn has_tables(jpeg: &[u8]) -> bool {
    let mut rest = &jpeg[2..];
    while let [MARK, kind, high, low, ..] = *rest {
        match kind {
            TABLES => return true,
            SCAN => return false,
            _ => {}
        }
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        match rest.get(length..) {
            Some(next) => rest = next,
            None => return true,
        }
    }
    // Odd, but the decoder knows better than this.
    true
}

/// The next picture of a stream, whole; `None` at its end. What lies between pictures is passed over.
///
/// # Errors
/// `Damaged` for a picture that breaks off or is none, after which the next may be good; else what reading says.
pub fn next(stream: &mut impl BufRead) -> std::io::Result<Option<Result<Vec<u8>, FrameError>>> {
    if !find_start(stream)? {
        return Ok(None);
    }
    let mut jpeg = vec![MARK, START];
    let mut is_marked = false;
    loop {
        let Some(kind) = marker(stream, is_marked, &mut jpeg)? else {
            return broken("it breaks off");
        };
        match kind {
            END => return Ok(Some(Ok(jpeg))),
            START => return broken("another one begins in it"),
            _ if !segment(stream, &mut jpeg)? => return broken("it breaks off"),
            SCAN if !data(stream, &mut jpeg)? => return broken("it breaks off or is too long"),
            _ => is_marked = kind == SCAN,
        }
    }
}

type Cut = std::io::Result<Option<Result<Vec<u8>, FrameError>>>;

fn broken(reason: &str) -> Cut {
    let reason = reason.to_owned();
    Ok(Some(Err(FrameError::Damaged { reason })))
}

/// Passes over everything up to a start of image.
fn find_start(stream: &mut impl BufRead) -> std::io::Result<bool> {
    let mut before = 0;
    while let Some(byte) = byte(stream)? {
        if before == MARK && byte == START {
            return Ok(true);
        }
        before = byte;
    }
    Ok(false)
}

/// The next marker, which is where one must be; after a scan its first byte was read already.
fn marker(
    stream: &mut impl BufRead,
    is_marked: bool,
    jpeg: &mut Vec<u8>,
) -> std::io::Result<Option<u8>> {
    if !is_marked && byte(stream)? != Some(MARK) {
        return Ok(None);
    }
    let mut kind = byte(stream)?;
    while kind == Some(MARK) {
        kind = byte(stream)?;
    }
    jpeg.extend(kind.map(|kind| [MARK, kind]).iter().flatten());
    Ok(kind)
}

/// A segment with its length; whether it was whole.
fn segment(stream: &mut impl BufRead, jpeg: &mut Vec<u8>) -> std::io::Result<bool> {
    let (Some(high), Some(low)) = (byte(stream)?, byte(stream)?) else {
        return Ok(false);
    };
    let length = u64::from(u16::from_be_bytes([high, low]));
    let before = jpeg.len() + 2;
    jpeg.extend([high, low]);
    let rest = length.saturating_sub(2);
    stream.by_ref().take(rest).read_to_end(jpeg)?;
    Ok(length >= 2 && (jpeg.len() - before) as u64 == rest && jpeg.len() <= MAX_JPEG)
}

/// The data of a scan, and the first byte of the marker that ends it.
fn data(stream: &mut impl BufRead, jpeg: &mut Vec<u8>) -> std::io::Result<bool> {
    loop {
        let read = stream
            .by_ref()
            .take(MAX_JPEG as u64)
            .read_until(MARK, jpeg)?;
        if read == 0 || jpeg.last() != Some(&MARK) || jpeg.len() > MAX_JPEG {
            return Ok(false);
        }
        let next = stream.fill_buf()?.first().copied();
        match next {
            None => return Ok(false),
            // A stuffed byte, or a restart within the scan.
            Some(kind @ (0 | 0xd0..=0xd7)) => {
                stream.consume(1);
                jpeg.push(kind);
            }
            Some(_) => {
                jpeg.pop();
                return Ok(true);
            }
        }
    }
}

fn byte(stream: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    let byte = stream.fill_buf()?.first().copied();
    stream.consume(usize::from(byte.is_some()));
    Ok(byte)
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use decoder::synth;
    use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};

    use super::*;

    fn gray(text: &str) -> Vec<u8> {
        let frame = synth::clean_frame(text, 320, 240);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 80)
            .encode(frame.luma(), 320, 240, ExtendedColorType::L8)
            .expect("a JPEG");
        jpeg
    }

    fn colour() -> Vec<u8> {
        let pixels: Vec<u8> = (0..64 * 48).flat_map(|_| [200, 40, 40]).collect();
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 90)
            .encode(&pixels, 64, 48, ExtendedColorType::Rgb8)
            .expect("a JPEG");
        jpeg
    }

    /// The picture as a camera sends it: without the tables that never change.
    fn without_tables(jpeg: &[u8]) -> Vec<u8> {
        let mut kept = jpeg[..2].to_vec();
        let mut rest = &jpeg[2..];
        while rest[1] != SCAN {
            let length = 2 + usize::from(u16::from_be_bytes([rest[2], rest[3]]));
            if rest[1] != TABLES {
                kept.extend(&rest[..length]);
            }
            rest = &rest[length..];
        }
        [&kept, rest].concat()
    }

    fn all(stream: &[u8]) -> Vec<Result<Vec<u8>, FrameError>> {
        let mut stream = BufReader::with_capacity(7, stream);
        std::iter::from_fn(|| next(&mut stream).expect("memory can be read")).collect()
    }

    #[test]
    fn the_luma_of_gray_and_colour_is_that_of_the_picture() {
        let frame = luma(&gray("GERBANG")).expect("a frame");
        let clean = synth::clean_frame("GERBANG", 320, 240);
        let far = frame.luma().iter().zip(clean.luma());
        assert!(far.filter(|(a, b)| a.abs_diff(**b) > 60).count() < 400);
        let red = luma(&colour()).expect("a frame");
        // 0.299 × 200 + 0.587 × 40 + 0.114 × 40
        assert!(red.luma().iter().all(|tone| tone.abs_diff(88) < 6));
        assert_eq!((red.width(), red.height()), (64, 48));
    }

    #[test]
    fn a_camera_that_leaves_out_its_tables_is_read() {
        let bare = without_tables(&colour());
        assert!(bare.len() + 200 < colour().len());
        assert_eq!(
            luma(&bare).expect("a frame"),
            luma(&colour()).expect("a frame")
        );
    }

    #[test]
    fn a_buffer_of_full_mapped_length_ends_at_the_end_of_the_image() {
        let mut mapped = gray("GERBANG");
        let whole = luma(&mapped).expect("a frame");
        mapped.extend_from_slice(&gray("AN OLDER FRAME")[100..]);
        mapped.resize(2 * 1024 * 1024, 0);
        assert_eq!(luma(&mapped).expect("a frame"), whole);
    }

    #[test]
    fn nothing_that_a_stream_holds_makes_it_panic_or_costs_memory() {
        let jpeg = gray("GERBANG");
        assert_eq!(
            luma(&[]).expect_err("no frame").code(),
            "image_format_unknown"
        );
        for end in (2..jpeg.len()).step_by(97) {
            let _ = luma(&jpeg[..end]);
            let _ = all(&jpeg[..end]);
        }
        for place in (2..jpeg.len()).step_by(31) {
            let mut flipped = jpeg.clone();
            flipped[place] ^= 0x55;
            let _ = luma(&flipped);
            let _ = all(&flipped);
        }
        // A header that claims 65,500 × 65,500 pixels.
        let mut huge = jpeg.clone();
        let sof = huge
            .windows(2)
            .position(|two| two == [MARK, 0xc0])
            .expect("a frame header");
        huge[sof + 5..sof + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
        assert!(luma(&huge).is_err());
    }

    #[test]
    fn a_stream_is_cut_into_its_pictures_whatever_lies_between() {
        let (a, b) = (gray("A"), colour());
        let boundary = b"\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n";
        let stream = [&boundary[..], &a, boundary, &b, &a].concat();
        let cut: Vec<_> = all(&stream).into_iter().flatten().collect();
        assert_eq!(cut, [a.clone(), b, a]);
    }

    #[test]
    fn a_picture_that_breaks_off_costs_itself_alone() {
        let (a, b) = (gray("A"), gray("B"));
        let cut = all(&[&a[..a.len() / 2], &b, &a].concat());
        assert_eq!(cut.iter().filter(|picture| picture.is_ok()).count(), 1);
        assert!(
            cut.iter()
                .any(|picture| picture.as_ref().is_ok_and(|jpeg| *jpeg == a))
        );
        assert_eq!(all(&a[..a.len() - 2]).len(), 1);
        assert!(all(b"no picture at all").is_empty());
    }
}
