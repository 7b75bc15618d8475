//! An event's colour.
//!
//! Invariant: white letters on the colour are readable (contrast of at least 4.5 : 1, WCAG AA),
//! whatever was asked for. An event without a colour of its own gets one from its id, always the same.

/// Red, green and blue, dark enough for white letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    rgb: [u8; 3],
}

/// Distinct hues that survive a cheap office printer.
const PALETTE: [[u8; 3]; 8] = [
    [0x0B, 0x5F, 0x6B],
    [0x8A, 0x1C, 0x4A],
    [0x2B, 0x3A, 0x8C],
    [0xA3, 0x3B, 0x12],
    [0x1E, 0x6B, 0x3A],
    [0x5B, 0x2A, 0x86],
    [0x8F, 0x1D, 0x1D],
    [0x1F, 0x4E, 0x79],
];

impl Accent {
    /// The asked-for colour, darkened until white letters on it are readable.
    #[must_use]
    pub fn new(red: u8, green: u8, blue: u8) -> Self {
        let mut rgb = [red, green, blue];
        while contrast_with_white(rgb) < 4.5 {
            rgb = rgb.map(|part| part - part.div_ceil(16));
        }
        Self { rgb }
    }

    /// A colour for whoever has none: the same seed (an event id) always gives the same one.
    #[must_use]
    pub fn pick(seed: &[u8]) -> Self {
        let sum = seed.iter().fold(0x811C_9DC5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        let [high, low] = [(sum >> 16) as usize, (sum & 0xFFFF) as usize];
        Self {
            rgb: PALETTE[(high ^ low) % PALETTE.len()],
        }
    }

    /// The three parts, 0 to 255.
    #[must_use]
    pub fn rgb(self) -> [u8; 3] {
        self.rgb
    }

    /// The colour mixed with white; `share` 0 is the colour itself, 1 is white.
    pub(crate) fn tint(self, share: f32) -> [f32; 3] {
        self.rgb.map(|part| {
            let part = f32::from(part) / 255.0;
            part + (1.0 - part) * share
        })
    }
}

fn contrast_with_white(rgb: [u8; 3]) -> f32 {
    let [red, green, blue] = rgb.map(|part| {
        let part = f32::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_letters_stay_readable() {
        for (red, green, blue) in [(255, 255, 255), (255, 230, 0), (0, 255, 0), (0, 0, 0)] {
            let accent = Accent::new(red, green, blue);
            assert!(contrast_with_white(accent.rgb()) >= 4.5, "{accent:?}");
        }
        for rgb in PALETTE {
            assert_eq!(
                Accent::new(rgb[0], rgb[1], rgb[2]).rgb(),
                rgb,
                "already dark enough"
            );
        }
    }

    #[test]
    fn one_seed_one_colour() {
        assert_eq!(Accent::pick(b"event one"), Accent::pick(b"event one"));
        let seen: std::collections::BTreeSet<_> =
            (0_u8..64).map(|seed| Accent::pick(&[seed]).rgb()).collect();
        assert!(
            seen.len() >= 6,
            "seeds spread over the palette: {}",
            seen.len()
        );
    }
}
