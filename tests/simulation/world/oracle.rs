//! The oracle: what the rulings must be, from what truly happened. It shares no code with the merge.
//!
//! It knows the true time of every scan. Where the corrected times of a ticket's scans do not overlap, their order is
//! the true order; where they do, nobody can ask for more than the order of the estimates, and that it is said.

use std::collections::BTreeMap;

use sync_protocol::{
    config::EntryRule,
    id::TicketId,
    moment::Interval,
    scan::{Action, ScanId},
    time::Timestamp,
};

/// An admitted scan.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Its name.
    pub scan: ScanId,
    /// The ticket.
    pub ticket: TicketId,
    /// What for.
    pub action: Action,
    /// When central believes it was.
    pub believed: Interval,
    /// The event day of that belief.
    pub day: u8,
    /// When it was.
    pub truly: Timestamp,
}

/// What must be said of a scan: counted, stray, or double of another, undecidable or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Must {
    /// It stands.
    Count,
    /// An exit of nobody.
    Stray,
    /// It lost to this scan.
    Lose(ScanId, bool),
}

/// What must be said of every scan.
pub fn rulings(rule: EntryRule, scans: &[Admitted]) -> BTreeMap<ScanId, Must> {
    let mut tickets = BTreeMap::<TicketId, Vec<&Admitted>>::new();
    for scan in scans {
        tickets.entry(scan.ticket).or_default().push(scan);
    }
    let mut said = BTreeMap::new();
    for mut scans in tickets.into_values() {
        let unsure = scans_overlap(&scans);
        scans.sort_by_key(|scan| order(unsure, scan));
        for at in 0..scans.len() {
            let must = of(rule, &scans[..at], scans[at], &said);
            said.insert(scans[at].scan, must);
        }
    }
    said
}

/// Whether any two of a ticket's scans could have been in either order.
fn scans_overlap(scans: &[&Admitted]) -> bool {
    let later = |at: usize| scans[at + 1..].iter();
    (0..scans.len()).any(|at| later(at).any(|other| overlap(&scans[at].believed, &other.believed)))
}

fn overlap(one: &Interval, other: &Interval) -> bool {
    !(one.hi < other.lo || other.hi < one.lo)
}

fn order(unsure: bool, scan: &Admitted) -> (Timestamp, ScanId) {
    match unsure {
        true => (scan.believed.at, scan.scan),
        false => (scan.truly, scan.scan),
    }
}

/// What must be said of `scan` after `earlier` ones of its ticket.
fn of(
    rule: EntryRule,
    earlier: &[&Admitted],
    scan: &Admitted,
    said: &BTreeMap<ScanId, Must>,
) -> Must {
    let counted: Vec<&Admitted> = earlier
        .iter()
        .copied()
        .filter(|one| said[&one.scan] == Must::Count)
        .collect();
    let entries: Vec<&Admitted> = of_action(&counted, Action::Entry);
    let winner = match scan.action {
        Action::Exchange => of_action(&counted, Action::Exchange).first().copied(),
        Action::Entry => entry_winner(rule, &counted, &entries, scan),
        Action::Exit if inside(&counted) => return Must::Count,
        Action::Exit => return Must::Stray,
    };
    winner.map_or(Must::Count, |winner| {
        Must::Lose(winner.scan, overlap(&winner.believed, &scan.believed))
    })
}

fn of_action<'a>(scans: &[&'a Admitted], action: Action) -> Vec<&'a Admitted> {
    let of = scans.iter().copied();
    of.filter(|scan| scan.action == action).collect()
}

fn inside(counted: &[&Admitted]) -> bool {
    let moves = counted
        .iter()
        .filter(|scan| scan.action != Action::Exchange);
    moves
        .last()
        .is_some_and(|scan| scan.action == Action::Entry)
}

fn entry_winner<'a>(
    rule: EntryRule,
    counted: &[&'a Admitted],
    entries: &[&'a Admitted],
    scan: &Admitted,
) -> Option<&'a Admitted> {
    let last = entries.last().copied();
    match rule {
        EntryRule::Single => entries.first().copied(),
        EntryRule::OncePerDay => entries.iter().copied().find(|entry| entry.day == scan.day),
        EntryRule::Times(most) => last.filter(|_| entries.len() >= usize::from(most)),
        EntryRule::ReEntry => last.filter(|_| inside(counted)),
    }
}
