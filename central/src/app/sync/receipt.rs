//! Receipts: central's signed word for what it acknowledges.
//!
//! The node keeps the last one; should this database be replaced by an older copy, it proves what was promised.

use sync_protocol::{receipt::Receipt, wire::v1::SyncRequest};

use super::{App, SyncError, upload::Stored};

impl App {
    /// For the node's log as it is stored, when records were sent: an idle round repeats nothing.
    pub(super) async fn receipt(
        &self,
        request: &SyncRequest,
        stored: &Stored,
    ) -> Result<Option<Receipt>, SyncError> {
        if request.records.is_empty() {
            return Ok(None);
        }
        let node = &stored.node;
        let mut tx = self.store.read().await?;
        let (slot, key) = self.signing_key(&mut tx, node.event).await?;
        let receipt = Receipt::sign(node.head(), stored.answered_at, slot, &key);
        Ok(Some(receipt))
    }
}
