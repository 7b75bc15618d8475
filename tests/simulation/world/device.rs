//! A device at a gate: the real node on a folder of its own, its clock, and what it truly did.
//!
//! It can be stopped, killed and cut off; its folder can be copied. What it wrote into its log is read back through a
//! connection of the world's own and kept beside the true time at which it happened.

use std::{path::PathBuf, sync::Arc};

use central::app::nodes::NewEnrolment;
use edge_node::{
    Node, NodeError,
    scan::{Scan, Showing},
    sync::{Session, enrol::enrol_over},
};
use rusqlite::{Connection, OpenFlags};
use support::festival::gate;
use sync_protocol::{
    id::{NodeId, OperatorId},
    scan::ScanRecord,
    time::Timestamp,
};
use tempfile::TempDir;

use super::{
    clock::DeviceClock,
    disk::Image,
    entropy::Streams,
    guests::Attempt,
    hall::{GoodWire, Hall},
    plan::Plan,
    room::Room,
};

/// One record as it truly came about.
#[derive(Clone, Debug)]
pub struct Deed {
    /// True time.
    pub at: Timestamp,
    /// As it stands in the log.
    pub bytes: Vec<u8>,
    /// Read.
    pub record: ScanRecord,
    /// A person saw its colour.
    pub shown: bool,
}

/// A device.
pub struct Device {
    /// What the trace calls it.
    pub name: String,
    /// Which node it is, or says it is.
    pub id: NodeId,
    /// Its clock.
    pub clock: Arc<DeviceClock>,
    /// Its randomness.
    pub entropy: Streams,
    /// The program, while it runs.
    pub node: Option<Arc<Node>>,
    /// What its program remembers of the link.
    pub session: Option<Session>,
    /// It has no network.
    pub is_cut: bool,
    /// Its disk is full.
    pub is_full: bool,
    /// Its disk is a small one of its own.
    has_small_disk: bool,
    /// That disk. Unmounted before the folder goes.
    room: Option<Room>,
    /// Who works it, where the event has operators.
    pub operator: Option<OperatorId>,
    /// Another device has a copy of its disk.
    pub has_twin: bool,
    /// Its last round said that there is more.
    pub has_more: bool,
    /// All that its log holds.
    pub log: Vec<Deed>,
    folder: TempDir,
    homes: u32,
    reader: Option<Connection>,
}

impl Device {
    /// Enrols device `number` of the world at its gate.
    pub async fn enrol(hall: &Hall, plan: &Plan, number: usize) -> Self {
        let letter = ["A", "B", "C"][number % 3];
        let entropy = Streams::device(plan.seed, number as u64);
        let has_small_disk = number == 0 && plan.rare.full_disk.is_some();
        let wish = NewEnrolment {
            event: hall.event.event.id,
            gate: gate(&hall.event, &format!("Gate {letter}")),
            node_name: format!("node {letter}"),
            valid_for_ms: 60_000,
            rights: plan.rights[number],
        };
        let code = hall.central.app.create_enrolment(&wish).await;
        let (skew, drift) = plan.clocks[number];
        let truth = Arc::clone(&hall.central.clock);
        let mut device = Self {
            name: letter.to_owned(),
            id: NodeId::from_u128(0),
            clock: Arc::new(DeviceClock::new(truth, entropy.boot(), skew, drift)),
            entropy,
            node: None,
            session: Some(Session::default()),
            is_cut: false,
            is_full: false,
            has_small_disk,
            room: None,
            operator: None,
            has_twin: false,
            has_more: false,
            log: Vec::new(),
            folder: tempfile::tempdir().expect("a folder"),
            homes: 0,
            reader: None,
        };
        let code = code.expect("a code");
        device.make_home();
        let (home, wire) = (device.home(), GoodWire(hall));
        let enrolled = enrol_over(&wire, &home, "http://central", &code, &device.entropy).await;
        enrolled.expect("taken in");
        device.open().expect("there is room");
        device.id = device.node().id();
        device
    }

