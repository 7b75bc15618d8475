//! One scan: identify what was shown, look it up, decide, make the record durable, and only then answer.
//!
//! Invariant: a verdict that admits is on the disk before it is returned. Look-up, decision and append happen
//! under the log's write lock, so one ticket shown twice at once is admitted once. Whatever stands in the way
//! of a durable record becomes a refusal (`cannot_store`) with its cause: the steward never sees an error.
//!
//! Called by `camera`, `scanner`, `screen` and the command line. It never waits for the network, and the rule
//! itself is [`sync_protocol::decide`], what it is asked about `known`.

use std::time::Instant;

use serde::{Serialize, Serializer};
use sync_protocol::{
    config::EventConfig,
    decide::{Answer, Passage, Question, Standing, decide},
    id::{GateId, OperatorId, TicketId, WristbandId},
    number::TicketNumber,
    scan::{Action, Head, ScanRecord},
    seal,
    shown::{Shown, identify},
    ticket::Ticket,
    time::{Reading, Timestamp},
    verdict::{Decision, Reason, Verdict},
};

use crate::{
    counter,
    database::lock,
    error::NodeError,
    known::{Known, Sources, with_imported},
    log::{Append, contact::Contact},
    moment_text,
    node::Node,
    operator,
    replica::View,
};

/// One attempt at the gate.
#[derive(Clone, Copy, Debug)]
pub struct Showing<'a> {
    /// What was read or typed.
    pub text: &'a str,
    /// With an exchange: the wristband that is to be bound, as it was read.
    pub wristband: Option<&'a str>,
    /// What the guest wants.
    pub action: Action,
    /// Who works the gate, where somebody signed in.
    pub operator: Option<OperatorId>,
}

/// What the gate answers, and what to show with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// What the guest wanted.
    pub action: Action,
    /// Colour and reason.
    pub verdict: Verdict,
    /// The ticket that is meant: the one shown, its add-on, or the one that the wristband is bound to.
    pub ticket: Option<ScannedTicket>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
    /// The attendee line; it opens only with the ticket itself.
    pub attendee: Option<String>,
    /// The scan that used the ticket up.
    pub first: Option<First>,
    /// The same ticket at this gate a moment ago.
    pub repeat: bool,
    /// The gate knows that it might be wrong.
    pub provisional: bool,
    /// What a real ticket would get, where a rehearsal ticket was shown: it never counts and lets nobody in.
    pub rehearsal: Option<Decision>,
    /// With a supervisor's decision or undoing: the scan that it is about.
    pub answers: Option<u64>,
    /// Place in the log; `None`: it could not be stored.
    pub seq: Option<u64>,
    /// Best estimate of the time.
    pub scanned_at: Timestamp,
    /// From the text to the durable verdict, milliseconds.
    pub took_ms: f64,
    /// Why it could not be stored.
    pub cause: Option<String>,
}

/// A ticket that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScannedTicket {
    /// The ticket.
    pub id: TicketId,
    /// Its printed number, if the replica holds it.
    #[serde(serialize_with = "number_text")]
    pub number: Option<TicketNumber>,
    /// What people call its type.
    #[serde(rename = "type")]
    pub type_name: String,
}

/// An earlier scan of the ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct First {
    /// The gate's name.
    pub gate: String,
    /// When it was, as well as this gate knows.
    #[serde(serialize_with = "moment_text::serialize")]
    pub at: Timestamp,
}

/// What one attempt begins with.
struct Attempt<'a> {
    showing: &'a Showing<'a>,
    shown: Shown,
    view: &'a View,
    config: &'a EventConfig,
    /// Where the node stands: as it was enrolled, until the log's last word of central is read.
    gate: GateId,
}

/// What the decision was made from, and the decision.
struct Decided {
    answer: Answer,
    known: Known,
    at: Timestamp,
    seq: u64,
}

