//! A supervisor's word about an earlier scan of this gate: let in, turned away, or taken back.
//!
//! Each is a record of its own that names the earlier one and its decider, written under the log's write lock as scans
//! are; the rule is [`sync_protocol::decision`]. Who may not say it is refused, and that is a record too. From the moment
//! it is durable this gate decides by it, and central's rulings follow.

use sync_protocol::{
    decide::Passage,
    decision::{Choice, Undecidable, check_decidable, check_undoable},
    id::{OperatorId, TicketId},
    scan::{Action, ScanRecord},
    time::Timestamp,
    verdict::{Decision, Reason, Verdict},
};

use crate::{
    counter,
    database::lock,
    error::NodeError,
    log::Append,
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
    /// The ticket or the wristband has passed here since: the question is out of date.
    #[error("what scan number {0} showed was let through after it: scan again")]
    PassedSince(u64),
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
            Self::PassedSince(_) => "scan_passed_since",
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
        let said = {
            let mut log = lock(&self.log);
            let append = log.begin()?;
            let said = self.write(&append, &view, seq, (word, operator))?;
            append.commit().map(|()| said)
        };
        let scan = match said {
            Ok((record, ticket, at)) => self.told(&view, &record, ticket, at)?,
            Err(error) => self.not_stored(Action::Undo, &error),
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
    ) -> Result<(ScanRecord, Option<TicketId>, Timestamp), DecisionError> {
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let (earlier, ticket) = append.record(seq)?.ok_or(DecisionError::Unknown(seq))?;
        match word {
            Word::Decides(choice) => check_decidable(config, &earlier, choice)?,
            Word::Undoes => check_undoable(&earlier)?,
        }
        if append.is_answered(seq, word.before())? {
            return Err(DecisionError::Answered(seq));
        }
        if matches!(word, Word::Decides(Choice::Admit)) && passed_since(append, &earlier, ticket)? {
            return Err(DecisionError::PassedSince(seq));
        }
        let (contact, reading) = (append.contact()?, self.clock.reading());
        let at = contact.estimate(&reading);
        let standing = view.standing(&contact, at, operator);
        let action = match word {
            Word::Decides(_) => earlier.action,
            Word::Undoes => Action::Undo,
        };
        let may = match word {
            Word::Decides(_) => standing.rights.allow_override() && standing.rights.allow(action),
            Word::Undoes => standing.rights.allow(Action::Undo),
        };
        // Nobody is named where the event has no operators, and a decision without a name is none.
        let verdict = match operator {
            _ if standing.locked => Verdict::refuse(Reason::NodeLocked),
            None => Verdict::refuse(Reason::SignInFirst),
            Some(_) if standing.unattended => Verdict::refuse(Reason::SignInFirst),
            Some(_) if !may || config.operators.is_none() => Verdict::refuse(Reason::NotAllowed),
            Some(_) => word.verdict(),
        };
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
            ..earlier
        };
        append.add(&record, ticket, at, config.day_of(at))?;
        Ok((record, ticket, at))
    }

    fn told(
        &self,
        view: &View,
        record: &ScanRecord,
        ticket: Option<TicketId>,
        at: Timestamp,
    ) -> Result<Scan, NodeError> {
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let held = ticket.map(|id| self.replica.ticket(id)).transpose()?;
        let ticket = held.flatten().map(|ticket| ScannedTicket {
            id: ticket.id,
            number: Some(ticket.number),
            type_name: config.type_name(ticket.type_number),
        });
        Ok(Scan {
            action: record.action,
            verdict: record.verdict(),
            ticket,
            wristband: record.subject.wristband().or(record.wristband),
            attendee: None,
            first: None,
            repeat: false,
            provisional: record.provisional && record.decision == Decision::Admit,
            rehearsal: None,
            answers: record.answers,
            seq: Some(record.seq),
            scanned_at: at,
            took_ms: 0.0,
            cause: None,
        })
    }
}

/// Whether the same ticket or wristband went through here for the same purpose after this record was written. The
/// supervisor saw the question as it was then, so an old one must not let a second person in.
fn passed_since(
    append: &Append,
    earlier: &ScanRecord,
    ticket: Option<TicketId>,
) -> Result<bool, NodeError> {
    let mut passages = match ticket {
        Some(ticket) => append.passages(ticket)?,
        None => Vec::new(),
    };
    let wristband = earlier.subject.wristband().or(earlier.wristband);
    if let Some(wristband) = wristband {
        passages.extend(append.passages_by(wristband)?);
    }
    let is_newer =
        |passage: &Passage| passage.scan.seq > earlier.seq && passage.action == earlier.action;
    Ok(passages.iter().any(is_newer))
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
