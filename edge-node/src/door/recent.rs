//! What was scanned at this door since the program started: counts, and the last few for a glance back.
//!
//! In memory alone: the log is the truth, this is a convenience. Names are not kept, because a name is shown only
//! with the ticket itself.

use std::collections::VecDeque;

use sync_protocol::{
    scan::Action,
    time::Timestamp,
    verdict::{Decision, Reason, Verdict},
};

use crate::scan::Scan;

/// Enough for a supervisor who comes a while later.
const KEPT: usize = 40;

/// Counts and the last few.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// The newest first.
    pub last: VecDeque<Glance>,
    /// Let through.
    pub admitted: u64,
    /// Asked about.
    pub asked: u64,
    /// Kept out.
    pub refused: u64,
}

/// One scan, as much of it as a glance back needs.
#[derive(Clone, Debug)]
pub struct Glance {
    /// When.
    pub at: Timestamp,
    /// What the guest wanted.
    pub action: Action,
    /// What the gate answered.
    pub verdict: Verdict,
    /// Its place in the log; `None`: it could not be stored.
    pub seq: Option<u64>,
    /// The earlier scan that a supervisor spoke of.
    pub answers: Option<u64>,
    /// A supervisor spoke of this one since.
    pub is_answered: bool,
    /// And took it back.
    pub is_undone: bool,
    /// Type and number, where the thing shown was a ticket.
    pub ticket: Option<(String, Option<String>)>,
}

impl Recent {
    /// Counts a scan in. A ticket that waits for its wristband is half of one.
    pub fn add(&mut self, scan: &Scan, action: Action) {
        if scan.verdict.reason == Reason::ShowWristband {
            return;
        }
        match scan.verdict.decision {
            Decision::Admit if action == Action::Undo => self.take_back(scan),
            Decision::Admit => self.admitted += 1,
            Decision::Ask => self.asked += 1,
            Decision::Refuse => self.refused += 1,
        }
        if let Some(earlier) = self.find(scan.answers).filter(|_| has_word(scan)) {
            earlier.is_answered = true;
        }
        let ticket = scan.ticket.as_ref();
        self.last.push_front(Glance {
            at: scan.scanned_at,
            action,
            verdict: scan.verdict,
            seq: scan.seq,
            answers: scan.answers,
            is_answered: false,
            is_undone: false,
            ticket: ticket.map(|t| (t.type_name.clone(), t.number.map(|n| n.to_string()))),
        });
        self.last.truncate(KEPT);
    }
    /// What was taken back was not let through.
    fn take_back(&mut self, scan: &Scan) {
        self.admitted = self.admitted.saturating_sub(1);
        if let Some(earlier) = self.find(scan.answers) {
            earlier.is_undone = true;
        }
    }

    fn find(&mut self, seq: Option<u64>) -> Option<&mut Glance> {
        let seq = seq?;
        self.last.iter_mut().find(|glance| glance.seq == Some(seq))
    }
}

/// A word that was refused, because whoever said it may not, answers nothing.
const fn has_word(scan: &Scan) -> bool {
    matches!(
        scan.verdict.reason,
        Reason::Overridden | Reason::TurnedAway | Reason::Undone
    )
}