impl Node {
    /// Decides one attempt and records it, without a second code. Never an error: see the module.
    #[must_use]
    pub fn scan(&self, raw: &str, action: Action, operator: Option<OperatorId>) -> Scan {
        self.show(&Showing {
            text: raw,
            wristband: None,
            action,
            operator,
        })
    }

    /// Decides one attempt and records it. Never an error: see the module.
    #[must_use]
    pub fn show(&self, showing: &Showing) -> Scan {
        let started = Instant::now();
        let scan = self.attempt(showing);
        let mut scan = scan.unwrap_or_else(|error| self.not_stored(showing.action, &error));
        counter::scanned(&scan.verdict);
        scan.took_ms = started.elapsed().as_secs_f64() * 1_000.0;
        scan
    }

    fn attempt(&self, showing: &Showing) -> Result<Scan, NodeError> {
        let view = self.replica.view()?;
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let keyring = view.keyring.as_ref().unwrap_or(&self.unknown_keys);
        let mut attempt = Attempt {
            showing,
            shown: identify(showing.text, keyring),
            view: &view,
            config,
            gate: self.identity.answer.gate,
        };
        let second = showing
            .wristband
            .filter(|_| showing.action == Action::Exchange);
        let second = second.map(|text| identify(text, keyring));
        let decided = {
            let mut log = lock(&self.log);
            let append = log.begin()?;
            let decided = self.record(&mut attempt, second, &append)?;
            append.commit()?;
            decided
        };
        Ok(attempt.scan(decided))
    }

    /// Looks up, decides and appends, under the log's write lock.
    fn record(
        &self,
        attempt: &mut Attempt,
        second: Option<Shown>,
        append: &Append,
    ) -> Result<Decided, NodeError> {
        let contact = append.contact()?;
        attempt.gate = self.gate(&contact);
        let reading = self.clock.reading();
        let at = contact.estimate(&reading);
        let known = self.known(attempt, second, append)?;
        let answer = attempt.decide(&Question {
            config: attempt.config,
            gate: attempt.gate,
            action: attempt.showing.action,
            at,
            shown: &attempt.shown,
            ticket: known.meant(),
            several_addons: known.several_addons,
            wristband: known.wristband,
            history: &known.history,
            standing: attempt
                .view
                .standing(&contact, at, attempt.showing.operator),
        });
        let head = append.head()?;
        let record = self.new_record(attempt, &known, &answer, head, reading);
        let ticket = known.meant().map(|ticket| ticket.id);
        let ticket = ticket.or(record.subject.ticket());
        append.add(&record, ticket, at, attempt.config.day_of(at))?;
        if contact.ends_before(at) && !contact.is_over {
            let is_over = true;
            append.set_contact(&Contact { is_over, ..contact })?;
        }
        Ok(Decided {
            answer,
            known,
            at,
            seq: record.seq,
        })
    }

    fn known(
        &self,
        attempt: &mut Attempt,
        second: Option<Shown>,
        log: &Append,
    ) -> Result<Known, NodeError> {
        let sources = Sources {
            node: self.id(),
            gate: attempt.gate,
            config: attempt.config,
            replica: &self.replica,
            log,
        };
        let text = attempt.showing.text;
        attempt.shown = with_imported(attempt.config, &self.replica, attempt.shown, text)?;
        let second = second.zip(attempt.showing.wristband);
        let second = second.map(|(shown, text)| sources.hand(shown, text));
        sources.of(&attempt.shown, second.transpose()?)
    }

    fn new_record(
        &self,
        attempt: &Attempt,
        known: &Known,
        answer: &Answer,
        head: Head,
        reading: Reading,
    ) -> ScanRecord {
        let shown = known.ticket.as_ref().map(|ticket| ticket.id);
        ScanRecord {
            node: self.id(),
            seq: head.seq + 1,
            previous: head.hash,
            boot: reading.boot,
            mono_ms: reading.mono_ms,
            wall: reading.wall,
            event: self.identity.answer.event,
            gate: attempt.gate,
            operator: attempt.showing.operator,
            action: attempt.showing.action,
            subject: answer.subject,
            decision: answer.verdict.decision,
            reason: answer.verdict.reason,
            provisional: answer.provisional,
            cursor: attempt.view.state.revision,
            wristband: answer.wristband,
            via: shown.filter(|_| known.addon.is_some()),
            answers: None,
        }
    }

