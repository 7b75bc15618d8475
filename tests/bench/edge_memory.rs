//! `edge.memory`: resident size of the real `edge-node run` with 100,000 tickets.

use std::{net::TcpListener, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::{
    figure::{Figure, Report},
    filled::filled,
};

const TICKETS: usize = 100_000;
const LIMIT_MIB: f64 = 64.0;

/// Fills a node, starts it as its user would, and reads what the kernel says.
pub async fn run(report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let home = folder.path().join("node");
    drop(filled(&home, TICKETS, 1)?);
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let mut child = Command::new(program()?)
        .arg("--home")
        .arg(&home)
        .args(["run", "--listen", &address])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    until_it_answers(&address).await?;
    let resident = resident_mib(child.id().context("it ended")?)?;
    child.kill().await?;
    report.add(&Figure::new("edge.memory", resident, "MiB").beside("limit", LIMIT_MIB));
    Ok(())
}

/// The release build stands in the profile's folder, one above the benches'.
fn program() -> Result<std::path::PathBuf> {
    let own = std::env::current_exe()?;
    let found = own.ancestors().map(|folder| folder.join("edge-node")).find(|path| path.is_file());
    found.context("edge-node is not built: run cargo build --release --workspace --bins")
}

async fn until_it_answers(address: &str) -> Result<()> {
    let url = format!("http://{address}/");
    for _ in 0..200 {
        if reqwest::get(&url).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("edge-node run did not answer within ten seconds")
}

fn resident_mib(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).context("no VmRSS")?.parse()?;
    Ok(kib / 1_024.0)
}
