//! `central node show`: all that is known of one node, for a person who must judge it.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use sync_protocol::time::Timestamp;

use super::output;
use crate::app::node_trail::{NodeFile, ParkedNote};

pub(super) fn show(file: &NodeFile, as_json: bool) {
    if as_json {
        output::json(&object(file));
        return;
    }
    let node = &file.node;
    let contact = node
        .last_contact_at
        .map_or_else(|| "never".to_owned(), moment);
    let unsent = node.claimed_seq.saturating_sub(node.log_seq);
    for line in [
        format!("node          {} ({})", node.name, node.id),
        format!("status        {}", node.status.name()),
        format!(
            "log           {} records, {unsent} more were announced",
            node.log_seq
        ),
        format!("log hash      {}", node.log_hash),
        format!("last contact  {contact}, program {}", node.program),
        format!("lease         until {}", moment(node.lease_until)),
        format!("may           {}", node.rights.names().join(", ")),
    ] {
        output::line(&line);
    }
    if let Some(reason) = &node.quarantine_reason {
        output::line(&format!("quarantined   {reason}"));
    }
    for parked in &file.parked {
        let ParkedNote { seq, code, .. } = parked;
        output::line(&format!(
            "set aside     record {seq}, {code}: {}",
            parked.words()
        ));
    }
    for row in &file.trail {
        output::line(&format!(
            "{}  {}  {}",
            moment(row.at),
            row.action,
            row.detail
        ));
    }
}

fn object(file: &NodeFile) -> Value {
    let node = &file.node;
    let parked = file.parked.iter().map(|one| {
        let wall = one.record.as_ref().map(|record| record.wall.0);
        json!({"seq": one.seq, "code": one.code, "said": one.words(), "wall": wall})
    });
    let trail = file.trail.iter().map(|row| {
        let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
        json!({"at": row.at.0, "actor": row.actor_kind, "action": row.action, "detail": detail})
    });
    json!({
        "id": node.id.to_string(),
        "event": node.event.to_string(),
        "gate": node.gate.to_string(),
        "name": node.name,
        "status": node.status.name(),
        "reason": node.quarantine_reason,
        "program": node.program,
        "records": node.log_seq,
        "log_hash": node.log_hash.to_string(),
        "claimed": node.claimed_seq,
        "last_contact_at": node.last_contact_at.map(|at| at.0),
        "lease_until": node.lease_until.0,
        "may": node.rights.names(),
        "parked": parked.collect::<Vec<_>>(),
        "trail": trail.collect::<Vec<_>>(),
    })
}

fn moment(at: Timestamp) -> String {
    DateTime::from_timestamp_millis(at.0).map_or_else(
        || format!("{} ms", at.0),
        |time| time.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}
