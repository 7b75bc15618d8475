//! Central on SQLite with the sample event, as its operator would start it; gates find it over a [`Wire`].
use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use serde_json::Value;
use support::program::{self, Running};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    gate::Gate,
    ledger::Ledger,
    tickets,
    victim::{LONG, command},
    wire::Wire,
};

const MASTER: [u8; 32] = [7; 32];
/// The gates of the sample event.
pub const GATES: [&str; 2] = ["North", "South"];

/// Central, its folder, and the folder of everything else.
pub struct Venue {
    /// The way to central.
    pub wire: Wire,
    folder: Option<TempDir>,
    central_home: PathBuf,
    event: String,
    public: SocketAddr,
    nodes: SocketAddr,
    central: Option<Running>,
}

impl Venue {
    /// Central with so many sold tickets, in a folder beside all others.
    pub async fn open(tickets: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().join("central");
        Self::open_in(folder, home, tickets).await
    }

    /// The same with central's database in `central_home`.
    pub async fn open_in(folder: TempDir, central_home: PathBuf, tickets: u32) -> Self {
        let nodes = free_address();
        let mut venue = Self {
            wire: Wire::open(nodes).await,
            folder: Some(folder),
            central_home,
            event: String::new(),
            public: free_address(),
            nodes,
            central: None,
        };
        let tickets = tickets.to_string();
        let words = ["demo", "--tickets", &tickets, "--json"];
        let said = venue.ask_json(&words).await.remove(0);
        said["event"]
            .as_str()
            .expect("a name")
            .clone_into(&mut venue.event);
        venue.start_central().await;
        venue
    }

    /// Starts central, or starts it again.
    pub async fn start_central(&mut self) {
        let mut serve = self.central_command();
        serve.arg("serve");
        let running = program::start(serve, "central", self.folder());
        let mut running = running.expect("central starts");
        let answers = running.answers(&self.health()).await;
        answers.expect("central answers");
        self.central = Some(running);
    }

    /// Where central says that it is well.
    pub fn health(&self) -> String {
        format!("http://{}/healthz", self.public)
    }

    /// `kill -9`.
    pub async fn kill_central(&mut self) {
        let running = self.central.take().expect("it runs");
        running.kill().await.expect("it is dead");
    }

    /// Asks central one thing by its command line.
    pub async fn ask(&self, words: &[&str]) -> String {
        let mut ask = self.central_command();
        ask.args(words);
        let answer = tokio::time::timeout(LONG, program::finish(ask, &[0]));
        let answer = answer.await.expect("in time").expect("an answer");
        String::from_utf8(answer.stdout).expect("text")
    }

    /// Asks for objects, one on each line.
    pub async fn ask_json(&self, words: &[&str]) -> Vec<Value> {
        let said = self.ask(words).await;
        let objects = said.lines().map(serde_json::from_str);
        objects.map(|object| object.expect("JSON")).collect()
    }

    /// Takes in a node at one of [`GATES`], in `home`, with all tickets.
    pub async fn enrol(&self, gate: &str, home: PathBuf) -> Gate {
        let words = [
            "node",
            "code",
            &self.event,
            gate,
            &gate.to_lowercase(),
            "--json",
        ];
        let code = self.ask_json(&words).await.remove(0);
        let code = code["code"].as_str().expect("a code");
        let gate = Gate::enrol(home, self.log(gate), &self.wire.url, code).await;
        assert_eq!(gate.sync().await.status, 0, "the first sync");
        gate
    }

    /// The same with a home in the venue's folder.
    pub async fn enrol_here(&self, gate: &str) -> Gate {
        self.enrol(gate, self.folder().join(gate)).await
    }

    /// What central holds.
    pub fn ledger(&self) -> Ledger {
        Ledger::open(&self.database())
    }

    /// What central's command line says of tickets that were admitted twice.
    pub async fn conflicts(&self) -> Vec<Value> {
        self.ask_json(&["conflicts", &self.event, "--kind", "double", "--json"])
            .await
    }

    /// The codes of all tickets.
    pub fn codes(&self) -> Vec<String> {
        tickets::codes(&self.database(), MASTER)
    }

    /// The folder of everything.
    pub fn folder(&self) -> &Path {
        self.folder.as_ref().expect("until it is dropped").path()
    }

    fn log(&self, name: &str) -> File {
        let path = self.folder().join(format!("{name}.log"));
        let file = File::options().append(true).create(true).open(path);
        file.expect("a log")
    }

    fn database(&self) -> PathBuf {
        self.central_home.join("central.db")
    }

    fn central_command(&self) -> Command {
        let mut central = command("central");
        let key: String = MASTER.iter().map(|byte| format!("{byte:02x}")).collect();
        central
            .current_dir(self.folder())
            .env(
                "DATABASE_URL",
                format!("sqlite:{}", self.database().display()),
            )
            .env("LISTEN", self.public.to_string())
            .env("NODE_LISTEN", self.nodes.to_string())
            .env("GERBANG_MASTER_KEY", key);
        central
    }
}

impl Drop for Venue {
    /// What a failed test left is for people to look at.
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            eprintln!("everything is kept in {}", folder.keep().display());
        }
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}
