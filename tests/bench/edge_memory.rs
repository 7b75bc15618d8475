//! `edge.memory`: resident size of the real `edge-node run` with 100,000 tickets.

use std::{net::TcpListener, path::Path};

use anyhow::{Context, Result};
use support::{filled::filled, program};

use crate::figure::{Figure, Report};

const TICKETS: usize = 100_000;
const LIMIT_MIB: f64 = 64.0;

/// Fills a node, starts it as its user would, and reads what the kernel says.
pub async fn run(report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let home = folder.path().join("node");
    drop(filled(&home, TICKETS, 1)?);
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let mut run = program::command("edge-node")?;
    run.arg("--home")
        .arg(&home)
        .args(["run", "--listen", &address]);
    let mut running = program::start(run, "edge-node", folder.path())?;
    running.answers(&format!("http://{address}/")).await?;
    let resident = resident_mib(running.id().context("it ended")?)?;
    report.add(&Figure::new("edge.memory", resident, "MiB").beside("limit", LIMIT_MIB));
    Ok(())
}

fn resident_mib(process: u32) -> Result<f64> {
    let status =
        std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status"))?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .context("no VmRSS")?;
    let kib: f64 = line
        .split_whitespace()
        .nth(1)
        .context("no VmRSS")?
        .parse()?;
    Ok(kib / 1_024.0)
}
