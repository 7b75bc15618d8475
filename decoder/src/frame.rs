//! One gray frame: what every decoder takes.
//!
//! Invariant: both sides are at least 1 and at most [`MAX_SIDE`], the area is at most [`MAX_PIXELS`],
//! and there is exactly one byte of luma (0 black, 255 white) per pixel, row by row, without padding.
//! Borrowed bytes stay borrowed, so a camera buffer costs no copy.
//!
//! Called by the edge node's frame sources and by the cascade, which makes smaller, stretched and
//! inverted copies. Conversions from camera formats (YUYV, NV12, GREY) belong beside this file.

use std::borrow::Cow;
use std::path::PathBuf;

use thiserror::Error;

/// The largest frame taken: 40 megapixels.
pub const MAX_PIXELS: u64 = 40_000_000;

/// The longest side taken, in pixels: what the decoders can address.
pub const MAX_SIDE: u32 = 65_535;

/// A gray picture with one byte per pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct GrayFrame<'a> {
    width: u32,
    height: u32,
    luma: Cow<'a, [u8]>,
}

/// Why something is not a frame. Each has a sentence for a person and a stable code.
#[derive(Debug, Error)]
pub enum FrameError {
    #[error("a frame of {width} × {height} pixels needs {expected} bytes, not {found}")]
    Length {
        width: u32,
        height: u32,
        expected: u64,
        found: u64,
    },
    #[error("a frame of {width} × {height} pixels holds nothing to read")]
    Empty { width: u32, height: u32 },
    #[error("a frame of {width} × {height} pixels is too large: 40 megapixels at most")]
    TooLarge { width: u32, height: u32 },
    #[error("there is no image at {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("this is neither a PNG nor a JPEG image")]
    UnknownFormat,
    #[error("the image is damaged: {reason}")]
    Damaged { reason: String },
}

impl FrameError {
    /// The stable name of this error, for JSON and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "frame_length_wrong",
            Self::Empty { .. } => "frame_empty",
            Self::TooLarge { .. } => "frame_too_large",
            Self::Missing { .. } => "image_missing",
            Self::Unreadable { .. } => "image_unreadable",
            Self::UnknownFormat => "image_format_unknown",
            Self::Damaged { .. } => "image_damaged",
        }
    }
}

impl<'a> GrayFrame<'a> {
    /// A frame of these bytes, owned (`Vec<u8>`) or borrowed (`&[u8]`).
    ///
    /// # Errors
    /// `Empty`, `TooLarge` or `Length` when the bytes and the size do not make a frame.
    pub fn new(
        width: u32,
        height: u32,
        luma: impl Into<Cow<'a, [u8]>>,
    ) -> Result<Self, FrameError> {
        check_size(width, height)?;
        let luma = luma.into();
        let (expected, found) = (u64::from(width) * u64::from(height), luma.len() as u64);
        if expected != found {
            return Err(FrameError::Length {
                width,
                height,
                expected,
                found,
            });
        }
        Ok(Self {
            width,
            height,
            luma,
        })
    }

    /// Pixels from left to right.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The bytes, row by row.
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }

    /// The same frame over bytes of its own, to outlive the buffer or cross to another thread.
    pub fn to_owned_frame(&self) -> GrayFrame<'static> {
        self.with_luma(self.luma.to_vec())
    }

    /// Half as wide and half as high: every pixel is the mean of four, which also halves the noise.
    /// An odd last row or column is dropped; a side of one pixel stays.
    pub fn half(&self) -> GrayFrame<'static> {
        if self.width < 2 || self.height < 2 {
            return self.to_owned_frame();
        }
        let (width, height) = (self.width / 2, self.height / 2);
        let mut luma = Vec::with_capacity(width as usize * height as usize);
        for rows in self.luma.chunks_exact(self.width as usize * 2) {
            let (upper, lower) = rows.split_at(self.width as usize);
            let pairs = upper
                .as_chunks::<2>()
                .0
                .iter()
                .zip(lower.as_chunks::<2>().0);
            luma.extend(pairs.map(|(&[a, b], &[c, d])| mean_of_four(a, b, c, d)));
        }
        GrayFrame {
            width,
            height,
            luma: Cow::Owned(luma),
        }
    }

    /// The part of it that begins at `(left, top)`, as far as it goes; at least one pixel.
    pub fn cropped(
        &self,
        (left, top): (u32, u32),
        (width, height): (u32, u32),
    ) -> GrayFrame<'static> {
        let (left, top) = (left.min(self.width - 1), top.min(self.height - 1));
        let width = width.clamp(1, self.width - left);
        let height = height.clamp(1, self.height - top);
        let mut luma = Vec::with_capacity(width as usize * height as usize);
        let rows = self.luma.chunks_exact(self.width as usize);
        for row in rows.skip(top as usize).take(height as usize) {
            luma.extend_from_slice(&row[left as usize..][..width as usize]);
        }
        GrayFrame {
            width,
            height,
            luma: Cow::Owned(luma),
        }
    }

    /// Every n-th of its rows, beginning with the first.
    pub(crate) fn every_row(&self, n: u32) -> GrayFrame<'static> {
        let rows = self.luma.chunks_exact(self.width as usize);
        let rows: Vec<_> = rows.step_by(n.max(1) as usize).collect();
        GrayFrame {
            width: self.width,
            height: self.height.div_ceil(n.max(1)),
            luma: Cow::Owned(rows.concat()),
        }
    }

    /// The same frame with its darkest hundredth at black and its brightest at white.
    /// A frame of one tone comes back as it is.
    pub fn stretched(&self) -> GrayFrame<'static> {
        let (dark, bright) = self.tone_bounds();
        if dark >= bright {
            return self.to_owned_frame();
        }
        let span = u32::from(bright - dark);
        self.mapped(|tone| {
            let above = u32::from(tone.clamp(dark, bright) - dark);
            u8::try_from(above * 255 / span).unwrap_or(u8::MAX)
        })
    }

    /// Black for white: dark-mode phones show codes like that.
    pub fn inverted(&self) -> GrayFrame<'static> {
        self.mapped(|tone| 255 - tone)
    }

    /// A frame of the same size over other bytes. The caller answers for their number.
    pub(crate) fn with_luma(&self, luma: Vec<u8>) -> GrayFrame<'static> {
        assert_eq!(
            luma.len(),
            self.luma.len(),
            "a frame keeps one byte per pixel"
        );
        GrayFrame {
            width: self.width,
            height: self.height,
            luma: Cow::Owned(luma),
        }
    }

    fn mapped(&self, tone: impl Fn(u8) -> u8) -> GrayFrame<'static> {
        let mut table = [0; 256];
        for (from, to) in (0..=u8::MAX).zip(table.iter_mut()) {
            *to = tone(from);
        }
        self.with_luma(
            self.luma
                .iter()
                .map(|&from| table[usize::from(from)])
                .collect(),
        )
    }

    /// The tones below and above which one hundredth of the pixels lie.
    fn tone_bounds(&self) -> (u8, u8) {
        let mut counts = [0_usize; 256];
        for &tone in self.luma.iter() {
            counts[usize::from(tone)] += 1;
        }
        let share = self.luma.len() / 100;
        (
            nth_tone(&counts, 0..=u8::MAX, share),
            nth_tone(&counts, (0..=u8::MAX).rev(), share),
        )
    }
}

