//! What is in view: a ticket that is held before the camera is one scan, not thirty a second.
//!
//! Invariant: a text is handed on when it comes into view, and again only after it was out of view for
//! [`AWAY`]; a frame in which it could not be read does not end its stay. At most [`MOST`] texts are remembered,
//! so a film of a thousand codes costs no memory. Time is handed in: this asks no clock.

use std::time::Duration;

/// How long a text must be gone before it counts as shown again.
pub const AWAY: Duration = Duration::from_millis(1_500);

/// How many texts are remembered.
pub const MOST: usize = 64;

/// The texts that the camera sees.
#[derive(Debug, Default)]
pub struct InView {
    seen: Vec<(String, Duration)>,
}

impl InView {
    /// Those of a frame's texts that were not in view before, in their order. `now` is the time since any fixed
    /// moment.
    pub fn newly<'a>(
        &mut self,
        texts: impl IntoIterator<Item = &'a str>,
        now: Duration,
    ) -> Vec<String> {
        self.seen
            .retain(|(_, last)| now.saturating_sub(*last) < AWAY);
        let mut fresh = Vec::new();
        for text in texts {
            match self.seen.iter_mut().find(|(known, _)| known == text) {
                Some((_, last)) => *last = now,
                None => {
                    self.remember(text, now);
                    fresh.push(text.to_owned());
                }
            }
        }
        fresh
    }

    fn remember(&mut self, text: &str, now: Duration) {
        if self.seen.len() == MOST {
            let oldest = self.seen.iter().enumerate().min_by_key(|(_, seen)| seen.1);
            let oldest = oldest.map_or(0, |(place, _)| place);
            self.seen.swap_remove(oldest);
        }
        self.seen.push((text.to_owned(), now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_held_code_is_shown_once_and_again_after_it_was_away() {
        let mut view = InView::default();
        assert_eq!(view.newly(["A"], at(0)), ["A"]);
        for ms in (33..10_000).step_by(33) {
            assert!(view.newly(["A"], at(ms)).is_empty(), "{ms}");
        }
        assert!(
            view.newly(["A"], at(11_000)).is_empty(),
            "a second of shaking"
        );
        assert_eq!(view.newly(["A"], at(12_500)), ["A"]);
    }

    #[test]
    fn an_empty_frame_does_not_end_a_stay() {
        let mut view = InView::default();
        assert_eq!(view.newly(["A"], at(0)), ["A"]);
        assert!(view.newly([], at(500)).is_empty());
        assert!(view.newly(["A"], at(1_400)).is_empty());
    }

    #[test]
    fn the_next_guest_is_seen_at_once_and_several_keep_their_order() {
        let mut view = InView::default();
        assert_eq!(view.newly(["A"], at(0)), ["A"]);
        assert_eq!(view.newly(["C", "A", "B"], at(40)), ["C", "B"]);
        assert_eq!(view.newly(["D"], at(80)), ["D"]);
    }

    #[test]
    fn a_film_of_a_thousand_codes_is_forgotten() {
        let mut view = InView::default();
        for n in 0..1_000_u64 {
            let text = n.to_string();
            assert_eq!(view.newly([&*text], at(n)), [text]);
        }
        assert_eq!(view.seen.len(), MOST);
        assert!(
            view.newly(["999"], at(1_001)).is_empty(),
            "the last is known"
        );
    }
}