    /// Another device with a copy of this one's disk as it is now.
    pub fn twin(&mut self, number: u64, seed: u64) -> Self {
        let entropy = Streams::device(seed, number);
        self.has_twin = true;
        let mut twin = Self {
            name: format!("{}'", self.name),
            id: self.id,
            clock: Arc::new(self.clock.cloned(entropy.boot())),
            entropy,
            node: None,
            session: Some(Session::default()),
            is_cut: false,
            is_full: false,
            has_small_disk: false,
            room: None,
            operator: self.operator,
            has_twin: true,
            has_more: false,
            log: self.log.clone(),
            folder: tempfile::tempdir().expect("a folder"),
            homes: 0,
            reader: None,
        };
        self.image().lay(&twin.home());
        twin.open().expect("there is room");
        twin
    }

    /// Its folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join(self.homes.to_string())
    }

    /// The program, which must run.
    pub fn node(&self) -> &Arc<Node> {
        self.node.as_ref().expect("it runs")
    }

    /// What is on its disk.
    pub fn image(&self) -> Image {
        Image::take(&self.home())
    }

    /// Makes its folder, on a disk of its own if it has one.
    fn make_home(&mut self) {
        std::fs::create_dir_all(self.home()).expect("a folder");
        if self.has_small_disk {
            self.room = Room::mount(&self.home());
        }
    }

    /// Its disk fills up. False when it has none of its own.
    pub fn fill(&mut self) -> bool {
        self.room.iter().for_each(Room::fill);
        self.is_full = self.room.is_some();
        self.is_full
    }

    /// There is room again.
    pub fn free(&mut self) {
        self.room.iter().for_each(Room::free);
        self.is_full = false;
    }

    /// Starts the program, as `edge-node run` does.
    ///
    /// # Errors
    /// When the disk is too full for it.
    pub fn open(&mut self) -> Result<(), NodeError> {
        let node = Node::open(&self.home(), self.clock.clone())?;
        node.verify_replica()?;
        self.node = Some(Arc::new(node));
        self.session = Some(Session::default());
        self.reader = Some(self.connect("log.db"));
        Ok(())
    }

    /// Ends the program in good order.
    pub fn stop(&mut self) {
        self.reader = None;
        self.session = None;
        self.node = None;
    }

    /// The machine goes down in the middle of things and comes back with `image` on its disk. The program has not
    /// been started again.
    pub fn crash(&mut self, image: &Image) {
        self.homes += 1;
        let old = self.room.take();
        self.make_home();
        image.lay(&self.home());
        self.is_full = false;
        self.stop();
        drop(old);
    }

    /// Shows something to its scanner; what came of it is remembered with its true time.
    pub fn scan(&mut self, attempt: &Attempt, at: Timestamp) -> Scan {
        let scan = self.node().show(&Showing {
            text: &attempt.text,
            wristband: attempt.wristband.as_deref(),
            action: attempt.action,
            operator: self.operator,
        });
        self.remember(at);
        scan
    }

    /// Takes over what the log has that is not remembered yet.
    pub fn remember(&mut self, at: Timestamp) {
        let known = self.log.len();
        for bytes in self.records().into_iter().skip(known) {
            let record = ScanRecord::from_bytes(&bytes).expect("a node writes records");
            self.log.push(Deed {
                at,
                bytes,
                record,
                shown: false,
            });
        }
    }

    /// The records in its log.
    pub fn records(&self) -> Vec<Vec<u8>> {
        let reader = self.reader.as_ref().expect("it runs");
        let mut statement = reader
            .prepare_cached("SELECT record FROM scans ORDER BY seq")
            .expect("a log");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("records")
    }

    /// A connection of the world's own to one of its databases.
    pub fn connect(&self, database: &str) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(self.home().join(database), flags);
        opened.expect("a database")
    }
}
