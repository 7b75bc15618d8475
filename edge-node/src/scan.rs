//! One scan: identify what was shown, look it up, decide, make the record durable, and only then answer.
//!
//! Invariant: a verdict that admits is on the disk before it is returned. Look-up, decision and append happen
//! under the log's write lock, so one ticket shown twice at once is admitted once. Whatever stands in the way
//! of a durable record becomes a refusal (`cannot_store`) with its cause: the steward never sees an error.
//!
//! Called by `camera`, `scanner`, `screen` and the command line. It never waits for the network, and the rule
//! itself is [`sync_protocol::decide`].

use std::time::Instant;

use serde::{Serialize, Serializer, ser::SerializeStruct};
use sync_protocol::{
    config::EventConfig,
    decide::{Answer, Passage, Question, Standing, decide},
    id::{GateId, OperatorId, TicketId},
    number::TicketNumber,
    scan::{Action, Head, ScanRecord},
    seal,
    shown::{Shown, identify},
    ticket::Ticket,
    time::{Reading, Timestamp},
    verdict::{Reason, Verdict},
};

use crate::{
    database::lock,
    error::NodeError,
    log::Append,
    moment_text,
    node::Node,
    reason_text::{self, Language},
    replica::{Known, View},
};

/// What the gate answers, and what to show with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// What the guest wanted.
    pub action: Action,
    /// Colour and reason.
    pub verdict: Verdict,
    /// The ticket that was shown.
    pub ticket: Option<ScannedTicket>,
    /// The attendee line; it opens only with the ticket itself.
    pub attendee: Option<String>,
    /// The scan that used the ticket up.
    pub first: Option<First>,
    /// The same ticket at this gate a moment ago.
    pub repeat: bool,
    /// The gate knows that it might be wrong.
    pub provisional: bool,
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
    shown: Shown,
    action: Action,
    operator: Option<OperatorId>,
    view: &'a View,
    config: &'a EventConfig,
}

/// What the decision was made from, and the decision.
struct Decided {
    answer: Answer,
    ticket: Option<Ticket>,
    at: Timestamp,
    seq: u64,
}

impl Node {
    /// Decides one attempt and records it. Never an error: see the module.
    #[must_use]
    pub fn scan(&self, raw: &str, action: Action, operator: Option<OperatorId>) -> Scan {
        let started = Instant::now();
        let scan = self.attempt(raw, action, operator);
        let mut scan = scan.unwrap_or_else(|error| self.not_stored(action, &error));
        scan.took_ms = started.elapsed().as_secs_f64() * 1_000.0;
        scan
    }

    fn attempt(
        &self,
        raw: &str,
        action: Action,
        operator: Option<OperatorId>,
    ) -> Result<Scan, NodeError> {
        let view = self.replica.view()?;
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let keyring = view.keyring.as_ref().unwrap_or(&self.unknown_keys);
        let attempt = Attempt {
            shown: identify(raw, keyring),
            action,
            operator,
            view: &view,
            config,
        };
        let decided = {
            let mut log = lock(&self.log);
            let append = log.begin()?;
            let decided = self.record(&attempt, &append)?;
            append.commit()?;
            decided
        };
        Ok(attempt.scan(decided))
    }

    /// Looks up, decides and appends, under the log's write lock.
    fn record(&self, attempt: &Attempt, append: &Append) -> Result<Decided, NodeError> {
        let contact = append.contact()?;
        let reading = self.clock.reading();
        let at = contact.estimate(&reading);
        let known = self.replica.look_up(&attempt.shown)?;
        let history = self.history(attempt, &known, append)?;
        let answer = attempt.decide(&Question {
            config: attempt.config,
            gate: self.identity.answer.gate,
            action: attempt.action,
            at,
            shown: &attempt.shown,
            ticket: known.ticket.as_ref(),
            history: &history,
            standing: attempt.view.standing(contact.is_locked(at)),
        });
        let record = self.new_record(attempt, &answer, append.head()?, reading);
        append.add(&record, at, attempt.config.day_of(at))?;
        Ok(Decided {
            answer,
            ticket: known.ticket,
            at,
            seq: record.seq,
        })
    }

