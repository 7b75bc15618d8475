//! `central conflicts`: tickets that were admitted twice by gates that could not know of each other.

use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use super::{open, output};
use crate::{
    app::conflicts::{Admission, Conflict},
    config::Config,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The event's slug or id
    event: String,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    let setup = open::event(&app, &arguments.event).await?;
    let conflicts = app.conflicts(setup.event.id).await?;
    for conflict in &conflicts {
        if arguments.json {
            output::json(&as_json(conflict));
        } else {
            output::line(&as_text(conflict));
        }
    }
    if conflicts.is_empty() && !arguments.json {
        output::line("No ticket was admitted twice.");
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(conflict: &Conflict) -> Value {
    let admission = |one: &Admission| {
        json!({
            "node": one.scan.node.to_string(),
            "node_name": one.node_name,
            "seq": one.scan.seq,
            "gate": one.gate_name,
            "at": moment(one.time.at.0),
            "at_ms": one.time.at.0,
            "error_ms": one.time.error_ms(),
        })
    };
    json!({
        "ticket": conflict.ticket.to_string(),
        "number": conflict.number,
        "action": conflict.action.name(),
        "undecidable": conflict.undecidable,
        "winner": admission(&conflict.winner),
        "double": admission(&conflict.double),
    })
}

fn as_text(conflict: &Conflict) -> String {
    let admission = |one: &Admission| {
        let (gate, node, at) = (&one.gate_name, &one.node_name, moment(one.time.at.0));
        format!("{gate} ({node}) at {at} ± {} ms", one.time.error_ms())
    };
    let ticket = conflict
        .number
        .clone()
        .unwrap_or_else(|| conflict.ticket.to_string());
    let doubt = if conflict.undecidable {
        "; their clocks cannot tell which was first"
    } else {
        ""
    };
    format!(
        "{ticket}  {}: first {}, again {}{doubt}",
        conflict.action.name(),
        admission(&conflict.winner),
        admission(&conflict.double),
    )
}

fn moment(ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
