//! The places of a door, each with the ticket that waits there for its wristband: the desk, and every open page.
//!
//! A page carries its number with every scan. Numbers begin at the time of the program's start, so a page that outlived
//! an earlier program finds nobody else's ticket. Only places with a waiting ticket are kept, and only so many.
//!
//! Invariants: a place's ticket is out with one scan at a time, under a lease. What comes back under an old lease, because
//! the place was asked or cleared meanwhile, is dropped: it neither overwrites a newer ticket nor returns from the dead.
//! The desk's ticket and the pages' never wait at the same time, because everybody sees the newest one alone. A ticket is
//! found from another place only by the operator who showed it.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use sync_protocol::{id::OperatorId, time::Timestamp};

use crate::pairing::Pairing;

/// Where camera and scanners show: no page has this number.
pub const DESK: u64 = 0;
/// More than a node has screens.
const MOST: usize = 64;

/// All of them.
#[derive(Debug)]
pub struct Places {
    first: u64,
    next: AtomicU64,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    waiting: BTreeMap<u64, Pairing>,
    out: BTreeMap<u64, Out>,
    leases: u64,
}

/// A place whose ticket, if it had one, is out with a scan.
#[derive(Debug)]
struct Out {
    lease: u64,
    had_ticket: bool,
    /// A newer ticket began to wait on the other side.
    is_displaced: bool,
}

/// What waits at a place, for one scan.
#[derive(Debug)]
pub struct Lease {
    place: u64,
    number: u64,
    /// It.
    pub pairing: Pairing,
}

impl Places {
    /// None yet.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let first = now.0.unsigned_abs().max(DESK + 1);
        Self {
            first,
            next: AtomicU64::new(first),
            kept: Mutex::default(),
        }
    }

    /// The number of the first page of this run.
    #[must_use]
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// The number of a new page.
    pub fn open(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// What waits at a place, which from then on has nothing.
    #[must_use]
    pub fn take(&self, place: u64) -> Lease {
        self.kept().take(place)
    }

    /// What waits elsewhere and may find its wristband at `place`: for a page what waits at the desk, for the desk what
    /// waits at the only page where something does. `now_ms` tells what waits no longer.
    #[must_use]
    pub fn borrow(&self, place: u64, operator: Option<OperatorId>, now_ms: i64) -> Option<Lease> {
        let mut kept = self.kept();
        kept.waiting
            .retain(|_, pairing| pairing.is_waiting_at(now_ms));
        let fits = |(from, pairing): &(&u64, &Pairing)| {
            (place == DESK || **from == DESK) && pairing.is_of(operator)
        };
        let mut found = kept.waiting.iter().filter(fits).map(|(from, _)| *from);
        let (from, other) = (found.next()?, found.next());
        // One that is out may come back, so two might be meant.
        let is_guess = place == DESK && kept.out.values().any(|out| out.had_ticket);
        (other.is_none() && !is_guess).then(|| kept.take(from))
    }

    /// Brings back what waits at a place; `begins` says that it is a ticket that was just shown. Of too many places the
    /// oldest page loses.
    pub fn put(&self, lease: Lease, begins: bool) {
        self.kept().put(lease, begins);
    }

    /// Nothing waits at this place any more, also nothing that is out.
    pub fn clear(&self, place: u64) {
        let mut kept = self.kept();
        kept.waiting.remove(&place);
        kept.out.remove(&place);
    }

    /// Somebody works the desk now, or for something else: nothing of theirs waits anywhere, and nothing at the desk.
    pub fn clear_for(&self, operator: Option<OperatorId>) {
        let mut kept = self.kept();
        kept.waiting
            .retain(|place, pairing| *place != DESK && !pairing.is_of(operator));
        kept.out.clear();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn take(&mut self, place: u64) -> Lease {
        let pairing = self.waiting.remove(&place).unwrap_or_default();
        self.leases += 1;
        let number = self.leases;
        let out = Out {
            lease: number,
            had_ticket: pairing.is_waiting(),
            is_displaced: false,
        };
        self.out.insert(place, out);
        Lease {
            place,
            number,
            pairing,
        }
    }

    fn put(&mut self, lease: Lease, begins: bool) {
        let Lease {
            place,
            number,
            pairing,
        } = lease;
        let is_current = |out: &Out| out.lease == number;
        if !self.out.get(&place).is_some_and(is_current) {
            return;
        }
        let out = self.out.remove(&place);
        let is_displaced = out.is_some_and(|out| out.is_displaced);
        if !pairing.is_waiting() || (is_displaced && !begins) {
            return;
        }
        if begins {
            self.displace(place);
        }
        self.waiting.insert(place, pairing);
        while self.waiting.len() > MOST {
            let oldest = self.waiting.keys().find(|place| **place != DESK).copied();
            oldest.and_then(|place| self.waiting.remove(&place));
        }
    }

    /// A ticket begins to wait at `place`: what waited on the other side goes.
    fn displace(&mut self, place: u64) {
        let is_same_side = |other: u64| (other == DESK) == (place == DESK);
        self.waiting.retain(|other, _| is_same_side(*other));
        for (other, out) in &mut self.out {
            out.is_displaced |= !is_same_side(*other);
        }
    }
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