    fn history(
        &self,
        attempt: &Attempt,
        known: &Known,
        append: &Append,
    ) -> Result<Vec<Passage>, NodeError> {
        let ticket = known.ticket.as_ref().map(|ticket| ticket.id);
        match ticket.or(attempt.shown_ticket()) {
            Some(ticket) => Ok(known.merged(self.id(), append.passages(ticket)?)),
            None => Ok(Vec::new()),
        }
    }

    fn new_record(
        &self,
        attempt: &Attempt,
        answer: &Answer,
        head: Head,
        reading: Reading,
    ) -> ScanRecord {
        ScanRecord {
            node: self.id(),
            seq: head.seq + 1,
            previous: head.hash,
            boot: reading.boot,
            mono_ms: reading.mono_ms,
            wall: reading.wall,
            event: self.identity.answer.event,
            gate: self.identity.answer.gate,
            operator: attempt.operator,
            action: attempt.action,
            subject: answer.subject,
            decision: answer.verdict.decision,
            reason: answer.verdict.reason,
            provisional: answer.provisional,
            cursor: attempt.view.state.revision,
            wristband: None,
        }
    }

    fn not_stored(&self, action: Action, error: &NodeError) -> Scan {
        tracing::error!(code = error.code(), %error, "a scan could not be stored");
        Scan {
            action,
            verdict: Verdict::refuse(Reason::CannotStore),
            ticket: None,
            attendee: None,
            first: None,
            repeat: false,
            provisional: false,
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

    const fn shown_ticket(&self) -> Option<TicketId> {
        match &self.shown {
            Shown::Ticket { payload, .. } => Some(payload.ticket),
            _ => None,
        }
    }

    fn scan(&self, decided: Decided) -> Scan {
        let answer = decided.answer;
        Scan {
            action: self.action,
            verdict: answer.verdict,
            attendee: self.attendee(decided.ticket.as_ref()),
            ticket: self.ticket(decided.ticket),
            first: answer.first.map(|passage| self.first(&passage)),
            repeat: answer.repeat,
            provisional: answer.provisional,
            seq: Some(decided.seq),
            scanned_at: decided.at,
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

    fn ticket(&self, known: Option<Ticket>) -> Option<ScannedTicket> {
        let scanned = |id, number, type_number| ScannedTicket {
            id,
            number,
            type_name: self.config.type_name(type_number),
        };
        match (known, &self.shown) {
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
    fn standing(&self, locked: bool) -> Standing {
        Standing {
            locked,
            complete: self.state.is_complete,
            as_of: self.state.as_of.unwrap_or_default(),
        }
    }
}

impl Scan {
    /// The words for the screen.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        reason_text::text(self.verdict.reason, self.action, language)
    }
}

/// One object per scan, as `--json` prints it.
impl Serialize for Scan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Scan", 12)?;
        object.serialize_field("verdict", &self.verdict.decision)?;
        object.serialize_field("reason", &self.verdict.reason)?;
        object.serialize_field("text", self.text(Language::English))?;
        object.serialize_field("ticket", &self.ticket)?;
        object.serialize_field("attendee", &self.attendee)?;
        object.serialize_field("first", &self.first)?;
        object.serialize_field("repeat", &self.repeat)?;
        object.serialize_field("provisional", &self.provisional)?;
        object.serialize_field("scanned_at", &moment_text::rfc3339(self.scanned_at))?;
        object.serialize_field("seq", &self.seq)?;
        object.serialize_field("took_ms", &self.took_ms)?;
        object.serialize_field("cause", &self.cause)?;
        object.end()
    }
}

#[expect(clippy::ref_option, reason = "serde passes fields by reference")]
fn number_text<S: Serializer>(number: &Option<TicketNumber>, to: S) -> Result<S::Ok, S::Error> {
    number.map(|number| number.to_string()).serialize(to)
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
