//! What a supervisor may decide about, or take back, and what a taken-back scan is to the merge.
//!
//! Both are records of the same log that name the record they speak of ([`ScanRecord::answers`]) and repeat what it
//! says was shown; the earlier one stays as it is. A supervisor's word makes nothing genuine: what was not known when
//! it was shown lets nobody in. Called by the node, which asks before it writes, and by [`crate::merge`].

use std::collections::BTreeMap;

use crate::{
    config::EventConfig,
    merge::Fact,
    scan::{Action, ScanId, ScanRecord, Subject},
    ticket::Ticket,
    time::Timestamp,
    validity::standing_of,
    verdict::{Decision, Reason, Verdict},
};

/// What a supervisor says where the gate asked or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Let in.
    Admit,
    /// Keep out.
    TurnAway,
}

/// Why there is nothing to decide, or to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecidable {
    /// The gate let in by itself.
    #[error("this scan was admitted: there is nothing to decide, but it can be undone")]
    Admitted,
    /// The record is a supervisor's decision itself.
    #[error("this record is a supervisor's decision already: scan again")]
    Decision,
    /// Nothing known was shown.
    #[error("what was shown is not known to be genuine: nobody can be let in by it")]
    NotKnown,
    /// The reason is one that no supervisor may overrule.
    #[error("nobody can be let in over this reason: {0}")]
    Reason(Reason),
    /// An exchange needs the wristband that is to be bound.
    #[error("scan ticket and wristband together first: there is no wristband to bind")]
    NoWristband,
    /// Nobody was let in or out, so nothing can be taken back.
    #[error("this scan admitted nobody: there is nothing to undo")]
    NotAdmitted,
}

impl Undecidable {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Admitted => "scan_admitted",
            Self::Decision => "scan_is_decision",
            Self::NotKnown => "scan_not_known",
            Self::Reason(_) => "reason_final",
            Self::NoWristband => "no_wristband",
            Self::NotAdmitted => "scan_not_admitted",
        }
    }
}

impl Choice {
    /// What the record of it says.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Admit => Verdict::admit(Reason::Overridden),
            Self::TurnAway => Verdict::refuse(Reason::TurnedAway),
        }
    }
}

/// Whether a supervisor may say this about a record.
///
/// # Errors
/// [`Undecidable`].
pub fn check_decidable(
    config: &EventConfig,
    record: &ScanRecord,
    choice: Choice,
) -> Result<(), Undecidable> {
    if record.answers.is_some() {
        return Err(Undecidable::Decision);
    }
    if record.decision == Decision::Admit {
        return Err(Undecidable::Admitted);
    }
    if choice == Choice::TurnAway {
        return Ok(());
    }
    if matches!(record.subject, Subject::Unknown(_)) {
        return Err(Undecidable::NotKnown);
    }
    if !may_be_overruled(record.reason) {
        return Err(Undecidable::Reason(record.reason));
    }
    let binds = record.action == Action::Exchange && config.wristbands.is_some();
    match binds && record.wristband.is_none() {
        true => Err(Undecidable::NoWristband),
        false => Ok(()),
    }
}

/// Whether the ticket is not good any more for a reason that whoever decides was not told: the money went back, or the
/// day is over since. Whoever is inside may leave all the same.
#[must_use]
pub fn has_lapsed(
    config: &EventConfig,
    record: &ScanRecord,
    ticket: &Ticket,
    at: Timestamp,
) -> bool {
    let told = match record.reason {
        // What is asked there is which of several tickets is meant, because this one is not taken.
        Reason::SeveralAddons => Reason::WrongGate,
        reason => reason,
    };
    let now = standing_of(config, record.gate, at, ticket);
    record.action != Action::Exit && now.is_some_and(|now| now != told)
}

/// Whether the gate's question was whether the ticket had been used, so that an earlier use was told with it.
#[must_use]
pub const fn tells_of_use(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::AlreadyExchanged | Reason::AlreadyUsed | Reason::Inside | Reason::Outside
    )
}

