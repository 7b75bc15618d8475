//! A supervisor's word about an earlier scan of this gate: let in, turned away, or taken back.
//!
//! Each is a record of its own that names the earlier one and its decider, written under the log's write lock as scans
//! are; the rule is [`sync_protocol::decision`]. Who may not say it is refused, and that is a record too. From the moment
//! it is durable this gate decides by it, and central's rulings follow.

use sync_protocol::{
    config::EventConfig,
    decide::Standing,
    decision::{Choice, Undecidable, check_decidable, check_undoable},
    id::OperatorId,
    scan::{Action, ScanRecord},
    time::Timestamp,
    verdict::{Decision, Reason, Verdict},
};

use super::question::Now;
use crate::{
    counter,
    database::lock,
    error::NodeError,
    log::{Append, row::Written},
    moment_text,
    node::Node,
    replica::View,
    scan::{Scan, ScannedTicket},
};

/// Why nothing was decided and nothing recorded.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// This log has no such record.
    #[error("this gate has no scan number {0}: only the gate that scanned can decide about it")]
    Unknown(u64),
    /// Somebody decided about it before.
    #[error("scan number {0} was decided about before: scan again")]
    Answered(u64),
    /// The ticket or the wristband has passed since, here or elsewhere: the question is out of date.
    #[error(
        "what scan number {seq} showed was let through since, at {gate}, {}: scan again",
        moment_text::rfc3339(*at)
    )]
    PassedSince {
        /// The question.
        seq: u64,
        /// The gate that let through.
        gate: String,
        /// When, as well as this gate knows.
        at: Timestamp,
    },
    /// The ticket or the wristband is not good any more.
    #[error("what scan number {0} showed is not good any more as it was then: scan again")]
    ChangedSince(u64),
    /// The scan is not one of those.
    #[error(transparent)]
    Undecidable(#[from] Undecidable),
    /// The node itself.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl DecisionError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "scan_unknown",
            Self::Answered(_) => "scan_answered",
            Self::PassedSince { .. } => "scan_passed_since",
            Self::ChangedSince(_) => "scan_changed_since",
            Self::Undecidable(error) => error.code(),
            Self::Node(error) => error.code(),
        }
    }
}

/// What is said.
#[derive(Clone, Copy)]
enum Word {
    Decides(Choice),
    Undoes,
}

impl Word {
    const fn verdict(self) -> Verdict {
        match self {
            Self::Decides(choice) => choice.verdict(),
            Self::Undoes => Verdict::admit(Reason::Undone),
        }
    }

    /// The reasons of records that said something of the kind before.
    const fn before(self) -> &'static [Reason] {
        match self {
            Self::Decides(_) => &[Reason::Overridden, Reason::TurnedAway],
            Self::Undoes => &[Reason::Undone],
        }
    }
}

impl Node {
    /// A supervisor lets in, or turns away, whom scan number `seq` of this gate asked about or refused.
    ///
    /// # Errors
    /// [`DecisionError`]; then nothing is recorded. An operator who may not gets a scan that is refused.
    pub fn decide_for(
        &self,
        seq: u64,
        choice: Choice,
        operator: Option<OperatorId>,
    ) -> Result<Scan, DecisionError> {
        self.say(seq, Word::Decides(choice), operator)
    }

    /// A supervisor takes an admitted scan of this gate back: it counts for nothing any more.
    ///
    /// # Errors
    /// [`DecisionError`]; then nothing is recorded. An operator who may not gets a scan that is refused.
    pub fn undo(&self, seq: u64, operator: Option<OperatorId>) -> Result<Scan, DecisionError> {
        self.say(seq, Word::Undoes, operator)
    }

