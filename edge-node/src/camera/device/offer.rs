//! What a camera offers, and which of it is best for reading codes.
//!
//! Resolution before all: a ticket code must have a few pixels per module, and beyond 720p a frame only costs time.
//! Then a rate at which a hand that moves is caught, then formats whose luma needs no decoding. Invariant: plain
//! values, the same choice on every machine; what a driver then makes of it is [`super::prepare`]'s to read back.

use std::cmp::Reverse;

use super::Pixels;

/// Width and height that serve best.
const BEST: (u32, u32) = (1_280, 720);

/// One way to stream: pixels, size, and the time between two frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offer {
    /// How the bytes lie.
    pub pixels: Pixels,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Seconds from frame to frame, as a fraction.
    pub interval: (u32, u32),
}

impl Offer {
    /// Frames per second, rounded down to tenths.
    #[must_use]
    pub fn tenths_per_second(&self) -> u32 {
        let (seconds, parts) = self.interval;
        let tenths = u64::from(parts) * 10 / u64::from(seconds.max(1));
        u32::try_from(tenths).unwrap_or(u32::MAX)
    }

    /// Larger is better.
    fn worth(&self) -> impl Ord + use<> {
        let tenths = self.tenths_per_second();
        let is_smooth = match tenths {
            145.. => 2,
            70.. => 1,
            _ => 0,
        };
        let (width, height) = (self.width.max(self.height), self.width.min(self.height));
        // At least 480 lines: below that, tickets must be held close.
        let is_large_enough = height >= 480 && width >= 640;
        let is_too_large = u64::from(width) * u64::from(height) > 1_920 * 1_080;
        let distance = width.abs_diff(BEST.0) + height.abs_diff(BEST.1);
        (
            is_large_enough && !is_too_large,
            is_smooth,
            Reverse(distance),
            // 30 is enough; more only costs.
            Reverse(tenths.abs_diff(300)),
            self.pixels.is_raw(),
            Reverse(self.pixels as u8),
        )
    }
}

/// From best to worst; the same offer once.
#[must_use]
pub fn ranked(mut offers: Vec<Offer>) -> Vec<Offer> {
    offers.sort_by_key(|offer| Reverse(offer.worth()));
    offers.dedup();
    offers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(pixels: Pixels, width: u32, height: u32, fps: u32) -> Offer {
        Offer {
            pixels,
            width,
            height,
            interval: (1, fps),
        }
    }

    fn best(offers: &[Offer]) -> Offer {
        ranked(offers.to_vec())[0]
    }

    #[test]
    fn a_usual_webcam_gives_720p_as_mjpeg_because_raw_is_slow() {
        let slow = offer(Pixels::Yuyv, 1_280, 720, 10);
        let small = offer(Pixels::Yuyv, 640, 480, 30);
        let mjpeg = offer(Pixels::Mjpeg, 1_280, 720, 30);
        let full = offer(Pixels::Mjpeg, 1_920, 1_080, 30);
        assert_eq!(best(&[slow, small, mjpeg, full]), mjpeg);
        assert_eq!(best(&[slow, small]), small, "smooth before large");
    }

    #[test]
    fn raw_wins_where_both_are_quick_enough() {
        let raw = offer(Pixels::Yuyv, 1_280, 720, 30);
        let mjpeg = offer(Pixels::Mjpeg, 1_280, 720, 30);
        assert_eq!(best(&[mjpeg, raw]), raw);
        let gray = offer(Pixels::Grey, 1_280, 720, 30);
        assert_eq!(best(&[mjpeg, raw, gray]), gray);
    }

    #[test]
    fn neither_a_stamp_nor_a_poster() {
        let stamp = offer(Pixels::Yuyv, 160, 120, 30);
        let vga = offer(Pixels::Yuyv, 640, 480, 15);
        let poster = offer(Pixels::Mjpeg, 4_096, 2_160, 30);
        assert_eq!(best(&[stamp, vga, poster]), vga);
        assert_eq!(best(&[stamp]), stamp, "rather than nothing");
    }

    #[test]
    fn rates_that_are_not_whole_are_weighed_as_they_are() {
        let odd = Offer {
            interval: (2, 15),
            ..offer(Pixels::Yuyv, 1_280, 720, 1)
        };
        assert_eq!(odd.tenths_per_second(), 75);
        let broken = Offer {
            interval: (0, 0),
            ..odd
        };
        assert_eq!(broken.tenths_per_second(), 0);
        assert_eq!(best(&[broken, odd]), odd);
    }

    #[test]
    fn thirty_is_better_than_sixty_and_than_five() {
        let at = |fps| offer(Pixels::Yuyv, 1_280, 720, fps);
        assert_eq!(best(&[at(60), at(5), at(30), at(30)]), at(30));
        assert_eq!(ranked(vec![at(30), at(30)]).len(), 1);
    }
}
