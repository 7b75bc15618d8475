//! The story: one purchase, two gates without a network, and the truth afterwards.
//!
//! Every step checks what it tells; the first that does not hold ends the story with an error.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    narrate::{chapter, held},
    shop,
    venue::{GATES, Venue},
};

const NORTH: usize = 0;
const SOUTH: usize = 1;
/// From one gate to the other.
const WALK: Duration = Duration::from_secs(2);

/// Plays it.
pub async fn play(venue: &mut Venue) -> Result<()> {
    let pictures = buy(venue).await?;
    chapter("The network is gone");
    venue.stop_central().await?;
    held("central is stopped; both gates are alone");
    let scans = scan_alone(venue, &pictures).await?;
    chapter("The network is back");
    venue.start_central().await?;
    reconcile(venue, &scans).await?;
    chapter("The story held");
    Ok(())
}

async fn buy(venue: &Venue) -> Result<Vec<PathBuf>> {
    chapter("Ani buys three tickets");
    let order = shop::order(venue, &["Ani Wijaya", "Budi Santoso", "Citra Łukasz"]).await?;
    held(&format!(
        "order {} holds three places for 15 minutes",
        order.number
    ));
    shop::pay(venue, &order).await?;
    held(
        "she pays by bank transfer; Midtrans' notice is checked, read again, and the tickets are issued",
    );
    let pictures = shop::ticket_pictures(venue, &order).await?;
    ensure!(
        pictures.len() == 3,
        "{} ticket pages in the PDF instead of 3",
        pictures.len()
    );
    held("her PDF has one page a ticket; each page is rendered to a picture");
    for (gate, name) in GATES.iter().enumerate() {
        venue.ask_gate(gate, &["sync", "--json"]).await?;
        held(&format!("gate {name} has heard of the new tickets"));
    }
    Ok(pictures)
}

/// The two scans that nobody could know of each other.
struct Scans {
    ticket: String,
    north: Value,
    south: Value,
}

async fn scan_alone(venue: &Venue, pictures: &[PathBuf]) -> Result<Scans> {
    let north = scan(venue, NORTH, &pictures[0], "entry", "admit", "admitted").await?;
    held("North shows the first ticket's picture: green");
    let again = scan(
        venue,
        NORTH,
        &pictures[0],
        "entry",
        "refuse",
        "already_used",
    )
    .await?;
    held(&format!(
        "the same ticket at North again: red, \u{201c}{}\u{201d}",
        text(&again)
    ));
    // A guest needs longer than clocks err; without this a loaded machine could call the two undecidable.
    tokio::time::sleep(WALK).await;
    let south = scan(venue, SOUTH, &pictures[0], "entry", "admit", "admitted").await?;
    held("two seconds later the same ticket at South, which cannot know: green");
    scan(venue, SOUTH, &pictures[1], "entry", "admit", "admitted").await?;
    held("the second ticket at South: green");
    scan(venue, NORTH, &pictures[2], "exchange", "admit", "exchanged").await?;
    let twice = scan(
        venue,
        NORTH,
        &pictures[2],
        "exchange",
        "refuse",
        "already_exchanged",
    )
    .await?;
    held(&format!(
        "the third is exchanged for a wristband at North; again: \u{201c}{}\u{201d}",
        text(&twice)
    ));
    let ticket = north["ticket"]["id"]
        .as_str()
        .context("the ticket's id")?
        .to_owned();
    Ok(Scans {
        ticket,
        north,
        south,
    })
}

async fn reconcile(venue: &Venue, scans: &Scans) -> Result<()> {
    venue.ask_gate(SOUTH, &["sync", "--json"]).await?;
    held("South, which scanned second, uploads first");
    venue.ask_gate(NORTH, &["sync", "--json"]).await?;
    held("North uploads after it");
    let conflict = the_conflict(venue, scans).await?;
    held(&format!("central rules: {conflict}"));
    venue.ask_gate(SOUTH, &["sync", "--json"]).await?;
    for (gate, name) in GATES.iter().enumerate() {
        told(venue, gate, scans).await?;
        held(&format!("gate {name} was told"));
    }
    let audit = venue.ask_central(&["audit", "verify"]).await?;
    held(&format!(
        "every log's chain was walked: {}",
        audit.replace('\n', "; ")
    ));
    Ok(())
}

/// The one double of the story: North won, South's scan is the double, though South uploaded first.
async fn the_conflict(venue: &Venue, scans: &Scans) -> Result<String> {
    let listed = venue
        .ask_central(&["conflicts", &venue.event, "--kind", "double", "--json"])
        .await?;
    let conflicts: Vec<Value> = listed
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    ensure!(
        conflicts.len() == 1,
        "{} conflicts instead of one: {listed}",
        conflicts.len()
    );
    let conflict = &conflicts[0];
    ensure!(
        conflict["ticket"] == *scans.ticket,
        "another ticket: {conflict}"
    );
    ensure!(
        conflict["winner"]["gate"] == GATES[NORTH],
        "North scanned first: {conflict}"
    );
    ensure!(
        conflict["double"]["gate"] == GATES[SOUTH],
        "South scanned second: {conflict}"
    );
    ensure!(
        conflict["winner"]["seq"] == scans.north["seq"],
        "North's own scan: {conflict}"
    );
    ensure!(
        conflict["double"]["seq"] == scans.south["seq"],
        "South's own scan: {conflict}"
    );
    Ok(format!(
        "first at {} ({} \u{b1} {} ms), double at {} ({} \u{b1} {} ms)",
        plain(&conflict["winner"]["gate"]),
        plain(&conflict["winner"]["at"]),
        conflict["winner"]["error_ms"],
        plain(&conflict["double"]["gate"]),
        plain(&conflict["double"]["at"]),
        conflict["double"]["error_ms"],
    ))
}

async fn told(venue: &Venue, gate: usize, scans: &Scans) -> Result<()> {
    let status = venue.ask_gate(gate, &["status", "--json"]).await?.remove(0);
    let doubles = status["doubles"]
        .as_array()
        .context("the doubles a gate knows of")?;
    let names = |double: &Value| double["ticket"] == *scans.ticket;
    ensure!(
        doubles.iter().any(names),
        "gate {} does not know of the double: {status}",
        GATES[gate]
    );
    ensure!(
        status["unsent"] == 0,
        "gate {} has unsent scans: {status}",
        GATES[gate]
    );
    Ok(())
}

async fn scan(
    venue: &Venue,
    gate: usize,
    picture: &Path,
    action: &str,
    verdict: &str,
    reason: &str,
) -> Result<Value> {
    let picture = picture.to_str().context("a readable path")?;
    let words = ["scan", "--frames", picture, "--action", action, "--json"];
    let answers = venue.ask_gate(gate, &words).await?;
    ensure!(
        answers.len() == 1,
        "{} answers instead of one for {picture}",
        answers.len()
    );
    let answer = answers[0].clone();
    ensure!(
        answer["verdict"] == verdict && answer["reason"] == reason,
        "expected {verdict} {reason} at {}: {answer}",
        GATES[gate]
    );
    Ok(answer)
}

fn text(answer: &Value) -> String {
    plain(&answer["text"])
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