    fn say(
        &self,
        seq: u64,
        word: Word,
        operator: Option<OperatorId>,
    ) -> Result<Scan, DecisionError> {
        let view = self.replica.view()?;
        let mut log = lock(&self.log);
        let append = log.begin()?;
        let said = self.write(&append, &view, seq, (word, operator))?;
        let kept = append.commit();
        drop(log);
        let scan = match kept {
            Ok(()) => self.told(&view, &said),
            Err(error) => Scan {
                answers: said.record.answers,
                ..self.not_stored(said.record.action, &error)
            },
        };
        counter::scanned(&scan.verdict);
        Ok(scan)
    }

    fn write(
        &self,
        append: &Append,
        view: &View,
        seq: u64,
        (word, operator): (Word, Option<OperatorId>),
    ) -> Result<Written, DecisionError> {
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let earlier = append.record(seq)?.ok_or(DecisionError::Unknown(seq))?;
        let (contact, reading) = (append.contact()?, self.clock.reading());
        let at = contact.estimate(&reading);
        match word {
            Word::Decides(choice) => check_decidable(config, &earlier.record, choice)?,
            Word::Undoes => check_undoable(&earlier.record)?,
        }
        if append.is_answered(seq, word.before())? {
            return Err(DecisionError::Answered(seq));
        }
        if matches!(word, Word::Decides(Choice::Admit)) {
            let now = Now {
                node: self.id(),
                config,
                replica: &self.replica,
                log: append,
                at,
            };
            now.check(&earlier)?;
        }
        let standing = view.standing(&contact, at, operator);
        let action = match word {
            Word::Decides(_) => earlier.record.action,
            Word::Undoes => Action::Undo,
        };
        let verdict = verdict(config, &standing, word, (action, operator));
        let head = append.head()?;
        let record = ScanRecord {
            seq: head.seq + 1,
            previous: head.hash,
            boot: reading.boot,
            mono_ms: reading.mono_ms,
            wall: reading.wall,
            operator,
            action,
            decision: verdict.decision,
            reason: verdict.reason,
            cursor: view.state.revision,
            answers: Some(seq),
            ..earlier.record
        };
        let ticket = earlier.ticket;
        append.add(&record, ticket, at, config.day_of(at))?;
        Ok(Written { record, ticket, at })
    }

    /// What was said and is in the log: whatever cannot be read now, that stands, so this cannot fail.
    fn told(&self, view: &View, said: &Written) -> Scan {
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let held = said.ticket.and_then(|id| {
            let read = self.replica.ticket(id);
            let read = read.inspect_err(|error| tracing::error!(%error, "a decided ticket"));
            read.ok().flatten()
        });
        let ticket = held.map(|ticket| ScannedTicket {
            id: ticket.id,
            number: Some(ticket.number),
            type_name: config.type_name(ticket.type_number),
        });
        let record = &said.record;
        Scan {
            action: record.action,
            verdict: record.verdict(),
            ticket,
            wristband: said.wristband(),
            attendee: None,
            first: None,
            repeat: false,
            provisional: record.provisional && record.decision == Decision::Admit,
            rehearsal: None,
            answers: record.answers,
            seq: Some(record.seq),
            scanned_at: said.at,
            took_ms: 0.0,
            cause: None,
        }
    }
}

/// What the record says. Nobody is named where the event has no operators, and a decision without a name is none.
fn verdict(
    config: &EventConfig,
    standing: &Standing,
    word: Word,
    (action, operator): (Action, Option<OperatorId>),
) -> Verdict {
    let may = match word {
        Word::Decides(_) => standing.rights.allow_override() && standing.rights.allow(action),
        Word::Undoes => standing.rights.allow(Action::Undo),
    };
    match operator {
        _ if standing.locked => Verdict::refuse(Reason::NodeLocked),
        None => Verdict::refuse(Reason::SignInFirst),
        Some(_) if standing.unattended => Verdict::refuse(Reason::SignInFirst),
        Some(_) if !may || config.operators.is_none() => Verdict::refuse(Reason::NotAllowed),
        Some(_) => word.verdict(),
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
