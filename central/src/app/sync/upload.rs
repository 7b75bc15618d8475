//! The one transaction of a round: records, the round itself, and what the merge now says.
//!
//! Nodes of an event queue at its revision, so everything that can be known beforehand is in [`Prepared`], and rows
//! are read and written many at a time.

use std::collections::BTreeMap;

use sync_protocol::{
    id::EventId,
    merge::{Reach, Rules, reach},
    scan::ScanId,
    time::Timestamp,
    wire::v1::{Parked, PassageChange, SyncRequest},
};

use super::{
    App, SyncError,
    prepare::{Arrival, Prepared},
};
use crate::{
    domain::{
        cause,
        event::GateRules,
        ingest::{self, Decided, Doubts, Standing},
        log_time::When,
        node::{Node, NodeStatus, Report},
    },
    store::{
        self, Tx,
        revision::EventRevision,
        round::Round,
        ruling::{ParkedRow, RulingChange},
        scan::ScanRow,
        tx::transact,
    },
};

/// What was stored.
pub(super) struct Stored {
    /// The node after the round.
    pub(super) node: Node,
    /// When that was settled; the node is told the same.
    pub(super) answered_at: Timestamp,
    /// Records that were set aside.
    pub(super) parked: Vec<Parked>,
    /// How many earlier rulings changed.
    pub(super) redecided: usize,
}

impl App {
    pub(super) async fn upload(
        &self,
        prepared: &Prepared,
        request: &SyncRequest,
        received_at: Timestamp,
    ) -> Result<Stored, SyncError> {
        let records = prepared.records();
        let touched = ingest::touched(&prepared.times, &records);
        let node = after(prepared, request, received_at);
        let (parked, parked_rows) = self.poison(prepared, received_at);
        let (answered_at, redecided) = transact!(self.store, |tx| {
            let revision = self.take_revision(tx, prepared, &touched).await?;
            if !store::node::finish_round(tx, &node, prepared.node.round).await? {
                return Err(SyncError::Overtaken);
            }
            let redecided = self
                .store_scans(tx, prepared, &touched, revision, received_at)
                .await?;
            if !prepared.fresh.is_empty() {
                store::ruling::forget_gaps(tx, node.id, node.log_seq).await?;
            }
            store::ruling::park(tx, &parked_rows).await?;
            let answered_at = self.clock.now();
            store_round(tx, prepared, &node, answered_at).await?;
            Ok::<_, SyncError>((answered_at, redecided))
        })?;
        Ok(Stored {
            node,
            answered_at,
            parked,
            redecided,
        })
    }

    /// The revision of this upload; none is taken when gates will see no difference.
    async fn take_revision(
        &self,
        tx: &mut Tx,
        prepared: &Prepared,
        touched: &Reach,
    ) -> Result<Option<EventRevision>, SyncError> {
        if *touched == Reach::default() {
            return Ok(None);
        }
        let taken = store::revision::take(tx, prepared.node.event).await?;
        Ok(Some(taken))
    }

    async fn store_scans(
        &self,
        tx: &mut Tx,
        prepared: &Prepared,
        touched: &Reach,
        revision: Option<EventRevision>,
        received_at: Timestamp,
    ) -> Result<usize, SyncError> {
        let decided = match revision {
            Some(revision) => rule(tx, prepared, touched, revision).await?,
            None => Vec::new(),
        };
        let told: BTreeMap<ScanId, PassageChange> =
            decided.iter().map(|one| (one.now.scan, one.now)).collect();
        let fresh = fresh_rows(prepared, &told, received_at);
        store::scan::insert(tx, &fresh).await?;
        let changed = changed_rows(prepared, &decided);
        store::scan::update(tx, &changed).await?;
        let audit = self.audit(prepared, &decided, received_at);
        store::ruling::insert(tx, &audit).await?;
        Ok(audit.len())
    }

