//! Why an earlier ruling changed, so that the venue manager need not guess.
//!
//! The cause is found by leaving things out: what would be said had only the times of known scans moved? Called by
//! `app::sync` inside its transaction, and only where a ruling that gates were told has changed.

use std::collections::BTreeMap;

use sync_protocol::{
    merge::{Fact, Ruled, Rules, rule},
    scan::{Action, ScanId},
};

use super::{
    ingest::{Decided, Standing},
    named::named_enum,
};

named_enum! {
    /// What an upload brought that changed an earlier ruling.
    pub enum Cause {
        /// Scans that nobody had heard of.
        LateLog => "late_log",
        /// A clock sample, which placed known scans at other times.
        ClockSample => "clock_sample",
        /// An exchange or the end of one: the scan counts for another ticket now.
        Binding => "binding",
        /// A supervisor took a scan back.
        Undo => "undo",
    }
}

/// Names the cause of each ruling that changed.
pub fn tell(rules: &Rules, standings: &[Standing], decided: &mut [Decided]) {
    if decided.iter().all(|one| one.re_decided().is_none()) {
        return;
    }
    let known = standings.iter().filter(|standing| standing.was.is_some());
    let known: Vec<Fact> = known.map(|standing| standing.fact).collect();
    let by_time_alone = rule(rules, &known);
    let without_undoings = without_undoings(rules, standings);
    for one in decided.iter_mut() {
        one.cause = one
            .re_decided()
            .map(|_| cause(one, &by_time_alone, without_undoings.as_ref()));
    }
}

/// What would be said had nobody taken a scan back just now; `None` = nobody did.
fn without_undoings(rules: &Rules, standings: &[Standing]) -> Option<BTreeMap<ScanId, Ruled>> {
    let undoes =
        |standing: &&Standing| standing.was.is_none() && standing.fact.action == Action::Undo;
    standings.iter().find(undoes)?;
    let rest = standings.iter().filter(|standing| !undoes(standing));
    let rest: Vec<Fact> = rest.map(|standing| standing.fact).collect();
    Some(rule(rules, &rest))
}

fn cause(
    one: &Decided,
    by_time_alone: &BTreeMap<ScanId, Ruled>,
    without_undoings: Option<&BTreeMap<ScanId, Ruled>>,
) -> Cause {
    let now = Ruled {
        ruling: one.now.ruling,
        ticket: one.now.ticket,
    };
    let said = |rulings: &BTreeMap<ScanId, Ruled>| rulings.get(&one.now.scan) == Some(&now);
    if said(by_time_alone) {
        return Cause::ClockSample;
    }
    if without_undoings.is_some_and(|rulings| !said(rulings)) {
        return Cause::Undo;
    }
    match one.was.is_some_and(|was| was.ticket != now.ticket) {
        true => Cause::Binding,
        false => Cause::LateLog,
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::{
        config::EntryRule,
        id::{GateId, NodeId, TicketId, WristbandId},
        merge::Ruling,
        moment::Interval,
        time::Timestamp,
        wire::v1::PassageChange,
    };

    use super::*;
    use crate::domain::ingest::{Doubts, decide, rulings};

    fn fact(node: u128, at: i64, action: Action, shown: (u128, u128)) -> Fact {
        let id = |n: u128| (n > 0).then_some(n);
        Fact {
            scan: ScanId {
                node: NodeId::from_u128(node),
                seq: at.unsigned_abs(),
            },
            ticket: id(shown.0).map(TicketId::from_u128),
            wristband: id(shown.1).map(WristbandId::from_u128),
            gate: GateId::from_u128(node),
            action,
            undoes: None,
            day: 0,
            time: Interval::around(Timestamp(at), 0),
        }
    }

    fn entry(node: u128, at: i64) -> Fact {
        fact(node, at, Action::Entry, (1, 0))
    }

    /// What the scan was told to be: its time then, its ruling and its ticket.
    fn known(fact: Fact, ruling: Ruling) -> Standing {
        let ticket = fact.ticket;
        let was = PassageChange {
            scan: fact.scan,
            ticket,
            wristband: fact.wristband,
            action: fact.action,
            gate: fact.gate,
            time: fact.time,
            day: fact.day,
            ruling,
            flag: None,
            revision: 1,
        };
        Standing {
            fact,
            was: Some(was),
        }
    }

    fn causes(standings: &[Standing]) -> Vec<&'static str> {
        let rules = Rules::new(EntryRule::Single);
        let ruled = rulings(&rules, standings);
        let mut decided = decide(standings, &ruled, &Doubts::default(), 2);
        tell(&rules, standings, &mut decided);
        decided
            .iter()
            .filter_map(|one| one.cause)
            .map(Cause::name)
            .collect()
    }

    #[test]
    fn case_27_each_change_of_a_ruling_names_what_brought_it() {
        let counted = Ruling::Counted;
        let late = Standing {
            fact: entry(2, 500),
            was: None,
        };
        assert_eq!(causes(&[known(entry(1, 900), counted), late]), ["late_log"]);
        let winner = entry(1, 900).scan;
        let double = Ruling::Double {
            winner,
            undecidable: false,
        };
        let mut moved = known(entry(2, 950), double);
        moved.fact.time = Interval::around(Timestamp(100), 0);
        let both = [known(entry(1, 900), counted), moved];
        assert_eq!(causes(&both), ["clock_sample", "clock_sample"]);
        let waited = known(fact(1, 900, Action::Entry, (0, 5)), Ruling::Unbound);
        let exchange = Standing {
            fact: fact(2, 800, Action::Exchange, (1, 5)),
            was: None,
        };
        assert_eq!(causes(&[waited, exchange]), ["binding"]);
        let winner = known(entry(1, 900), counted);
        let lost = known(entry(2, 950), double);
        let undo = Standing {
            fact: Fact {
                undoes: Some(900),
                ..fact(1, 990, Action::Undo, (1, 0))
            },
            was: None,
        };
        assert_eq!(causes(&[winner, lost, undo]), ["undo", "undo"]);
        let nothing = known(entry(1, 900), counted);
        assert!(causes(&[nothing]).is_empty());
    }
}
