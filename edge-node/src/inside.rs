//! How many are inside, as this gate sees it: its replica, and what it let through itself since.
//!
//! What other gates do while this one is cut off, it cannot know, so the number is theirs as of the replica's last
//! proof and its own as of now, and both are said. Asking reads every passage once: `status` does, the screen does not.

use serde::Serialize;
use std::collections::BTreeSet;
use sync_protocol::{
    id::TicketId,
    occupancy::{self, Pass, Premises, Reason, Tally, Window},
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
        let own = lock(&self.log).passes_after(ruled)?;
        let tally = self.with_own(&window, &own)?;
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

    /// The replica's count; tickets that passed here since are counted anew with what they did here.
    fn with_own(&self, window: &Window, own: &[Pass]) -> Result<Tally, NodeError> {
        let mut whole = self.replica.inside(window)?;
        let touched: BTreeSet<TicketId> = own.iter().map(|pass| pass.ticket).collect();
        for ticket in touched {
            let mut passes = self.replica.passes_of_ticket(ticket)?;
            let before = occupancy::tally(window, &passes);
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
    use sync_protocol::merge::Ruling;

    use crate::testing::{Gate, START, answer, manifest, passage_at_b, valid};

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
}