    fn audit(
        &self,
        prepared: &Prepared,
        decided: &[Decided],
        changed_at: Timestamp,
    ) -> Vec<RulingChange> {
        let changes = decided.iter().filter_map(|one| {
            let (old, new) = one.re_decided()?;
            Some(RulingChange {
                id: self.new_id(changed_at),
                event: prepared.node.event,
                ticket: one.now.ticket.or(one.shown),
                scan: one.now.scan,
                old,
                new,
                caused_by: prepared.node.id,
                cause: one.cause?,
                revision: one.now.revision,
                changed_at,
            })
        });
        changes.collect()
    }

    /// Records that stand in their place and cannot be used.
    fn poison(&self, prepared: &Prepared, received_at: Timestamp) -> (Vec<Parked>, Vec<ParkedRow>) {
        let poison = prepared.fresh.iter().filter_map(|link| {
            let why = link.content.as_ref().err()?;
            let (node, seq) = (prepared.node.id, link.seq);
            let row = self.parked_row(ScanId { node, seq }, why.code(), &link.bytes, received_at);
            let refusal = why.refusal();
            Some((Parked { seq, refusal }, row))
        });
        poison.unzip()
    }
}

/// The node as it stands after the round.
fn after(prepared: &Prepared, request: &SyncRequest, received_at: Timestamp) -> Node {
    let before = &prepared.node;
    let (log_seq, log_hash) = match prepared.fresh.last() {
        Some(last) => (last.seq, last.hash),
        None => (before.log_seq, before.log_hash),
    };
    let (lease_until, last_contact_at) = match (prepared.arrival, before.status) {
        // The node does not hear of it, or much later.
        (Arrival::Carried, _) => (before.lease_until, before.last_contact_at),
        (Arrival::Live, status) => {
            let rules = &prepared.gates.rules;
            (lease(status, rules, received_at), Some(received_at))
        }
    };
    let report = match prepared.arrival {
        Arrival::Carried => before.report,
        Arrival::Live => {
            let said = request.report.as_ref();
            said.map(|said| Report::heard(said, received_at))
        }
    };
    Node {
        report,
        round: next_round(before.round, received_at),
        log_seq,
        log_hash,
        claimed_seq: before.claimed_seq.max(request.log.head.seq),
        program: request.program.chars().take(50).collect(),
        lease_until,
        last_contact_at,
        ..before.clone()
    }
}

/// Rounds are numbered by the time: one of a central that was put back to an older copy of its database must never bear
/// the number of one that was lost, or the node would report the round trip of the one as that of the other.
pub(super) fn next_round(before: u64, now: Timestamp) -> u64 {
    let now = u64::try_from(now.0).unwrap_or_default();
    now.max(before + 1)
}

/// Until when a node may decide that is heard of now.
pub(super) fn lease(status: NodeStatus, rules: &GateRules, now: Timestamp) -> Timestamp {
    match status {
        NodeStatus::Active => now.plus_ms(rules.lease_ms),
        NodeStatus::Revoked | NodeStatus::Quarantined => now,
    }
}

/// Rules all that the upload can reach, and keeps the tally of what gates are told.
async fn rule(
    tx: &mut Tx,
    prepared: &Prepared,
    touched: &Reach,
    mut revision: EventRevision,
) -> Result<Vec<Decided>, SyncError> {
    let (node, event) = (prepared.node.id, prepared.node.event);
    let records = prepared.records();
    let stored = reachable(tx, event, touched).await?;
    let standings = ingest::standings(node, stored, &prepared.times, &records);
    let rulings = ingest::rulings(&Rules::of(&prepared.gates.config), &standings);
    let counted = ingest::counted_tickets(&rulings);
    let invalid = store::scan::invalid_tickets(tx, event, &counted).await?;
    let doubts = Doubts {
        invalid: invalid.into_iter().collect(),
        cursors: records
            .iter()
            .map(|record| (record.id(), record.cursor))
            .collect(),
    };
    let mut decided = ingest::decide(&standings, &rulings, &doubts, revision.manifest.revision);
    cause::tell(&Rules::of(&prepared.gates.config), &standings, &mut decided);
    let passages = &mut revision.manifest.passages;
    for one in &decided {
        one.was
            .iter()
            .for_each(|was| passages.remove(&was.digest()));
        passages.add(&one.now.digest());
    }
    store::revision::put(tx, event, &revision).await?;
    Ok(decided)
}

