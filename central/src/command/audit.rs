//! `central audit`.
//!
//! Exit status: 0 all holds, 1 something does not. Records that were set aside are told and are no fault: they are kept
//! as evidence.

use std::{
    io::{IsTerminal as _, Write as _},
    process::ExitCode,
};

use clap::Subcommand;
use serde_json::json;

use super::{decision_line, open, output};
use crate::{
    app::{
        App,
        audit::{EventCheck, LogCheck},
    },
    config::Config,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Follow every node's log, rule every event anew, count its rows; name what does not hold
    Verify {
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// List what supervisors decided at the gates, and what they took back
    Decisions {
        /// The event's slug or id
        event: String,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: &Command) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    let json = match command {
        Command::Verify { json } => json,
        Command::Decisions { event, json } => {
            let event = open::event(&app, event).await?;
            decision_line::list(&app, &event, *json).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let holds = verify(&app, *json).await?;
    Ok(ExitCode::from(u8::from(!holds)))
}

/// Checks everything and says so; gives whether all holds.
pub(super) async fn verify(app: &App, json: bool) -> anyhow::Result<bool> {
    let (nodes, mut holds) = (app.nodes(None).await?, true);
    for node in &nodes {
        let mut progress = |at: u64, of: u64| tell_progress(&node.name, at, of, json);
        let check = app.verify_log(node.id, &mut progress).await?;
        holds &= check.fault.is_none();
        print_log(&check, json);
    }
    for event in app.all_events().await? {
        let check = app.verify_event(event.id).await?;
        holds &= check.faults.is_empty();
        print_event(&check, json);
    }
    if nodes.is_empty() && !json {
        output::line("There are no logs yet.");
    }
    Ok(holds)
}

fn print_log(check: &LogCheck, as_json: bool) {
    let fault = check.fault.as_ref().map(ToString::to_string);
    if as_json {
        output::json(&json!({
            "node": check.node.to_string(),
            "name": check.name,
            "records": check.records,
            "parked": check.parked,
            "forked": check.forked,
            "fault": fault,
        }));
        return;
    }
    let LogCheck {
        name,
        records,
        parked,
        forked,
        ..
    } = check;
    output::line(&match fault {
        None => format!("{name}: {records} records hold together"),
        Some(fault) => format!("{name}: {fault}"),
    });
    if *parked > 0 {
        output::line(&format!(
            "{name}: {parked} records are set aside, {forked} of them from a copied disk: see `central node show {}`",
            check.node
        ));
    }
}

fn print_event(check: &EventCheck, as_json: bool) {
    let faults: Vec<_> = check.faults.iter().map(ToString::to_string).collect();
    let EventCheck {
        slug,
        rulings,
        tickets,
        ..
    } = check;
    if as_json {
        output::json(&json!({
            "event": check.event.to_string(), "slug": slug, "rulings": rulings, "tickets": tickets,
            "faults": faults,
        }));
        return;
    }
    if faults.is_empty() {
        output::line(&format!(
            "{slug}: {rulings} rulings are what all scans say, {tickets} tickets are as counted"
        ));
    }
    for fault in faults {
        output::line(&format!("{slug}: {fault}"));
    }
}

/// To a person who waits, and to nobody else.
fn tell_progress(name: &str, at: u64, of: u64, json: bool) {
    let mut screen = std::io::stderr().lock();
    if !json && screen.is_terminal() {
        // A terminal that cannot be written to has nobody before it.
        let _ = write!(screen, "\r{name}: {at} of {of} records\u{1b}[K\r");
    }
}
