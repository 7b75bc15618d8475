//! Camera buffers to frames: the luma that is in them already, without a detour through colour.
//!
//! ```text
//! Grey  Y Y Y Y …             Nv12  Y Y Y Y … then colour at half size, which is left alone
//! Yuyv  Y U Y V …             Uyvy  U Y V Y …
//! ```
//!
//! Invariant: lines may be padded (`stride`) and the buffer may be longer than the picture, as cameras give their
//! whole mapped length; it may not be shorter. The last line needs no padding. Called by the edge node's cameras
//! and streams. MJPEG is no layout: the edge node decodes its luma.

use crate::frame::{FrameError, GrayFrame, check_size};

/// How the bytes of a picture lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    Grey,
    Yuyv,
    Uyvy,
    Nv12,
}

impl Layout {
    /// Bytes from one pixel's luma to the next, and from the start of a line to its first.
    const fn step(self) -> (usize, usize) {
        match self {
            Self::Grey | Self::Nv12 => (1, 0),
            Self::Yuyv => (2, 0),
            Self::Uyvy => (2, 1),
        }
    }
}

impl GrayFrame<'_> {
    /// The luma of a camera's buffer. `stride` is bytes per line; 0 means that lines are not padded.
    ///
    /// # Errors
    /// `Empty`, `TooLarge`, or `Length` when the buffer is shorter than the picture.
    pub fn from_layout(
        layout: Layout,
        (width, height): (u32, u32),
        stride: usize,
        bytes: &[u8],
    ) -> Result<GrayFrame<'static>, FrameError> {
        check_size(width, height)?;
        let (step, first) = layout.step();
        let (columns, lines) = (width as usize, height as usize);
        // Two pixels share their colour, so an odd line has a byte pair more.
        let line = columns.next_multiple_of(step) * step;
        let stride = if stride == 0 { line } else { stride };
        let short = || FrameError::Length {
            width,
            height,
            expected: (stride as u64)
                .saturating_mul(u64::from(height) - 1)
                .saturating_add(line as u64),
            found: bytes.len() as u64,
        };
        if stride < line {
            return Err(short());
        }
        let mut luma = Vec::with_capacity(columns * lines);
        for row in 0..lines {
            let start = row.checked_mul(stride).ok_or_else(short)?;
            let end = start.checked_add(line).ok_or_else(short)?;
            let row = bytes.get(start..end).ok_or_else(short)?;
            match step {
                1 => luma.extend_from_slice(&row[..columns]),
                _ => luma.extend(row.as_chunks::<2>().0[..columns].iter().map(|c| c[first])),
            }
        }
        GrayFrame::new(width, height, luma)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma(layout: Layout, size: (u32, u32), stride: usize, bytes: &[u8]) -> Vec<u8> {
        let frame = GrayFrame::from_layout(layout, size, stride, bytes).expect("a frame");
        assert_eq!((frame.width(), frame.height()), size);
        frame.luma().to_vec()
    }

    #[test]
    fn each_layout_gives_its_luma() {
        assert_eq!(luma(Layout::Grey, (2, 2), 0, &[1, 2, 3, 4]), [1, 2, 3, 4]);
        assert_eq!(
            luma(Layout::Nv12, (2, 2), 0, &[1, 2, 3, 4, 128, 128]),
            [1, 2, 3, 4]
        );
        let pairs = [1, 90, 2, 91, 3, 92, 4, 93];
        assert_eq!(luma(Layout::Yuyv, (2, 2), 0, &pairs), [1, 2, 3, 4]);
        assert_eq!(luma(Layout::Uyvy, (2, 2), 0, &pairs), [90, 91, 92, 93]);
    }

    #[test]
    fn padded_lines_and_odd_sizes_are_borne() {
        assert_eq!(
            luma(Layout::Grey, (2, 2), 4, &[1, 2, 0, 0, 3, 4]),
            [1, 2, 3, 4],
            "the last line needs no padding"
        );
        let odd = [1, 9, 2, 9, 3, 9, 0, 9, 4, 9, 5, 9, 6, 9, 0, 9];
        assert_eq!(luma(Layout::Yuyv, (3, 2), 0, &odd), [1, 2, 3, 4, 5, 6]);
        assert_eq!(luma(Layout::Yuyv, (1, 1), 0, &[7, 9, 0, 9]), [7]);
    }

    #[test]
    fn a_buffer_of_full_mapped_length_is_cut_and_a_short_one_refused() {
        let mut mapped = vec![5; 6];
        mapped.resize(4_096, 0xee);
        assert_eq!(luma(Layout::Grey, (3, 2), 0, &mapped), [5; 6]);
        for (layout, length) in [(Layout::Grey, 5), (Layout::Nv12, 5), (Layout::Yuyv, 15)] {
            let error = GrayFrame::from_layout(layout, (3, 2), 0, &vec![0; length]);
            assert_eq!(error.expect_err("too short").code(), "frame_length_wrong");
        }
    }

    #[test]
    fn sizes_that_a_broken_driver_could_claim_are_refused_before_memory_is_taken() {
        let code = |size, stride| {
            let error = GrayFrame::from_layout(Layout::Yuyv, size, stride, &[0; 64]);
            error.expect_err("no frame").code()
        };
        assert_eq!(code((0, 4), 0), "frame_empty");
        assert_eq!(code((u32::MAX, u32::MAX), 0), "frame_too_large");
        assert_eq!(code((4, 4), 3), "frame_length_wrong");
        assert_eq!(code((4, 4), usize::MAX), "frame_length_wrong");
        assert_eq!(code((4, 4), usize::MAX / 2), "frame_length_wrong");
    }
}
