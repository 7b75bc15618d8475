//! One sync round with a node: scans up, changes down.
//!
//! 1. `prepare` reads what the round depends on in one snapshot and does all that needs no lock: signatures, the
//!    chain, true times.
//! 2. `upload` stores records, the round and the rulings in one transaction. It holds the event's revision only if
//!    gates will see a difference, and fails as *overtaken* when another round of the node came in between.
//! 3. `page` reads what changed, with the manifest, in one snapshot after the commit.
//!
//! Nothing a node sends is dropped: what cannot be stored is set aside, and a node whose log contradicts itself is
//! quarantined. Repeating a request is harmless.

mod carried;
mod page;
mod prepare;
mod receipt;
mod tell;
mod upload;

use serde_json::json;
use sync_protocol::{
    digest::Digest,
    id::NodeId,
    scan::{ScanId, ScanRecord},
    time::Timestamp,
    wire::{
        MAX_BATCH,
        v1::{Order, Page, SyncAnswer, SyncRequest},
    },
};

pub(in crate::app) use self::carried::CarriedIn;
use self::prepare::{Arrival, Prepared};
use super::{App, events::EventError};
use crate::{
    counter,
    domain::{
        batch::BatchFault,
        node::{Node, NodeStatus},
        position::BadPosition,
    },
    store::{self, StoreError, Transient, ruling::ParkedRow, tx::transact},
};

/// How often a round is begun again because another one of the same node came in between.
const MOST_OVERTAKEN: u32 = 8;
/// Refused records that are kept of one node.
const MOST_PARKED: u64 = 10_000;

