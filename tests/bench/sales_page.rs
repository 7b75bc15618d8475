//! `sales.page`: an event's page from the running program: how soon it is there, and how much a phone that was never
//! here before must load until it is whole (page, styles, scripts, pictures, as a browser gets them, compressed).
//!
//! The peer is the answer of the same program that needs no database and no template.

use std::{
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use support::{http::client, program};
use tempfile::tempdir;
use tokio::process::Command;

use crate::figure::{Figure, Report, ms, quantile};

const TIMES: usize = 400;
const MOST_BYTES: f64 = 150_000.0;
const PAGE: &str = "/events/festival-gerbang";

/// Measures all of it.
pub async fn run(report: &mut Report) -> Result<()> {
    let folder = tempdir()?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let base = format!("http://{address}");
    let central = |words: &[&str]| -> Result<Command> {
        let mut central = program::command("central")?;
        central
            .current_dir(folder.path())
            .env("DATABASE_URL", url(folder.path()))
            .env("LISTEN", address.to_string())
            .env("NODE_LISTEN", "off")
            .args(words);
        Ok(central)
    };
    program::finish(central(&["demo", "--tickets", "100", "--json"])?, &[0]).await?;
    let mut running = program::start(central(&["serve"])?, "central", folder.path())?;
    running.answers(&format!("{base}/healthz")).await?;

    let floor = times(&base, "/healthz").await?;
    let page = times(&base, PAGE).await?;
    for (name, share) in [("sales.page.p50", 0.5), ("sales.page.p99", 0.99)] {
        let (value, peer) = (ms(quantile(&page, share)), ms(quantile(&floor, share)));
        report.add(&Figure::new(name, value, "ms").beside("an empty answer", peer));
    }
    let bytes = first_visit(&base).await?;
    let figure = Figure::new("sales.page.first_visit", bytes / 1_000.0, "kB");
    report.add(&figure.beside("the limit", MOST_BYTES / 1_000.0));
    running.stop().await
}

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("central.db").display())
}

/// So many answers one after the other, as a phone gets them, sorted.
async fn times(base: &str, path: &str) -> Result<Vec<Duration>> {
    let client = client();
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let start = Instant::now();
        get(&client, &format!("{base}{path}")).await?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

/// Everything that a browser loads for the page, in bytes of bodies on the wire.
async fn first_visit(base: &str) -> Result<f64> {
    let client = client();
    let plain = client
        .get(format!("{base}{PAGE}"))
        .send()
        .await?
        .text()
        .await?;
    let mut bytes = get(&client, &format!("{base}{PAGE}")).await?.len();
    let assets: Vec<_> = plain
        .split('"')
        .filter(|part| part.starts_with("/assets/"))
        .collect();
    ensure!(
        assets.len() >= 4,
        "styles and scripts are on the page: {assets:?}"
    );
    for asset in assets {
        bytes += get(&client, &format!("{base}{asset}")).await?.len();
    }
    ensure!(
        !plain.contains("src=\"http"),
        "the page loads from elsewhere"
    );
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let bytes = bytes as f64;
    ensure!(bytes <= MOST_BYTES, "a first visit takes {bytes} bytes");
    Ok(bytes)
}

async fn get(client: &reqwest::Client, url: &str) -> Result<Vec<u8>> {
    let asked = client
        .get(url)
        .header("accept-encoding", "gzip, deflate, br, zstd");
    let answer = asked.send().await?.error_for_status().context("a page")?;
    Ok(answer.bytes().await?.to_vec())
}