/// Whether a passage for `passed` makes a question about `asked` out of date. After an entry no ticket is exchanged, and a
/// wristband that was taken from its ticket lets nobody in.
#[must_use]
pub fn bears_on(passed: Action, asked: Action) -> bool {
    passed == asked
        || matches!(
            (passed, asked),
            (Action::Entry, Action::Exchange) | (Action::Unpair, Action::Entry)
        )
}

/// Whether a record can be taken back.
///
/// # Errors
/// [`Undecidable::NotAdmitted`] or [`Undecidable::Decision`].
pub fn check_undoable(record: &ScanRecord) -> Result<(), Undecidable> {
    let nothing = matches!(record.subject, Subject::Unknown(_));
    if record.action == Action::Undo {
        Err(Undecidable::Decision)
    } else if record.decision != Decision::Admit || nothing {
        Err(Undecidable::NotAdmitted)
    } else {
        Ok(())
    }
}

/// A person may judge time, place, payment and what happened before; never whether a thing is genuine, what the node or
/// the person at it may do, or a wristband that would then be two people's.
const fn may_be_overruled(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::AlreadyExchanged
            | Reason::AlreadyUsed
            | Reason::NotExchanged
            | Reason::NotPaid
            | Reason::Revoked
            | Reason::Refunded
            | Reason::WrongGate
            | Reason::WrongDay
            | Reason::NotYetValid
            | Reason::NoLongerValid
            | Reason::Outside
            | Reason::Inside
            | Reason::SoldAfterLastSync
            | Reason::ReplicaIncomplete
            | Reason::TypedNumber
            | Reason::BindingUnknown
            | Reason::SeveralAddons
    )
}

/// The scans that were taken back, and by which record: the first one of the same log that names the scan, comes after
/// it and speaks of the same ticket and wristband. So whoever knows the one knows the other, and no log undoes
/// another's.
pub(crate) fn taken_back(facts: &[&Fact]) -> BTreeMap<ScanId, ScanId> {
    let mut undoings: Vec<(ScanId, &Fact)> = facts
        .iter()
        .filter_map(|fact| Some((undone_by(fact)?, *fact)))
        .collect();
    if undoings.is_empty() {
        return BTreeMap::new();
    }
    // Of several, the last to be collected stays: that is the first that was written.
    undoings.sort_by_key(|(_, undo)| std::cmp::Reverse(undo.scan));
    let known: BTreeMap<ScanId, &Fact> = facts.iter().map(|fact| (fact.scan, *fact)).collect();
    let fits = |(scan, undo): &(ScanId, &Fact)| {
        known.get(scan).is_some_and(|fact| {
            let same = fact.ticket == undo.ticket && fact.wristband == undo.wristband;
            same && fact.action != Action::Undo
        })
    };
    let undone = undoings.into_iter().filter(fits);
    undone.map(|(scan, undo)| (scan, undo.scan)).collect()
}

/// The scan that a record means to take back, if it is of that kind.
pub(crate) fn undone_by(fact: &Fact) -> Option<ScanId> {
    let seq = fact.undoes.filter(|_| fact.action == Action::Undo)?;
    let node = fact.scan.node;
    (seq < fact.scan.seq).then_some(ScanId { node, seq })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passed_since_makes_a_question_old() {
        use Action::{Entry, Exchange, Exit, Unpair};
        for (passed, asked, bears) in [
            (Entry, Entry, true),
            (Exchange, Exchange, true),
            (Entry, Exchange, true),
            // A stolen wristband was taken from its ticket while somebody asked about it.
            (Unpair, Entry, true),
            (Unpair, Exit, false),
            (Exit, Entry, false),
            (Exchange, Entry, false),
        ] {
            assert_eq!(bears_on(passed, asked), bears, "{passed:?}, then {asked:?}");
        }
    }
}
