//! All of a round that needs no lock: who sends, do the signatures and the chain hold, when did it happen.

use std::sync::Arc;

use ed25519_dalek::VerifyingKey;
use sync_protocol::{
    id::NodeId,
    moment::{Mark, Trip},
    scan::{Head, ScanId, ScanRecord, record_hash},
    time::Timestamp,
    wire::v1::SyncRequest,
};

use super::{App, SyncError, check_status};
use crate::{
    app::gate_config::GateConfig,
    domain::{
        batch::{self, BatchFault, Link},
        ingest::{Times, correct_log, is_plausible},
        node::Node,
        position::Position,
    },
    store::{self, StoreError, Tx, round::Round},
};

/// What a round is about to change, as of one snapshot.
pub(super) struct Prepared {
    /// The node before the round.
    pub(super) node: Node,
    /// Its event's config.
    pub(super) gates: Arc<GateConfig>,
    /// The records that are new, poison included.
    pub(super) fresh: Vec<Link>,
    /// The true times of the node's open end.
    pub(super) times: Times,
    /// The earlier round whose round trip is now known.
    pub(super) trip: Option<(u64, Trip)>,
    /// The mark that this round makes; a late copy of an old request makes none.
    pub(super) mark: Option<Mark>,
    /// A round that no record's time depends on any more.
    pub(super) spent: Option<u64>,
}

impl Prepared {
    /// The fresh records that can be used.
    pub(super) fn records(&self) -> Vec<&ScanRecord> {
        let usable = self
            .fresh
            .iter()
            .filter_map(|link| link.content.as_ref().ok());
        usable.collect()
    }
}

impl App {
    pub(super) async fn prepare(
        &self,
        node: NodeId,
        request: &SyncRequest,
        received_at: Timestamp,
    ) -> Result<Prepared, SyncError> {
        let mut tx = self.store.read().await?;
        let node = store::node::by_id(&mut tx, node).await?;
        let node = node.ok_or(SyncError::UnknownNode)?;
        Position::read(request.position.as_ref().map(|bytes| bytes.as_slice()))?;
        if request.event != node.event {
            return Err(SyncError::OtherEvent);
        }
        let upto = verified_head(&node, request)?;
        check_status(&node)?;
        let fresh = fresh_links(&mut tx, &node, request, &upto).await?;
        let revision = store::revision::read(&mut tx, node.event).await?;
        let gates = self
            .gates
            .get(&mut tx, node.event, revision.config_revision)
            .await?;
        let mut prepared = Prepared {
            mark: mark(&node, request, received_at),
            trip: reported_trip(&mut tx, node.id, request).await?,
            node,
            gates,
            fresh,
            times: Times::default(),
            spent: None,
        };
        place_in_time(&mut tx, &mut prepared).await?;
        Ok(prepared)
    }
}

/// Both heads carry the node's signature and fit together.
fn verified_head(node: &Node, request: &SyncRequest) -> Result<Head, SyncError> {
    let (log, upto) = (&request.log, &request.upto);
    let bad = BatchFault::Chain(sync_protocol::scan::ChainFault::BadHead(upto.head.seq));
    if log.head.node != node.id || upto.head.node != node.id {
        return Err(bad.into());
    }
    let key = VerifyingKey::from_bytes(&node.public_key).map_err(|_| bad)?;
    upto.verify(&key).map_err(BatchFault::from)?;
    if log != upto {
        log.verify(&key).map_err(BatchFault::from)?;
    }
    batch::check_heads(log, upto)?;
    Ok(upto.head)
}

