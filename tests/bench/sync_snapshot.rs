//! `sync.snapshot`: a full replica of 100,000 tickets, by the real programs over TLS: seconds, and bytes on the
//! wire per ticket. The replica counts only when its manifest proves it.

use std::{net::TcpListener, path::Path, time::Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use support::program::{self, Running};
use tokio::process::Command;

use crate::{
    figure::{Figure, Report},
    wire_meter::WireMeter,
};

const TICKETS: u64 = 100_000;
const BYTES_LIMIT: f64 = 100.0;
const SECONDS_LIMIT: f64 = 1.5;
const TRIES: usize = 5;

/// Measures several first syncs of fresh nodes; the median counts.
pub async fn run(report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let central = Central::start(folder.path()).await?;
    let mut seconds = Vec::new();
    let mut bytes = 0;
    for try_ in 0..TRIES {
        let meter = WireMeter::start(central.nodes).await?;
        let home = folder.path().join(format!("node-{try_}"));
        central.enrol(&home, try_, &meter).await?;
        let before = meter.bytes();
        let start = Instant::now();
        node(&home, &["sync", "--json"]).await?;
        seconds.push(start.elapsed().as_secs_f64());
        bytes = meter.bytes() - before;
        check(&home).await?;
    }
    seconds.sort_by(f64::total_cmp);
    report.add(
        &Figure::new("sync.snapshot.seconds", seconds[TRIES / 2], "s")
            .beside("limit", SECONDS_LIMIT),
    );
    let per_ticket = bytes as f64 / TICKETS as f64;
    report.add(
        &Figure::new("sync.snapshot.bytes", per_ticket, "B/ticket").beside("limit", BYTES_LIMIT),
    );
    Ok(())
}

struct Central {
    command: Box<dyn Fn() -> Result<Command>>,
    nodes: std::net::SocketAddr,
    event: String,
    _running: Running,
}

impl Central {
    async fn start(folder: &Path) -> Result<Self> {
        let free = || Ok::<_, anyhow::Error>(TcpListener::bind("127.0.0.1:0")?.local_addr()?);
        let (listen, nodes) = (free()?, free()?);
        let place = folder.to_owned();
        let command = move || {
            let mut central = program::command("central")?;
            central
                .current_dir(&place)
                .env(
                    "DATABASE_URL",
                    format!("sqlite:{}", place.join("central.db").display()),
                )
                .env("LISTEN", listen.to_string())
                .env("NODE_LISTEN", nodes.to_string())
                .env("MIDTRANS_SERVER_KEY", "unused");
            Ok(central)
        };
        let mut demo = command()?;
        demo.args(["demo", "--tickets", &TICKETS.to_string(), "--json"]);
        let answer: Value = serde_json::from_slice(&program::finish(demo, &[0]).await?.stdout)?;
        let mut serve = command()?;
        serve.arg("serve");
        let mut running = program::start(serve, "central", folder)?;
        running.answers(&format!("http://{listen}/healthz")).await?;
        let event = answer["event"]
            .as_str()
            .context("the sample event")?
            .to_owned();
        Ok(Self {
            command: Box::new(command),
            nodes,
            event,
            _running: running,
        })
    }

    async fn enrol(&self, home: &Path, number: usize, meter: &WireMeter) -> Result<()> {
        let mut code = (self.command)()?;
        code.args([
            "node",
            "code",
            &self.event,
            "North",
            &format!("node-{number}"),
            "--json",
        ]);
        let code: Value = serde_json::from_slice(&program::finish(code, &[0]).await?.stdout)?;
        let code = code["code"].as_str().context("the enrolment code")?;
        node(
            home,
            &["enrol", &format!("https://{}", meter.address), code],
        )
        .await
        .map(drop)
    }
}

async fn node(home: &Path, words: &[&str]) -> Result<Vec<u8>> {
    let mut node = program::command("edge-node")?;
    node.arg("--home").arg(home).args(words);
    Ok(program::finish(node, &[0]).await?.stdout)
}

async fn check(home: &Path) -> Result<()> {
    let status: Value = serde_json::from_slice(&node(home, &["status", "--json"]).await?)?;
    ensure!(
        status["replica"]["complete"] == true,
        "the replica is not proven: {status}"
    );
    let counts = status["replica"]["tickets"]
        .as_object()
        .context("tickets per status")?;
    let total: u64 = counts.values().filter_map(Value::as_u64).sum();
    ensure!(total == TICKETS, "{total} tickets instead of {TICKETS}");
    Ok(())
}
