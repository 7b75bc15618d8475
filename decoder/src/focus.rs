//! Sharpening: what makes a code readable again that lies out of focus or far away.
//!
//! A blurred module keeps its sign against its surroundings while its contrast shrinks, so adding the
//! difference from the local mean several times over brings it back. The reach must be of the size of
//! a module: 1 for small codes, about 6 for large ones out of focus. One pass over the frame with
//! running sums, whatever the reach. Only the cascade's deep stages use it, since it also sharpens grain.

use crate::frame::GrayFrame;

impl GrayFrame<'_> {
    /// Adds `gain` times the difference from the mean of the square that reaches `reach` pixels
    /// to every side. Beyond the frame its edge goes on.
    pub fn sharpened(&self, reach: u32, gain: i32) -> GrayFrame<'static> {
        let reach = reach.clamp(1, 100).cast_signed() as isize;
        let (width, height) = (self.width() as usize, self.height() as usize);
        let row = |y: isize| &self.luma()[clamped(y, height) * width..][..width];
        let mut columns = vec![0_i32; width];
        (-reach..=reach).for_each(|y| add(&mut columns, row(y), 1));
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height.cast_signed() {
            sharpen_row(row(y), &columns, reach, gain, &mut luma);
            add(&mut columns, row(y + reach + 1), 1);
            add(&mut columns, row(y - reach), -1);
        }
        self.with_luma(luma)
    }
}

fn sharpen_row(row: &[u8], columns: &[i32], reach: isize, gain: i32, luma: &mut Vec<u8>) {
    let column = |x: isize| columns[clamped(x, columns.len())];
    let across = i32::try_from(2 * reach + 1).unwrap_or(1);
    // One division per row instead of one per pixel: the mean is sum × scale >> 16.
    let scale = i64::from(65_536 / (across * across));
    let mut sum: i32 = (-reach..=reach).map(column).sum();
    for (x, &tone) in (0..).zip(row) {
        let mean = i32::try_from((i64::from(sum) * scale) >> 16).unwrap_or(255);
        let sharp = i32::from(tone) + gain * (i32::from(tone) - mean);
        luma.push(u8::try_from(sharp.clamp(0, 255)).unwrap_or(u8::MAX));
        sum += column(x + reach + 1) - column(x - reach);
    }
}

fn add(columns: &mut [i32], row: &[u8], sign: i32) {
    for (sum, &tone) in columns.iter_mut().zip(row) {
        *sum += sign * i32::from(tone);
    }
}

fn clamped(index: isize, length: usize) -> usize {
    index.clamp(0, length.cast_signed() - 1).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sharpened(width: u32, luma: Vec<u8>, reach: u32, gain: i32) -> Vec<u8> {
        let height = u32::try_from(luma.len()).expect("small") / width;
        let frame = GrayFrame::new(width, height, luma).expect("a frame");
        frame.sharpened(reach, gain).luma().to_vec()
    }

    #[test]
    fn the_difference_from_the_mean_is_added() {
        let mut luma = vec![100; 25];
        luma[12] = 118;
        let sharp = sharpened(5, luma, 1, 3);
        // The mean of the nine is 102 (101 once the scale is rounded down).
        assert!((166..=169).contains(&sharp[12]), "{sharp:?}");
        assert!((94..=97).contains(&sharp[11]), "{sharp:?}");
        assert!((100..=103).contains(&sharp[0]), "{sharp:?}");
    }

    #[test]
    fn tones_stay_within_a_byte_and_any_reach_fits_any_frame() {
        assert_eq!(sharpened(2, vec![0, 255, 0, 255], 1, 9), [0, 255, 0, 255]);
        assert_eq!(sharpened(1, vec![7], 0, 4).len(), 1);
        assert_eq!(sharpened(3, vec![9, 200, 9], 500, 1).len(), 3);
    }
}
