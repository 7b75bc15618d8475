//! The venue: central, the simulated Midtrans and two gates, as their users would start them.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use support::program::{self, Running, command};
use tokio::process::Command;

use crate::{
    narrate::{chapter, held},
    place::Place,
};

const SERVER_KEY: &str = "SB-Mid-server-DEMO";
/// The gates of the sample event.
pub const GATES: [&str; 2] = ["North", "South"];

/// Everything that runs.
#[derive(Debug)]
pub struct Venue {
    /// Folder and addresses.
    pub place: Place,
    /// The sample event's short name.
    pub event: String,
    central: Option<Running>,
    _midtrans: Running,
    screens: Vec<Running>,
}

impl Venue {
    /// Starts all of it and enrols both gates.
    pub async fn open(place: Place, tickets: u32) -> Result<Self> {
        chapter("Opening the venue");
        let midtrans = start_midtrans(&place).await?;
        held("a simulated Midtrans takes payments");
        let event = seed(&place, tickets).await?;
        held(&format!(
            "central has the sample event with {tickets} sold tickets, on SQLite"
        ));
        let mut venue = Self {
            place,
            event,
            central: None,
            _midtrans: midtrans,
            screens: Vec::new(),
        };
        venue.start_central().await?;
        held("central is open for buyers and, with its own certificates, for gates");
        for (gate, name) in GATES.iter().enumerate() {
            let answer = venue.enrol(gate).await?;
            held(&format!(
                "gate {name} is enrolled and has a proven replica of {answer} tickets"
            ));
        }
        Ok(venue)
    }

    /// Starts central, or starts it again.
    pub async fn start_central(&mut self) -> Result<()> {
        let mut serve = central(&self.place)?;
        serve.arg("serve");
        let mut running = program::start(serve, "central", &self.place.folder)?;
        running
            .answers(&format!("{}/healthz", self.place.central_url()))
            .await?;
        self.central = Some(running);
        Ok(())
    }

    /// Whether central runs.
    pub const fn is_connected(&self) -> bool {
        self.central.is_some()
    }

    /// Stops central: from now on the gates are alone.
    pub async fn stop_central(&mut self) -> Result<()> {
        self.central
            .take()
            .context("central is stopped already")?
            .stop()
            .await
    }

    /// Starts the screens of both gates.
    pub async fn start_screens(&mut self) -> Result<()> {
        for (gate, name) in GATES.iter().enumerate() {
            let address = self.place.screens[gate].to_string();
            let mut run = self.node(gate)?;
            run.args(["run", "--listen", &address]);
            let log = format!("gate-{}", name.to_lowercase());
            let mut running = program::start(run, &log, &self.place.folder)?;
            running.answers(&format!("http://{address}/")).await?;
            self.screens.push(running);
        }
        Ok(())
    }

    /// Asks central one thing by its command line.
    pub async fn ask_central(&self, words: &[&str]) -> Result<String> {
        let mut command = central(&self.place)?;
        command.args(words);
        said(program::finish(command, &[0]).await?.stdout)
    }

    /// Asks a gate's node one thing; refusals (exit status 1) are answers too.
    pub async fn ask_gate(&self, gate: usize, words: &[&str]) -> Result<Vec<Value>> {
        let mut command = self.node(gate)?;
        command.args(words);
        let output = said(program::finish(command, &[0, 1]).await?.stdout)?;
        let lines = output.lines().filter(|line| !line.trim().is_empty());
        lines
            .map(|line| serde_json::from_str(line).context("one JSON object per line"))
            .collect()
    }

    fn node(&self, gate: usize) -> Result<Command> {
        let mut node = command("edge-node")?;
        node.arg("--home").arg(self.place.home(gate));
        Ok(node)
    }

    async fn enrol(&self, gate: usize) -> Result<u64> {
        let name = format!("gate-{}", GATES[gate].to_lowercase());
        let code = self
            .ask_central(&["node", "code", &self.event, GATES[gate], &name, "--json"])
            .await?;
        let code: Value = serde_json::from_str(&code).context("the enrolment code")?;
        let code = code["code"].as_str().context("the enrolment code")?;
        let mut enrol = self.node(gate)?;
        enrol.args(["enrol", &self.place.nodes_url(), code]);
        program::finish(enrol, &[0]).await?;
        self.ask_gate(gate, &["sync", "--json"]).await?;
        let status = self.ask_gate(gate, &["status", "--json"]).await?.remove(0);
        ensure!(
            status["replica"]["complete"] == true,
            "the replica of {name} is not proven: {status}"
        );
        let counts = status["replica"]["tickets"]
            .as_object()
            .context("tickets per status")?;
        Ok(counts.values().filter_map(Value::as_u64).sum())
    }
}

fn central(place: &Place) -> Result<Command> {
    let mut central = command("central")?;
    let database = place.folder.join("central/central.db");
    central
        .current_dir(&place.folder)
        .env("DATABASE_URL", format!("sqlite:{}", database.display()))
        .env("LISTEN", place.central.to_string())
        .env("NODE_LISTEN", place.nodes.to_string())
        .env("PUBLIC_URL", place.central_url())
        .env("MIDTRANS_BASE_URL", place.midtrans_url())
        .env("MIDTRANS_SERVER_KEY", SERVER_KEY)
        .env("MAIL_FOLDER", place.mail());
    Ok(central)
}

async fn start_midtrans(place: &Place) -> Result<Running> {
    let mut midtrans = command("midtrans-sim")?;
    midtrans
        .args(["--listen", &place.midtrans.to_string()])
        .args([
            "--notification-url",
            &format!("{}/hooks/midtrans", place.central_url()),
        ])
        .env("MIDTRANS_SERVER_KEY", SERVER_KEY);
    let mut running = program::start(midtrans, "midtrans", &place.folder)?;
    running
        .answers(&format!("{}/sim/transactions", place.midtrans_url()))
        .await?;
    Ok(running)
}

async fn seed(place: &Place, tickets: u32) -> Result<String> {
    let mut demo = central(place)?;
    demo.args(["demo", "--tickets", &tickets.to_string(), "--json"]);
    let answer: Value = serde_json::from_str(&said(program::finish(demo, &[0]).await?.stdout)?)?;
    Ok(answer["event"]
        .as_str()
        .context("the sample event's name")?
        .to_owned())
}

fn said(bytes: Vec<u8>) -> Result<String> {
    Ok(String::from_utf8(bytes)?.trim().to_owned())
}
