//! The last scans for a glance back: for the panel, and for a supervisor who decides or takes back.
//!
//! Read from the log each time, so a restart, or another program on this folder, changes nothing of it. Names are not
//! among it, because a name is shown only with the ticket itself. A ticket that waits for its wristband is half a scan
//! and left out. Called by the screen.

use sync_protocol::{
    id::TicketId,
    scan::Action,
    time::Timestamp,
    verdict::{Decision, Reason, Verdict},
};

use crate::{database::lock, error::NodeError, node::Node};

/// One scan, as much of it as a glance back needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// When.
    pub at: Timestamp,
    /// What the guest wanted.
    pub action: Action,
    /// What the gate answered.
    pub verdict: Verdict,
    /// Its place in the log.
    pub seq: u64,
    /// The earlier scan that a supervisor spoke of.
    pub answers: Option<u64>,
    /// A supervisor decided about this one since.
    pub is_answered: bool,
    /// Or took it back.
    pub is_undone: bool,
    /// Type and number, where the thing shown was a ticket.
    pub ticket: Option<(String, Option<String>)>,
}

impl Glance {
    /// A supervisor may still be asked about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let is_asked = self.answers.is_none() && !self.is_answered;
        is_asked && self.verdict.decision != Decision::Admit && !is_rehearsal(self.verdict.reason)
    }

    /// It let somebody in or out, and still counts.
    #[must_use]
    pub fn can_be_undone(&self) -> bool {
        let stands = self.verdict.decision == Decision::Admit && !self.is_undone;
        stands && self.action != Action::Undo
    }
}

/// A rehearsal ticket never counts, whatever is answered.
#[must_use]
pub const fn is_rehearsal(reason: Reason) -> bool {
    matches!(reason, Reason::Rehearsal | Reason::RehearsalOver)
}

impl Node {
    /// The last scans of this gate, the newest first.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn last_scans(&self, most: usize) -> Result<Vec<Glance>, NodeError> {
        let rows = lock(&self.log).last_scans(most)?;
        let view = self.replica.view()?;
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let with_ticket = |(ticket, glance): (Option<TicketId>, Glance)| {
            let held = ticket.map(|id| self.replica.ticket(id)).transpose()?;
            let ticket = held.flatten().map(|ticket| {
                let number = Some(ticket.number.to_string());
                (config.type_name(ticket.type_number), number)
            });
            Ok(Glance { ticket, ..glance })
        };
        rows.into_iter().map(with_ticket).collect()
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::{decision::Choice, id::OperatorId, operator::Role};

    use super::*;
    use crate::testing::{Gate, code, config_with, operator, valid};

    const SUPERVISOR: Option<OperatorId> = Some(OperatorId::from_u128(3));

    #[test]
    fn the_last_scans_are_the_logs_and_outlive_a_restart() {
        let gate = Gate::with(&[valid(1), valid(2)]);
        gate.hears(config_with(vec![operator(3, Role::Supervisor)]));
        let show = |text: &str| gate.node.scan(text, Action::Entry, SUPERVISOR);
        let admitted = show(&code(1).to_text()).seq.expect("stored");
        let asked = show(&valid(2).number.to_string()).seq.expect("stored");
        let open = gate.node.last_scans(40).expect("read");
        assert!(open[0].is_open() && open[1].can_be_undone(), "{open:?}");
        let decided = gate.node.decide_for(asked, Choice::Admit, SUPERVISOR);
        decided.expect("it may be");
        gate.node.undo(admitted, SUPERVISOR).expect("it may be");
        let gate = gate.reopened();
        let last = gate.node.last_scans(40).expect("read");
        let seqs: Vec<u64> = last.iter().map(|glance| glance.seq).collect();
        assert_eq!(seqs, [4, 3, 2, 1]);
        let [undoing, yes, question, first] = &last[..] else {
            panic!("four: {last:?}");
        };
        assert!(question.is_answered && !question.is_open());
        assert!(first.is_undone && !first.can_be_undone());
        assert!(yes.can_be_undone() && !yes.is_open());
        assert!(!undoing.can_be_undone() && !undoing.is_open());
        let (kind, number) = first.ticket.clone().expect("a ticket");
        assert_eq!(kind, "VIP");
        assert_eq!(number, Some(valid(1).number.to_string()));
        let two = gate.node.last_scans(2).expect("read");
        assert_eq!(two, last[..2]);
    }

    #[test]
    fn a_word_that_was_refused_answers_nothing() {
        let gate = Gate::with(&[valid(1)]);
        let crew = vec![operator(2, Role::Validator), operator(3, Role::Supervisor)];
        gate.hears(config_with(crew));
        let typed = valid(1).number.to_string();
        let asked = gate.node.scan(&typed, Action::Entry, SUPERVISOR);
        let seq = asked.seq.expect("stored");
        let validator = Some(OperatorId::from_u128(2));
        let refused = gate.node.decide_for(seq, Choice::Admit, validator);
        assert!(!refused.expect("a record").verdict.admits());
        let last = gate.node.last_scans(40).expect("read");
        assert!(last[1].is_open() && !last[0].is_open(), "{last:?}");
    }
}
