//! Central as its operator starts it, with the sample event and tickets whose codes are known; gates enrol from the host.
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use ambient::{Clock, SystemClock};
use central::{domain::ticket, store};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use support::{
    central::{Engine, TestCentral},
    program::{self, Running},
};
use sync_protocol::id::{EventId, TicketId};
use tempfile::TempDir;
use tokio::process::Command;

use crate::guest::HOST;

/// The vault key of [`TestCentral`].
const MASTER: [u8; 32] = [7; 32];

/// A ticket and what is printed on it.
#[derive(Clone, Debug)]
pub struct Sold {
    /// Its id.
    pub ticket: TicketId,
    /// Its code.
    pub code: String,
    /// The number below it.
    pub number: String,
}

/// A scan as central holds it.
pub struct Held {
    /// Place in the log.
    pub seq: u64,
    /// As the node made it.
    pub record: Vec<u8>,
    /// Not before, by central's time in milliseconds.
    pub lo_ms: i64,
    /// Not after.
    pub hi_ms: i64,
}

/// Central, running.
pub struct Venue {
    /// Tickets of the sample event.
    pub sold: Vec<Sold>,
    central: TestCentral,
    event: String,
    folder: TempDir,
    public: SocketAddr,
    nodes: SocketAddr,
    _serving: Running,
}

impl Venue {
    /// Opens it with so many tickets.
    pub async fn open(tickets: u32) -> Self {
        let central = TestCentral::new(Engine::Sqlite).await;
        central.clock.set(SystemClock::new().now());
        let event = central.app.open_sample_event(tickets).await;
        let event = event.expect("an event");
        let sold = sold(&central, event).await;
        let folder = tempfile::tempdir().expect("a folder");
        let (public, nodes) = (free_address(), free_address());
        let mut serve = command(&central, folder.path(), public, nodes);
        serve.arg("serve");
        let serving = program::start(serve, "central", folder.path());
        let mut serving = serving.expect("central starts");
        let health = format!("http://{public}/healthz");
        serving.answers(&health).await.expect("central answers");
        Self {
            sold,
            event: event.to_string(),
            central,
            folder,
            public,
            nodes,
            _serving: serving,
        }
    }

    /// Where everything lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Central for gates inside a virtual machine.
    pub fn url_for_guests(&self) -> String {
        format!("https://{HOST}:{}", self.nodes.port())
    }

    /// A code that takes in one node.
    pub async fn enrolment(&self, gate: &str) -> String {
        let name = gate.to_lowercase();
        let words = ["node", "code", &self.event, gate, &name, "--json"];
        let code = self.ask(&words).await.remove(0);
        code["code"].as_str().expect("a code").to_owned()
    }

    /// Takes in a node on the host and gives it all tickets.
    pub async fn enrol(&self, gate: &str) -> PathBuf {
        let home = self.folder().join(gate);
        let (url, code) = (
            format!("https://{}", self.nodes),
            self.enrolment(gate).await,
        );
        on_host(&home, &["enrol", &url, &code, "--json"]).await;
        on_host(&home, &["sync", "--json"]).await;
        home
    }

    /// Asks central's command line; one object on each line.
    pub async fn ask(&self, words: &[&str]) -> Vec<Value> {
        let mut ask = command(&self.central, self.folder(), self.public, self.nodes);
        ask.args(words);
        objects(ask, &[0]).await
    }

    /// Tickets that were admitted twice.
    pub async fn conflicts(&self) -> Vec<Value> {
        self.ask(&["conflicts", &self.event, "--kind", "double", "--json"])
            .await
    }

    /// What central holds of a node's log.
    pub fn held(&self, node: &str) -> Vec<Held> {
        let db = database(&self.central);
        let node: EventId = node.parse().expect("an id");
        let sql = "SELECT seq, record, lo_ms, hi_ms FROM scans WHERE node_id = ? ORDER BY seq";
        let mut scans = db.prepare(sql).expect("the table");
        let rows = scans.query_map([node.as_bytes()], |row| {
            Ok(Held {
                seq: row.get(0)?,
                record: row.get(1)?,
                lo_ms: row.get(2)?,
                hi_ms: row.get(3)?,
            })
        });
        rows.expect("rows")
            .map(|row| row.expect("a scan"))
            .collect()
    }
}

/// Runs a gate's program on the host; refusals are answers too.
pub async fn on_host(home: &Path, words: &[&str]) -> Vec<Value> {
    let mut command = program::command("edge-node").expect("the program");
    command.arg("--home").arg(home).args(words);
    objects(command, &[0, 1]).await
}

async fn objects(command: Command, accepted: &[i32]) -> Vec<Value> {
    let output = program::finish(command, accepted).await.expect("an answer");
    let said = String::from_utf8(output.stdout).expect("text");
    let lines = said.lines().map(serde_json::from_str);
    lines.map(|line| line.expect("JSON")).collect()
}

/// Signs the codes of all tickets again, as printing does.
async fn sold(central: &TestCentral, event: EventId) -> Vec<Sold> {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let mut sold = Vec::new();
    for number in order_numbers(central) {
        let order = store::order::by_number(&mut tx, &number).await;
        let order = order.expect("the table").expect("the order").id;
        let tickets = store::ticket::of_order(&mut tx, order).await;
        for one in tickets.expect("its tickets") {
            let key = central.app.key_in_slot(&mut tx, event, one.key_slot).await;
            let code = ticket::code(&one, &key.expect("the key")).to_text();
            sold.push(Sold {
                ticket: one.gate.id,
                code,
                number: one.gate.number.to_string(),
            });
        }
    }
    sold
}

fn order_numbers(central: &TestCentral) -> Vec<String> {
    let db = database(central);
    let mut orders = db.prepare("SELECT number FROM orders").expect("the table");
    let rows = orders.query_map([], |row| row.get(0)).expect("rows");
    rows.map(|row| row.expect("a number")).collect()
}

fn database(central: &TestCentral) -> Connection {
    let path = central.database_url.strip_prefix("sqlite:");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(path.expect("a file"), flags);
    db.expect("central's database")
}

fn command(central: &TestCentral, folder: &Path, public: SocketAddr, nodes: SocketAddr) -> Command {
    let mut command = program::command("central").expect("the program");
    let key: String = MASTER.iter().map(|byte| format!("{byte:02x}")).collect();
    command
        .current_dir(folder)
        .env("DATABASE_URL", &central.database_url)
        .env("GERBANG_MASTER_KEY", key)
        .env("LISTEN", public.to_string())
        .env("NODE_LISTEN", nodes.to_string())
        .env("NODE_NAMES", HOST);
    command
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}
