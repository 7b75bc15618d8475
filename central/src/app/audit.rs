//! Checking what is stored: every node's log from its first record on, and every event's rulings and tally.
//!
//! It reads in pieces and writes nothing, so it may run beside a working central; rounds that come in meanwhile are
//! seen whole or not at all, because each log and each event is read in one snapshot. All of an event is ruled beside
//! the runtime (`app::aside`), so nobody waits for it; a log is followed piece by piece, which is short.

use std::collections::BTreeMap;

use sync_protocol::{
    id::{EventId, NodeId},
    manifest::{Manifest, Tally},
    merge::Rules,
    scan::ScanId,
};

use super::{App, aside::aside, events::EventError};
use crate::{
    domain::{
        ingest::Standing,
        log_check::{LogFault, Walk},
        node::Node,
        position::Position,
        ruling_check::{EventFault, differing},
    },
    store::{self, StoreError, Tx},
};

/// Rows read at a time.
const PIECE: usize = 2_000;
/// A disturbed event has many; a person needs the first.
const MOST_FAULTS: usize = 20;

/// What became of one log.
#[derive(Clone, Debug)]
pub struct LogCheck {
    /// The node.
    pub node: NodeId,
    /// What people call it.
    pub name: String,
    /// How many records hold together from the first on.
    pub records: u64,
    /// How many were set aside, in every version that was sent.
    pub parked: usize,
    /// How many of those a copy of the disk sent.
    pub forked: usize,
    /// The first row that does not hold.
    pub fault: Option<LogFault>,
}

/// What became of one event.
#[derive(Clone, Debug)]
pub struct EventCheck {
    /// The event.
    pub event: EventId,
    /// Its slug.
    pub slug: String,
    /// How many rulings were compared.
    pub rulings: usize,
    /// How many tickets were counted.
    pub tickets: u64,
    /// What does not hold.
    pub faults: Vec<EventFault>,
}

/// Hears how many records of a log were followed, of how many.
pub type Progress<'p> = &'p mut (dyn FnMut(u64, u64) + Send);

impl App {
    /// Follows every stored log.
    ///
    /// # Errors
    /// When the database fails; what does not hold is no error but a finding.
    pub async fn verify_logs(&self) -> Result<Vec<LogCheck>, StoreError> {
        let mut checks = Vec::new();
        for node in self.nodes(None).await? {
            checks.push(self.verify_log(node.id, &mut |_, _| {}).await?);
        }
        Ok(checks)
    }

    /// Follows one stored log.
    ///
    /// # Errors
    /// When the database fails, or there is no such node.
    pub async fn verify_log(
        &self,
        id: NodeId,
        progress: Progress<'_>,
    ) -> Result<LogCheck, StoreError> {
        let mut tx = self.store.read().await?;
        let node = store::node::by_id(&mut tx, id).await?;
        let node = node.ok_or(StoreError::Corrupt("a node that vanished"))?;
        let parked = store::ruling::parked_of(&mut tx, id).await?;
        let forked = parked.iter().filter(|(_, code, _)| code == "log_forked");
        let (all, forked) = (parked.len(), forked.count());
        let mut walk = Walk::new(node.id);
        let fault = follow(&mut tx, &node, parked, &mut walk, progress).await?;
        Ok(LogCheck {
            node: node.id,
            name: node.name,
            records: walk.next_seq() - 1,
            parked: all,
            forked,
            fault: fault.err(),
        })
    }

    /// Rules all of an event anew and counts its rows.
    ///
    /// # Errors
    /// When the database fails; what does not hold is no error but a finding.
    pub async fn verify_event(&self, event: EventId) -> Result<EventCheck, EventError> {
        let mut tx = self.store.read().await?;
        let revision = store::revision::read(&mut tx, event).await?;
        let gates = self
            .gates
            .get(&mut tx, &self.vault, event, revision.config_revision)
            .await?;
        let standings = all_standings(&mut tx, event).await?;
        let unruled = store::check::unruled(&mut tx, event).await?;
        let mut faults: Vec<_> = unruled.map(EventFault::Unruled).into_iter().collect();
        let rulings = standings.len();
        let ruled = aside(move || {
            let rules = Rules::of(&gates.config);
            (differing(&rules, &standings), passages(&standings))
        });
        let (differing, passages) = ruled.await;
        faults.extend(differing);
        let counted = counted(&mut tx, event, passages).await?;
        if let Err(gap) = revision.manifest.prove(&counted) {
            faults.push(gap.into());
        }
        faults.truncate(MOST_FAULTS);
        Ok(EventCheck {
            event,
            slug: load_slug(&mut tx, event).await?,
            rulings,
            tickets: counted.total(),
            faults,
        })
    }
}

