//! `sync.delta`: what a thousand changes and a thousand scans cost a node that was away: bytes on the wire and
//! seconds, on a clean link and on a 2G-like one, beside the bytes of the bare records and rows.
//!
//! Real programs over TLS, a fresh process that has to open its session first. Half of the changes are new tickets,
//! half are refunds of tickets that the node has; its own scans come back to it as ruled passages, which the bare
//! bytes do not count. So that no rights are needed the 2G-like link is the relay of the tests alone
//! (`support::relay`): a lost segment arrives late instead of being lost. `tests/network` loses real packets.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Instant,
};

use ambient::SystemClock;
use anyhow::{Context, Result, ensure};
use edge_node::Node;
use serde_json::Value;
use support::{
    box_office::{BoxOffice, GATES, Sold},
    program::{self, Running},
    relay::{Passed, Relay, Shape},
};
use sync_protocol::wire;
use tokio::io::AsyncWriteExt as _;

use crate::figure::{Figure, Report};

const SCANS: u32 = 1_000;
const CHANGES: u32 = 1_000;
/// Names of the figures, and how the link behaves.
const LINKS: [(&str, Shape); 2] = [
    (
        "clean",
        Shape {
            bytes_per_second: None,
            one_way: std::time::Duration::ZERO,
            lost_percent: 0,
        },
    ),
    ("2g", Shape::TWO_G),
];

/// Measures both links.
pub async fn run(report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let central = Central::start(folder.path()).await?;
    for (place, (name, shape)) in LINKS.into_iter().enumerate() {
        let home = folder.path().join(name);
        let relay = Relay::start(central.nodes).await?;
        enrol(&central, &home, place, &relay).await?;
        let cost = delta(&central.office, &home, &relay, shape).await?;
        cost.report(report, name, shape);
    }
    Ok(())
}

/// What one sync took.
struct Cost {
    seconds: f64,
    passed: Passed,
    bare_records: usize,
    bare_rows: usize,
}

impl Cost {
    fn report(&self, report: &mut Report, name: &str, shape: Shape) {
        let Passed { up, down, .. } = self.passed;
        let bytes = |which: &str, value: u64, what: &str, bare: usize| {
            Figure::new(format!("sync.delta.{name}.{which}"), value as f64, "B")
                .beside(what, bare as f64)
        };
        report.add(&bytes("bytes_up", up, "bare records", self.bare_records));
        report.add(&bytes("bytes_down", down, "bare rows", self.bare_rows));
        let bare = self.bare_records + self.bare_rows;
        report.add(&bytes("bytes", up + down, "bare records and rows", bare));
        let seconds = Figure::new(format!("sync.delta.{name}.seconds"), self.seconds, "s");
        report.add(&match shape.bytes_per_second {
            Some(rate) => seconds.beside(
                "its bytes at the link's rate",
                (up + down) as f64 / f64::from(rate),
            ),
            None => seconds,
        });
    }
}

/// Makes the changes and the scans while the node is away, then lets it sync once over the link.
async fn delta(office: &BoxOffice, home: &Path, relay: &Relay, shape: Shape) -> Result<Cost> {
    let guests = office.sell(SCANS + CHANGES / 2).await?;
    node(home, &["sync", "--json"]).await?;
    scan(home, &guests[..SCANS as usize]).await?;
    let revision = office.revision().await?;
    office.refund(&guests[SCANS as usize..]).await?;
    office.sell(CHANGES / 2).await?;
    let rows = office.changed_since(revision).await?;
    let bare_rows = rows.iter().map(|row| wire::encode(row).len()).sum();
    let bare_records = records(home)?.iter().map(Vec::len).sum();
    relay.set(shape);
    let before = relay.passed();
    let begun = Instant::now();
    let said: Value = serde_json::from_slice(&node(home, &["sync", "--json"]).await?)?;
    let seconds = begun.elapsed().as_secs_f64();
    let now = relay.passed();
    relay.set(Shape::default());
    check(home, &said, rows.len()).await?;
    Ok(Cost {
        seconds,
        passed: Passed {
            up: now.up - before.up,
            down: now.down - before.down,
            connections: now.connections - before.connections,
        },
        bare_records,
        bare_rows,
    })
}

async fn check(home: &Path, said: &Value, rows: usize) -> Result<()> {
    ensure!(
        said["sent"] == SCANS && said["tickets"] == rows && rows == CHANGES as usize,
        "not what was to be synced: {said}, {rows} rows"
    );
    let status: Value = serde_json::from_slice(&node(home, &["status", "--json"]).await?)?;
    ensure!(
        status["replica"]["complete"] == true && status["unsent"] == 0,
        "the replica is not proven: {status}"
    );
    Ok(())
}

/// The records that central does not have yet, as they lie in the log.
fn records(home: &Path) -> Result<Vec<Vec<u8>>> {
    let node = Node::open(home, Arc::new(SystemClock::new()))?;
    let request = node.next_request(1, SCANS as usize)?;
    ensure!(request.records.len() == SCANS as usize, "scans are missing");
    Ok(request
        .records
        .into_iter()
        .map(|record| record.to_vec())
        .collect())
}

async fn scan(home: &Path, guests: &[Sold]) -> Result<()> {
    let mut scan = program::command("edge-node")?;
    scan.arg("--home").arg(home).args(["scan", "--stdin"]);
    scan.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut scan = scan.spawn()?;
    let mut typed = scan.stdin.take().context("a scanner types")?;
    for guest in guests {
        typed
            .write_all(format!("{}\n", guest.code).as_bytes())
            .await?;
    }
    drop(typed);
    ensure!(scan.wait().await?.success(), "a guest was refused");
    Ok(())
}

async fn enrol(central: &Central, home: &Path, place: usize, relay: &Relay) -> Result<()> {
    let (event, name) = (central.office.id().to_string(), format!("node-{place}"));
    let mut code = central.command()?;
    code.args(["node", "code", &event, GATES[place], &name, "--json"]);
    let code: Value = serde_json::from_slice(&program::finish(code, &[0]).await?.stdout)?;
    let code = code["code"].as_str().context("the enrolment code")?;
    let url = format!("https://{}", relay.address);
    node(home, &["enrol", &url, code]).await.map(drop)
}

async fn node(home: &Path, words: &[&str]) -> Result<Vec<u8>> {
    let mut node = program::command("edge-node")?;
    node.arg("--home").arg(home).args(words);
    Ok(program::finish(node, &[0]).await?.stdout)
}

struct Central {
    office: BoxOffice,
    listen: SocketAddr,
    nodes: SocketAddr,
    running: Option<Running>,
    folder: PathBuf,
}

impl Central {
    async fn start(folder: &Path) -> Result<Self> {
        let free = || Ok::<_, anyhow::Error>(TcpListener::bind("127.0.0.1:0")?.local_addr()?);
        let mut central = Self {
            office: BoxOffice::open(folder).await?,
            listen: free()?,
            nodes: free()?,
            running: None,
            folder: folder.to_owned(),
        };
        let mut serve = central.command()?;
        serve.arg("serve");
        let mut running = program::start(serve, "central", &central.folder)?;
        let url = format!("http://{}/healthz", central.listen);
        running.answers(&url).await?;
        central.running = Some(running);
        Ok(central)
    }

    fn command(&self) -> Result<tokio::process::Command> {
        let mut central = self.office.central()?;
        central
            .env("LISTEN", self.listen.to_string())
            .env("NODE_LISTEN", self.nodes.to_string());
        Ok(central)
    }
}
