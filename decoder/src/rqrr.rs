//! The decoder in pure Rust: QR only, black on white only.
//!
//! It reads some photographs that zxing-cpp does not, and once ran for minutes on one moire picture.
//! So its pixels sit behind a buffer that looks at an [`Abandon`] flag on every access: raising the
//! flag ends the decode within microseconds by unwinding, and no thread is left running. The same
//! net catches rqrr's own panics on odd pictures: a decode that ends so has read nothing.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use ::rqrr::{Grid, Point, PreparedImage};
use image::{GenericImage, GenericImageView, Luma};

use crate::bounded::Abandon;
use crate::code::{Code, Corner, Format, Stage, in_order};
use crate::{FrameDecoder, GrayFrame};

/// rqrr over whole frames. Unbounded in time unless its [`Abandon`] is raised from elsewhere.
#[derive(Debug, Default)]
pub struct Rqrr {
    abandon: Abandon,
}

impl Rqrr {
    /// A decoder that gives up, with nothing read, once `abandon` is raised.
    pub fn with_abandon(abandon: Abandon) -> Self {
        Self { abandon }
    }
}

impl FrameDecoder for Rqrr {
    fn name(&self) -> &'static str {
        "rqrr"
    }

    fn decode(&mut self, frame: &GrayFrame<'_>) -> Vec<Code> {
        let pixels = Pixels::of(frame, self.abandon.clone());
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut prepared = PreparedImage::prepare(pixels);
            prepared.detect_grids().iter().filter_map(code_in).collect()
        }));
        in_order(read.unwrap_or_default())
    }
}

fn code_in<G: ::rqrr::BitGrid>(grid: &Grid<G>) -> Option<Code> {
    let (_, text) = grid.decode().ok()?;
    let corners = grid.bounds.map(|Point { x, y }| Corner { x, y });
    (!text.is_empty()).then_some(Code {
        format: Format::Qr,
        text,
        stage: Stage::Full,
        corners: Some(corners),
    })
}

/// rqrr's working copy of a frame, as the kind of image that it takes. Reading it ends the decode
/// once it is abandoned.
#[derive(Clone)]
struct Pixels {
    width: u32,
    height: u32,
    luma: Vec<Luma<u8>>,
    abandon: Abandon,
}

impl Pixels {
    fn of(frame: &GrayFrame<'_>, abandon: Abandon) -> Self {
        let luma = frame.luma().iter().map(|&tone| Luma([tone])).collect();
        Self {
            width: frame.width(),
            height: frame.height(),
            luma,
            abandon,
        }
    }

    #[inline]
    fn index(&self, x: u32, y: u32) -> usize {
        y as usize * self.width as usize + x as usize
    }
}

impl GenericImageView for Pixels {
    type Pixel = Luma<u8>;

    #[inline]
    fn dimensions(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    #[inline]
    fn get_pixel(&self, x: u32, y: u32) -> Luma<u8> {
        if self.abandon.is_raised() {
            // Past the panic hook: giving up is no fault to report.
            resume_unwind(Box::new("abandoned"));
        }
        self.luma[self.index(x, y)]
    }
}

impl GenericImage for Pixels {
    fn get_pixel_mut(&mut self, x: u32, y: u32) -> &mut Luma<u8> {
        let index = self.index(x, y);
        &mut self.luma[index]
    }

    #[inline]
    fn put_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        let index = self.index(x, y);
        self.luma[index] = pixel;
    }

    fn blend_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        self.put_pixel(x, y, pixel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth;

    #[test]
    fn reads_a_ticket_and_tells_where_it_is() {
        let text = synth::ticket_text(1);
        let codes = Rqrr::default().decode(&synth::clean_frame(&text, 1280, 720));
        assert_eq!(codes.len(), 1);
        assert_eq!(codes[0].text, text);
        let [top_left, _, bottom_right, _] = codes[0].corners.expect("corners");
        assert!(top_left.x < 640 && top_left.y < 360, "{top_left:?}");
        assert!(
            bottom_right.x > 640 && bottom_right.y > 360,
            "{bottom_right:?}"
        );
    }

    #[test]
    fn an_abandoned_decode_reads_nothing() {
        let abandon = Abandon::default();
        abandon.raise();
        let frame = synth::clean_frame("GERBANG", 640, 480);
        assert_eq!(Rqrr::with_abandon(abandon).decode(&frame), []);
    }

    #[test]
    fn a_frame_of_one_pixel_reads_nothing() {
        let frame = GrayFrame::new(1, 1, vec![0]).expect("a frame");
        assert_eq!(Rqrr::default().decode(&frame), []);
    }
}
