//! Lists of few things: all rows that fit stand in memory, and a page is cut out of them.
//!
//! For what there are hundreds of at most: organisers, accounts, events, nodes, rolls. Its filters need no index each. The
//! place is what names the last row of the page before; where that row does not fit any more, the list begins again.

use super::{Choice, Making, PAGE, Words};
use crate::http::panel::door::Here;

impl Making<'_> {
    /// Cuts the page out of all rows that fit, in their order.
    pub(in crate::http::panel) fn cut<R>(
        self,
        rows: Vec<R>,
        place: impl Fn(&R) -> String,
    ) -> (Self, Vec<R>) {
        let after = self.here.door.asked("after");
        let ended = rows.iter().position(|row| place(row) == after);
        let rows = rows.into_iter().skip(ended.map_or(0, |at| at + 1));
        self.turned(rows.take(PAGE + 1).collect(), place)
    }
}

/// Whether one of the texts holds what is searched for, in whatever case.
pub(in crate::http::panel) fn finds(here: &Here, texts: &[&str]) -> bool {
    holds(here.door.asked("q"), texts)
}

fn holds(search: &str, texts: &[&str]) -> bool {
    let search = search.trim().to_lowercase();
    let mut texts = texts.iter();
    texts.any(|text| text.to_lowercase().contains(&search))
}

/// The options of a choice out of their names and words.
pub(in crate::http::panel) fn options(here: &Here, named: &[(&str, Words)]) -> Vec<Choice> {
    let option = |(name, words): &(&str, Words)| {
        let words = here.say(words.0, words.1);
        ((*name).to_owned(), words.to_owned())
    };
    named.iter().map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_a_piece_of_one_text_in_whatever_case() {
        let texts = ["Merdeka Raya", "office@merdeka.example"];
        assert!(holds("", &texts), "nothing is searched for");
        assert!(holds(" merdeka RAYA ", &texts));
        assert!(holds("office@", &texts));
        assert!(!holds("raya office", &texts), "of one text, not of two");
        assert!(!holds("jazz", &texts));
    }
}
