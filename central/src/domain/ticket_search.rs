//! What a list of tickets or attendees is asked for: a search, filters, an order, a place to go on from.
//!
//! Pure. What is typed decides by its form what is looked for, so that each has its index: a whole ticket number, an order
//! number by its prefix, and all else is the beginning of a name. Names that are looked for are listed by name.

use sync_protocol::{id::EventId, number::TicketNumber, ticket::TicketStatus};
use uuid::Uuid;

use super::{id::TicketTypeId, named::named_enum, order_search::capitals};

named_enum! {
    /// In which order.
    pub enum TicketSort {
        /// The latest first.
        Newest => "newest",
        /// By the name on it.
        Name => "name",
    }
}

named_enum! {
    /// How a ticket stands at the gates.
    pub enum CheckIn {
        /// It was let in.
        In => "in",
        /// It was not yet.
        Awaited => "awaited",
        /// It was exchanged for a wristband.
        Exchanged => "exchanged",
    }
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketSearch {
    /// The ticket of this number.
    Number(TicketNumber),
    /// The tickets of the order of this number.
    Order(String),
    /// Names that begin so, as typed and with capitals.
    Name(String, String),
}

/// All that a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketFilter {
    /// Of one event.
    pub event: Option<EventId>,
    /// Of one type.
    pub kind: Option<TicketTypeId>,
    /// That stand here.
    pub status: Option<TicketStatus>,
    /// That stand so at the gates.
    pub check_in: Option<CheckIn>,
    /// Only those that go with another, or only those that do not.
    pub addon: Option<bool>,
    /// What is looked for.
    pub search: Option<TicketSearch>,
    /// In which order.
    pub sort: TicketSort,
}

impl TicketFilter {
    /// The order in which it is listed.
    #[must_use]
    pub const fn order(&self) -> TicketSort {
        match self.search {
            Some(TicketSearch::Name(..)) => TicketSort::Name,
            _ => self.sort,
        }
    }
}

impl TicketSearch {
    /// What somebody typed; `None` for nothing.
    #[must_use]
    pub fn of(typed: &str) -> Option<Self> {
        let typed: String = typed.trim().chars().take(100).collect();
        if typed.is_empty() {
            return None;
        }
        if let Ok(number) = TicketNumber::parse(&typed) {
            return Some(Self::Number(number));
        }
        let upper = typed.to_ascii_uppercase();
        Some(if upper.starts_with("GRB-") {
            Self::Order(upper)
        } else {
            let capital = capitals(&typed);
            Self::Name(typed, capital)
        })
    }
}

/// Where a ticket stands in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TicketPlace {
    /// The name, where that is what is sorted by; else empty.
    pub name: String,
    /// Which of equal ones.
    pub id: Uuid,
}

impl TicketPlace {
    /// As addresses carry it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.id.simple(), self.name)
    }

    /// Out of an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, name) = text.split_once('.')?;
        Some(Self {
            name: name.to_owned(),
            id: Uuid::try_parse(id).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_says_what_is_looked_for() {
        let number = TicketNumber::new(77);
        let shown = number.to_string();
        for (typed, want) in [
            ("  ", None),
            (shown.as_str(), Some(TicketSearch::Number(number))),
            ("grb-7k2q", Some(TicketSearch::Order("GRB-7K2Q".into()))),
            (
                "ayu l",
                Some(TicketSearch::Name("ayu l".into(), "Ayu L".into())),
            ),
        ] {
            assert_eq!(TicketSearch::of(typed), want, "{typed}");
        }
    }

    #[test]
    fn places_survive_an_address_whatever_the_name() {
        for name in ["", "Ayu Lestari", "a.b&c=d", "\u{1F3AB}"] {
            let place = TicketPlace {
                name: name.into(),
                id: Uuid::from_u128(7),
            };
            assert_eq!(TicketPlace::parse(&place.text()), Some(place));
        }
        assert_eq!(TicketPlace::parse("7"), None);
    }
}