/// The stored scans of what is touched, and of all that they tie to it.
async fn reachable(
    tx: &mut Tx,
    event: EventId,
    touched: &Reach,
) -> Result<Vec<Standing>, SyncError> {
    let (mut seen, mut next) = (Reach::default(), touched.clone());
    let mut found = BTreeMap::new();
    while next != Reach::default() {
        let tickets: Vec<_> = next.tickets.iter().copied().collect();
        let wristbands: Vec<_> = next.wristbands.iter().copied().collect();
        let mut stored = store::scan::standings(tx, event, &tickets).await?;
        stored.extend(store::scan::standings_of_wristbands(tx, event, &wristbands).await?);
        seen.tickets.append(&mut next.tickets);
        seen.wristbands.append(&mut next.wristbands);
        let reached = reach(stored.iter().map(|standing| &standing.fact));
        next.tickets = reached.tickets.difference(&seen.tickets).copied().collect();
        next.wristbands = reached
            .wristbands
            .difference(&seen.wristbands)
            .copied()
            .collect();
        found.extend(
            stored
                .into_iter()
                .map(|standing| (standing.fact.scan, standing)),
        );
    }
    Ok(found.into_values().collect())
}

fn fresh_rows<'a>(
    prepared: &'a Prepared,
    told: &BTreeMap<ScanId, PassageChange>,
    received_at: Timestamp,
) -> Vec<ScanRow<'a>> {
    let usable = prepared.fresh.iter().filter_map(|link| {
        let record = link.content.as_ref().ok()?;
        Some((record, link.bytes.as_slice()))
    });
    let rows = usable.zip(&prepared.times.fresh);
    let row = |((record, bytes), when): ((&_, &'a [u8]), &_)| {
        let row = ScanRow::new(record, bytes, *when, received_at);
        let told = told.get(&row.scan).copied();
        ScanRow { told, ..row }
    };
    rows.map(row).collect()
}

/// Stored rows of which gates are told something new, and those whose time alone has moved.
fn changed_rows(prepared: &Prepared, decided: &[Decided]) -> Vec<ScanRow<'static>> {
    let (node, event) = (prepared.node.id, prepared.node.event);
    let told = decided.iter().filter(|one| one.was.is_some()).map(|one| {
        let PassageChange {
            scan,
            gate,
            action,
            time,
            day,
            ..
        } = one.now;
        let row = ScanRow::changed(scan, event, gate, action, When { time, day });
        let told = Some(one.now);
        (scan, ScanRow { told, ..row })
    });
    let mut rows: BTreeMap<ScanId, ScanRow> = told.collect();
    let silent = prepared
        .times
        .moved
        .iter()
        .filter(|(record, _)| record.admitted.is_none());
    for (record, when) in silent {
        let scan = ingest::scan(node, record.seq);
        rows.insert(
            scan,
            ScanRow::changed(scan, event, record.gate, record.action, *when),
        );
    }
    rows.into_values().collect()
}

async fn store_round(
    tx: &mut Tx,
    prepared: &Prepared,
    node: &Node,
    answered_at: Timestamp,
) -> Result<(), SyncError> {
    if let Some((number, trip)) = &prepared.trip {
        store::round::set_trip(tx, node.id, *number, trip).await?;
    }
    for number in &prepared.spent {
        store::round::delete(tx, node.id, *number).await?;
    }
    if let Some(mut mark) = prepared.mark {
        mark.answered_at = answered_at;
        let number = node.round;
        store::round::insert(tx, node.id, &Round { number, mark }).await?;
    }
    Ok(())
}
