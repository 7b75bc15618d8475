//! Taking in one page of central's changes, within the caller's transaction.
//!
//! A fetch that begins without a position is a *pass*: every row it brings is marked with the pass's number, and
//! on its last page the rows it did not bring are deleted, because central has them no more. Until that page the
//! rows of the pass before go on deciding. Changes after the last page belong to the same pass.
//!
//! ```text
//! position None ─► page 1 … page n ─► last page: sweep, prove ─┬─ equal ─► complete, changes from here on
//!       ▲                                                      └─ not ──► incomplete, "37 missing" ─┐
//!       └──────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use rusqlite::{Connection, params};
use sync_protocol::{
    manifest::{Gap, Manifest},
    time::Timestamp,
    wire::v1::{Page, SyncAnswer},
};

use super::{passage, state, state::State, supervisor, ticket, wristband};
use crate::error::NodeError;

/// What came of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// It followed from where the replica stands. An answer that another program overtook does not, and is
    /// left aside.
    pub fits: bool,
    /// How many ticket rows it brought.
    pub tickets: usize,
    /// On the last page: how the replica differs from central's. `None` when it is equal.
    pub gap: Option<Gap>,
}

pub(super) fn apply(
    tx: &Connection,
    from: Option<&[u8]>,
    answer: &SyncAnswer,
) -> Result<Received, NodeError> {
    let mut state = state::load(tx)?;
    if state.position.as_deref() != from {
        return Ok(Received::default());
    }
    if state.position.is_none() {
        state.pass += 1;
        state.is_whole = true;
        state.running = Manifest::default();
    }
    let page = &answer.page;
    take_rows(tx, page, &mut state)?;
    state.position = Some(page.position.to_vec());
    let proof = page.manifest.as_ref();
    let gap = proof.map_or(Ok(None), |manifest| {
        finish(tx, manifest, answer.answered_at, &mut state)
    })?;
    state::store(tx, &state)?;
    Ok(Received {
        fits: true,
        tickets: page.tickets.len(),
        gap,
    })
}

fn take_rows(tx: &Connection, page: &Page, state: &mut State) -> Result<(), NodeError> {
    let mut tickets = ticket::Intake::new(tx, state.pass)?;
    for ticket in &page.tickets {
        tickets.take(ticket, &mut state.running)?;
    }
    let mut passages = passage::Intake::new(tx, state.pass)?;
    for change in &page.passages {
        passages.take(change, &mut state.running.passages)?;
    }
    for row in &page.wristbands {
        wristband::take(tx, state.pass, row, &mut state.running.wristbands)?;
    }
    for row in page.overrides.iter().flatten() {
        supervisor::take(tx, row)?;
    }
    match &page.config {
        Some(config) => state::store_config(tx, config),
        None => Ok(()),
    }
}

/// The last page: drops what central has no more and compares.
fn finish(
    tx: &Connection,
    manifest: &Manifest,
    answered_at: Timestamp,
    state: &mut State,
) -> Result<Option<Gap>, NodeError> {
    if state.is_whole {
        sweep(tx, state.pass)?;
        state.is_whole = false;
    }
    let gap = manifest.prove(&state.running).err();
    state.is_complete = gap.is_none();
    state.gap = gap.map(|gap| gap.to_string());
    if gap.is_some() {
        state.position = None;
    } else {
        state.revision = manifest.revision;
        state.as_of = Some(answered_at);
    }
    Ok(gap)
}

fn sweep(tx: &Connection, pass: u64) -> Result<(), NodeError> {
    tx.execute("DELETE FROM tickets WHERE pass <> ?1", params![pass])?;
    tx.execute("DELETE FROM passages WHERE pass <> ?1", params![pass])?;
    tx.execute("DELETE FROM wristbands WHERE pass <> ?1", params![pass])?;
    supervisor::sweep(tx)
}
