//! One conflict as a line for people, or as one JSON object.

use serde_json::{Map, Value, json};
use sync_protocol::merge::Ruling;

use super::conflict::moment;
use crate::{
    app::conflicts::{Admission, Conflict, Matter},
    store::{conflict_note::Note, ruling::RulingChange},
};

pub(super) fn as_json(conflict: &Conflict, with_history: bool) -> Value {
    let mut object = match matter(&conflict.matter) {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    object.insert("id".into(), conflict.id.to_string().into());
    object.insert("kind".into(), conflict.kind.name().into());
    object.insert("open".into(), conflict.is_open.into());
    let notes = conflict.notes.iter().map(note);
    object.insert("notes".into(), notes.collect());
    if with_history {
        let history = conflict.history.iter().map(change);
        object.insert("history".into(), history.collect());
    }
    Value::Object(object)
}

fn matter(matter: &Matter) -> Value {
    match matter {
        Matter::Scan {
            ticket,
            number,
            wristband,
            action,
            ruling,
            flag,
            admission,
            winner,
            other_ticket,
        } => {
            let of_double = |double: bool| double.then(|| place(admission));
            json!({
                "ticket": ticket.map(|id| id.to_string()),
                "number": number,
                "wristband": wristband.map(|id| id.to_string()),
                "action": action.name(),
                "ruling": ruling,
                "undecidable": ruling == "double_undecidable",
                "flag": flag.map(sync_protocol::flag::Flag::name),
                "scan": place(admission),
                "winner": winner.as_ref().map(place),
                "winner_ticket": other_ticket.as_ref().or(number.as_ref()).filter(|_| winner.is_some()),
                "double": of_double(winner.is_some()),
            })
        }
        Matter::Record {
            scan,
            node_name,
            code,
            received_at,
        } => json!({
            "node": scan.node.to_string(),
            "node_name": node_name,
            "seq": scan.seq,
            "code": code,
            "received_at": moment(received_at.0),
        }),
        Matter::Node {
            node,
            node_name,
            reason,
        } => json!({
            "node": node.to_string(),
            "node_name": node_name,
            "reason": reason,
        }),
        Matter::Rush {
            node_name,
            rush,
            most_per_minute,
        } => json!({
            "node": rush.node.to_string(),
            "node_name": node_name,
            "from": moment(rush.from.0),
            "until": moment(rush.until.0),
            "passes": rush.passes,
            "most_per_minute": most_per_minute,
        }),
    }
}

fn place(one: &Admission) -> Value {
    json!({
        "node": one.scan.node.to_string(),
        "node_name": one.node_name,
        "seq": one.scan.seq,
        "gate": one.gate_name,
        "at": moment(one.time.at.0),
        "at_ms": one.time.at.0,
        "error_ms": one.time.error_ms(),
        "overridden_by": one.overridden_by,
    })
}

fn note(note: &Note) -> Value {
    json!({"by": note.author, "at": moment(note.created_at.0), "text": note.text})
}

fn change(change: &RulingChange) -> Value {
    json!({
        "old": ruling(&change.old),
        "new": ruling(&change.new),
        "cause": change.cause.name(),
        "caused_by": change.caused_by.to_string(),
        "at": moment(change.changed_at.0),
        "revision": change.revision,
    })
}

fn ruling(ruling: &Ruling) -> Value {
    let winner = match ruling {
        Ruling::Double { winner, .. } => Some(winner),
        Ruling::Counted | Ruling::Stray | Ruling::Unbound | Ruling::Undone => None,
    };
    let winner = winner.map(|scan| json!({"node": scan.node.to_string(), "seq": scan.seq}));
    json!({"ruling": ruling.name(), "winner": winner})
}

pub(super) fn as_text(conflict: &Conflict, with_history: bool) -> String {
    let over = if conflict.is_open { "" } else { " (over)" };
    let head = format!(
        "{}{over}  {}",
        conflict.kind.name(),
        sentence(&conflict.matter)
    );
    let mut lines = vec![head, format!("    {}", conflict.id)];
    if with_history {
        lines.extend(conflict.history.iter().map(change_text));
    }
    let notes = conflict.notes.iter();
    lines.extend(notes.map(|note| {
        let at = moment(note.created_at.0);
        format!("    {at} {}: {}", note.author, note.text)
    }));
    lines.join("\n")
}

fn sentence(matter: &Matter) -> String {
    match matter {
        Matter::Scan {
            ticket,
            number,
            wristband,
            action,
            ruling,
            admission,
            winner,
            other_ticket,
            ..
        } => {
            let what = number
                .clone()
                .or_else(|| ticket.map(|id| id.to_string()))
                .or_else(|| wristband.map(|id| format!("wristband {id}")))
                .unwrap_or_default();
            let (action, here) = (action.name(), place_text(admission));
            match (winner, ruling.as_str()) {
                (Some(winner), _) if other_ticket.is_some() => format!(
                    "{what}  {action}: its wristband had been given to {} {}, again {here}{}",
                    other_ticket.as_deref().unwrap_or_default(),
                    place_text(winner),
                    if ruling == "double_undecidable" {
                        "; their clocks cannot tell which was first"
                    } else {
                        ""
                    }
                ),
                (Some(winner), "double_undecidable") => format!(
                    "{what}  {action}: first {}, again {here}; their clocks cannot tell which was first",
                    place_text(winner)
                ),
                (Some(winner), _) => {
                    format!(
                        "{what}  {action}: first {}, again {here}",
                        place_text(winner)
                    )
                }
                (None, _) => format!("{what}  {action}: {here}"),
            }
        }
        Matter::Record {
            scan,
            node_name,
            code,
            received_at,
        } => format!(
            "record {} of {node_name} was set aside at {}: {code}",
            scan.seq,
            moment(received_at.0)
        ),
        Matter::Node {
            node_name, reason, ..
        } => format!("{node_name}: {reason}"),
        Matter::Rush {
            node_name,
            rush,
            most_per_minute,
        } => format!(
            "{node_name} let {} through from {} to {}; counts assume {most_per_minute} a minute at most",
            rush.passes,
            moment(rush.from.0),
            moment(rush.until.0)
        ),
    }
}

fn place_text(one: &Admission) -> String {
    let (gate, node, at) = (&one.gate_name, &one.node_name, moment(one.time.at.0));
    let by = one.overridden_by.as_deref();
    let by = by.map_or_else(String::new, |name| format!(", let in by {name}"));
    format!("{gate} ({node}) at {at} ± {} ms{by}", one.time.error_ms())
}

fn change_text(change: &RulingChange) -> String {
    format!(
        "    {} {} → {} ({}, by node {})",
        moment(change.changed_at.0),
        change.old.name(),
        change.new.name(),
        change.cause.name(),
        change.caused_by
    )
}
