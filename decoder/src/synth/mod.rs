//! Ticket frames as a bad camera sees them, from a seed.
//!
//! A [`Scene`] draws a QR ticket on a 720p frame; a [`Damage`] spoils it. The same seed gives the
//! same bytes on every run: all chance comes from [`Random`], a splitmix64 that lives here, and
//! nothing is read from the machine. Used by tests, benches and figures of this and other crates, so
//! it is ordinary code; no production path calls it. It stands in for photographs and does not
//! replace them: the weights of the damages are a guess at gates, not a measurement of them.

mod damage;
mod picture;
mod random;
mod scene;

pub use damage::{Damage, degraded};
pub use picture::Picture;
pub use random::Random;
pub use scene::{Placement, Scene};

use crate::GrayFrame;

/// Width and height of the frames made here.
pub const FRAME_SIZE: (u32, u32) = (1280, 720);

/// One frame of a set, with the text that it holds.
#[derive(Debug, Clone)]
pub struct Case {
    pub damage: Damage,
    pub seed: u64,
    pub text: String,
    pub frame: GrayFrame<'static>,
}

/// `count` frames that take every [`Damage`] in turn; made one by one, as they are asked for.
pub fn cases(count: usize, seed: u64) -> impl Iterator<Item = Case> {
    (0..count)
        .zip(Damage::ALL.into_iter().cycle())
        .map(move |(index, damage)| {
            let seed = Random::new(seed ^ index as u64).next_u64();
            let text = ticket_text(seed);
            let frame = degraded(&text, damage, seed);
            Case {
                damage,
                seed,
                text,
                frame,
            }
        })
}

/// A text of the shape of a ticket code: 143 characters of base32. It is not a valid ticket.
pub fn ticket_text(seed: u64) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut random = Random::new(seed);
    (0..143)
        .map(|_| char::from(LETTERS[random.below(32)]))
        .collect()
}

/// The code straight on, sharp, on white paper that fills the frame: the easiest frame there is.
pub fn clean_frame(text: &str, width: u32, height: u32) -> GrayFrame<'static> {
    let side = width.min(height) * 6 / 10;
    let placement = Placement::centred(width, height, f64::from(side));
    let mut picture = Picture::blank(width, height, 255.0);
    Scene::new(text, placement).draw(&mut picture);
    picture.into_frame()
}

/// A frame without a code: what a camera sees while nobody is there, or nothing but noise.
pub fn empty_frame(seed: u64) -> GrayFrame<'static> {
    let mut random = Random::new(seed);
    let mut picture = Picture::room(FRAME_SIZE.0, FRAME_SIZE.1, &mut random);
    let grain = random.between(2.0, 60.0);
    picture.add_noise(grain, &mut random);
    picture.into_frame()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FNV-1a: enough to see a changed byte.
    fn digest(frame: &GrayFrame<'_>) -> u64 {
        frame
            .luma()
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
    }

    #[test]
    fn a_seed_always_gives_the_same_frame() {
        for damage in Damage::ALL {
            let once = digest(&degraded("GERBANG", damage, 7));
            assert_eq!(once, digest(&degraded("GERBANG", damage, 7)), "{damage:?}");
            assert_ne!(once, digest(&degraded("GERBANG", damage, 8)), "{damage:?}");
        }
    }

    #[test]
    fn a_ticket_text_is_base32_of_the_right_length() {
        let text = ticket_text(3);
        assert_eq!(text.len(), 143);
        assert!(text.chars().all(|c| matches!(c, 'A'..='Z' | '2'..='7')));
        assert_ne!(text, ticket_text(4));
    }

    #[test]
    fn a_ticket_needs_a_version_6_code() {
        let scene = Scene::new(&ticket_text(1), Placement::centred(1280, 720, 400.0));
        assert_eq!(scene.modules(), 41);
    }
}
