//! What a list of disputes is asked for: a search, filters, an order.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{dispute::DisputeStatus, named::named_enum};

named_enum! {
    /// In which order.
    pub enum DisputeSort {
        /// The latest begun first.
        Newest => "newest",
        /// The earliest begun first.
        Oldest => "oldest",
        /// The answer that is due first; those without a date last.
        Due => "due",
    }
}

/// All that a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeFilter {
    /// That stand here.
    pub status: Option<DisputeStatus>,
    /// Whose answer is due by then.
    pub due_by: Option<Timestamp>,
    /// Of one event.
    pub event: Option<EventId>,
    /// Paid this way.
    pub channel: Option<String>,
    /// Begun from then on.
    pub from: Option<Timestamp>,
    /// Begun before then.
    pub until: Option<Timestamp>,
    /// Of orders whose number begins so.
    pub order: Option<String>,
    /// In which order.
    pub sort: DisputeSort,
}

impl Default for DisputeFilter {
    fn default() -> Self {
        Self {
            status: None,
            due_by: None,
            event: None,
            channel: None,
            from: None,
            until: None,
            order: None,
            sort: DisputeSort::Newest,
        }
    }
}
