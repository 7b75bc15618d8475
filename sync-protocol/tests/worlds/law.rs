//! What must hold in every world.

use std::collections::BTreeMap;

use sync_protocol::{
    config::{EntryRule, Policy},
    id::{TicketId, WristbandId},
    merge::{Ruled, Rules, Ruling, rule},
    scan::{Action, ScanId},
};

use crate::{
    setting::{NODES, Setting, Thing, config, ticket_id},
    world::{Scan, Step, World},
};

type Law = (&'static str, fn(&Setting, &World) -> bool);

pub fn check(setting: &Setting, world: &World, path: &[Step]) {
    let laws: [Law; 7] = [
        (
            "what a supervisor took back counts for nothing, and nothing else is taken back",
            undone_by_own_log,
        ),
        (
            "what central said piece by piece is what it would say of all at once",
            piecewise,
        ),
        ("a double has a counted winner", winners_count),
        (
            "the truly first entry wins, or it is said that nobody can tell",
            first_wins,
        ),
        (
            "a gate that knew admits nobody twice",
            no_double_among_the_knowing,
        ),
        (
            "a wristband is bound to one ticket at a time",
            one_ticket_per_wristband,
        ),
        (
            "healed, all gates refuse what is used up",
            healed_gates_agree,
        ),
    ];
    for (law, holds) in laws {
        assert!(
            holds(setting, world),
            "{law}\nsteps: {path:#?}\nworld: {world:#?}"
        );
    }
}

fn piecewise(setting: &Setting, world: &World) -> bool {
    let config = config(setting);
    world.told == rule(&Rules::of(&config), &world.facts(world.central))
}

/// As far as central has heard of it.
fn undone_by_own_log(_: &Setting, world: &World) -> bool {
    world.scans.iter().all(|scan| {
        let Some(ruled) = world.told.get(&scan.fact.scan) else {
            return true;
        };
        let undoes = |other: &Scan| {
            let same_log = other.fact.scan.node == scan.fact.scan.node;
            same_log && other.fact.undoes == Some(scan.fact.scan.seq)
        };
        let is_heard = |other: &&Scan| world.told.contains_key(&other.fact.scan);
        let undone = world.scans.iter().filter(is_heard).any(undoes);
        undone == (ruled.ruling == Ruling::Undone)
    })
}

fn winners_count(_: &Setting, world: &World) -> bool {
    let counts = |scan: &ScanId| {
        world
            .told
            .get(scan)
            .is_some_and(|r| r.ruling == Ruling::Counted)
    };
    world.told.values().all(|ruled| match ruled.ruling {
        Ruling::Double { winner, .. } => counts(&winner),
        Ruling::Counted | Ruling::Stray | Ruling::Unbound | Ruling::Undone => true,
    })
}

/// Under single entry. A wristband's use counts from its exchange on, so only what was shown as a ticket is compared.
fn first_wins(setting: &Setting, world: &World) -> bool {
    if setting.entry != EntryRule::Single {
        return true;
    }
    let mut entries = BTreeMap::<TicketId, Vec<(&Scan, Ruled)>>::new();
    for scan in world
        .scans
        .iter()
        .filter(|scan| scan.fact.action == Action::Entry)
    {
        if let (Some(ticket), Some(ruled)) = (scan.fact.ticket, world.told.get(&scan.fact.scan)) {
            entries.entry(ticket).or_default().push((scan, *ruled));
        }
    }
    let winner = |scan: &Scan| match world.told[&scan.fact.scan].ruling {
        Ruling::Double { winner, .. } => world.scans.iter().find(|other| other.fact.scan == winner),
        _ => None,
    };
    entries
        .values()
        .flatten()
        .all(|(scan, ruled)| match (ruled.ruling, winner(scan)) {
            (Ruling::Double { undecidable, .. }, Some(winner)) => {
                undecidable || winner.truth < scan.truth || winner.fact.ticket.is_none()
            }
            _ => true,
        })
}

/// A double needs a gate that did not know of something that counted before it.
fn no_double_among_the_knowing(_: &Setting, world: &World) -> bool {
    let counted = |other: &Scan| {
        let ruled = world.told.get(&other.fact.scan);
        ruled.is_some_and(|ruled| ruled.ruling == Ruling::Counted)
    };
    world.scans.iter().all(|scan| {
        let ruled = world.told.get(&scan.fact.scan);
        let Some(Ruling::Double { winner, .. }) = ruled.map(|ruled| ruled.ruling) else {
            return true;
        };
        // A supervisor knew and let in all the same.
        if scan.overridden {
            return true;
        }
        let unknown = |(place, other): (usize, &Scan)| {
            let foreign = other.fact.scan.node != scan.fact.scan.node;
            foreign && scan.knew & 1 << place == 0 && counted(other)
        };
        // A later exchange elsewhere may have told whose wristband it was all along.
        let is_late = world
            .scans
            .iter()
            .any(|won| won.fact.scan == winner && won.truth > scan.truth);
        is_late || world.scans.iter().enumerate().any(unknown)
    })
}

fn one_ticket_per_wristband(_: &Setting, world: &World) -> bool {
    let mut bound = BTreeMap::<WristbandId, TicketId>::new();
    let mut ordered: Vec<&Scan> = world.scans.iter().collect();
    ordered.sort_by_key(|scan| (scan.fact.time.at, scan.fact.scan));
    ordered.iter().all(|scan| {
        let counted = world
            .told
            .get(&scan.fact.scan)
            .filter(|r| r.ruling == Ruling::Counted);
        let (Some(ruled), Some(wristband)) = (counted, scan.fact.wristband) else {
            return true;
        };
        match (scan.fact.action, ruled.ticket) {
            (Action::Exchange, Some(ticket)) => bound.insert(wristband, ticket).is_none(),
            (Action::Unpair, ticket) => bound.remove(&wristband) == ticket,
            _ => true,
        }
    })
}

/// Once everybody heard everything, a ticket that let somebody in under single entry lets nobody in any more, at any
/// gate, shown as ticket or as the wristband that it is bound to.
fn healed_gates_agree(setting: &Setting, world: &World) -> bool {
    if setting.entry != EntryRule::Single {
        return true;
    }
    let healed = world.healed(setting);
    let used = |id: u8| {
        let ticket = ticket_id(id);
        let counts = |ruled: &Ruled| ruled.ruling != Ruling::Undone;
        let told = healed.told.iter().filter(|(_, ruled)| counts(ruled));
        told.into_iter().any(|(scan, ruled)| {
            let is_entry = healed
                .scans
                .iter()
                .any(|s| s.fact.scan == *scan && s.fact.action == Action::Entry);
            is_entry && ruled.ticket == Some(ticket)
        })
    };
    let now = healed.clock + 1_000;
    let admits = |node, thing| {
        healed
            .show(setting, node, Action::Entry, thing, None, now)
            .is_some()
    };
    let agree = |thing| (1..NODES).all(|node| admits(node, thing) == admits(0, thing));
    let tickets = [1, 2].iter().all(|id| {
        let thing = Thing::Ticket(*id);
        agree(thing) && admits(0, thing) != used(*id)
    });
    let careful = setting.unbound != Some(Policy::Admit);
    tickets
        && [1, 2]
            .iter()
            .all(|id| agree(Thing::Wristband(*id)) || !careful)
}
