//! The stage: the verdict as it fills the screen, in colour, shape and word.

use askama::Template;
use sync_protocol::{
    scan::Action,
    time::Timestamp,
    verdict::{Decision, Reason},
};

use super::{
    choice::Choice, decide::DecideWords, place_time::Zone, tool_words::ToolWords, words::Words,
};
use crate::{pairing, scan::Scan};

/// While a ticket waits for its wristband, the page says so.
const HOLD_WAITING_MS: u32 = pairing::WAIT_MS;
/// A green light goes back to ready soon, so that it is never taken for the next guest's.
const HOLD_ADMIT_MS: u32 = 5_000;
/// Anything else stays longer: it is talked about.
const HOLD_OTHER_MS: u32 = 15_000;

/// Letters of the big word at its full size.
const SHORT_WORD: usize = 7;

/// What the stage shows.
#[derive(Template)]
#[template(path = "gate/stage.html")]
pub struct Stage {
    words: &'static Words,
    mode: &'static str,
    /// Of the page, for what is decided on it.
    action: &'static str,
    hint: &'static str,
    shown: Option<Shown>,
}

/// A verdict in the words of the screen.
struct Shown {
    look: Decision,
    /// The ticket is good so far; its wristband comes next.
    is_waiting: bool,
    /// A rehearsal ticket: the colour is nobody's verdict.
    is_rehearsal: bool,
    hold_ms: u32,
    sound: &'static str,
    word: &'static str,
    reason: &'static str,
    hint: Option<&'static str>,
    attendee: Option<String>,
    type_name: Option<String>,
    number: Option<String>,
    first: Option<First>,
    repeat: bool,
    provisional: bool,
    cause: Option<String>,
    /// The place in the log that may be decided about here.
    decide: Option<u64>,
    said: &'static DecideWords,
}

struct First {
    gate: String,
    at: String,
    age: String,
}

impl Stage {
    /// Nothing was scanned.
    #[must_use]
    pub fn ready(choice: Choice) -> Self {
        let words = Words::of(choice.language);
        let hint = match choice.action {
            Action::Unpair => words.unpair_hint,
            _ => words.ready_hint,
        };
        Self {
            words,
            mode: words.action(choice.action),
            action: choice.action.name(),
            hint,
            shown: None,
        }
    }

    /// The test code was typed: nothing was scanned.
    #[must_use]
    pub fn tried(choice: Choice) -> Self {
        Self {
            hint: ToolWords::of(choice.language).tried,
            ..Self::ready(choice)
        }
    }

    /// A scan; `may_decide` says that whoever works here decides where the gate asks or refuses.
    #[must_use]
    pub fn scanned(scan: &Scan, choice: Choice, zone: Zone, may_decide: bool) -> Self {
        let words = Words::of(choice.language);
        Self {
            words,
            mode: words.action(scan.action),
            action: choice.action.name(),
            hint: words.ready_hint,
            shown: Some(Shown::of(scan, choice, zone, may_decide)),
        }
    }

    /// A word that must be smaller to stand there whole.
    fn is_long(&self) -> bool {
        let shown = self.shown.as_ref();
        shown.is_some_and(|shown| shown.word.chars().count() > SHORT_WORD)
    }

    /// The rest of the class name: colour and shape.
    fn look(&self) -> &'static str {
        match &self.shown {
            Some(shown) if shown.is_rehearsal => "rehearse",
            Some(shown) if !shown.is_waiting => shown.look.name(),
            _ => "ready",
        }
    }
}

impl Shown {
    fn of(scan: &Scan, choice: Choice, zone: Zone, may_decide: bool) -> Self {
        let words = Words::of(choice.language);
        let decide = scan.seq.filter(|_| may_decide && can_be_decided(scan));
        let ticket = scan.ticket.as_ref();
        let now = scan.scanned_at;
        let is_waiting = scan.verdict.reason == Reason::ShowWristband;
        Self {
            look: scan.verdict.decision,
            is_waiting,
            hold_ms: hold_ms(scan),
            sound: match (is_waiting, scan.rehearsal) {
                (true, _) => "waiting",
                (false, Some(_)) => "rehearse",
                (false, None) => scan.verdict.decision.name(),
            },
            word: match (is_waiting, scan.rehearsal) {
                (true, _) => words.wristband,
                (false, Some(_)) => ToolWords::of(choice.language).rehearsal,
                (false, None) => words.verdict(scan.verdict, scan.action),
            },
            is_rehearsal: scan.rehearsal.is_some(),
            reason: scan.text(choice.language),
            hint: hint(scan, words).filter(|_| decide.is_none()),
            attendee: scan.attendee.clone(),
            type_name: ticket.map(|ticket| ticket.type_name.clone()),
            number: ticket.and_then(|t| t.number).map(|n| n.to_string()),
            first: scan.first.as_ref().map(|first| First {
                gate: first.gate.clone(),
                at: zone.clock(first.at, now),
                age: age(words, now, first.at),
            }),
            repeat: scan.repeat,
            provisional: scan.provisional,
            cause: scan.cause.clone(),
            decide,
            said: DecideWords::of(choice.language),
        }
    }
}

/// What a supervisor may be asked about at all; whether it may be overruled, the node says when it is tried.
pub(super) fn can_be_decided(scan: &Scan) -> bool {
    let is_known = scan.ticket.is_some() || scan.wristband.is_some();
    is_known
        && scan.answers.is_none()
        && scan.verdict.decision != Decision::Admit
        && !matches!(
            scan.verdict.reason,
            Reason::ShowWristband | Reason::NodeLocked | Reason::CannotStore
        )
}

const fn hold_ms(scan: &Scan) -> u32 {
    match (scan.verdict.decision, scan.verdict.reason) {
        (_, Reason::ShowWristband) => HOLD_WAITING_MS,
        (Decision::Admit, _) => HOLD_ADMIT_MS,
        (Decision::Ask | Decision::Refuse, _) => HOLD_OTHER_MS,
    }
}

/// What the person at the gate does next, where the reason does not say it.
fn hint(scan: &Scan, words: &Words) -> Option<&'static str> {
    let came_first = scan.action == Action::Exchange && scan.ticket.is_none();
    match scan.verdict.reason {
        Reason::UnknownWristband if came_first => Some(words.ticket_first),
        Reason::ShowWristband => None,
        Reason::CannotStore => Some(words.store_hint),
        _ => (scan.verdict.decision == Decision::Ask).then_some(words.ask_hint),
    }
}

fn age(words: &Words, now: Timestamp, at: Timestamp) -> String {
    words.age(now.ms_since(at))
}

/// Actions in the order of the switch; the last one only where wristbands are bound.
pub const ACTIONS: [Action; 4] = [
    Action::Exchange,
    Action::Entry,
    Action::Exit,
    Action::Unpair,
];
