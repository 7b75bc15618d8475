//! A gate: the folder of a node, and the program `edge-node` in the ways in which stewards start it.
use std::{
    fs::{self, File},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use support::http;
use tokio::process::Command;

use crate::victim::{LONG, Victim, command, pause};

/// A node's folder.
pub struct Gate {
    /// Where it is.
    pub home: PathBuf,
    complaints: File,
}

/// A verdict that somebody has seen.
#[derive(Clone, Debug, Deserialize)]
pub struct Seen {
    /// Colour.
    pub verdict: String,
    /// Why.
    pub reason: String,
    /// What was shown.
    pub ticket: Option<SeenTicket>,
    /// Place in the log.
    pub seq: Option<u64>,
    /// Why it could not be stored.
    pub cause: Option<String>,
}

/// A ticket, as a verdict names it.
#[derive(Clone, Debug, Deserialize)]
pub struct SeenTicket {
    /// Its id.
    pub id: String,
}

/// How a command ended.
pub struct Ended {
    /// Exit status.
    pub status: i32,
    /// What it printed.
    pub lines: Vec<String>,
    /// What it complained of.
    pub complaint: String,
}

/// A running gate with its screen.
pub struct Screen {
    victim: Victim,
    /// What stands before it.
    pub hand: Hand,
}

/// A hand that shows tickets to a screen and remembers what it said.
#[derive(Clone)]
pub struct Hand {
    client: reqwest::Client,
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Gate {
    /// Makes the folder.
    pub async fn enrol(home: PathBuf, complaints: File, central: &str, code: &str) -> Self {
        let gate = Self { home, complaints };
        let ended = gate.run(&["enrol", central, code]).await;
        assert_eq!(ended.status, 0, "{}", ended.complaint);
        gate
    }

    /// The node that lives in a copy of this folder.
    pub fn living_in(&self, home: PathBuf) -> Self {
        let complaints = self.complaints.try_clone().expect("a file");
        Self { home, complaints }
    }

    /// The node's id.
    pub fn node(&self) -> String {
        let papers = fs::read(self.home.join("node.json")).expect("papers");
        let papers: Value = serde_json::from_slice(&papers).expect("JSON");
        papers["node"].as_str().expect("an id").to_owned()
    }

    /// Runs the program to its end.
    pub async fn run(&self, words: &[&str]) -> Ended {
        let mut command = self.command();
        let output = command.args(words).output();
        let output = tokio::time::timeout(LONG, output).await;
        let output = output.expect("it ends").expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Ended {
            status: output.status.code().unwrap_or(-1),
            lines: text(output.stdout).lines().map(str::to_owned).collect(),
            complaint: text(output.stderr),
        }
    }

    /// Syncs until current.
    pub async fn sync(&self) -> Ended {
        self.run(&["sync", "--json"]).await
    }

    /// Syncs; somebody may not let it finish.
    pub fn syncing(&self) -> Victim {
        self.start(&["sync", "--json"], "")
    }

    /// How the node stands.
    pub async fn status(&self) -> Value {
        let ended = self.run(&["status", "--json"]).await;
        assert_eq!(ended.status, 0, "{}", ended.complaint);
        serde_json::from_str(&ended.lines[0]).expect("JSON")
    }

    /// Scans all of them; somebody may not let it finish.
    pub fn scanning(&self, codes: &[String]) -> Victim {
        let input = codes.join("\n") + "\n";
        self.start(&["scan", "--stdin", "--json"], &input)
    }

    /// Scans all of them.
    pub async fn scan(&self, codes: &[String]) -> Vec<Seen> {
        let (status, lines) = self.scanning(codes).end().await;
        assert!((0..=1).contains(&status), "the scans ended with {status}");
        lines.iter().map(|line| Seen::read(line)).collect()
    }

    /// Scans one.
    pub async fn scan_one(&self, code: &str) -> Ended {
        self.run(&["scan", "--code", code, "--json"]).await
    }

    /// Opens the gate.
    ///
    /// # Errors
    /// With the exit status, when it does not open.
    pub async fn open_screen(&self) -> Result<Screen, i32> {
        let words = ["run", "--listen", "127.0.0.1:0", "--every", "1", "--json"];
        let mut victim = self.start(&words, "");
        let Some(line) = victim.line().await else {
            return Err(victim.end().await.0);
        };
        let told: Value = serde_json::from_str(&line).expect("JSON");
        let hand = Hand {
            client: http::client(),
            url: told["screen"].as_str().expect("an address").to_owned(),
            seen: Arc::default(),
        };
        Ok(Screen { victim, hand })
    }

    /// Forgets all tickets: the next sync fetches them again, page by page.
    pub fn lose_replica(&self) {
        for file in ["replica.db", "replica.db-wal", "replica.db-shm"] {
            // After a good end there are no side files.
            let _ = fs::remove_file(self.home.join(file));
        }
    }

    fn start(&self, words: &[&str], input: &str) -> Victim {
        let mut command = self.command();
        command.args(words);
        let complaints = self.complaints.try_clone().expect("a file");
        Victim::start(command, input, complaints)
    }

    fn command(&self) -> Command {
        let mut command = command("edge-node");
        command.arg("--home").arg(&self.home);
        command
    }
}

impl Ended {
    /// The verdicts that it printed.
    pub fn seen(&self) -> Vec<Seen> {
        self.lines.iter().map(|line| Seen::read(line)).collect()
    }
}

impl Seen {
    /// Reads a line of `scan --json`, or the screen's answer.
    pub fn read(line: &str) -> Self {
        serde_json::from_str(line).unwrap_or_else(|_| panic!("no verdict: {line}"))
    }

    /// Green.
    pub fn is_green(&self) -> bool {
        self.verdict == "admit"
    }
}

impl Screen {
    /// `kill -9`; everything that was seen here and not yet taken.
    pub async fn kill(self) -> Vec<Seen> {
        let (struck, _) = self.victim.kill().await;
        assert!(struck, "the gate ended by itself");
        self.hand.take()
    }
}

impl Hand {
    /// Shows a code as a program does; `None` when the gate is gone.
    pub async fn show(&self, code: &str) -> Option<Seen> {
        let post = self.client.post(format!("{}api/scan", self.url));
        let answer = post.json(&json!({"code": code, "action": "entry"})).send();
        let text = answer.await.ok()?.text().await.ok()?;
        let seen = Seen::read(&text);
        self.seen.lock().expect("no panic").push(seen.clone());
        Some(seen)
    }

    /// Shows a code as the page does: what a steward then looks at.
    pub async fn page(&self, code: &str) -> String {
        let post = self.client.post(format!("{}scan", self.url));
        let form = post
            .header("hx-request", "true")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("code={code}"));
        let answer = form.send().await.expect("an answer");
        answer.text().await.expect("a page")
    }

    /// Shows several, one after the other, until they are through or the gate is gone.
    pub async fn show_all(self, codes: Vec<String>) {
        self.show_each(codes, Duration::ZERO).await;
    }

    /// The same with so much time between two guests.
    pub async fn show_each(self, codes: Vec<String>, pace: Duration) {
        for code in codes {
            if self.show(&code).await.is_none() {
                return;
            }
            pause(pace).await;
        }
    }

    /// How the gate stands.
    pub async fn status(&self) -> Value {
        let get = self.client.get(format!("{}api/status", self.url));
        let answer = get.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// What was seen since it was last asked.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().expect("no panic"))
    }
}
