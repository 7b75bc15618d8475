//! The open pages, each with the ticket that waits there: none is paired with a wristband that was shown at another.
//!
//! A page carries its number with every scan. Numbers begin at the time of the program's start, so a page that outlived
//! an earlier program finds nobody else's ticket. Only pages with a waiting ticket are kept, and only so many.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use sync_protocol::time::Timestamp;

use crate::pairing::Pairing;

/// More than a node has screens.
const MOST: usize = 64;

/// All of them.
#[derive(Debug)]
pub struct OpenPages {
    next: AtomicU64,
    waiting: Mutex<BTreeMap<u64, Pairing>>,
}

impl OpenPages {
    /// None yet.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            next: AtomicU64::new(now.0.unsigned_abs()),
            waiting: Mutex::default(),
        }
    }

    /// The number of a new page.
    pub fn open(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// What waits at a page, which from then on has nothing.
    #[must_use]
    pub fn take(&self, page: u64) -> Pairing {
        self.waiting().remove(&page).unwrap_or_default()
    }

    /// Keeps what waits at a page; of too many pages the oldest loses.
    pub fn put(&self, page: u64, pairing: Pairing) {
        let mut waiting = self.waiting();
        if pairing.is_waiting() {
            waiting.insert(page, pairing);
        }
        while waiting.len() > MOST {
            waiting.pop_first();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<u64, Pairing>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