/// Why a round is refused.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// No such node.
    #[error("central does not know this node: enrol it")]
    UnknownNode,
    /// The records contradict what is stored, or each other.
    #[error(transparent)]
    Batch(#[from] BatchFault),
    /// The node's log contradicted itself earlier.
    #[error("this node is quarantined: {0}")]
    Quarantined(String),
    /// The node works for another event.
    #[error("this node was not enrolled for that event")]
    OtherEvent,
    /// More records than one upload may have.
    #[error("an upload has at most {MAX_BATCH} records")]
    TooMany,
    /// The position is none that central gave.
    #[error(transparent)]
    Position(#[from] BadPosition),
    /// Another round of the node came in between.
    #[error("another round of this node is under way: try again")]
    Overtaken,
    /// The event cannot be read.
    #[error(transparent)]
    Event(EventError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SyncError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownNode => "unknown_node",
            Self::Batch(fault) => fault.code(),
            Self::Quarantined(_) => "node_quarantined",
            Self::OtherEvent => "other_event",
            Self::TooMany => "batch_too_large",
            Self::Position(_) => "bad_position",
            Self::Overtaken => "overtaken",
            Self::Event(error) => error.code(),
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for SyncError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

impl From<EventError> for SyncError {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Store(error) => Self::Store(error),
            other => Self::Event(other),
        }
    }
}

impl App {
    /// One round. `received_at` is when the request began to arrive.
    ///
    /// # Errors
    /// [`SyncError`] says why nothing was taken in; the records of a refused batch are set aside.
    pub async fn sync(
        &self,
        node: NodeId,
        request: &SyncRequest,
        received_at: Timestamp,
    ) -> Result<SyncAnswer, SyncError> {
        let mut overtaken = 0;
        loop {
            match self.try_sync(node, request, received_at).await {
                Err(SyncError::Overtaken) if overtaken < MOST_OVERTAKEN => {
                    overtaken += 1;
                    store::pause_before(overtaken).await;
                }
                other => return other,
            }
        }
    }

    async fn try_sync(
        &self,
        node: NodeId,
        request: &SyncRequest,
        received_at: Timestamp,
    ) -> Result<SyncAnswer, SyncError> {
        if request.records.len() > MAX_BATCH {
            return Err(SyncError::TooMany);
        }
        let prepared = match self
            .prepare(node, request, (received_at, Arrival::Live))
            .await
        {
            Err(error @ (SyncError::Batch(_) | SyncError::Quarantined(_))) => {
                self.set_aside(node, request, &error, received_at).await?;
                return self
                    .erase_if_revoked(node, request, error, received_at)
                    .await;
            }
            other => other?,
        };
        let stored = self.upload(&prepared, request, received_at).await?;
        self.tell(&prepared, &stored);
        let (page, order) = self.page_for(&prepared, request).await?;
        let receipt = self.receipt(request, &stored).await?;
        Ok(SyncAnswer {
            round: stored.node.round,
            received_at,
            answered_at: stored.answered_at,
            acknowledged: stored.node.log_seq,
            parked: stored.parked,
            page,
            lease_until: stored.node.lease_until,
            order,
            receipt,
            rights: Some(stored.node.rights),
            assignment: stored.node.assignment(),
        })
    }

    /// The page, unless the node is to erase what it has.
    async fn page_for(
        &self,
        prepared: &Prepared,
        request: &SyncRequest,
    ) -> Result<(Page, Option<Order>), SyncError> {
        match prepared.node.status {
            NodeStatus::Active => Ok((self.page(prepared.node.event, request).await?, None)),
            NodeStatus::Revoked | NodeStatus::Quarantined => {
                Ok((page::empty(request), Some(Order::Erase)))
            }
        }
    }

    /// A revoked node is told to erase even when its log is refused: a stolen disk may have been copied.
    async fn erase_if_revoked(
        &self,
        node: NodeId,
        request: &SyncRequest,
        error: SyncError,
        received_at: Timestamp,
    ) -> Result<SyncAnswer, SyncError> {
        let mut tx = self.store.read().await?;
        let node = store::node::by_id(&mut tx, node)
            .await?
            .ok_or(SyncError::UnknownNode)?;
        let is_own =
            !matches!(&error, SyncError::Batch(fault) if fault.code() == "bad_head_signature");
        if node.status != NodeStatus::Revoked || !is_own {
            return Err(error);
        }
        Ok(SyncAnswer {
            // Not an earlier round's: the node reports how long this one took.
            round: upload::next_round(node.round, received_at),
            received_at,
            answered_at: self.clock.now(),
            // Never beyond the log that asks, which may be an older copy.
            acknowledged: node.log_seq.min(request.upto.head.seq),
            parked: Vec::new(),
            page: page::empty(request),
            lease_until: received_at,
            order: Some(Order::Erase),
            receipt: None,
            rights: None,
            assignment: None,
        })
    }

    /// Keeps the records of a refused batch; a node whose log forked is quarantined with the row's name.
    async fn set_aside(
        &self,
        node: NodeId,
        request: &SyncRequest,
        error: &SyncError,
        received_at: Timestamp,
    ) -> Result<(), SyncError> {
        // Whoever does not hold the node's key can neither fill the table nor stop the node.
        if matches!(error, SyncError::Batch(fault) if fault.code() == "bad_head_signature") {
            return Ok(());
        }
        let rows = self.parked_rows(node, request, error.code(), received_at);
        let reason: String = error.to_string().chars().take(200).collect();
        transact!(self.store, |tx| {
            if matches!(error, SyncError::Batch(BatchFault::Forked(_)))
                && store::node::quarantine(tx, node, &reason).await?
            {
                let detail = json!({"reason": reason});
                self.note_node(
                    tx,
                    "node.quarantine",
                    "system",
                    node.0,
                    received_at,
                    &detail,
                )
                .await?;
            }
            // Whoever holds a stolen key cannot fill the disk; what is not kept here stays unsent at the node.
            if store::ruling::count_parked(tx, node).await? < MOST_PARKED {
                store::ruling::park(tx, &rows).await?;
            }
            Ok::<(), SyncError>(())
        })?;
        counter::parked(error.code(), rows.len());
        Ok(())
    }

    fn parked_rows(
        &self,
        node: NodeId,
        request: &SyncRequest,
        code: &'static str,
        received_at: Timestamp,
    ) -> Vec<ParkedRow> {
        let count = request.records.len() as u64;
        let first = (request.upto.head.seq + 1).saturating_sub(count);
        let rows = (first..).zip(&request.records).map(|(place, bytes)| {
            let said = ScanRecord::from_bytes(bytes).map(|record| record.seq);
            let seq = said.unwrap_or(place).min(i64::MAX.unsigned_abs());
            self.parked_row(ScanId { node, seq }, code, bytes, received_at)
        });
        rows.collect()
    }

    fn parked_row(
        &self,
        scan: ScanId,
        code: &'static str,
        bytes: &[u8],
        received_at: Timestamp,
    ) -> ParkedRow {
        ParkedRow {
            id: self.new_id(received_at),
            scan,
            code,
            digest: Digest::of("gerbang parked record v1", &[bytes]),
            body: bytes.to_vec(),
            received_at,
        }
    }
}

/// A node is in trouble only for itself: others never see its state here.
fn check_status(node: &Node) -> Result<(), SyncError> {
    match node.status {
        NodeStatus::Active | NodeStatus::Revoked => Ok(()),
        NodeStatus::Quarantined => {
            let reason = node.quarantine_reason.clone();
            Err(SyncError::Quarantined(reason.unwrap_or_default()))
        }
    }
}
