//! What is asked of the page for finding guests, and what comes of it: names opened or closed, guests found, tickets
//! shown at the door, and a supervisor's word about several of them.

use axum::body::Bytes;
use sync_protocol::{decision::Choice as Word, id::OperatorId, scan::Action, verdict::Reason};
use zeroize::Zeroizing;

use super::{MOST_FOUND, MOST_LISTED, MOST_TICKED};
use crate::{
    door::Door,
    node::Node,
    scan::{Scan, Showing},
    screen::{
        choice::Asked,
        decide::{Refused, decider},
    },
    search::{Found, SearchError},
};

/// What is asked: at most one of these at a time.
#[derive(Default)]
pub(super) struct Form {
    pub(super) asked: Asked,
    passphrase: Option<Zeroizing<String>>,
    name: Option<Zeroizing<String>>,
    lists: bool,
    locks: bool,
    ticked: Vec<String>,
    word: Option<Word>,
    /// All that was checked and waits for a word, by place in the log and number; and those that the word is about.
    open: Vec<(u64, String)>,
    about: Vec<u64>,
    login: Option<String>,
    secret: Option<Zeroizing<String>>,
    left_out: usize,
}

/// In whose name, and what for.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub(super) action: Action,
    pub(super) operator: Option<OperatorId>,
    /// Who decides without being asked for a name.
    pub(super) supervisor: Option<OperatorId>,
}

/// A ticket that was checked.
pub(super) struct Checked {
    pub(super) number: String,
    pub(super) found: Option<Found>,
    pub(super) answer: Answer,
}

/// What came of it.
pub(super) enum Answer {
    /// The door answered, to a ticket or to a supervisor's word.
    Scanned(Box<Scan>),
    /// It waits for a word still, at this place of the log.
    Waits(u64),
    /// The word was not taken.
    Refused(Refused),
}

/// All that came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) found: Option<Vec<Found>>,
    pub(super) checked: Vec<Checked>,
    pub(super) error: Option<SearchError>,
    /// Who decides is not known, so nothing was decided.
    pub(super) nobody: Option<Refused>,
    pub(super) is_too_large: bool,
    pub(super) has_more: bool,
    pub(super) left_out: usize,
    /// The only one that was ticked, and the page where it waits for its wristband.
    pub(super) waits: Option<(u64, Scan)>,
    /// Several were ticked that each need a wristband of their own.
    pub(super) asks_for_wristbands: bool,
    pub(super) is_open: bool,
}

