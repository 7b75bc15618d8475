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
    counter,
    domain::{
        batch::{self, BatchFault, Link},
        log_time::{Times, adds_to, continue_log, correct_log, is_plausible},
        node::Node,
        position::Position,
    },
    store::{self, StoreError, Tx, round::Round},
};

/// How records come to central.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// In a round, over a network.
    Live,
    /// On a stick: nobody knows how long it was on the way, and the node hears of it later or never.
    Carried,
}

/// What a round is about to change, as of one snapshot.
pub(super) struct Prepared {
    /// How it came.
    pub(super) arrival: Arrival,
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
    /// Rounds that no record's time depends on any more.
    pub(super) spent: Vec<u64>,
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
        (received_at, arrival): (Timestamp, Arrival),
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
            .get(&mut tx, &self.vault, node.event, revision.config_revision)
            .await?;
        let reported = reported_trip(&mut tx, node.id, request).await?;
        let mut prepared = Prepared {
            arrival,
            mark: mark(&node, request, received_at, arrival),
            trip: reported.map(|(round, trip)| (round.number, trip)),
            node,
            gates,
            fresh,
            times: Times::default(),
            spent: Vec::new(),
        };
        let head = reported.map_or(u64::MAX, |(round, _)| round.mark.head);
        place_in_time(&mut tx, &mut prepared, head).await?;
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
    batch::check_heads(log, upto, node.log_seq)?;
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
    let hashes = chained.hashes();
    let fresh = match chained.fresh(&stored, known) {
        Err(BatchFault::Forked(seq)) => {
            let first = first_forked(tx, node.id, &hashes, seq).await?;
            return Err(BatchFault::Forked(first).into());
        }
        other => other?,
    };
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

/// One record was found to differ; every one after the fork does, so the first of them is the one to name.
async fn first_forked(
    tx: &mut Tx,
    node: NodeId,
    batch: &[(u64, sync_protocol::digest::Digest)],
    found: u64,
) -> Result<u64, StoreError> {
    for (seq, hash) in batch.iter().filter(|(seq, _)| *seq < found) {
        let known = stored_hash(tx, node, *seq).await?;
        if known.is_some_and(|known| known != *hash) {
            return Ok(*seq);
        }
    }
    Ok(found)
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
    let poison = store::ruling::poison_at(tx, node, seq).await?;
    Ok(poison.map(|bytes| record_hash(&bytes)))
}

/// A request whose log is shorter than one that was seen before is a late copy: it says nothing about now. What came on
/// a stick bounds only what nobody had heard of before, and stands behind no round that says more.
fn mark(
    node: &Node,
    request: &SyncRequest,
    received_at: Timestamp,
    arrival: Arrival,
) -> Option<Mark> {
    let head = request.log.head.seq;
    let carried = arrival == Arrival::Carried;
    let is_late = head < node.claimed_seq || head < node.log_seq;
    let is_known = carried && head == node.claimed_seq;
    (!is_late && !is_known).then_some(Mark {
        head,
        received_at,
        answered_at: received_at,
        trip: None,
        carried,
    })
}

/// The node's side of an earlier round, if the node had that round, never reported it, it can be true, and it tells
/// the time better than what is known by then.
async fn reported_trip(
    tx: &mut Tx,
    node: NodeId,
    request: &SyncRequest,
) -> Result<Option<(Round, Trip)>, SyncError> {
    let Some(report) = &request.previous else {
        return Ok(None);
    };
    if i64::try_from(report.round).is_err() {
        return Ok(None);
    }
    let round = store::round::by_number(tx, node, report.round).await?;
    // Reported before: the answer to that report was lost.
    let Some(round) = round.filter(|round| round.mark.trip.is_none()) else {
        return Ok(None);
    };
    if !is_plausible(&report.trip, &round.mark) {
        counter::refused("clock_sample_impossible");
        return Ok(None);
    }
    let known = store::round::sampled_before(tx, node, report.round, report.trip.boot).await?;
    let adds = known.is_none_or(|known| adds_to(&report.trip, &round.mark, &known.mark));
    Ok(adds.then_some((round, report.trip)))
}

/// Gives the fresh records their times, and moves stored ones where a new clock sample speaks of them.
/// `reported_head` is where the log ended at the round whose trip is now known.
async fn place_in_time(
    tx: &mut Tx,
    prepared: &mut Prepared,
    reported_head: u64,
) -> Result<(), SyncError> {
    let node = &prepared.node;
    let open_from = reported_head.min(node.log_seq + 1);
    let settled = store::round::settled_head(tx, node.id, open_from).await?;
    let mut rounds = store::round::from_head(tx, node.id, settled).await?;
    let moves = prepared
        .trip
        .is_some_and(|(number, trip)| moves_stored(&rounds, number, &trip, node.log_seq));
    if let Some((number, trip)) = prepared.trip {
        let reported = rounds.iter_mut().filter(|round| round.number == number);
        reported.for_each(|round| round.mark.trip = Some(trip));
    }
    prepared.spent = spent(&rounds, prepared.mark.as_ref());
    if prepared.fresh.is_empty() && !moves {
        return Ok(());
    }
    let marks = rounds.iter().map(|round| round.mark);
    let marks: Vec<Mark> = marks.chain(prepared.mark).collect();
    if !moves {
        let settled = sampled_head(&marks, node.log_seq).max(settled);
        let last = store::scan::last_time(tx, node.id, settled).await?;
        let config = &prepared.gates.config;
        if let Some(times) = continue_log(config, last, &prepared.records(), &marks) {
            prepared.times = times;
            return Ok(());
        }
    }
    let stored = store::scan::open_records(tx, node.id, settled).await?;
    prepared.times = correct_log(&prepared.gates.config, stored, &prepared.records(), &marks);
    Ok(())
}

/// Whether a reported round trip can move what is stored. It cannot when the log has not grown beyond its head and
/// an earlier round with that head gave a sample of that boot: a backlog that takes many rounds to send has many
/// such rounds.
fn moves_stored(rounds: &[Round], number: u64, trip: &Trip, log_seq: u64) -> bool {
    let reported = rounds.iter().find(|round| round.number == number);
    let Some(head) = reported.map(|round| round.mark.head) else {
        return true;
    };
    let earlier = rounds
        .iter()
        .filter(|round| round.number < number && round.mark.head == head);
    let same_boot = |round: &Round| round.mark.trip.is_some_and(|known| known.boot == trip.boot);
    log_seq > head || !earlier.into_iter().any(same_boot)
}

/// The last head up to `seq` at which a sample was taken.
fn sampled_head(marks: &[Mark], seq: u64) -> u64 {
    let sampled = marks
        .iter()
        .filter(|mark| mark.trip.is_some() && mark.head <= seq);
    sampled.map(|mark| mark.head).max().unwrap_or(0)
}

/// Rounds in which the log did not grow and that bound no record's time: of those with the last head, all but the
/// first, the last, and the first and last clock sample of each boot. An idle node leaves a handful of rows, not
/// one for every few seconds.
fn spent(rounds: &[Round], new: Option<&Mark>) -> Vec<u64> {
    let Some(head) = rounds.last().map(|round| round.mark.head) else {
        return Vec::new();
    };
    let first = rounds.partition_point(|round| round.mark.head < head);
    let idle = &rounds[first..];
    let stays_last = new.is_none_or(|mark| mark.head != head);
    let end = idle.len() - usize::from(stays_last);
    let boot = |round: &Round| round.mark.trip.map(|trip| trip.boot);
    let bounds = |place: usize| {
        let same = |round: &Round| boot(round) == boot(&idle[place]);
        let (before, after) = (&idle[..place], &idle[place + 1..]);
        boot(&idle[place]).is_some() && !(before.iter().any(same) && after.iter().any(same))
    };
    let middle = (1..end).filter(|place| !bounds(*place));
    middle.map(|place| idle[place].number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_protocol::id::BootId;

    fn round(number: u64, head: u64, boot: Option<u128>) -> Round {
        let trip = boot.map(|boot| Trip {
            boot: BootId::from_u128(boot),
            sent_ms: 0,
            got_ms: 1,
        });
        let at = Timestamp(0);
        Round {
            number,
            mark: Mark {
                head,
                received_at: at,
                answered_at: at,
                trip,
                carried: false,
            },
        }
    }

    #[test]
    fn an_idle_node_leaves_a_handful_of_rounds() {
        let mut rounds = vec![round(0, 3, Some(1))];
        for number in 1..200 {
            let new = round(number, 5, None);
            let gone = spent(&rounds, Some(&new.mark));
            rounds.retain(|round| !gone.contains(&round.number));
            // The next round reports the trip of this one; every tenth answer is lost.
            let boot = (number % 10 != 0).then_some(1 + u128::from(number / 100));
            rounds.push(round(number, 5, boot));
        }
        let kept: Vec<_> = rounds.iter().map(|round| round.number).collect();
        assert_eq!(
            kept,
            [0, 1, 99, 101, 198, 199],
            "first and last, and each boot's first and last sample"
        );
    }
}
