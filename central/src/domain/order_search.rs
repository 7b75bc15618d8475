//! What a list of orders is asked for: a search, filters, an order, a place to go on from.
//!
//! Pure. What is typed into the search decides by its form what is looked for, so that each has its index: an address
//! has an @, a whole ticket number its check character, an order number a digit or our prefix, and all else is the
//! beginning of a name.

use std::cmp::Ordering;

use sync_protocol::{id::EventId, number::TicketNumber, time::Timestamp};
use uuid::Uuid;

use super::{named::named_enum, order::OrderStatus};

named_enum! {
    /// In which order.
    pub enum Sort {
        /// The latest first.
        Newest => "newest",
        /// The earliest first.
        Oldest => "oldest",
        /// The largest sum first.
        Dearest => "dearest",
        /// The smallest sum first.
        Cheapest => "cheapest",
    }
}

named_enum! {
    /// Why an order is to be looked at.
    pub enum Look {
        /// Central found a reason.
        Reason => "reason",
        /// A person flagged it.
        Flag => "flag",
    }
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Numbers that begin so.
    Number(String),
    /// The order of this ticket.
    Ticket(TicketNumber),
    /// Addresses that begin so.
    Email(String),
    /// Names that begin so, as typed and with capitals.
    Name(String, String),
}

/// All that a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFilter {
    /// Of one event.
    pub event: Option<EventId>,
    /// That stand here.
    pub status: Option<OrderStatus>,
    /// That are to be looked at, for this cause.
    pub look: Option<Look>,
    /// Placed from then on.
    pub from: Option<Timestamp>,
    /// Placed before then.
    pub until: Option<Timestamp>,
    /// What is looked for.
    pub search: Option<Search>,
    /// In which order.
    pub sort: Sort,
}

impl Default for OrderFilter {
    fn default() -> Self {
        Self {
            event: None,
            status: None,
            look: None,
            from: None,
            until: None,
            search: None,
            sort: Sort::Newest,
        }
    }
}

/// Where a row stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// What is sorted by.
    pub value: i64,
    /// Which of equal ones.
    pub id: Uuid,
}

impl Sort {
    /// Which of two rows comes first.
    #[must_use]
    pub fn compare(self, a: &Place, b: &Place) -> Ordering {
        let rising = (a.value, a.id).cmp(&(b.value, b.id));
        match self {
            Self::Oldest | Self::Cheapest => rising,
            Self::Newest | Self::Dearest => rising.reverse(),
        }
    }
}

impl Place {
    /// As addresses carry it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.value, self.id.simple())
    }

    /// Out of an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (value, id) = text.split_once('.')?;
        Some(Self {
            value: value.parse().ok()?,
            id: Uuid::try_parse(id).ok()?,
        })
    }
}

impl Search {
    /// What somebody typed; `None` for nothing.
    #[must_use]
    pub fn of(typed: &str) -> Option<Self> {
        let typed: String = typed.trim().chars().take(100).collect();
        if typed.is_empty() {
            return None;
        }
        let upper = typed.to_ascii_uppercase();
        Some(if typed.contains('@') {
            Self::Email(typed)
        } else if let Some(number) = ticket(&upper) {
            Self::Ticket(number)
        } else if upper.starts_with("GRB-") || typed.bytes().any(|byte| byte.is_ascii_digit()) {
            Self::Number(whole_start(upper))
        } else {
            let capital = capitals(&typed);
            Self::Name(typed, capital)
        })
    }
}

/// How the number of an order begins that somebody typed where only such a number is asked for; `None` for nothing.
#[must_use]
pub fn number_start(typed: &str) -> Option<String> {
    let typed: String = typed.trim().chars().take(100).collect();
    (!typed.is_empty()).then(|| whole_start(typed.to_ascii_uppercase()))
}

/// The same with our prefix, which people leave out or have only begun.
pub(super) fn whole_start(typed: String) -> String {
    const PREFIX: &str = "GRB-";
    if typed.starts_with(PREFIX) {
        typed
    } else if PREFIX.starts_with(&typed) {
        PREFIX.to_owned()
    } else {
        format!("{PREFIX}{typed}")
    }
}

/// A whole ticket number. One that has a hyphen or a digit: else a name of twelve letters would be one by chance.
fn ticket(upper: &str) -> Option<TicketNumber> {
    let is_number = upper.bytes().any(|b| b == b'-' || b.is_ascii_digit());
    if !is_number || upper.starts_with("GRB-") {
        return None;
    }
    TicketNumber::parse(upper).ok()
}

/// `siti rahma` → `Siti Rahma`
pub(super) fn capitals(text: &str) -> String {
    let mut is_first = true;
    let letters = text.chars().flat_map(|c| {
        let upper = std::mem::replace(&mut is_first, c == ' ' || c == '-');
        let letters: Vec<char> = if upper {
            c.to_uppercase().collect()
        } else {
            vec![c]
        };
        letters
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_alone_is_found_with_and_without_our_prefix() {
        for (typed, start) in [
            ("", None),
            ("  ", None),
            ("g", Some("GRB-")),
            ("GRB-", Some("GRB-")),
            (" grb-7k ", Some("GRB-7K")),
            ("7k2q", Some("GRB-7K2Q")),
        ] {
            assert_eq!(number_start(typed).as_deref(), start, "{typed:?}");
        }
    }

    #[test]
    fn what_is_typed_says_what_is_looked_for() {
        let number = TicketNumber::new(77);
        let (shown, bare) = (number.to_string(), number.to_string().replace('-', ""));
        for (typed, want) in [
            (shown.as_str(), Some(Search::Ticket(number))),
            (bare.to_lowercase().as_str(), Some(Search::Ticket(number))),
            ("", None),
            ("  ", None),
            (
                "siti@example.id",
                Some(Search::Email("siti@example.id".into())),
            ),
            ("grb-7k2q", Some(Search::Number("GRB-7K2Q".into()))),
            ("7k2q", Some(Search::Number("GRB-7K2Q".into()))),
            (
                "siti ra",
                Some(Search::Name("siti ra".into(), "Siti Ra".into())),
            ),
        ] {
            assert_eq!(Search::of(typed), want, "{typed}");
        }
    }

    #[test]
    fn places_survive_an_address_and_rows_are_sorted_both_ways() {
        let place = |value, id| Place {
            value,
            id: Uuid::from_u128(id),
        };
        let one = place(-5, 7);
        assert_eq!(Place::parse(&one.text()), Some(one));
        for bad in ["", "5", "5.x", "x.00000000000000000000000000000007"] {
            assert_eq!(Place::parse(bad), None, "{bad}");
        }
        assert_eq!(
            Sort::Newest.compare(&place(2, 1), &place(1, 9)),
            Ordering::Less
        );
        assert_eq!(
            Sort::Oldest.compare(&place(1, 1), &place(1, 2)),
            Ordering::Less
        );
        assert_eq!(
            Sort::Dearest.compare(&place(1, 1), &place(1, 2)),
            Ordering::Greater
        );
    }
}
