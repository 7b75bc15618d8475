//! What a list of payments is asked for: a search, filters, an order.
//!
//! Pure. Sorting and places are those of orders ([`super::order_search`]). What is typed decides by its form what is
//! looked for: our number begins with `GRB-`, all else is the provider's own.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{order_search::Sort, payment::PaymentStatus};

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentSearch {
    /// Numbers of orders that begin so.
    Order(String),
    /// The provider's ids that begin so.
    Transaction(String),
}

/// All that a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentFilter {
    /// Of one event.
    pub event: Option<EventId>,
    /// That stand here.
    pub status: Option<PaymentStatus>,
    /// Paid this way.
    pub channel: Option<String>,
    /// Begun from then on.
    pub from: Option<Timestamp>,
    /// Begun before then.
    pub until: Option<Timestamp>,
    /// What is looked for.
    pub search: Option<PaymentSearch>,
    /// In which order.
    pub sort: Sort,
}

impl Default for PaymentFilter {
    fn default() -> Self {
        Self {
            event: None,
            status: None,
            channel: None,
            from: None,
            until: None,
            search: None,
            sort: Sort::Newest,
        }
    }
}

impl PaymentSearch {
    /// What somebody typed; `None` for nothing.
    #[must_use]
    pub fn of(typed: &str) -> Option<Self> {
        let typed: String = typed.trim().chars().take(100).collect();
        if typed.is_empty() {
            return None;
        }
        let upper = typed.to_ascii_uppercase();
        Some(if upper.starts_with("GRB") {
            Self::Order(upper)
        } else {
            Self::Transaction(typed)
        })
    }
}

/// Statuses that few payments have at a time: they are found by their own index, whatever the list is sorted by and
/// limited to.
#[must_use]
pub const fn is_rare(status: PaymentStatus) -> bool {
    use PaymentStatus as P;
    match status {
        P::PartlyRefunded | P::Refunded | P::Disputed | P::Review => true,
        P::Pending | P::Success | P::Failed | P::Expired => false,
    }
}

/// Whether most payments stand elsewhere: those of all events are found by their own indexes too.
#[must_use]
pub const fn is_minor(status: PaymentStatus) -> bool {
    !matches!(status, PaymentStatus::Success)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_says_what_is_looked_for() {
        let order = |text: &str| Some(PaymentSearch::Order(text.into()));
        for (typed, want) in [
            ("", None),
            (" grb-7k2 ", order("GRB-7K2")),
            ("GRB", order("GRB")),
            (
                "9aed5972-5b6a",
                Some(PaymentSearch::Transaction("9aed5972-5b6a".into())),
            ),
        ] {
            assert_eq!(PaymentSearch::of(typed), want, "{typed}");
        }
    }
}