async fn load_slug(tx: &mut Tx, event: EventId) -> Result<String, StoreError> {
    let events = store::event::all(tx).await?;
    let found = events.into_iter().find(|one| one.id == event);
    Ok(found.map(|one| one.slug).unwrap_or_default())
}

async fn all_standings(tx: &mut Tx, event: EventId) -> Result<Vec<Standing>, StoreError> {
    let mut all: Vec<Standing> = Vec::new();
    loop {
        let start = ScanId {
            node: NodeId::from_u128(0),
            seq: 0,
        };
        let after = all.last().map_or(start, |last| last.fact.scan);
        let piece = store::check::standings(tx, event, after, PIECE).await?;
        let is_last = piece.len() < PIECE;
        all.extend(piece);
        if is_last {
            return Ok(all);
        }
    }
}

/// What a manifest says of the admitted scans as they are.
fn passages(standings: &[Standing]) -> Tally {
    let mut passages = Tally::default();
    for told in standings.iter().filter_map(|standing| standing.was) {
        passages.add(&told.digest());
    }
    passages
}

/// The manifest of the rows as they are.
async fn counted(tx: &mut Tx, event: EventId, passages: Tally) -> Result<Manifest, StoreError> {
    let (mut manifest, mut place) = (Manifest::default(), Position::default());
    manifest.passages = passages;
    loop {
        let tickets = store::change::tickets(tx, event, &place.tickets, PIECE).await?;
        tickets.iter().for_each(|ticket| manifest.add(ticket));
        let Some(last) = tickets.last() else { break };
        place.tickets.revision = last.revision;
        place.tickets.id = Some(last.id);
    }
    loop {
        let rows = store::change::wristbands(tx, event, &place.wristbands, PIECE).await?;
        rows.iter()
            .for_each(|row| manifest.wristbands.add(&row.digest()));
        let Some(last) = rows.last() else { break };
        place.wristbands.revision = last.revision;
        place.wristbands.id = Some(last.id);
    }
    Ok(manifest)
}

async fn follow(
    tx: &mut Tx,
    node: &Node,
    set_aside: Vec<(u64, String, Vec<u8>)>,
    walk: &mut Walk,
    progress: Progress<'_>,
) -> Result<Result<(), LogFault>, StoreError> {
    let mut parked = BTreeMap::<u64, Vec<Vec<u8>>>::new();
    for (seq, _, bytes) in set_aside {
        parked.entry(seq).or_default().push(bytes);
    }
    let mut after = 0;
    loop {
        let piece = store::check::stored_records(tx, node.id, after, PIECE).await?;
        for row in &piece {
            if let Err(fault) = bridge(walk, &parked, row.seq).and_then(|()| walk.take(row)) {
                return Ok(Err(fault));
            }
            after = row.seq;
        }
        progress(after, node.log_seq);
        if piece.len() < PIECE {
            break;
        }
    }
    let end = bridge(walk, &parked, node.log_seq + 1);
    Ok(end.and_then(|()| walk.finish(&node.head())))
}

/// Walks over places whose records were set aside, up to the place `until`.
fn bridge(
    walk: &mut Walk,
    parked: &BTreeMap<u64, Vec<Vec<u8>>>,
    until: u64,
) -> Result<(), LogFault> {
    while walk.next_seq() < until {
        let versions = parked.get(&walk.next_seq());
        let versions: Vec<&[u8]> = versions.into_iter().flatten().map(Vec::as_slice).collect();
        walk.take_parked(&versions)?;
    }
    Ok(())
}
