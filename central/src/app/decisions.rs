//! What supervisors decided and took back, for the venue manager and the trail.

use sync_protocol::id::EventId;

use super::App;
use crate::store::{self, StoreError, decision::DecisionRow};

impl App {
    /// All of an event, by time: who said what about which scan, and what became of both.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decisions(&self, event: EventId) -> Result<Vec<DecisionRow>, StoreError> {
        let mut tx = self.store.read().await?;
        store::decision::of_event(&mut tx, event).await
    }
}
