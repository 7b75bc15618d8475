//! One place for one frame: who reads late gets the newest, and nothing queues.
//!
//! Invariant: at most one frame waits. A live source replaces what nobody took; one that must not lose frames
//! waits until the place is free. Between the thread that captures and the one that decodes.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The place.
#[derive(Debug)]
pub struct Latest<T> {
    place: Mutex<Place<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct Place<T> {
    waiting: Option<T>,
    is_closed: bool,
    dropped: u64,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        let place = Place {
            waiting: None,
            is_closed: false,
            dropped: 0,
        };
        Self {
            place: Mutex::new(place),
            changed: Condvar::new(),
        }
    }
}

impl<T> Latest<T> {
    /// Puts the newest one there, in place of one that nobody took.
    pub fn replace(&self, newest: T) {
        let mut place = self.place();
        place.dropped += u64::from(place.waiting.is_some());
        place.waiting = Some(newest);
        self.changed.notify_all();
    }

    /// Puts one there once the place is free; `false` when it was closed instead.
    pub fn hand_over(&self, next: T) -> bool {
        let free = |place: &mut Place<T>| place.waiting.is_some() && !place.is_closed;
        let place = self.changed.wait_while(self.place(), free);
        let mut place = place.unwrap_or_else(PoisonError::into_inner);
        if !place.is_closed {
            place.waiting = Some(next);
            self.changed.notify_all();
        }
        !place.is_closed
    }

    /// Takes what is there, or what comes within the time.
    pub fn take(&self, patience: Duration) -> Option<T> {
        let empty = |place: &mut Place<T>| place.waiting.is_none() && !place.is_closed;
        let place = self
            .changed
            .wait_timeout_while(self.place(), patience, empty);
        let (mut place, _) = place.unwrap_or_else(PoisonError::into_inner);
        let taken = place.waiting.take();
        if taken.is_some() {
            self.changed.notify_all();
        }
        taken
    }

    /// Waits for the time, or until it is closed; whether it is.
    pub fn is_closed_after(&self, time: Duration) -> bool {
        let open = |place: &mut Place<T>| !place.is_closed;
        let place = self.changed.wait_timeout_while(self.place(), time, open);
        let (place, _) = place.unwrap_or_else(PoisonError::into_inner);
        place.is_closed
    }

    /// From now on nobody waits here.
    pub fn close(&self) {
        self.place().is_closed = true;
        self.changed.notify_all();
    }

    /// Whether nobody waits here any more.
    pub fn is_closed(&self) -> bool {
        self.place().is_closed
    }

    /// How many were replaced before anybody took them.
    pub fn dropped(&self) -> u64 {
        self.place().dropped
    }

    fn place(&self) -> MutexGuard<'_, Place<T>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread};

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn who_comes_late_gets_the_newest() {
        let latest = Latest::default();
        (1..=5).for_each(|n| latest.replace(n));
        assert_eq!(latest.take(LONG), Some(5));
        assert_eq!(latest.take(Duration::ZERO), None);
        assert_eq!(latest.dropped(), 4);
    }

    #[test]
    fn what_must_not_be_lost_waits_for_its_turn() {
        let latest = Arc::new(Latest::default());
        let giving = Arc::clone(&latest);
        let giver = thread::spawn(move || (1..=50).all(|n| giving.hand_over(n)));
        let taken: Vec<i32> = (1..=50).filter_map(|_| latest.take(LONG)).collect();
        assert_eq!(taken, (1..=50).collect::<Vec<_>>());
        assert!(giver.join().expect("it gave all"));
        assert_eq!(latest.dropped(), 0);
    }

    #[test]
    fn closing_wakes_everybody() {
        let latest = Arc::new(Latest::default());
        latest.replace(1);
        let giving = Arc::clone(&latest);
        let giver = thread::spawn(move || giving.hand_over(2));
        latest.close();
        assert!(!giver.join().expect("it came back"));
        assert_eq!(latest.take(LONG), Some(1), "what was there is still good");
        assert_eq!(latest.take(LONG), None, "and nobody waits for more");
        assert!(latest.is_closed_after(LONG));
    }
}
