//! `panel.export`: lists of orders taken away as CSV and XLSX: rows a second, and how much memory a long list takes beside a
//! short one.
//!
//! The router answers in process and the body is thrown away as it comes. The kernel forgets the largest size so far before
//! each file and is asked for it afterwards, so what is measured is what the file took on top of what was held before.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use support::{central::Engine, panel::Desk};

use crate::{
    figure::{Figure, Report},
    panel_list::{filled, orders},
};

/// The rows of the short list: one of the smaller events.
const SHORT: &str = "event=long-1";
const MIB: f64 = 1024.0;

/// Measures both formats.
pub async fn run(report: &mut Report) -> Result<()> {
    let (central, _events) = filled(Engine::Sqlite, orders()).await;
    let mut desk = central.admin().await;
    // So that what is kept for good is held before anything is measured.
    taken(&mut desk, "csv", "").await?;
    for format in ["csv", "xlsx"] {
        let short = taken(&mut desk, format, SHORT).await?;
        let long = taken(&mut desk, format, "").await?;
        ensure!(long.bytes > 4 * short.bytes, "the long list is longer");
        let rows = f64::from(orders());
        let rate = Figure::new(
            format!("panel.export.{format}.rows"),
            rows / long.seconds,
            "rows/s",
        );
        report.add(&rate);
        let name = format!("panel.export.{format}.peak_memory");
        let figure = Figure::new(name, long.peak_mib, "MiB");
        report.add(&figure.beside("a list of a fourteenth", short.peak_mib));
    }
    Ok(())
}

struct Taken {
    bytes: usize,
    seconds: f64,
    /// On top of what was held before.
    peak_mib: f64,
}

async fn taken(desk: &mut Desk, format: &str, query: &str) -> Result<Taken> {
    std::fs::write("/proc/self/clear_refs", "5").context("the kernel forgets the largest size")?;
    let before = kib("VmRSS:")?;
    let start = Instant::now();
    let bytes = desk.flow(&format!("/panel/orders.{format}?{query}")).await;
    let seconds = start.elapsed().as_secs_f64();
    Ok(Taken {
        bytes,
        seconds,
        peak_mib: (kib("VmHWM:")? - before).max(1.0) / MIB,
    })
}

fn kib(name: &str) -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .context("the kernel tells it")?
        .parse()
        .context("a number")
}
