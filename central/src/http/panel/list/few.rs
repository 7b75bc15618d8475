//! Lists of few things: all rows that fit stand in memory, and a page is cut out of them.
//!
//! For what there are hundreds of at most: organisers, accounts, events, nodes, rolls. Its filters need no index each. The
//! place is the rank of the last row of the page before: what it was ordered by and its id. So a page goes on where the one
//! before it ended, also when that row has moved since (a sale goes on, somebody signs in) or is gone.

use uuid::Uuid;

use super::{Choice, Making, PAGE, Words};
use crate::http::panel::door::Here;

/// Where a row stands in its list, the smallest first. No two rows have the same, because each has an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::http::panel) struct Rank {
    /// What the list is ordered by, and what orders those that are alike in it; negative = the largest first.
    numbers: [i64; 2],
    /// The same in letters.
    text: String,
    id: Uuid,
}

impl Rank {
    pub(in crate::http::panel) fn new(
        numbers: [i64; 2],
        text: impl Into<String>,
        id: Uuid,
    ) -> Self {
        Self {
            numbers,
            text: text.into(),
            id,
        }
    }

    /// By what people call it, in whatever case.
    pub(in crate::http::panel) fn named(name: &str, id: Uuid) -> Self {
        Self::new([0, 0], name.to_lowercase(), id)
    }

    /// As addresses carry it: the text is last, because it may hold dots.
    fn place(&self) -> String {
        let ([first, second], id, text) = (self.numbers, self.id, &self.text);
        format!("{first}.{second}.{id}.{text}")
    }

    /// Out of an address.
    fn parse(place: &str) -> Option<Self> {
        let mut parts = place.splitn(4, '.');
        let mut number = || parts.next()?.parse().ok();
        let numbers = [number()?, number()?];
        let id = Uuid::try_parse(parts.next()?).ok()?;
        Some(Self::new(numbers, parts.next()?, id))
    }
}

impl Making<'_> {
    /// Cuts the page out of all rows that fit, which stand in the order of their ranks.
    pub(in crate::http::panel) fn cut<R>(
        self,
        rows: Vec<R>,
        rank: impl Fn(&R) -> Rank,
    ) -> (Self, Vec<R>) {
        let after = Rank::parse(self.here.door.asked("after"));
        let rows = beyond(rows, after.as_ref(), &rank);
        self.turned(rows, |row| rank(row).place())
    }
}

/// The rows of a page and one more, after a place.
fn beyond<R>(rows: Vec<R>, after: Option<&Rank>, rank: impl Fn(&R) -> Rank) -> Vec<R> {
    let is_beyond = |row: &R| after.is_none_or(|after| rank(row) > *after);
    let rows = rows.into_iter().filter(is_beyond);
    rows.take(PAGE + 1).collect()
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

    #[test]
    fn a_page_goes_on_where_the_one_before_it_ended_though_its_last_row_moved() {
        let rank = |row: &(i64, u128)| Rank::new([-row.0, 7], "", Uuid::from_u128(row.1));
        let mut rows: Vec<(i64, u128)> = (0..60).map(|n| (60 - n, 1)).collect();
        let last = rank(&rows[PAGE - 1]);
        rows[PAGE - 1].0 = 100;
        rows.sort_by_key(rank);
        let second = beyond(rows.clone(), Some(&last), rank);
        let sold: Vec<_> = second.iter().map(|row| row.0).collect();
        assert_eq!(sold, (1..=10).rev().collect::<Vec<_>>());
        assert_eq!(beyond(rows, None, rank).len(), PAGE + 1);
        let alike: Vec<(i64, u128)> = (0..60).map(|n| (3, n)).collect();
        let last = rank(&alike[PAGE - 1]);
        let second = beyond(alike, Some(&last), rank);
        assert_eq!(second.first(), Some(&(3, 50)), "rows of one value");
    }

    #[test]
    fn a_rank_is_read_out_of_its_place() {
        let id = Uuid::from_u128(9);
        for rank in [
            Rank::new([-5, 1_796_120_040_000], "fest Gate. 1", id),
            Rank::named("Jl. Merdeka", id),
            Rank::new([0, 0], "", id),
        ] {
            assert_eq!(Rank::parse(&rank.place()), Some(rank));
        }
        for wrong in ["", "gone", "1.2", "1.2.3.a"] {
            assert_eq!(Rank::parse(wrong), None, "{wrong}");
        }
    }
}
