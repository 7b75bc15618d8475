//! The replica: what central knows, as far as this gate needs it.
//!
//! Invariant: rows, the place in central's changes and the running manifest change in one transaction, so a cut
//! or a crash at any moment leaves a replica that knows how far it has come. It says *complete* only when its
//! manifest equalled central's on the last page; what it held before stays until then, and goes on deciding.
//!
//! Called by [`crate::node::Node`] alone. Pages are written through one connection and scans read through
//! another, so a first sync of a hundred thousand tickets never makes a guest wait. Nothing here holds all
//! tickets in memory. It knows nothing of this gate's own scans: see [`crate::log`].

pub mod apply;
pub mod conflict;
mod inside;
pub mod name;
mod passage;
mod proof;
pub mod state;
mod supervisor;
mod ticket;
mod wristband;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

use rusqlite::{Connection, TransactionBehavior};
use sync_protocol::{
    config::EventConfig,
    decide::Passage,
    id::{EventId, NodeId, OperatorId, TicketId, WristbandId},
    keyring::Keyring,
    manifest::Gap,
    number::TicketNumber,
    occupancy::{Pass, Tally, Window},
    scan::ScanId,
    ticket::{Revision, Ticket},
    wire::v1::SyncAnswer,
    wristband::WristbandStatus,
};

use crate::{
    database::{self, lock},
    error::NodeError,
};
use apply::Received;
use conflict::Conflict;
use state::State;

const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/edge/replica/0001_replica.sql"),
    include_str!("../../../migrations/edge/replica/0002_overrides.sql"),
];
/// KiB; the number index of a first sync is written all over the place.
const WRITER_CACHE: i64 = -8_192;

/// The open replica.
pub struct Replica {
    writer: Mutex<Connection>,
    reader: Mutex<Reader>,
}

struct Reader {
    connection: Connection,
    seen: Option<(i64, Arc<View>)>,
}

/// The event and how far the replica has come, as of its last change.
#[derive(Clone, Debug)]
pub struct View {
    /// The event's rules; `None` before the first sync.
    pub config: Option<EventConfig>,
    /// Its keys, unpacked.
    pub keyring: Option<Keyring>,
    /// How far the replica has come.
    pub state: State,
}

