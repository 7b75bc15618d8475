//! A conflict in words: both sides with their gates, times and people, what was decided, and what was remarked.

use documents::Language;
use sync_protocol::time::Timestamp;

use super::{
    super::{door::Here, status, when},
    scan_list::{Names, action_words, error_ms_words, error_words, ruling_words},
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
    /// Why the winner is first.
    pub(super) why: Option<String>,
    pub(super) decided: Option<DecidedCell>,
    pub(super) notes: Vec<NoteCell>,
    pub(super) may_decide: bool,
}

/// One of its scans.
pub(super) struct SideCell {
    pub(super) gate: String,
    pub(super) node: String,
    /// As files have it, and as the page shows it.
    pub(super) at: Timestamp,
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

/// Two times that look the same to the second are told with their milliseconds.
const CLOSE_MS: i64 = 2_000;

fn is_close(item: &ConflictItem) -> bool {
    let winner = item.winner.as_ref();
    winner.is_some_and(|winner| apart_ms(winner, &item.side).abs() < CLOSE_MS)
}

/// How long after the winner the other scan was.
const fn apart_ms(winner: &Side, side: &Side) -> i64 {
    side.time.at.ms_since(winner.time.at)
}

/// Why the first is first, as the merge puts scans in order: by time, then by the names of the nodes, then by their logs.
fn why(here: &Here, winner: &Side, side: &Side) -> String {
    let language = here.door.visitor.language;
    match apart_ms(winner, side) {
        0 if winner.scan.node == side.scan.node => here
            .say(
                "Same moment, so the order of the gate's log decides",
                "Saat yang sama, jadi urutan log gerbang yang menentukan",
            )
            .to_owned(),
        0 => here
            .say(
                "Same moment, so the rule for ties decides: the node whose id comes first",
                "Saat yang sama, jadi aturan seri yang menentukan: perangkat dengan id terdepan",
            )
            .to_owned(),
        later if later < 0 => here
            .say(
                "First by the rules of exchange, though its clock shows it later",
                "Pertama menurut aturan penukaran, walau jamnya lebih lambat",
            )
            .to_owned(),
        later => {
            let seconds = apart_words(later, language);
            format!("{} {seconds}", here.say("Earlier by", "Lebih awal"))
        }
    }
}

/// `0.8 s`, `0,012 dtk`, `12 min`
fn apart_words(ms: i64, language: Language) -> String {
    let (point, second, minute) = match language {
        Language::English => ('.', "s", "min"),
        Language::Indonesian => (',', "dtk", "menit"),
    };
    match ms {
        0..100 => format!("0{point}{ms:03} {second}"),
        100..10_000 => format!("{}{point}{} {second}", ms / 1_000, ms % 1_000 / 100),
        10_000..600_000 => format!("{} {second}", ms / 1_000),
        _ => format!("{} {minute}", ms / 60_000),
    }
}

fn side(here: &Here, event: &Event, names: &Names, (side, is_close): (&Side, bool)) -> SideCell {
    SideCell {
        gate: names.gate(side.gate),
        node: names.node(side.scan.node),
        at: side.time.at,
        when: match is_close {
            true => when::milli(side.time.at, &event.time_zone, here.door.visitor.language),
            false => moment(here, event, side.time.at),
        },
        error: match is_close {
            true => error_ms_words(side.time),
            false => error_words(side.time),
        },
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
        Language::English => english,
        Language::Indonesian => indonesian,
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
    let is_close = is_close(item);
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
        side: side(here, event, names, (&item.side, is_close)),
        winner: item
            .winner
            .as_ref()
            .map(|winner| side(here, event, names, (winner, is_close))),
        why: item
            .winner
            .as_ref()
            .map(|winner| why(here, winner, &item.side)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_between_two_scans_is_never_told_as_none() {
        for (ms, english, indonesian) in [
            (1, "0.001 s", "0,001 dtk"),
            (800, "0.8 s", "0,8 dtk"),
            (90_000, "90 s", "90 dtk"),
            (720_000, "12 min", "12 menit"),
        ] {
            assert_eq!(apart_words(ms, Language::English), english);
            assert_eq!(apart_words(ms, Language::Indonesian), indonesian);
        }
    }
}
