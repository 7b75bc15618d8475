//! Every small world: three nodes, two tickets, two wristbands, and everything that can happen to them in a few steps.
//!
//! A step is a guest at a gate (decided by the real verdict), a sync, a sync whose answer is lost, or a node that is
//! set back to what it had before its last page (a crash before the commit). The walk visits each reachable world once
//! and asks the same questions of every one, so what it does not find does not exist within its bounds. Crashes between
//! decision and record leave the world as it was, and those between record and green leave a scan like any other.

#![expect(
    clippy::print_stdout,
    reason = "how many worlds there were is worth reading"
)]

mod law;
mod setting;
mod walk;
mod world;

use setting::Setting;
use sync_protocol::config::{EntryRule, Policy};
use walk::{Bounds, walk};

fn visited(setting: Setting, steps: usize, wristbands: bool) -> usize {
    let supervisor = false;
    let bounds = Bounds {
        steps,
        wristbands,
        supervisor,
    };
    walk(&setting, &bounds)
}

#[test]
fn tickets_under_every_entry_rule() {
    for (entry, steps) in [
        (EntryRule::Single, 5),
        (EntryRule::ReEntry, 5),
        (EntryRule::Times(2), 5),
        (EntryRule::TimesPerGate(1), 5),
        (EntryRule::OncePerDay, 5),
    ] {
        let setting = Setting {
            entry,
            unbound: None,
            skew: 0,
            error: 0,
        };
        let worlds = visited(setting, steps, false);
        println!("{entry:?}: {worlds} worlds");
        assert!(
            worlds > 1_000,
            "{entry:?}: only {worlds} worlds were reached"
        );
    }
}

#[test]
fn case_33_tickets_and_wristbands_that_gates_cannot_know_of() {
    for unbound in [Policy::Admit, Policy::Ask, Policy::Refuse] {
        let setting = Setting {
            entry: EntryRule::Single,
            unbound: Some(unbound),
            skew: 0,
            error: 0,
        };
        let worlds = visited(setting, 5, true);
        println!("wristbands, {unbound}: {worlds} worlds");
        assert!(
            worlds > 1_000,
            "{unbound}: only {worlds} worlds were reached"
        );
    }
}

#[test]
fn case_20_one_clock_is_wrong_within_its_error() {
    for skew in [-15, 15] {
        let setting = Setting {
            entry: EntryRule::Single,
            unbound: None,
            skew,
            error: 20,
        };
        let worlds = visited(setting, 5, false);
        println!("skew {skew}: {worlds} worlds");
        assert!(
            worlds > 1_000,
            "skew {skew}: only {worlds} worlds were reached"
        );
    }
}

#[test]
fn a_supervisor_lets_in_and_takes_back() {
    for (entry, unbound) in [
        (EntryRule::Single, None),
        (EntryRule::ReEntry, None),
        (EntryRule::Single, Some(Policy::Ask)),
    ] {
        let setting = Setting {
            entry,
            unbound,
            skew: 0,
            error: 0,
        };
        let bounds = Bounds {
            steps: 4,
            wristbands: unbound.is_some(),
            supervisor: true,
        };
        let worlds = walk(&setting, &bounds);
        println!("a supervisor under {entry:?}, {unbound:?}: {worlds} worlds");
        assert!(worlds > 1_000, "only {worlds} worlds were reached");
    }
}
