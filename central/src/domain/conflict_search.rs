//! What is looked for among conflicts. Pure.

use sync_protocol::number::TicketNumber;

use super::{conflict::Kind, named::named_enum};

named_enum! {
    /// Whether a person has closed it.
    pub enum State {
        /// Nobody has, as what it is now.
        Open => "open",
        /// Somebody has, and it is no other conflict since.
        Decided => "decided",
        /// Either.
        All => "all",
    }
}

/// The filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConflictFilter {
    /// Whether a person has closed it.
    pub state: State,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// About the ticket of this number.
    pub number: Option<TicketNumber>,
}
