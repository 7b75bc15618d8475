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

const KEPT: usize = 8;

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
            Decision::Admit => self.admitted += 1,
            Decision::Ask => self.asked += 1,
            Decision::Refuse => self.refused += 1,
        }
        let ticket = scan.ticket.as_ref();
        self.last.push_front(Glance {
            at: scan.scanned_at,
            action,
            verdict: scan.verdict,
            ticket: ticket.map(|t| (t.type_name.clone(), t.number.map(|n| n.to_string()))),
        });
        self.last.truncate(KEPT);
    }
}
