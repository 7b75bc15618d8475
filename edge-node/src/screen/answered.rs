//! The last answer at each page, for a page that asks again because it did not hear it.
//!
//! Invariant: a scan that a page asked for twice under one number is one attempt, also while the first is still being
//! decided. It is the same only with the same text, action and operator, so nobody is told what they did not show. In
//! memory alone: after a restart the log knows the ticket, and says that it was scanned here a moment ago.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sync_protocol::{id::OperatorId, scan::Action};

use crate::scan::{Scan, Showing};

/// More than a node has screens.
const MOST: usize = 64;

type Place = Arc<Mutex<Option<Last>>>;

/// By page, the one that scanned last at the end.
#[derive(Default)]
pub(super) struct Answered(Mutex<Vec<(u64, Place)>>);

struct Last {
    n: u64,
    text: String,
    action: Action,
    operator: Option<OperatorId>,
    scan: Scan,
}

impl Answered {
    /// The answer that was given to this very scan, or the one that `decide` gives now. A scan without a number is always
    /// a new one.
    pub(super) fn once(
        &self,
        page: u64,
        n: Option<u64>,
        showing: &Showing,
        decide: impl FnOnce() -> Scan,
    ) -> Scan {
        let Some(n) = n else {
            return decide();
        };
        let place = self.place(page);
        let mut last = locked(&place);
        if let Some(last) = last.as_ref().filter(|last| last.is_of(n, showing)) {
            return last.scan.clone();
        }
        let scan = decide();
        *last = Some(Last {
            n,
            text: showing.text.to_owned(),
            action: showing.action,
            operator: showing.operator,
            scan: scan.clone(),
        });
        scan
    }

    /// Of too many pages the one that scanned least lately loses.
    fn place(&self, page: u64) -> Place {
        let mut places = locked(&self.0);
        let at = places.iter().position(|(known, _)| *known == page);
        let (_, place) = at.map_or_else(|| (page, Place::default()), |at| places.remove(at));
        places.push((page, Arc::clone(&place)));
        if places.len() > MOST {
            places.remove(0);
        }
        place
    }
}

impl Last {
    fn is_of(&self, n: u64, showing: &Showing) -> bool {
        self.n == n
            && self.text == showing.text
            && self.action == showing.action
            && self.operator == showing.operator
    }
}

fn locked<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_pages_the_one_that_scanned_least_lately_is_forgotten() {
        let answered = Answered::default();
        let first = answered.place(1);
        for page in 2..=100 {
            answered.place(page);
            assert!(Arc::ptr_eq(&first, &answered.place(1)), "page {page}");
        }
        let kept = locked(&answered.0);
        assert_eq!(kept.len(), MOST);
        assert!(kept.iter().all(|(page, _)| *page == 1 || *page > 36));
    }
}