impl std::fmt::Debug for GrayFrame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GrayFrame({} × {})", self.width, self.height)
    }
}

/// Whether a frame may have this size; asked before any memory is taken for it.
pub(crate) fn check_size(width: u32, height: u32) -> Result<(), FrameError> {
    if width == 0 || height == 0 {
        return Err(FrameError::Empty { width, height });
    }
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(FrameError::TooLarge { width, height });
    }
    Ok(())
}

fn mean_of_four(a: u8, b: u8, c: u8, d: u8) -> u8 {
    let sum = u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d);
    u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
}

fn nth_tone(counts: &[usize; 256], tones: impl Iterator<Item = u8>, share: usize) -> u8 {
    let mut seen = 0;
    let mut last = 0;
    for tone in tones {
        seen += counts[usize::from(tone)];
        last = tone;
        if seen > share {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: u32, height: u32, luma: &[u8]) -> GrayFrame<'_> {
        GrayFrame::new(width, height, luma).expect("a frame")
    }

    #[test]
    fn a_frame_holds_one_byte_per_pixel() {
        let code = |w, h, n| GrayFrame::new(w, h, vec![0; n]).map_err(|e| e.code()).err();
        assert_eq!(code(3, 2, 6), None);
        assert_eq!(code(3, 2, 5), Some("frame_length_wrong"));
        assert_eq!(code(0, 2, 0), Some("frame_empty"));
        assert_eq!(code(8_000, 5_001, 0), Some("frame_too_large"));
        assert_eq!(code(70_000, 1, 70_000), Some("frame_too_large"));
    }

    #[test]
    fn half_is_the_mean_of_four_and_drops_odd_edges() {
        let half = frame(3, 3, &[0, 10, 99, 20, 30, 99, 99, 99, 99]).half();
        assert_eq!(
            (half.width(), half.height(), half.luma()),
            (1, 1, &[15_u8][..])
        );
        assert_eq!(frame(1, 2, &[7, 8]).half().luma(), [7, 8]);
    }

    #[test]
    fn a_crop_ends_where_the_frame_ends() {
        let whole = frame(3, 2, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(whole.cropped((1, 0), (2, 2)).luma(), [2, 3, 5, 6]);
        assert_eq!(whole.cropped((2, 1), (9, 9)).luma(), [6]);
        assert_eq!(whole.cropped((9, 9), (0, 0)).luma(), [6]);
    }

    #[test]
    fn some_rows_are_a_frame_of_their_own() {
        let rows = frame(1, 5, &[1, 2, 3, 4, 5]).every_row(2);
        assert_eq!((rows.height(), rows.luma()), (3, &[1, 3, 5][..]));
    }

    #[test]
    fn stretch_spans_black_to_white() {
        assert_eq!(
            frame(3, 1, &[100, 110, 120]).stretched().luma(),
            [0, 127, 255]
        );
        assert_eq!(frame(2, 1, &[9, 9]).stretched().luma(), [9, 9]);
        assert_eq!(frame(2, 1, &[0, 200]).inverted().luma(), [255, 55]);
    }
}
