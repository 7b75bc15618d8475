//! What a list of letters that have not left is asked for: a search, filters, an order.
//!
//! Pure. What is typed decides by its form what is looked for: a number has a digit or our prefix and no @, all else is the
//! beginning of an address.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{letter::LetterKind, named::named_enum, order_search::whole_start};

named_enum! {
    /// How a letter that has not left stands.
    pub enum LetterState {
        /// Its last try was made.
        GivenUp => "given_up",
        /// It is tried again.
        Waiting => "waiting",
        /// The same, and it was tried before.
        Tried => "tried",
    }
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterSearch {
    /// Letters about orders whose number begins so.
    Order(String),
    /// Letters about orders whose address begins so.
    Address(String),
}

/// All that a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LetterFilter {
    /// That stand so.
    pub state: Option<LetterState>,
    /// About this.
    pub kind: Option<LetterKind>,
    /// About orders of one event.
    pub event: Option<EventId>,
    /// Asked for from then on.
    pub from: Option<Timestamp>,
    /// Asked for before then.
    pub until: Option<Timestamp>,
    /// What is looked for.
    pub search: Option<LetterSearch>,
    /// The longest waiting first.
    pub oldest_first: bool,
}

impl LetterSearch {
    /// What somebody typed; `None` for nothing.
    #[must_use]
    pub fn of(typed: &str) -> Option<Self> {
        let typed: String = typed.trim().chars().take(100).collect();
        let upper = typed.to_ascii_uppercase();
        let is_number = !typed.contains('@') && typed.bytes().any(|byte| byte.is_ascii_digit());
        Some(match typed.as_str() {
            "" => return None,
            _ if is_number || upper.starts_with("GRB-") => Self::Order(whole_start(upper)),
            _ => Self::Address(typed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_says_what_is_looked_for() {
        let order = |text: &str| Some(LetterSearch::Order(text.into()));
        let address = |text: &str| Some(LetterSearch::Address(text.into()));
        for (typed, want) in [
            (" ", None),
            ("grb-7k", order("GRB-7K")),
            (" 7k2q ", order("GRB-7K2Q")),
            ("siti", address("siti")),
            ("siti7@example.id", address("siti7@example.id")),
        ] {
            assert_eq!(LetterSearch::of(typed), want, "{typed}");
        }
    }
}
