//! What is made together: the combiners of this server.

use sync_protocol::id::EventId;

use super::{
    combine::Combiner,
    orders::{Draft, Outcome},
};
use crate::store::payment::KeptSession;

/// The combiners; clones share them.
#[derive(Clone, Default)]
pub struct Together {
    /// New orders, by event.
    pub(super) orders: Combiner<EventId, Draft, (Outcome, Draft)>,
    /// Sessions that the provider opened.
    pub(super) sessions: Combiner<(), KeptSession, bool>,
}
