//! One gate's machine: its network, its node, and the scanner in its operator's hand.
//!
//! The scanner is a second program on the node's folder (`edge-node scan --stdin`), so that scanning and syncing go
//! on side by side as they do at a door, and no network is between the test and the scan.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use support::{
    box_office::Sold,
    program::{self, Running},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    task::JoinHandle,
};

use crate::namespaces::Namespace;

/// How a gate keeps in touch with central.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `edge-node run` syncs in the background.
    Run,
    /// Somebody starts `edge-node sync` again and again.
    Sync,
}

/// A gate's machine.
pub struct Machine {
    /// Its network.
    pub network: Namespace,
    home: PathBuf,
    scanner: Option<Scanner>,
    syncing: Option<Syncing>,
}

struct Scanner {
    typed: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
    _program: Child,
}

/// Whichever of the two was asked for; ends with the machine.
struct Syncing {
    _run: Option<Running>,
    again: Option<JoinHandle<()>>,
}

impl Drop for Syncing {
    fn drop(&mut self) {
        self.again.iter().for_each(JoinHandle::abort);
    }
}

impl Machine {
    /// A machine without a node, alone in its network.
    pub fn new(home: &Path) -> Result<Self> {
        Ok(Self {
            network: Namespace::new()?,
            home: home.to_owned(),
            scanner: None,
            syncing: None,
        })
    }

    /// `edge-node` on this machine.
    pub fn node(&self) -> Result<Command> {
        let mut node = self.network.command(&program::path("edge-node")?);
        node.arg("--home").arg(&self.home);
        Ok(node)
    }

    /// Asks the node one thing and reads its JSON.
    pub async fn ask(&self, words: &[&str]) -> Result<Value> {
        let mut node = self.node()?;
        node.args(words);
        let output = program::finish(node, &[0]).await?;
        serde_json::from_slice(&output.stdout).context("one JSON object")
    }

    /// How the node stands.
    pub async fn status(&self) -> Result<Value> {
        self.ask(&["status", "--json"]).await
    }

    /// Enrols the node and fetches its replica.
    pub async fn enrol(&self, url: &str, code: &str) -> Result<()> {
        self.ask(&["enrol", url, code, "--json"]).await?;
        self.ask(&["sync", "--json"]).await.map(drop)
    }

    /// Keeps in touch with central from now on.
    pub fn keep_in_touch(&mut self, way: Way) -> Result<()> {
        let (mut run, mut again) = (None, None);
        match way {
            Way::Run => {
                let mut program = self.node()?;
                program.args(["run", "--every", "1", "--listen", "127.0.0.1:8780"]);
                run = Some(program::start(program, "run", &self.home)?);
            }
            Way::Sync => again = Some(self.sync_again_and_again()),
        }
        self.syncing = Some(Syncing { _run: run, again });
        Ok(())
    }

    /// Whatever a round comes to, the next one follows: away is normal.
    fn sync_again_and_again(&self) -> JoinHandle<()> {
        let (name, home) = (self.network.name().to_owned(), self.home.clone());
        tokio::spawn(async move {
            while let Ok(program) = program::path("edge-node") {
                let mut sync = Command::new("ip");
                sync.args(["netns", "exec", &name]).arg(program);
                sync.arg("--home").arg(&home).arg("sync").kill_on_drop(true);
                let _ = sync
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()
                    .await;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        })
    }

    /// Shows a ticket and gives what the gate answered.
    pub async fn show(&mut self, text: &str) -> Result<Value> {
        if self.scanner.is_none() {
            self.scanner = Some(self.take_scanner()?);
        }
        let scanner = self.scanner.as_mut().context("just taken")?;
        scanner
            .typed
            .write_all(format!("{text}\n").as_bytes())
            .await?;
        let line = scanner.said.next_line().await?;
        serde_json::from_str(&line.context("the scanner's program ended")?).context("JSON")
    }

    /// Lets guests in; each must be admitted.
    pub async fn admit(&mut self, guests: &[Sold]) -> Result<()> {
        for guest in guests {
            let said = self.show(&guest.code).await?;
            ensure!(said["verdict"] == "admit", "a guest was not let in: {said}");
        }
        Ok(())
    }

    fn take_scanner(&self) -> Result<Scanner> {
        let mut scan = self.node()?;
        scan.args(["scan", "--stdin", "--json"]);
        scan.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = scan.spawn()?;
        let typed = program.stdin.take().context("its input")?;
        let said = program.stdout.take().context("its output")?;
        Ok(Scanner {
            typed,
            said: BufReader::new(said).lines(),
            _program: program,
        })
    }
}
