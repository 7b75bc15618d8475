//! The one transaction of a round: records, the round itself, and what the merge now says.
//!
//! Nodes of an event queue at its revision, so everything that can be known beforehand is in [`Prepared`], and rows
//! are read and written many at a time.

use std::collections::BTreeMap;

use sync_protocol::{
    id::TicketId,
    scan::ScanId,
    time::Timestamp,
    wire::v1::{Parked, SyncRequest},
};

use super::{App, SyncError, prepare::Prepared};
use crate::{
    domain::{
        ingest::{self, Verdicts},
        node::{Node, NodeStatus},
    },
    store::{
        self, Tx,
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
        let touched: Vec<TicketId> = touched.into_iter().collect();
        let node = after(prepared, request, received_at);
        let (parked, parked_rows) = self.poison(prepared, received_at);
        let answered_at = transact!(self.store, |tx| {
            let revision = self.take_revision(tx, prepared, &touched).await?;
            if !store::node::finish_round(tx, &node, prepared.node.round).await? {
                return Err(SyncError::Overtaken);
            }
            self.store_scans(tx, prepared, &touched, revision, received_at)
                .await?;
            store::ruling::park(tx, &parked_rows).await?;
            let answered_at = self.clock.now();
            store_round(tx, prepared, &node, answered_at).await?;
            Ok(answered_at)
        })?;
        Ok(Stored {
            node,
            answered_at,
            parked,
        })
    }

    /// The revision of this upload; none is taken when gates will see no difference.
    async fn take_revision(
        &self,
        tx: &mut Tx,
        prepared: &Prepared,
        touched: &[TicketId],
    ) -> Result<u64, SyncError> {
        if touched.is_empty() {
            return Ok(0);
        }
        let taken = store::revision::take(tx, prepared.node.event).await?;
        Ok(taken.manifest.revision)
    }

    async fn store_scans(
        &self,
        tx: &mut Tx,
        prepared: &Prepared,
        touched: &[TicketId],
        revision: u64,
        received_at: Timestamp,
    ) -> Result<(), SyncError> {
        let event = prepared.node.event;
        let stored = store::scan::standings(tx, event, touched).await?;
        let invalid = store::scan::invalid_tickets(tx, event, touched).await?;
        let records = prepared.records();
        let node = prepared.node.id;
        let standings = ingest::standings(node, stored, &prepared.times, &records);
        let rule = prepared.gates.rules.entry_rule;
        let verdicts = ingest::decide(rule, node, &standings, &prepared.times);
        let fresh = fresh_rows(prepared, &verdicts, &invalid, revision, received_at);
        store::scan::insert(tx, &fresh).await?;
        let changed = changed_rows(prepared, &verdicts, revision);
        store::scan::update(tx, &changed).await?;
        let audit = self.audit(prepared, &verdicts, revision, received_at);
        store::ruling::insert(tx, &audit).await?;
        Ok(())
    }

    fn audit(
        &self,
        prepared: &Prepared,
        verdicts: &Verdicts,
        revision: u64,
        changed_at: Timestamp,
    ) -> Vec<RulingChange> {
        let changes = verdicts.redecided.iter().filter_map(|one| {
            Some(RulingChange {
                id: self.new_id(changed_at),
                event: prepared.node.event,
                ticket: one.fact.ticket,
                scan: one.fact.scan,
                old: one.old?,
                new: one.new,
                caused_by: prepared.node.id,
                revision,
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
    let lease_until = match before.status {
        NodeStatus::Active => received_at.plus_ms(prepared.gates.rules.lease_ms),
        NodeStatus::Revoked | NodeStatus::Quarantined => received_at,
    };
    Node {
        round: before.round + 1,
        log_seq,
        log_hash,
        claimed_seq: before.claimed_seq.max(request.log.head.seq),
        program: request.program.chars().take(50).collect(),
        lease_until,
        last_contact_at: Some(received_at),
        ..before.clone()
    }
}

fn fresh_rows<'a>(
    prepared: &'a Prepared,
    verdicts: &Verdicts,
    invalid: &[(TicketId, u64)],
    revision: u64,
    received_at: Timestamp,
) -> Vec<ScanRow<'a>> {
    let invalid: BTreeMap<_, _> = invalid.iter().copied().collect();
    let usable = prepared.fresh.iter().filter_map(|link| {
        let record = link.content.as_ref().ok()?;
        Some((record, link.bytes.as_slice()))
    });
    let rows = usable.zip(&prepared.times.fresh);
    let row = |((record, bytes), when): ((&_, &'a [u8]), &_)| {
        let row = ScanRow::new(record, bytes, *when, received_at);
        let Some(ruling) = verdicts.rulings.get(&row.scan) else {
            return row;
        };
        let since = row.ticket.and_then(|ticket| invalid.get(&ticket));
        ScanRow {
            ruling: Some(*ruling),
            flag: since.map(|since| ingest::flag(*since, record.cursor)),
            revision,
            ..row
        }
    };
    rows.map(row).collect()
}

fn changed_rows(prepared: &Prepared, verdicts: &Verdicts, revision: u64) -> Vec<ScanRow<'static>> {
    let row = |one: &ingest::Changed| ScanRow {
        ruling: one.ruling,
        revision: one.ruling.map_or(0, |_| revision),
        ..ScanRow::changed(
            one.scan,
            prepared.node.event,
            one.gate,
            one.action,
            one.when,
        )
    };
    verdicts.changed.iter().map(row).collect()
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
