//! `central node`.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::json;
use sync_protocol::{id::NodeId, rights::Rights};

use super::{node_file, open, output};
use crate::{
    app::{App, nodes::NewEnrolment},
    config::Config,
    domain::{event::EventSetup, node::Node},
};

const HOUR_MS: i64 = 3_600_000;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Print a code with which one node can be enrolled, once
    Code {
        /// The event's slug or id
        event: String,
        /// The gate's name or id
        gate: String,
        /// What the node will be called
        name: String,
        /// What the node may do: exchange, entry, exit, unpair, search, override, undo, or all
        #[arg(long, default_value = "all", value_parser = Rights::parse)]
        may: Rights,
        /// How long the code is good
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(i64).range(1..=720))]
        hours: i64,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// List nodes
    List {
        /// The event's slug or id; all events without it
        event: Option<String>,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Tell all that is known of a node: its log, what was set aside and why, what was done to it
    Show {
        /// The node's id
        node: String,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// End a quarantine, after the copied disk was taken out of use
    Release {
        /// The node's id
        node: String,
        /// Why; it is kept
        #[arg(long)]
        reason: String,
    },
    /// Revoke a node: at its next contact it erases its replica
    Revoke {
        /// The node's id
        node: String,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    match command {
        Command::Code {
            event,
            gate,
            name,
            may,
            hours,
            json,
        } => {
            let setup = open::event(&app, &event).await?;
            let wish = NewEnrolment {
                event: setup.event.id,
                gate: find_gate(&setup, &gate)?,
                node_name: name,
                rights: may,
                valid_for_ms: hours * HOUR_MS,
            };
            let code = app.create_enrolment(&wish).await?.to_string();
            let url = config.node_url();
            if json {
                output::json(&json!({"code": code, "url": url, "valid_hours": hours}));
            } else {
                output::line(&format!("edge-node enrol {url} {code}"));
            }
        }
        Command::List { event, json } => list(&app, event.as_deref(), json).await?,
        Command::Show { node, json } => node_file::show(&app.node_file(parse(&node)?).await?, json),
        Command::Release { node, reason } => {
            app.release_node(parse(&node)?, &reason).await?;
            output::line("The node is released: its next sync is taken again.");
        }
        Command::Revoke { node } => {
            app.revoke_node(parse(&node)?).await?;
            output::line("The node is revoked: at its next contact it erases its replica.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(node: &str) -> anyhow::Result<NodeId> {
    let id = node.parse().ok();
    id.with_context(|| format!("{node} is no node id: see `central node list`"))
}

fn find_gate(setup: &EventSetup, name: &str) -> anyhow::Result<sync_protocol::id::GateId> {
    let found = setup
        .gates
        .iter()
        .find(|gate| gate.name == name || gate.id.to_string() == name);
    if let Some(gate) = found {
        return Ok(gate.id);
    }
    let names: Vec<_> = setup.gates.iter().map(|gate| gate.name.as_str()).collect();
    bail!(
        "the event has no gate {name}; its gates are {}",
        names.join(", ")
    )
}

async fn list(app: &App, event: Option<&str>, as_json: bool) -> anyhow::Result<()> {
    let event = match event {
        Some(name) => Some(open::event(app, name).await?.event.id),
        None => None,
    };
    for node in app.nodes(event).await? {
        print(&node, as_json);
    }
    Ok(())
}

fn print(node: &Node, as_json: bool) {
    if as_json {
        output::json(&json!({
            "id": node.id.to_string(),
            "event": node.event.to_string(),
            "gate": node.gate.to_string(),
            "name": node.name,
            "status": node.status.name(),
            "may": node.rights.names(),
            "reason": node.quarantine_reason,
            "program": node.program,
            "records": node.log_seq,
            "unsent": node.claimed_seq.saturating_sub(node.log_seq),
            "last_contact_at": node.last_contact_at.map(|at| at.0),
            "lease_until": node.lease_until.0,
        }));
        return;
    }
    let (id, status, name) = (node.id, node.status.name(), &node.name);
    let reason = node.quarantine_reason.as_deref().unwrap_or_default();
    output::line(&format!(
        "{id}  {status}  {name}  {} records  {reason}",
        node.log_seq
    ));
}
