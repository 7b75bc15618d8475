//! What is made together: the combiners of this server.

use sync_protocol::id::EventId;

use super::{
    combine::Combiner,
    notices::{Incoming, Joint, Kept, Told},
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
    /// Notices as they come in.
    pub(super) notices: Combiner<(), Incoming, Option<Kept>>,
    /// What they ask for, by event.
    pub(super) moves: Combiner<EventId, Told, (Joint, Told)>,
}
