//! How many are inside, as this gate sees it: its replica, and what it let through itself since.
//!
//! What other gates do while this one is cut off, it cannot know, so the number is theirs as of the replica's last
//! proof and its own as of now, and both are said. What was taken back here counts no more from that moment, also where
//! central still counts it. Asking reads every passage once: `status` does, the screen does not.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use sync_protocol::{
    id::TicketId,
    occupancy::{self, Pass, Premises, Reason, Tally, Window},
    scan::ScanId,
    ticket::Revision,
    time::Timestamp,
};

use crate::{database::lock, error::NodeError, moment_text, node::Node};

/// The gate's own count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InsideStatus {
    /// By the best estimate.
    pub inside: u64,
    /// Not fewer, as far as is known here.
    pub low: u64,
    /// Not more, as far as is known here.
    pub high: u64,
    /// This gate's own scans count up to now.
    #[serde(serialize_with = "moment_text::serialize")]
    pub as_of: Timestamp,
    /// Other gates' count up to this moment of central's; `None` = nothing is known of them.
    #[serde(serialize_with = "moment_text::serialize_option")]
    pub others_as_of: Option<Timestamp>,
    /// And that is this revision.
    pub others_revision: Revision,
    /// Own scans that are counted and of which central has said nothing yet.
    pub unruled: u64,
    /// The replica may lack passages of others.
    pub replica_incomplete: bool,
    /// Tickets of which clocks cannot tell whether they went in or out last.
    pub unsure: u64,
    /// Wristbands in use of which no exchange is known.
    pub unbound: u64,
}

