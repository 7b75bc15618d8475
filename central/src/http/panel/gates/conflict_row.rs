//! A conflict in words: both sides with their gates, times and people, what was decided, and what was remarked.

use sync_protocol::time::Timestamp;

use super::{
    super::{door::Here, status, when},
    scan_list::{Names, action_words, error_words, ruling_words},
};
use crate::{
    app::{
        conflicts::{Conflict, Matter},
        events::EventError,
    },
    domain::{
        conflict::{ConflictId, Outcome},
        conflict_search::{ConflictFilter, State},
        event::Event,
        permission::Permission,
    },
    store::{
        self, StoreError,
        conflict_decision::Decided,
        conflict_list::{ConflictItem, Side},
        conflict_note::Note,
    },
};

/// A conflict of scans.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) other_number: Option<String>,
    pub(super) event: String,
    pub(super) slug: String,
    pub(super) action: &'static str,
    pub(super) ruling: String,
    pub(super) side: SideCell,
    pub(super) winner: Option<SideCell>,
    pub(super) decided: Option<DecidedCell>,
    pub(super) notes: Vec<NoteCell>,
    pub(super) may_decide: bool,
}

/// One of its scans.
pub(super) struct SideCell {
    pub(super) gate: String,
    pub(super) node: String,
    /// As files have it, and as the page shows it.
    pub(super) time: String,
    pub(super) when: String,
    pub(super) error: String,
    pub(super) operator: Option<String>,
    pub(super) is_override: bool,
}

/// What a person said it was, who, and when.
pub(super) struct DecidedCell {
    pub(super) words: &'static str,
    pub(super) author: String,
    pub(super) at: String,
}

/// What somebody remarked.
pub(super) struct NoteCell {
    pub(super) text: String,
    pub(super) author: String,
    pub(super) at: String,
}

/// A conflict that is about a record or a node.
pub(super) struct Other {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) kind: &'static str,
    pub(super) event: String,
    pub(super) title: String,
    pub(super) is_record: bool,
    pub(super) decided: Option<DecidedCell>,
    pub(super) notes: Vec<NoteCell>,
    pub(super) may_decide: bool,
}

fn moment(here: &Here, event: &Event, at: Timestamp) -> String {
    when::second(at, &event.time_zone, here.door.visitor.language)
}

fn side(here: &Here, event: &Event, names: &Names, side: &Side) -> SideCell {
    SideCell {
        gate: names.gate(side.gate),
        node: names.node(side.scan.node),
        time: when::precise(side.time.at, &event.time_zone),
        when: moment(here, event, side.time.at),
        error: error_words(side.time),
        operator: side.operator.clone(),
        is_override: side.is_override,
    }
}

pub(super) fn outcome_words(here: &Here, outcome: Outcome) -> &'static str {
    let (english, indonesian) = match outcome {
        Outcome::Fraud => ("Fraud", "Kecurangan"),
        Outcome::Mistake => ("A mistake at the gate", "Kesalahan di gerbang"),
        Outcome::Rightful => ("Let in rightly", "Berhak masuk"),
        Outcome::Technical => (
            "A device or network failed",
            "Alat atau jaringan bermasalah",
        ),
    };
    match here.door.visitor.language {
        documents::Language::English => english,
        documents::Language::Indonesian => indonesian,
    }
}

fn decided(here: &Here, event: &Event, decided: &Decided) -> DecidedCell {
    DecidedCell {
        words: outcome_words(here, decided.outcome),
        author: decided.author.clone(),
        at: moment(here, event, decided.at),
    }
}

fn notes(here: &Here, event: &Event, notes: &[Note]) -> Vec<NoteCell> {
    let note = |note: &Note| NoteCell {
        text: note.text.clone(),
        author: note.author.clone(),
        at: moment(here, event, note.created_at),
    };
    notes.iter().map(note).collect()
}

pub(super) async fn row(
    here: &Here,
    event: &Event,
    names: &Names,
    item: &ConflictItem,
) -> Result<Row, StoreError> {
    let id = ConflictId::Scan(item.side.scan).to_string();
    let said = {
        let mut tx = here.app().store.read().await?;
        store::conflict_note::notes(&mut tx, event.id, &id).await?
    };
    let kind = match item.kind {
        Some(kind) => status::conflict(kind, here.door.visitor.language).to_owned(),
        None => here
            .say("No conflict any more", "Tidak lagi konflik")
            .to_owned(),
    };
    let number = |number: sync_protocol::number::TicketNumber| number.to_string();
    Ok(Row {
        id,
        kind,
        number: item.number.map_or_else(|| "–".to_owned(), number),
        other_number: item.other_number.map(number),
        event: event.name.clone(),
        slug: event.slug.clone(),
        action: action_words(here, item.action),
        ruling: ruling_words(here, &item.ruling),
        side: side(here, event, names, &item.side),
        winner: item
            .winner
            .as_ref()
            .map(|winner| side(here, event, names, winner)),
        decided: item.decided.as_ref().map(|one| decided(here, event, one)),
        notes: notes(here, event, &said),
        may_decide: here.may(Permission::ScansDecide, event),
    })
}

/// What else is in conflict in an event, as the filter wants it.
pub(super) async fn others(
    here: &Here,
    event: &Event,
    filter: &ConflictFilter,
) -> Result<Vec<Other>, EventError> {
    let all = here.app().other_conflicts(event.id, filter.state).await?;
    let known = {
        let mut tx = here.app().store.read().await?;
        store::conflict_decision::of_others(&mut tx, event.id).await?
    };
    let mut others = Vec::new();
    for conflict in all {
        let id = conflict.id.to_string();
        let is_decided = known.contains_key(&id);
        let is_wanted = match filter.state {
            State::Open => !is_decided,
            State::Decided => is_decided,
            State::All => true,
        };
        if !is_wanted || filter.kind.is_some_and(|kind| kind != conflict.kind) {
            continue;
        }
        others.push(Other {
            slug: event.slug.clone(),
            kind: status::conflict(conflict.kind, here.door.visitor.language),
            event: event.name.clone(),
            title: title(here, event, &conflict),
            is_record: matches!(conflict.matter, Matter::Record { .. }),
            decided: known.get(&id).map(|one| decided(here, event, one)),
            notes: notes(here, event, &conflict.notes),
            may_decide: here.may(Permission::ScansDecide, event),
            id,
        });
    }
    Ok(others)
}

fn title(here: &Here, event: &Event, conflict: &Conflict) -> String {
    match &conflict.matter {
        Matter::Scan { ruling, .. } => ruling.clone(),
        Matter::Record {
            scan,
            node_name,
            code,
            received_at,
        } => format!(
            "{node_name} · {} {} · {code} · {}",
            here.say("record", "catatan"),
            scan.seq,
            moment(here, event, *received_at)
        ),
        Matter::Node {
            node_name, reason, ..
        } => format!("{node_name} · {reason}"),
        Matter::Rush {
            node_name,
            rush,
            most_per_minute,
        } => format!(
            "{node_name} · {} · {} {} {most_per_minute}/min",
            moment(here, event, rush.from),
            rush.passes,
            here.say("people, more than", "orang, lebih dari")
        ),
    }
}
