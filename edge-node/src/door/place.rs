//! The places of a door, each with the ticket that waits there for its wristband: the desk, and every open page.
//!
//! A page carries its number with every scan. Numbers begin at the time of the program's start, so a page that outlived
//! an earlier program finds nobody else's ticket. Only places with a waiting ticket are kept, and only so many.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use sync_protocol::time::Timestamp;

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
    waiting: Mutex<BTreeMap<u64, Pairing>>,
}

impl Places {
    /// None yet.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let first = now.0.unsigned_abs().max(DESK + 1);
        Self {
            first,
            next: AtomicU64::new(first),
            waiting: Mutex::default(),
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
    pub fn take(&self, place: u64) -> Pairing {
        self.waiting().remove(&place).unwrap_or_default()
    }

    /// What waits elsewhere and may find its wristband at `place`: for a page what waits at the desk, for the desk what
    /// waits at the only page where something does.
    #[must_use]
    pub fn borrow(&self, place: u64) -> Option<(u64, Pairing)> {
        let mut waiting = self.waiting();
        if place != DESK {
            return waiting.remove_entry(&DESK);
        }
        match waiting.len() {
            1 => waiting.pop_first(),
            _ => None,
        }
    }

    /// Keeps what waits at a place; of too many places the oldest page loses.
    pub fn put(&self, place: u64, pairing: Pairing) {
        let mut waiting = self.waiting();
        if pairing.is_waiting() {
            waiting.insert(place, pairing);
        }
        while waiting.len() > MOST {
            let oldest = waiting.keys().find(|place| **place != DESK).copied();
            oldest.and_then(|place| waiting.remove(&place));
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<u64, Pairing>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
