//! A gray picture in the making: tones as numbers, so that light can add up before it is cut off.
//!
//! Invariant: one tone per pixel, row by row; only [`Picture::into_frame`] rounds and clamps. The
//! operations here know nothing of codes: they are what lenses, light and sensors do to any scene.

use super::random::Random;
use crate::GrayFrame;

/// Tones from 0 (black) to 255 (white), beyond both ends while light is still being added.
#[derive(Debug, Clone)]
pub struct Picture {
    width: usize,
    height: usize,
    tones: Vec<f32>,
}

impl Picture {
    /// One tone everywhere.
    pub fn blank(width: u32, height: u32, tone: f32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self {
            width,
            height,
            tones: vec![tone; width * height],
        }
    }

    /// A slope of light with a dozen plain boxes in it: enough edges to look like a room.
    pub fn room(width: u32, height: u32, random: &mut Random) -> Self {
        let mut room = Self::blank(width, height, 0.0);
        let (base, slope) = (random.between(60.0, 150.0), random.between(-60.0, 60.0));
        room.each(|x, y, _| base + slope * (x + y) / 2000.0);
        for _ in 0..12 {
            let (left, top) = (random.between(-0.1, 1.0), random.between(-0.1, 1.0));
            let (wide, high) = (random.between(0.02, 0.3), random.between(0.02, 0.4));
            room.fill_box(
                (left, top),
                (left + wide, top + high),
                random.between(20.0, 230.0),
            );
        }
        room
    }

    pub fn width(&self) -> u32 {
        u32::try_from(self.width).unwrap_or(u32::MAX)
    }

    pub fn height(&self) -> u32 {
        u32::try_from(self.height).unwrap_or(u32::MAX)
    }

    /// Replaces every tone by `tone(x, y, old)`.
    pub fn each(&mut self, mut tone: impl FnMut(f64, f64, f64) -> f64) {
        for (y, row) in self.tones.chunks_exact_mut(self.width).enumerate() {
            for (x, old) in row.iter_mut().enumerate() {
                *old = as_tone(tone(x as f64, y as f64, f64::from(*old)));
            }
        }
    }

    /// A soft focus: three passes of a box, which is close to a Gaussian of this deviation.
    pub fn blur(&mut self, deviation: f64) {
        let width = (4.0 * deviation * deviation + 1.0).sqrt();
        for _ in 0..3 {
            self.box_rows(width);
            self.turn();
            self.box_rows(width);
            self.turn();
        }
    }

    /// What a hand that moves does: the mean along a line of `length` pixels.
    pub fn smear(&mut self, length: f64, angle: f64) {
        let steps = as_count(length.ceil()).max(1);
        let (dx, dy) = (angle.cos() * length, angle.sin() * length);
        let sharp = self.clone();
        self.each(|x, y, _| {
            let along = (0..=steps).map(|step| step as f64 / steps as f64 - 0.5);
            along.map(|t| sharp.at(x + t * dx, y + t * dy)).sum::<f64>() / (steps + 1) as f64
        });
    }

    /// Grain of a sensor.
    pub fn add_noise(&mut self, deviation: f64, random: &mut Random) {
        self.each(|_, _, tone| tone + deviation * random.bell());
    }

    /// Less light: tones fall towards `floor`.
    pub fn dim(&mut self, floor: f64, share: f64) {
        self.each(|_, _, tone| floor + tone * share);
    }

    /// Rounds and clamps to bytes.
    pub fn into_frame(self) -> GrayFrame<'static> {
        let (width, height) = (self.width(), self.height());
        let luma: Vec<u8> = self.tones.into_iter().map(as_byte).collect();
        GrayFrame::new(width, height, luma).expect("a picture holds one tone per pixel")
    }

    /// The tone between pixels; beyond the edge it is that of the edge.
    fn at(&self, x: f64, y: f64) -> f64 {
        let x = x.clamp(0.0, self.width as f64 - 1.0);
        let y = y.clamp(0.0, self.height as f64 - 1.0);
        let (left, top) = (as_count(x), as_count(y));
        let (right, below) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let tone = |x: usize, y: usize| f64::from(self.tones[y * self.width + x]);
        let (fx, fy) = (x - left as f64, y - top as f64);
        let upper = tone(left, top) * (1.0 - fx) + tone(right, top) * fx;
        let lower = tone(left, below) * (1.0 - fx) + tone(right, below) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    fn fill_box(&mut self, from: (f64, f64), to: (f64, f64), tone: f64) {
        let (width, height) = (self.width as f64, self.height as f64);
        let columns = as_count(from.0 * width)..as_count(to.0 * width).min(self.width);
        let rows = as_count(from.1 * height)..as_count(to.1 * height).min(self.height);
        for row in rows.map(|y| y * self.width) {
            self.tones[row + columns.start..row + columns.end].fill(as_tone(tone));
        }
    }

    /// A moving mean over `width` pixels of each row, the outermost two weighted by what is left.
    fn box_rows(&mut self, width: f64) {
        let reach = as_count(((width - 1.0) / 2.0).max(0.0));
        let edge = as_tone((width - 1.0) / 2.0 - reach as f64);
        let last = self.width - 1;
        let mut row_before = vec![0.0; self.width];
        for row in self.tones.chunks_exact_mut(self.width) {
            row_before.copy_from_slice(row);
            let tone = |x: isize| row_before[x.clamp(0, last.cast_signed()).cast_unsigned()];
            let reach = reach.cast_signed();
            let mut sum: f32 = (-reach..=reach).map(tone).sum();
            for (x, new) in row.iter_mut().enumerate() {
                let x = x.cast_signed();
                let outer = edge * (tone(x - reach - 1) + tone(x + reach + 1));
                *new = (sum + outer) / as_tone(width);
                sum += tone(x + reach + 1) - tone(x - reach);
            }
        }
    }

    /// Rows become columns.
    fn turn(&mut self) {
        let (width, height) = (self.width, self.height);
        let tones = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
        self.tones = tones.map(|(x, y)| self.tones[y * width + x]).collect();
        (self.width, self.height) = (height, width);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "tones need no more than 24 bits"
)]
fn as_tone(value: f64) -> f32 {
    value as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped first"
)]
fn as_byte(tone: f32) -> u8 {
    tone.round().clamp(0.0, 255.0) as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped first"
)]
fn as_count(value: f64) -> usize {
    value.clamp(0.0, 1e9) as usize
}