impl Form {
    /// By hand, because a list of ticks is the same field many times.
    pub(super) fn read(body: &Bytes) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "passphrase" => form.passphrase = Some(Zeroizing::new(value.into_owned())),
                "name" => form.name = Some(Zeroizing::new(value.into_owned())),
                "list" => form.lists = true,
                "lock" => form.locks = true,
                "number" => form.tick(value.into_owned()),
                "word" => form.word = word(&value),
                "open" => form.open.extend(waiting(&value)),
                "about" => form.about.extend(value.parse::<u64>().ok()),
                "login" => form.login = Some(value.into_owned()),
                "secret" => form.secret = Some(Zeroizing::new(value.into_owned())),
                "action" => form.asked = Asked::for_action(&value),
                _ => {}
            }
        }
        form
    }

    fn tick(&mut self, number: String) {
        match self.ticked.len() < MOST_TICKED {
            true => self.ticked.push(number),
            false => self.left_out += 1,
        }
    }

    /// Does what is asked.
    pub(super) fn work(self, door: &Door, work: Work) -> Outcome {
        let mut outcome = Outcome {
            left_out: self.left_out,
            ..Outcome::default()
        };
        self.ask(door.node(), &mut outcome);
        self.check(door, work, &mut outcome);
        if !self.open.is_empty() {
            self.decide(door, work, &mut outcome);
        }
        for one in &mut outcome.checked {
            one.found = door.node().named(&one.number).ok().flatten();
        }
        outcome
    }

    fn ask(&self, node: &Node, outcome: &mut Outcome) {
        if self.locks {
            node.lock_search();
        }
        if let Some(typed) = &self.passphrase {
            outcome.error = node.unlock_search(typed).err();
        }
        let asked = match (&self.name, self.lists) {
            (_, true) => node.list_named(MOST_LISTED).transpose(),
            (Some(name), false) => Some(node.search(name, MOST_FOUND + 1)),
            (None, false) => None,
        };
        outcome.is_too_large = self.lists && asked.is_none();
        match asked {
            Some(Ok(mut found)) => {
                outcome.has_more = !self.lists && found.len() > MOST_FOUND;
                found.truncate(if self.lists { MOST_LISTED } else { MOST_FOUND });
                outcome.found = Some(found);
            }
            Some(Err(error)) => outcome.error = Some(error),
            None => {}
        }
        let status = node.status();
        outcome.is_open = status.is_ok_and(|status| status.search.unlocked_since.is_some());
    }

    /// A single ticket that asks for a wristband waits for it, at the page that then opens.
    fn check(&self, door: &Door, work: Work, outcome: &mut Outcome) {
        for number in &self.ticked {
            let page = door.open_page();
            let scan = show(door, page, work, number);
            if scan.verdict.reason == Reason::ShowWristband {
                if self.ticked.len() == 1 {
                    outcome.waits = Some((page, scan));
                    return;
                }
                outcome.asks_for_wristbands = true;
            }
            door.clear_page(page);
            outcome.checked.push(Checked {
                number: number.clone(),
                found: None,
                answer: Answer::Scanned(Box::new(scan)),
            });
        }
    }

    fn decide(&self, door: &Door, work: Work, outcome: &mut Outcome) {
        let typed = (
            self.login.as_deref(),
            self.secret.as_ref().map(|it| it.as_str()),
        );
        let decider = match self.word {
            Some(word) if !self.about.is_empty() => {
                let decider = decider(work.supervisor, typed, door);
                decider.map(|decider| Some((word, decider)))
            }
            _ => Ok(None),
        };
        let said = decider.unwrap_or_else(|refused| {
            outcome.nobody = Some(refused);
            None
        });
        for (seq, number) in &self.open {
            let said = said.filter(|_| self.about.contains(seq));
            let answer = match said.map(|(word, decider)| door.decide(*seq, word, decider)) {
                None => Answer::Waits(*seq),
                Some(Ok(scan)) => Answer::Scanned(Box::new(scan)),
                Some(Err(error)) => Answer::Refused(Refused::Decision(error)),
            };
            outcome.checked.push(Checked {
                number: number.clone(),
                found: None,
                answer,
            });
        }
    }
}

fn word(name: &str) -> Option<Word> {
    match name {
        "admit" => Some(Word::Admit),
        "turn_away" => Some(Word::TurnAway),
        _ => None,
    }
}

/// `12:SHOWN-NUMBER`.
fn waiting(value: &str) -> Option<(u64, String)> {
    let (seq, number) = value.split_once(':')?;
    Some((seq.parse().ok()?, number.to_owned()))
}

/// Shows a ticked ticket at the door, by its number.
fn show(door: &Door, page: u64, work: Work, number: &str) -> Scan {
    door.show_at(
        page,
        &Showing {
            text: number,
            wristband: None,
            action: work.action,
            operator: work.operator,
        },
    )
}

impl Outcome {
    /// Whoever works here may not search.
    pub(super) fn not_allowed() -> Self {
        Self {
            error: Some(SearchError::NotAllowed),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_too_many_is_counted_and_not_dropped_in_silence() {
        let ticks = (0..=MOST_TICKED).map(|n| format!("number={n}"));
        let form = Form::read(&ticks.collect::<Vec<_>>().join("&").into());
        assert_eq!((form.ticked.len(), form.left_out), (MOST_TICKED, 1));
    }

    #[test]
    fn what_waits_for_a_word_keeps_its_place_and_number() {
        let form = Form::read(&"open=12:AB-1&open=x&about=12&about=y&word=admit".into());
        assert_eq!(form.open, [(12, "AB-1".to_owned())]);
        assert_eq!(form.about, [12]);
        assert_eq!(form.word, Some(Word::Admit));
    }
}
