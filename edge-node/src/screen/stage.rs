//! The stage: the verdict as it fills the screen, in colour, shape and word.

use askama::Template;
use sync_protocol::{scan::Action, time::Timestamp, verdict::Decision};

use super::{choice::Choice, place_time::Zone, words::Words};
use crate::scan::Scan;

/// A green light goes back to ready soon, so that it is never taken for the next guest's.
const HOLD_ADMIT_MS: u32 = 5_000;
/// Anything else stays longer: it is talked about.
const HOLD_OTHER_MS: u32 = 15_000;

/// What the stage shows.
#[derive(Template)]
#[template(path = "gate/stage.html")]
pub struct Stage {
    words: &'static Words,
    shown: Option<Shown>,
}

/// A verdict in the words of the screen.
struct Shown {
    look: Decision,
    hold_ms: u32,
    word: &'static str,
    reason: &'static str,
    attendee: Option<String>,
    type_name: Option<String>,
    number: Option<String>,
    first: Option<First>,
    repeat: bool,
    provisional: bool,
    cause: Option<String>,
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
        Self {
            words: Words::of(choice.language),
            shown: None,
        }
    }

    /// A scan.
    #[must_use]
    pub fn scanned(scan: &Scan, choice: Choice, zone: Zone) -> Self {
        let words = Words::of(choice.language);
        Self {
            words,
            shown: Some(Shown::of(scan, choice, words, zone)),
        }
    }

    /// The rest of the class name: colour and shape.
    fn look(&self) -> &'static str {
        self.shown
            .as_ref()
            .map_or("ready", |shown| shown.look.name())
    }
}

impl Shown {
    fn of(scan: &Scan, choice: Choice, words: &Words, zone: Zone) -> Self {
        let ticket = scan.ticket.as_ref();
        let now = scan.scanned_at;
        Self {
            look: scan.verdict.decision,
            hold_ms: hold_ms(scan),
            word: words.verdict(scan.verdict, choice.action),
            reason: scan.text(choice.language),
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
        }
    }
}

const fn hold_ms(scan: &Scan) -> u32 {
    match scan.verdict.decision {
        Decision::Admit => HOLD_ADMIT_MS,
        Decision::Ask | Decision::Refuse => HOLD_OTHER_MS,
    }
}

fn age(words: &Words, now: Timestamp, at: Timestamp) -> String {
    words.age(now.ms_since(at))
}

/// Actions in the order of the switch.
pub const ACTIONS: [Action; 3] = [Action::Exchange, Action::Entry, Action::Exit];
