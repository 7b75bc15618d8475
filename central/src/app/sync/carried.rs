//! Batches that came on a stick, and what a round would have answered.
//!
//! They take the way of every upload: the same checks and rulings, idempotent, poison set aside, forks quarantined.
//! Only the arrival says nothing of now: it is neither a contact nor a clock mark for what was recorded after the
//! export, and it prolongs no lease until an answer is made. Called by `app::bundle`, which knows files.

use sync_protocol::{
    id::NodeId,
    time::Timestamp,
    wire::{
        MAX_BATCH,
        v1::{Order, Page, Parked, SyncRequest},
    },
};

use super::{App, MOST_OVERTAKEN, SyncError, page, prepare::Arrival, upload};
use crate::{
    domain::node::{Node, NodeStatus},
    store,
};

/// What became of a batch.
pub(in crate::app) struct CarriedIn {
    /// The node after it.
    pub(in crate::app) node: Node,
    /// Records that central had not, poison included.
    pub(in crate::app) fresh: usize,
    /// Records that were set aside.
    pub(in crate::app) parked: Vec<Parked>,
}

impl App {
    /// Takes in one batch.
    ///
    /// # Errors
    /// As [`App::sync`].
    pub(in crate::app) async fn carry_in(
        &self,
        node: NodeId,
        request: &SyncRequest,
        now: Timestamp,
    ) -> Result<CarriedIn, SyncError> {
        let mut overtaken = 0;
        loop {
            match self.try_carry_in(node, request, now).await {
                Err(SyncError::Overtaken) if overtaken < MOST_OVERTAKEN => {
                    overtaken += 1;
                    store::pause_before(overtaken).await;
                }
                other => return other,
            }
        }
    }

    async fn try_carry_in(
        &self,
        node: NodeId,
        request: &SyncRequest,
        now: Timestamp,
    ) -> Result<CarriedIn, SyncError> {
        if request.records.len() > MAX_BATCH {
            return Err(SyncError::TooMany);
        }
        let prepared = match self.prepare(node, request, (now, Arrival::Carried)).await {
            Err(error @ (SyncError::Batch(_) | SyncError::Quarantined(_))) => {
                self.set_aside(node, request, &error, now).await?;
                return Err(error);
            }
            other => other?,
        };
        let stored = self.upload(&prepared, request, now).await?;
        self.tell(&prepared, &stored);
        Ok(CarriedIn {
            node: stored.node,
            fresh: prepared.fresh.len(),
            parked: stored.parked,
        })
    }

    /// The page after the request's position, unless the node is to erase what it has.
    pub(in crate::app) async fn carried_page(
        &self,
        node: &Node,
        request: &SyncRequest,
    ) -> Result<(Page, Option<Order>), SyncError> {
        match node.status {
            NodeStatus::Active => Ok((self.page(node.event, request).await?, None)),
            NodeStatus::Revoked | NodeStatus::Quarantined => {
                Ok((page::empty(request), Some(Order::Erase)))
            }
        }
    }

    /// Until when a node may decide that gets an answer made now; noted, so that central knows it too.
    pub(in crate::app) async fn carried_lease(
        &self,
        node: &Node,
        now: Timestamp,
    ) -> Result<Timestamp, SyncError> {
        let mut tx = self.store.read().await?;
        let revision = store::revision::read(&mut tx, node.event).await?;
        let gates = self
            .gates
            .get(&mut tx, &self.vault, node.event, revision.config_revision)
            .await?;
        drop(tx);
        let until = upload::lease(node.status, &gates.rules, now);
        store::tx::transact!(self.store, |tx| {
            Ok::<(), SyncError>(store::node::extend_lease(tx, node.id, until).await?)
        })?;
        Ok(until)
    }
}
