//! `edge.search`: an event of 200,000 tickets gets its search by name, a gate opens it, and somebody asks.
//!
//! The real central seals, the real node follows. What one answer may take is a tenth of a second; the worst question
//! is a single letter that nearly every name has in it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
};
use sync_protocol::search::Passphrase;

use crate::figure::{Figure, Report, ms, quantile};

const TICKETS: u32 = 200_000;
const PHRASE: &str = "kopi tubruk pagi";
const LIMIT_MS: f64 = 100.0;
const TIMES: usize = 40;
const FIRST: [&str; 10] = [
    "Siti", "Budi", "Ayu", "Citra", "Dewi", "Eko", "Fitri", "Gunawan", "Hendra", "Indah",
];
const SYLLABLES: [&str; 10] = [
    "wi", "ra", "har", "su", "lis", "tra", "no", "pur", "san", "di",
];

/// Measures all of it.
pub async fn run(report: &mut Report) -> Result<()> {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut wish = festival();
    wish.types[0].quota = i64::from(TICKETS);
    let event = central.publish(&wish).await;
    let names = names();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let kind = event.types[0].id;
    let app = &central.app;
    app.issue_tickets_in_bulk(event.event.id, kind, TICKETS, &names)
        .await?;
    let gate = central.open_gate(&event, "Gate A", "north").await;
    gate.sync(&central).await;

    let start = Instant::now();
    let sealed = app
        .turn_search_on(event.event.id, Passphrase::new(PHRASE)?, &mut |_| ())
        .await?;
    ensure!(sealed == u64::from(TICKETS), "{sealed} names are sealed");
    report.add(&Figure::new(
        "edge.search.seal.200k",
        start.elapsed().as_secs_f64(),
        "s",
    ));
    gate.sync(&central).await;

    let start = Instant::now();
    gate.node.unlock_search(PHRASE)?;
    report.add(&Figure::new(
        "edge.search.unlock.200k",
        ms(start.elapsed()),
        "ms",
    ));
    for (what, question) in [
        ("full", names[4_711]),
        ("begin", "siti su"),
        ("inside", "arsu"),
        ("letter", "a"),
        ("nobody", "zzz"),
    ] {
        let mut took = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            took.push(ask(&gate.node, question, what != "nobody")?);
        }
        took.sort();
        let figure = Figure::new(
            format!("edge.search.p99.{what}.200k"),
            ms(quantile(&took, 0.99)),
            "ms",
        );
        report.add(&figure.beside("limit", LIMIT_MS));
    }
    Ok(())
}

fn ask(node: &edge_node::Node, question: &str, is_found: bool) -> Result<Duration> {
    let start = Instant::now();
    let found = node.search(question, 10).context("it is open")?;
    let took = start.elapsed();
    ensure!(found.is_empty() != is_found, "{question}: {}", found.len());
    Ok(took)
}

/// Ten thousand different ones.
fn names() -> Vec<String> {
    let part = |n: usize| SYLLABLES[n % 10];
    let name = |n: usize| {
        let (a, b, c) = (part(n), part(n / 10), part(n / 100));
        let mut last = format!("{a}{b}{c}");
        last[..1].make_ascii_uppercase();
        format!("{} {last}", FIRST[n / 1_000])
    };
    (0..10_000).map(name).collect()
}