impl Node {
    /// How many are inside, as far as this gate knows.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn inside(&self) -> Result<InsideStatus, NodeError> {
        let view = self.replica.view()?;
        let now = self.now_estimate()?;
        let check_outs = view
            .config
            .as_ref()
            .map(|config| config.check_outs.as_slice());
        let window = Window::at(check_outs.unwrap_or_default(), now);
        let ruled = self.replica.last_ruled(self.id())?;
        let (own, undone) = {
            let log = lock(&self.log);
            (log.passes_after(ruled)?, log.undone_passes()?)
        };
        let tally = self.with_own(&window, &own, &self.still_counted(undone)?)?;
        let premises = Premises {
            most_per_minute: 0,
            tickets: view.state.running.total(),
            binds_wristbands: view
                .config
                .as_ref()
                .is_some_and(|config| config.wristbands.is_some()),
            lost_bindings: 0,
            unbound: self.replica.unbound_wristbands()?,
        };
        let range = occupancy::range(&window, &tally, &[], &premises);
        let unsure = range.reasons.iter().find_map(|reason| match reason {
            Reason::Unsure { tickets } => Some(*tickets),
            _ => None,
        });
        Ok(InsideStatus {
            inside: range.inside,
            low: range.low,
            high: range.high,
            as_of: now,
            others_as_of: view.state.as_of,
            others_revision: view.state.revision,
            unruled: own.len() as u64,
            replica_incomplete: !view.state.is_complete,
            unsure: unsure.unwrap_or_default(),
            unbound: premises.unbound,
        })
    }

    /// Which of these own passes central still counts, and for which tickets.
    fn still_counted(&self, undone: Vec<u64>) -> Result<BTreeMap<ScanId, TicketId>, NodeError> {
        let mut counted = BTreeMap::new();
        for seq in undone {
            let scan = ScanId {
                node: self.id(),
                seq,
            };
            if let Some(ticket) = self.replica.standing_pass(scan)? {
                counted.insert(scan, ticket);
            }
        }
        Ok(counted)
    }

    /// The replica's count; tickets that passed here since, or whose passes were taken back here, are counted anew.
    fn with_own(
        &self,
        window: &Window,
        own: &[Pass],
        undone: &BTreeMap<ScanId, TicketId>,
    ) -> Result<Tally, NodeError> {
        let mut whole = self.replica.inside(window)?;
        let passed = own.iter().map(|pass| pass.ticket);
        let touched: BTreeSet<TicketId> = passed.chain(undone.values().copied()).collect();
        for ticket in touched {
            let mut passes = self.replica.passes_of_ticket(ticket)?;
            let before = occupancy::tally(window, &passes);
            passes.retain(|pass| !undone.contains_key(&pass.scan));
            passes.extend(own.iter().filter(|pass| pass.ticket == ticket));
            let after = occupancy::tally(window, &passes);
            whole = Tally {
                inside: whole.inside - before.inside + after.inside,
                unsure_inside: whole.unsure_inside - before.unsure_inside + after.unsure_inside,
                unsure_outside: whole.unsure_outside - before.unsure_outside + after.unsure_outside,
            };
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::{
        id::OperatorId, merge::Ruling, operator::Role, scan::Action, wire::v1::PassageChange,
    };

    use super::*;
    use crate::testing::{
        GATE_A, Gate, NODE_A, START, answer, code, config_with, manifest, operator, passage_at_b,
        valid,
    };

    #[test]
    fn case_29_a_gate_counts_what_it_heard_of_others_and_what_it_did_itself() {
        let tickets: Vec<_> = (1..=5).map(valid).collect();
        let gate = Gate::with(&tickets);
        let empty = gate.node.inside().expect("a count");
        assert_eq!((empty.low, empty.inside, empty.high), (0, 0, 0));
        let mut news = answer(2, START);
        news.page.passages = vec![
            passage_at_b(1, 1, START.plus_ms(-9_000), Ruling::Counted),
            passage_at_b(2, 2, START.plus_ms(-8_000), Ruling::Counted),
        ];
        let mut whole = manifest(2, &tickets);
        let passages = news.page.passages.iter();
        passages.for_each(|passage| whole.passages.add(&passage.digest()));
        news.page.manifest = Some(whole);
        gate.round(&news);
        gate.clock.advance_ms(1_000);
        assert_eq!(gate.enter(3), "admitted");
        assert_eq!(gate.enter(1), "already_used");
        let exit = gate.node.scan(
            &crate::testing::code(2).to_text(),
            sync_protocol::scan::Action::Exit,
            None,
        );
        assert!(exit.verdict.admits(), "{exit:?}");
        let said = gate.node.inside().expect("a count");
        assert_eq!((said.low, said.inside, said.high), (2, 2, 2));
        assert_eq!((said.unruled, said.others_revision), (2, 2));
        assert_eq!(said.others_as_of, Some(START));
        assert!(!said.replica_incomplete);
    }

    /// Central has the entry of ticket 1 at this gate, and rules it so.
    fn ruled(gate: &Gate, position: u8, ruling: Ruling, revision: u64) {
        let mut news = answer(position, START);
        let own = PassageChange {
            scan: ScanId {
                node: NODE_A,
                seq: 1,
            },
            gate: GATE_A,
            revision,
            ..passage_at_b(1, 1, START.plus_ms(-1_000), ruling)
        };
        let mut whole = manifest(revision, &[valid(1)]);
        whole.passages.add(&own.digest());
        news.page.passages = vec![own];
        news.page.manifest = Some(whole);
        assert_eq!(gate.round(&news).gap, None);
    }

    #[test]
    fn case_29_a_scan_that_is_taken_back_counts_no_more_though_central_still_counts_it() {
        let gate = Gate::with(&[valid(1)]);
        gate.hears(config_with(vec![operator(3, Role::Supervisor)]));
        let who = Some(OperatorId::from_u128(3));
        let entered = gate.node.scan(&code(1).to_text(), Action::Entry, who);
        assert!(entered.verdict.admits());
        ruled(&gate, 2, Ruling::Counted, 2);
        let inside = |gate: &Gate| {
            let said = gate.node.inside().expect("a count");
            (said.low, said.inside, said.high)
        };
        assert_eq!(inside(&gate), (1, 1, 1));
        gate.node.undo(1, who).expect("it may be");
        assert_eq!(inside(&gate), (0, 0, 0));
        let again = gate.node.scan(&code(1).to_text(), Action::Entry, who);
        assert!(again.verdict.admits());
        assert_eq!(inside(&gate), (1, 1, 1));
        gate.node.undo(3, who).expect("it may be");
        ruled(&gate, 3, Ruling::Undone, 3);
        assert_eq!(inside(&gate), (0, 0, 0));
    }
}
