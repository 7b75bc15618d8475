//! A supervisor's decision as a line for a person, or an object for a program.

use chrono::{DateTime, SecondsFormat};
use serde_json::json;

use super::output;
use crate::{app::App, domain::event::EventSetup, store::decision::DecisionRow};

/// Prints an event's, by time.
pub(super) async fn list(app: &App, event: &EventSetup, as_json: bool) -> anyhow::Result<()> {
    for row in app.decisions(event.event.id).await? {
        match as_json {
            true => output::json(&object(&row)),
            false => output::line(&line(&row, event)),
        }
    }
    Ok(())
}

fn object(row: &DecisionRow) -> serde_json::Value {
    let before = row
        .before
        .map(|(decision, reason)| json!({"decision": decision, "reason": reason}));
    json!({
        "node": row.scan.node.to_string(),
        "seq": row.scan.seq,
        "answers": row.answers,
        "gate": row.gate.to_string(),
        "operator": row.operator.map(|id| id.to_string()),
        "operator_name": row.operator_name,
        "action": row.action,
        "decision": row.decision,
        "reason": row.reason,
        "before": before,
        "ruling": row.rulings[0],
        "ruling_before": row.rulings[1],
        "ticket": row.ticket.map(|id| id.to_string()),
        "number": row.number.map(|number| number.to_string()),
        "wristband": row.wristband.map(|id| id.to_string()),
        "at": row.at.0,
    })
}

/// `2026-12-01T12:00:00Z  Gate A  Ratna  overridden: entry of ABCD-EFGH-JKMN, which the gate answered ask typed_number (counted)`
fn line(row: &DecisionRow, event: &EventSetup) -> String {
    let at = DateTime::from_timestamp_millis(row.at.0).unwrap_or_default();
    let gate = event.gates.iter().find(|gate| gate.id == row.gate);
    let gate = gate.map_or_else(|| row.gate.to_string(), |gate| gate.name.clone());
    let who = row.operator_name.as_deref().unwrap_or("nobody known");
    let thing = match (&row.number, &row.ticket, &row.wristband) {
        (Some(number), ..) => number.to_string(),
        (None, Some(ticket), _) => format!("ticket {ticket}"),
        (None, None, Some(wristband)) => format!("wristband {wristband}"),
        (None, None, None) => "something unknown".to_owned(),
    };
    let before = row.before.map_or_else(String::new, |(decision, reason)| {
        format!(", which the gate answered {decision} {reason}")
    });
    let ruling = row.rulings[0].as_deref().unwrap_or("no ruling");
    format!(
        "{}  {gate}  {who}  {}: {} of {thing}{before} ({ruling})",
        at.to_rfc3339_opts(SecondsFormat::Secs, true),
        row.reason,
        row.action
    )
}
