//! `status`: how the node stands, for a person or as one JSON object.

use super::{CommandError, Outcome, output};
use crate::{
    inside::InsideStatus,
    moment_text,
    node::Node,
    replica::conflict::Kind,
    search::SearchStatus,
    status::{ConflictNotice, DoubleNotice, PlaceNotice, ReplicaStatus, Status},
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(node: &Node, arguments: &Arguments) -> Result<Outcome, CommandError> {
    let whole = Whole {
        status: node.status()?,
        inside: node.inside()?,
    };
    if arguments.json {
        output::json(&whole)?;
    } else {
        output::line(&words(&whole))?;
    }
    Ok(Outcome::AllAdmitted)
}

/// The status, and what takes longer to ask for.
#[derive(serde::Serialize)]
struct Whole {
    #[serde(flatten)]
    status: Status,
    inside: InsideStatus,
}

fn words(whole: &Whole) -> String {
    let status = &whole.status;
    let moment = |at: Option<_>| at.map_or_else(|| "never".to_owned(), moment_text::rfc3339);
    let event = status.event_name.clone();
    let mut lines = vec![
        format!("node      {} ({})", status.name, status.node),
        format!(
            "event     {}",
            event.unwrap_or_else(|| status.event.to_string())
        ),
        format!("gate      {}", status.gate_name),
        format!("central   {}", status.central),
        format!("last sync {}", moment(status.last_sync_at)),
        format!("replica   {}", replica(&status.replica)),
        format!(
            "scans     {} ({} unsent, {} put aside by central)",
            status.scans, status.unsent, status.parked
        ),
        format!("receipt   {}", receipt(status)),
        format!("clock     {}", clock(status)),
        format!(
            "lease     until {}{}",
            moment(status.lease_until),
            locked(status)
        ),
    ];
    lines.push(format!("search    {}", search(status)));
    lines.push(format!("inside    {}", inside(&whole.inside)));
    lines.push(format!("doubles   {}", status.doubles.len()));
    lines.extend(status.doubles.iter().map(double));
    let others = status.conflicts.len() - status.doubles.len();
    lines.push(format!("conflicts {others} beside doubles"));
    let others = status.conflicts.iter();
    let others = others.filter(|conflict| conflict.kind != Kind::Double.name());
    lines.extend(others.map(conflict));
    lines.join("\n")
}

fn replica(replica: &ReplicaStatus) -> String {
    let counts = replica.tickets.iter().filter(|(_, count)| **count > 0);
    let counts: Vec<_> = counts
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    format!(
        "{}, revision {}, {} tickets{}{}",
        replica.state,
        replica.revision,
        replica.total,
        if counts.is_empty() { "" } else { ": " },
        counts.join(", ")
    )
}

fn receipt(status: &Status) -> String {
    let Some(receipt) = &status.receipt else {
        return "none yet".to_owned();
    };
    let at = moment_text::rfc3339(receipt.at);
    let signed = format!("central signed for {} scans at {at}", receipt.seq);
    match status.lost_by_central {
        0 => signed,
        lost => format!("{signed}; it has lost {lost} of them since, which are sent again"),
    }
}

fn clock(status: &Status) -> String {
    status.clock.map_or_else(
        || "not compared with central's since this machine started".to_owned(),
        |clock| {
            format!(
                "{:+} ms against central's, ± {} ms",
                clock.offset_ms, clock.error_ms
            )
        },
    )
}

/// Another program on this folder may have it open: that is known to nobody but that program.
fn search(status: &Status) -> String {
    match status.search {
        SearchStatus { offered: false, .. } => "by name is not for this node".to_owned(),
        SearchStatus {
            unlocked_since: Some(since),
            ..
        } => format!("by name is UNLOCKED since {}", moment_text::rfc3339(since)),
        SearchStatus { .. } => "by name opens with the passphrase".to_owned(),
    }
}

fn locked(status: &Status) -> &'static str {
    match status.locked_because {
        Some("copy") => " · LOCKED: its disk was copied",
        Some("revoked") => " · LOCKED: central revoked it",
        Some(_) => " · LOCKED: too long without central",
        None => "",
    }
}

/// `812–815, other gates as of …`.
fn inside(inside: &InsideStatus) -> String {
    let number = match inside.low == inside.high {
        true => inside.inside.to_string(),
        false => format!("{}–{}", inside.low, inside.high),
    };
    inside.others_as_of.map_or_else(
        || format!("{number} by this gate alone"),
        |at| format!("{number}, other gates as of {}", moment_text::rfc3339(at)),
    )
}

fn conflict(conflict: &ConflictNotice) -> String {
    let ticket = conflict.ticket.map(|id| id.to_string());
    let wristband = conflict.wristband.map(|id| format!("wristband {id}"));
    let what = conflict.number.clone().or(ticket).or(wristband);
    format!(
        "  {} {} {}: {} at {}",
        conflict.kind,
        what.unwrap_or_default(),
        conflict.action,
        conflict.scan.gate,
        moment_text::rfc3339(conflict.scan.at)
    )
}

fn double(double: &DoubleNotice) -> String {
    let ticket = double.number.clone();
    let place =
        |place: &PlaceNotice| format!("{} at {}", place.gate, moment_text::rfc3339(place.at));
    let won = double.won.as_ref().map(place);
    format!(
        "  {} {} twice: {} was first, {} was the double{}{}",
        ticket.unwrap_or_else(|| double.ticket.map_or_else(String::new, |id| id.to_string())),
        double.action,
        won.unwrap_or_else(|| "another gate".to_owned()),
        place(&double.lost),
        if double.won_here {
            " (this node won)"
        } else {
            " (this node lost)"
        },
        if double.undecidable {
            " · the clocks cannot tell"
        } else {
            ""
        },
    )
}
