//! Files with logs that were not taken in: each leaves a row that says who brought it and why it was refused, so that nobody
//! believes that a gate's scans have come because somebody carried them.
//!
//! A reason is a stable name: what stands in a file that nobody signed is shown to nobody. A file of no event that is known
//! leaves none, and neither does one that was refused because the database failed.

use serde_json::json;
use sync_protocol::id::{EventId, NodeId};

use super::{App, bundle::ImportError, users::By};
pub use crate::store::bundle_refusal::BundleRefusal;
use crate::store::{self, StoreError, tx::transact};

/// Whose log a file is said to be, as far as that is proven.
#[derive(Clone, Copy)]
pub(super) struct Whose {
    /// The event at whose page it was brought, or of the node.
    pub(super) event: Option<EventId>,
    /// The node that sealed it.
    pub(super) node: Option<NodeId>,
}

impl App {
    /// Keeps that a file was refused. Who brought it is told why in any case.
    pub(super) async fn keep_refusal(&self, by: &By, whose: Whose, error: &ImportError) {
        let (Some(event), false) = (whose.event, error.code() == "internal") else {
            return;
        };
        let now = self.clock.now();
        let refusal = BundleRefusal {
            id: self.new_id(now),
            event,
            node: whose.node,
            author: by.name().to_owned(),
            refused_at: now,
            code: error.code().to_owned(),
            taken: match error {
                ImportError::Sync { taken, .. } => *taken as u64,
                _ => 0,
            },
        };
        if let Err(error) = self.store_refusal(by, &refusal).await {
            tracing::error!(%error, "a refused file is not kept");
        }
    }

    async fn store_refusal(&self, by: &By, refusal: &BundleRefusal) -> Result<(), StoreError> {
        let detail = json!({"code": refusal.code, "new": refusal.taken});
        let subject = match refusal.node {
            Some(node) => ("node", node.0),
            None => ("event", refusal.event.0),
        };
        let (action, now) = ("node.import_refused", refusal.refused_at);
        transact!(self.store, |tx| {
            store::bundle_refusal::insert(tx, refusal).await?;
            self.note_by(tx, by, action, subject, now, detail.clone())
                .await
        })
    }
}
