//! What was answered at this door since the program started, counted.
//!
//! In memory alone: the log is the truth, this is a convenience. The last scans themselves are read from the log
//! ([`crate::glance`]).

use sync_protocol::{
    scan::Action,
    verdict::{Decision, Reason},
};

use crate::{glance::is_rehearsal, scan::Scan};

/// Counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    /// Let through.
    pub admitted: u64,
    /// Asked about.
    pub asked: u64,
    /// Kept out.
    pub refused: u64,
    /// The first that was counted.
    first: Option<u64>,
}

impl Recent {
    /// Counts a scan in. A ticket that waits for its wristband is half of one, and a rehearsal is none.
    pub fn add(&mut self, scan: &Scan) {
        let reason = scan.verdict.reason;
        if reason == Reason::ShowWristband || is_rehearsal(reason) {
            return;
        }
        self.first = self.first.or(scan.seq);
        match scan.verdict.decision {
            Decision::Admit if scan.action == Action::Undo => self.take_back(scan),
            Decision::Admit => self.admitted += 1,
            Decision::Ask => self.asked += 1,
            Decision::Refuse => self.refused += 1,
        }
    }

    /// What was taken back was not let through. What was let through before the program started was not counted.
    fn take_back(&mut self, scan: &Scan) {
        if scan.answers >= self.first {
            self.admitted = self.admitted.saturating_sub(1);
        }
    }
}