    pub(crate) fn not_stored(&self, action: Action, error: &NodeError) -> Scan {
        tracing::error!(code = error.code(), %error, "a scan could not be stored");
        Scan {
            action,
            verdict: Verdict::refuse(Reason::CannotStore),
            ticket: None,
            wristband: None,
            attendee: None,
            first: None,
            repeat: false,
            provisional: false,
            rehearsal: None,
            answers: None,
            seq: None,
            scanned_at: self.clock.now(),
            took_ms: 0.0,
            cause: Some(error.to_string()),
        }
    }
}

impl Attempt<'_> {
    /// The rule; and where no sync has brought the event's keys yet, what may be genuine is asked about.
    fn decide(&self, question: &Question) -> Answer {
        let answer = decide(question);
        let cannot_tell = matches!(
            answer.verdict.reason,
            Reason::BadSignature | Reason::UnknownTicket
        );
        if self.view.config.is_some() || !cannot_tell {
            return answer;
        }
        Answer {
            verdict: Verdict::ask(Reason::ReplicaIncomplete),
            provisional: true,
            ..answer
        }
    }

    fn scan(&self, decided: Decided) -> Scan {
        let Decided {
            answer, known, at, ..
        } = decided;
        Scan {
            action: self.showing.action,
            verdict: answer.verdict,
            attendee: self.attendee(known.ticket.as_ref()),
            ticket: self.ticket(known.meant()),
            wristband: answer.subject.wristband().or(answer.wristband),
            first: answer.first.map(|passage| self.first(&passage)),
            repeat: answer.repeat,
            provisional: answer.provisional,
            rehearsal: (answer.verdict.reason == Reason::Rehearsal).then_some(Decision::Admit),
            answers: None,
            seq: Some(decided.seq),
            scanned_at: at,
            took_ms: 0.0,
            cause: None,
        }
    }

    fn attendee(&self, ticket: Option<&Ticket>) -> Option<String> {
        let (Shown::Ticket { signature, .. }, Some(ticket)) = (&self.shown, ticket) else {
            return None;
        };
        if ticket.sealed.is_empty() {
            return None;
        }
        seal::open(ticket.id, signature, &ticket.sealed).ok()
    }

    fn ticket(&self, meant: Option<&Ticket>) -> Option<ScannedTicket> {
        let scanned = |id, number, type_number| ScannedTicket {
            id,
            number,
            type_name: self.config.type_name(type_number),
        };
        match (meant, &self.shown) {
            (Some(ticket), _) => Some(scanned(ticket.id, Some(ticket.number), ticket.type_number)),
            (None, Shown::Ticket { payload, .. }) => {
                Some(scanned(payload.ticket, None, payload.type_number))
            }
            (None, _) => None,
        }
    }

    fn first(&self, passage: &Passage) -> First {
        First {
            gate: self.gate_name(passage.gate),
            at: passage.at,
        }
    }

    fn gate_name(&self, gate: GateId) -> String {
        self.config.gate_name(gate)
    }
}

impl View {
    pub(crate) fn standing(
        &self,
        contact: &Contact,
        at: Timestamp,
        operator: Option<OperatorId>,
    ) -> Standing {
        let rights = operator::rights(self.config.as_ref(), contact.rights, operator);
        Standing {
            locked: contact.is_locked(at),
            unattended: rights.is_none(),
            rights: rights.unwrap_or(contact.rights),
            complete: self.state.is_complete,
            as_of: self.state.as_of.unwrap_or_default(),
        }
    }
}

#[expect(clippy::ref_option, reason = "serde passes fields by reference")]
fn number_text<S: Serializer>(number: &Option<TicketNumber>, to: S) -> Result<S::Ok, S::Error> {
    number.map(|number| number.to_string()).serialize(to)
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
