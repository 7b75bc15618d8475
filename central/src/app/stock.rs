//! What is left of an event's types at this moment: its own quota and the one it shares, whichever is smaller.
//!
//! A kept offer does not know it (`app::offers`), and nobody may rely on it: only the conditional claim holds.

use std::collections::BTreeMap;

use sync_protocol::id::EventId;

use super::App;
use crate::{
    domain::{event::TicketType, id::TicketTypeId},
    store::{self, StoreError},
};

/// What is left of an event's types.
#[derive(Clone, Debug, Default)]
pub struct Stock(BTreeMap<TicketTypeId, i64>);

impl Stock {
    /// Of one type.
    #[must_use]
    pub fn left(&self, kind: TicketTypeId) -> i64 {
        self.0.get(&kind).copied().unwrap_or_default()
    }
}

impl App {
    /// What is left of an event's types.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stock(&self, event: EventId) -> Result<Stock, StoreError> {
        let mut tx = self.store.read().await?;
        let types = store::ticket_type::of_event(&mut tx, event).await?;
        let shared = store::shared_quota::of_event(&mut tx, event).await?;
        let of_shared = |kind: &TicketType| {
            let quota = shared
                .iter()
                .find(|quota| Some(quota.id) == kind.shared_quota)?;
            Some(quota.quota - quota.taken)
        };
        let left = |kind: &TicketType| {
            let own = kind.quota - kind.taken;
            (kind.id, own.min(of_shared(kind).unwrap_or(own)).max(0))
        };
        Ok(Stock(types.iter().map(left).collect()))
    }
}