async fn fresh_links(
    tx: &mut Tx,
    node: &Node,
    request: &SyncRequest,
    upto: &Head,
) -> Result<Vec<Link>, SyncError> {
    let stored = node.head();
    let records: Vec<&[u8]> = request
        .records
        .iter()
        .map(|bytes| bytes.as_slice())
        .collect();
    let chained = batch::chain(&records, upto, node.event)?;
    let known = match chained.overlap(&stored) {
        Some(seq) => stored_hash(tx, node.id, seq).await?,
        None => None,
    };
    let fresh = chained.fresh(&stored, known)?;
    // Without records the signed head alone can show that the disk is another one.
    let head = &request.log.head;
    if records.is_empty() && head.seq > 0 && head.seq <= stored.seq {
        let known = if head.seq == stored.seq {
            Some(stored.hash)
        } else {
            stored_hash(tx, node.id, head.seq).await?
        };
        if known.is_some_and(|known| known != head.hash) {
            return Err(BatchFault::Forked(head.seq).into());
        }
    }
    Ok(fresh)
}

/// The hash of an acknowledged record, wherever it was put.
async fn stored_hash(
    tx: &mut Tx,
    node: NodeId,
    seq: u64,
) -> Result<Option<sync_protocol::digest::Digest>, StoreError> {
    let record = store::scan::record(tx, ScanId { node, seq }).await?;
    if let Some(bytes) = record {
        return Ok(Some(record_hash(&bytes)));
    }
    let parked = store::ruling::parked_of(tx, node).await?;
    let found = parked.iter().find(|(place, _, _)| *place == seq);
    Ok(found.map(|(_, _, bytes)| record_hash(bytes)))
}

/// A request whose log is shorter than one that was seen before is a late copy: it says nothing about now.
fn mark(node: &Node, request: &SyncRequest, received_at: Timestamp) -> Option<Mark> {
    let head = request.log.head.seq;
    (head >= node.claimed_seq && head >= node.log_seq).then_some(Mark {
        head,
        received_at,
        answered_at: received_at,
        trip: None,
    })
}

/// The node's side of an earlier round, if the node had that round, never reported it, and it can be true.
async fn reported_trip(
    tx: &mut Tx,
    node: NodeId,
    request: &SyncRequest,
) -> Result<Option<(u64, Trip)>, SyncError> {
    let Some(report) = &request.previous else {
        return Ok(None);
    };
    if i64::try_from(report.round).is_err() {
        return Ok(None);
    }
    let round = store::round::by_number(tx, node, report.round).await?;
    let fits = |round: &Round| round.mark.trip.is_none() && is_plausible(&report.trip, &round.mark);
    Ok(round.filter(fits).map(|round| (round.number, report.trip)))
}

/// Corrects the open end of the log: what is not settled by a clock sample after it, and what is fresh.
async fn place_in_time(tx: &mut Tx, prepared: &mut Prepared) -> Result<(), SyncError> {
    let node = &prepared.node;
    let mut open_from = node.log_seq + 1;
    if let Some((number, _)) = prepared.trip
        && let Some(round) = store::round::by_number(tx, node.id, number).await?
    {
        open_from = open_from.min(round.mark.head);
    }
    let settled = store::round::settled_head(tx, node.id, open_from).await?;
    let mut rounds = store::round::from_head(tx, node.id, settled).await?;
    if let Some((number, trip)) = prepared.trip {
        let reported = rounds.iter_mut().find(|round| round.number == number);
        if let Some(round) = reported {
            round.mark.trip = Some(trip);
        }
    }
    prepared.spent = spent(&rounds, prepared.mark.as_ref());
    if prepared.fresh.is_empty() && prepared.trip.is_none() {
        return Ok(());
    }
    let marks = rounds.iter().map(|round| round.mark);
    let marks: Vec<Mark> = marks.chain(prepared.mark).collect();
    let stored = store::scan::open_records(tx, node.id, settled).await?;
    let times = correct_log(&prepared.gates.config, stored, &prepared.records(), &marks);
    prepared.times = times;
    Ok(())
}

/// A round in which the log did not grow, that is neither the first nor the last at its head and gave no sample,
/// bounds no record's time: an idle node leaves two rows, not one for every few seconds.
fn spent(rounds: &[Round], new: Option<&Mark>) -> Option<u64> {
    let [.., before, last] = rounds else {
        return None;
    };
    let idle = new.is_some_and(|mark| mark.head == last.mark.head);
    let same = before.mark.head == last.mark.head;
    (idle && same && last.mark.trip.is_none()).then_some(last.number)
}
