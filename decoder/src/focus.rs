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
        let reach = reach.clamp(1, 100) as usize;
        let (width, height) = (self.width() as usize, self.height() as usize);
        let row = |y: isize| &self.luma()[clamped(y, height) * width..][..width];
        let far = reach.cast_signed();
        let mut columns = vec![0_i32; width];
        (-far..=far).for_each(|y| add(&mut columns, row(y), 1));
        let mut sums = Sums::new(width, reach);
        let mut luma = vec![0; width * height];
        for (y, sharp) in (0..).zip(luma.chunks_exact_mut(width)) {
            sums.sharpen(row(y), &columns, gain, sharp);
            add(&mut columns, row(y + far + 1), 1);
            add(&mut columns, row(y - far), -1);
        }
        self.with_luma(luma)
    }
}

/// Running sums over one row of column sums, its edges drawn out by the reach. Kept from row to row, so that only
/// plain loops over slices are left, which the compiler makes wide.
struct Sums {
    reach: usize,
    /// `before[x]`: the sum of all columns left of `x`.
    before: Vec<i32>,
}

impl Sums {
    fn new(width: usize, reach: usize) -> Self {
        Self {
            reach,
            before: vec![0; width + 2 * reach + 1],
        }
    }

    fn sharpen(&mut self, row: &[u8], columns: &[i32], gain: i32, sharp: &mut [u8]) {
        self.add_up(columns);
        let across = 2 * self.reach + 1;
        // One division per row instead of one per pixel: the mean is sum × scale.
        #[expect(clippy::cast_precision_loss, reason = "at most 201 squared")]
        let scale = 1.0 / (across * across) as f32;
        let bounds = self.before.iter().zip(&self.before[across..]);
        for ((sharp, &tone), (before, after)) in sharp.iter_mut().zip(row).zip(bounds) {
            let mean = mean(after - before, scale);
            let tone = i32::from(tone);
            let raised = (tone + gain * (tone - mean)).clamp(0, 255);
            *sharp = u8::try_from(raised).unwrap_or(u8::MAX);
        }
    }

    fn add_up(&mut self, columns: &[i32]) {
        let (left, right) = (columns[0], columns[columns.len() - 1]);
        let edge = |tone: i32| std::iter::repeat_n(tone, self.reach);
        let drawn_out = edge(left).chain(columns.iter().copied()).chain(edge(right));
        let mut sum = 0;
        for (before, column) in self.before[1..].iter_mut().zip(drawn_out) {
            sum += column;
            *before = sum;
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a sum of tones divided by their number"
)]
fn mean(sum: i32, scale: f32) -> i32 {
    (sum as f32 * scale) as i32
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