impl Replica {
    /// Opens the replica, making an empty one if there is none.
    ///
    /// # Errors
    /// [`NodeError::NewerDatabase`] or [`NodeError::Open`].
    pub fn open(path: &Path) -> Result<Self, NodeError> {
        let writer = database::open(path, MIGRATIONS)?;
        writer.pragma_update(None, "cache_size", WRITER_CACHE)?;
        let reader = Reader {
            connection: database::open(path, MIGRATIONS)?,
            seen: None,
        };
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
        })
    }

    /// The event and how far the replica has come; read again only when something changed, also by another
    /// program.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn view(&self) -> Result<Arc<View>, NodeError> {
        self.reader().view()
    }

    /// The event whose tickets it holds; `None` before the first sync.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn event(&self) -> Result<Option<EventId>, NodeError> {
        Ok(self.view()?.config.as_ref().map(|config| config.event))
    }

    /// Recomputes the manifest from the rows. Where a row is not what was taken in, the replica is complete no
    /// more and the next fetch begins from the start; what was wrong comes back.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn verify(&self) -> Result<Option<Gap>, NodeError> {
        let mut writer = lock(&self.writer);
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let gap = proof::verify(&tx)?;
        tx.commit()?;
        Ok(gap)
    }

    /// How the rows differ from what was taken in, if they do; nothing is changed.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn compare(&self) -> Result<Option<Gap>, NodeError> {
        let reader = self.reader();
        proof::compare(&reader.connection, &state::load(&reader.connection)?)
    }

    /// The ticket with this typed number, if the replica holds it.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn ticket_by_number(&self, number: TicketNumber) -> Result<Option<Ticket>, NodeError> {
        ticket::by_number(&self.reader().connection, number)
    }

    /// One person's tickets.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn tickets_of_holder(&self, holder: u64) -> Result<Vec<Ticket>, NodeError> {
        ticket::of_holder(&self.reader().connection, holder)
    }

    /// Admitted scans of a ticket at all gates, this one's included.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn passages_of_ticket(&self, ticket: TicketId) -> Result<Vec<Passage>, NodeError> {
        passage::of_ticket(&self.reader().connection, ticket)
    }

    /// Admitted scans that name a wristband, at all gates.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn passages_of_wristband(&self, id: WristbandId) -> Result<Vec<Passage>, NodeError> {
        passage::of_wristband(&self.reader().connection, id)
    }

    /// Admitted scans of a ticket or a wristband of which this gate heard, or heard anew, after a revision.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn heard_since(
        &self,
        revision: Revision,
        ticket: Option<TicketId>,
        wristband: Option<WristbandId>,
    ) -> Result<Vec<Passage>, NodeError> {
        passage::heard_since(&self.reader().connection, revision, ticket, wristband)
    }

    /// Whether a wristband that has a row may be used.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn wristband(&self, id: WristbandId) -> Result<Option<WristbandStatus>, NodeError> {
        wristband::status(&self.reader().connection, id)
    }

    /// Takes in one page, in one transaction. `from` is the position that the request named.
    ///
    /// # Errors
    /// [`NodeError::Database`]; then nothing of the page was kept.
    pub fn apply(&self, from: Option<&[u8]>, answer: &SyncAnswer) -> Result<Received, NodeError> {
        let mut writer = lock(&self.writer);
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let received = apply::apply(&tx, from, answer)?;
        tx.commit()?;
        Ok(received)
    }

    /// Conflicts that concern a node, the newest first, at most `most` of them.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn conflicts(&self, node: NodeId, most: usize) -> Result<Vec<Conflict>, NodeError> {
        conflict::of_node(&self.reader().connection, node, most)
    }

    /// The supervisor who let in by this scan of another gate, if central told of one.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn overridden_by(&self, scan: ScanId) -> Result<Option<OperatorId>, NodeError> {
        supervisor::of_scan(&self.reader().connection, scan)
    }

    /// How the tickets of all passages stand.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn inside(&self, window: &Window) -> Result<Tally, NodeError> {
        inside::tally(&self.reader().connection, window)
    }

    /// Entries and exits of one ticket as central rules them.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn passes_of_ticket(&self, ticket: TicketId) -> Result<Vec<Pass>, NodeError> {
        inside::passes(&self.reader().connection, ticket)
    }

    /// The ticket that an entry or exit counts for, unless central has ruled that it was taken back.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn standing_pass(&self, scan: ScanId) -> Result<Option<TicketId>, NodeError> {
        inside::standing_pass(&self.reader().connection, scan)
    }

    /// The last record of a node whose ruling has come back.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn last_ruled(&self, node: NodeId) -> Result<u64, NodeError> {
        inside::last_ruled(&self.reader().connection, node)
    }

    /// How many wristbands are in use of which no exchange is known.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn unbound_wristbands(&self) -> Result<u64, NodeError> {
        inside::unbound(&self.reader().connection)
    }

    /// A ticket, if the replica holds it.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, NodeError> {
        ticket::by_id(&self.reader().connection, id)
    }

    /// Forgets everything, also on the disk: the file is rewritten empty. Done again, it does no harm.
    ///
    /// # Errors
    /// [`NodeError::Database`], also when another program reads the file without end.
    pub fn erase(&self) -> Result<(), NodeError> {
        let mut writer = lock(&self.writer);
        // No scan may look while pages are copied back, or the old ones would stay.
        let _reader = self.reader();
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(
            "DELETE FROM tickets; DELETE FROM passages; DELETE FROM wristbands; DELETE FROM overrides; DELETE FROM event_config;",
        )?;
        state::store(&tx, &State::default())?;
        tx.commit()?;
        writer.execute_batch("VACUUM")?;
        let is_busy = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if is_busy {
            let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
            return Err(rusqlite::Error::SqliteFailure(busy, None).into());
        }
        Ok(())
    }

    fn reader(&self) -> MutexGuard<'_, Reader> {
        lock(&self.reader)
    }
}

impl Reader {
    fn view(&mut self) -> Result<Arc<View>, NodeError> {
        let version = self
            .connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if let Some((seen, view)) = &self.seen
            && *seen == version
        {
            return Ok(Arc::clone(view));
        }
        let config = state::config(&self.connection)?;
        let view = Arc::new(View {
            keyring: config.as_ref().map(Keyring::new),
            config,
            state: state::load(&self.connection)?,
        });
        self.seen = Some((version, Arc::clone(&view)));
        Ok(view)
    }
}
