//! `central occupancy`: how many are inside, with a range and why it is one.

use std::process::ExitCode;

use serde_json::{Value, json};
use sync_protocol::{
    id::NodeId,
    occupancy::{Occupancy, Reason},
};

use super::{conflict::moment, open, output};
use crate::{app::occupancy::Inside, config::Config, domain::event::EventSetup};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The event's slug or id
    event: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    let setup = open::event(&app, &arguments.event).await?;
    let inside = app.occupancy(setup.event.id).await?;
    if arguments.json {
        output::json(&as_json(&setup, &inside));
    } else {
        as_text(&setup, &inside)
            .iter()
            .for_each(|line| output::line(line));
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(setup: &EventSetup, inside: &Inside) -> Value {
    let range = &inside.range;
    let types = inside.types.iter().map(|kind| {
        json!({
            "number": kind.number,
            "name": type_name(setup, kind.number),
            "inside": kind.tally.inside,
            "unsure": kind.tally.unsure_inside + kind.tally.unsure_outside,
        })
    });
    let gates = setup.gates.iter().map(|gate| {
        let tally = inside.gates.iter().find(|tally| tally.gate == gate.id);
        json!({
            "name": gate.name,
            "entries": tally.map_or(0, |tally| tally.entries),
            "exits": tally.map_or(0, |tally| tally.exits),
        })
    });
    json!({
        "as_of": moment(range.as_of.0),
        "as_of_ms": range.as_of.0,
        "since": (inside.since.0 > 0).then(|| moment(inside.since.0)),
        "inside": range.inside,
        "low": range.low,
        "high": range.high,
        "reasons": range.reasons.iter().map(|reason| reason_json(inside, range, reason)).collect::<Vec<_>>(),
        "types": types.collect::<Vec<_>>(),
        "gates": gates.collect::<Vec<_>>(),
        "doubles_inside": inside.uncounted.doubles,
        "most_per_minute": inside.most_per_minute,
    })
}

fn reason_json(inside: &Inside, range: &Occupancy, reason: &Reason) -> Value {
    let mut value = json!({"reason": reason.name(), "text": reason_text(inside, range, reason)});
    match *reason {
        Reason::Unsent { node, records } | Reason::Unusable { node, records } => {
            value["node"] = node.to_string().into();
            value["records"] = records.into();
        }
        Reason::Silent {
            node,
            since,
            at_most,
        } => {
            value["node"] = node.to_string().into();
            value["since"] = moment(since.0).into();
            value["at_most"] = at_most.into();
        }
        Reason::Unsure { tickets } => value["tickets"] = tickets.into(),
        Reason::Unbound { wristbands } => value["wristbands"] = wristbands.into(),
    }
    value
}

/// `812–815 inside, north silent 4 min`, and where they are.
fn as_text(setup: &EventSetup, inside: &Inside) -> Vec<String> {
    let range = &inside.range;
    let number = match range.low == range.high {
        true => range.inside.to_string(),
        false => format!("{}–{}", range.low, range.high),
    };
    let mut parts = vec![format!("{number} inside")];
    let reasons = range.reasons.iter();
    parts.extend(reasons.map(|reason| reason_text(inside, range, reason)));
    let mut lines = vec![parts.join(", "), format!("as of {}", moment(range.as_of.0))];
    lines.extend(inside.types.iter().map(|kind| {
        let name = type_name(setup, kind.number);
        format!("  {name}: {}", kind.tally.inside)
    }));
    for tally in &inside.gates {
        let gate = setup.gates.iter().find(|gate| gate.id == tally.gate);
        let name = gate.map_or_else(|| tally.gate.to_string(), |gate| gate.name.clone());
        lines.push(format!(
            "  {name}: {} in, {} out",
            tally.entries, tally.exits
        ));
    }
    if inside.uncounted.doubles > 0 {
        let doubles = inside.uncounted.doubles;
        lines.push(format!(
            "  not counted: {doubles} let in on a ticket that was inside or used"
        ));
    }
    lines
}

/// Why the number is a range, for a terminal.
pub(super) fn reason_text(inside: &Inside, range: &Occupancy, reason: &Reason) -> String {
    let name = |node: NodeId| {
        inside
            .nodes
            .get(&node)
            .cloned()
            .unwrap_or_else(|| node.to_string())
    };
    match *reason {
        Reason::Unsent { node, records } => format!("{} has {records} unsent", name(node)),
        Reason::Unusable { node, records } => {
            format!("{} sent {records} that cannot be used", name(node))
        }
        Reason::Silent { node, since, .. } => {
            let minutes = range.as_of.ms_since(since).max(0) / 60_000;
            format!("{} silent {minutes} min", name(node))
        }
        Reason::Unsure { tickets } => format!("clocks cannot tell of {tickets}"),
        Reason::Unbound { wristbands } => format!("{wristbands} wristbands without a ticket"),
    }
}

fn type_name(setup: &EventSetup, number: Option<u16>) -> String {
    let kind = setup.types.iter().find(|kind| Some(kind.number) == number);
    kind.map_or_else(|| "unknown".to_owned(), |kind| kind.name.clone())
}
