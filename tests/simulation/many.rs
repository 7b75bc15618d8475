//! Many seeds, on all cores, with a line that tells how far it is.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use crate::world::{run, terminal};

/// Seeds between two progress lines.
const EVERY: u64 = 20;

/// What all players share.
struct Board {
    first: u64,
    count: u64,
    taken: AtomicU64,
    done: AtomicU64,
    scans: AtomicU64,
    doubles: AtomicUsize,
    broken: Mutex<Vec<String>>,
    started: Instant,
}

/// Plays `count` seeds from `first` on and fails when one does not hold.
pub fn play(first: u64, count: u64) {
    let board = Board {
        first,
        count,
        taken: AtomicU64::new(0),
        done: AtomicU64::new(0),
        scans: AtomicU64::new(0),
        doubles: AtomicUsize::new(0),
        broken: Mutex::default(),
        started: Instant::now(),
    };
    terminal(&format!("seeds {first} to {}", first + count - 1));
    let players = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..players {
            scope.spawn(|| board.play());
        }
    });
    terminal("");
    let broken = board
        .broken
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    assert!(broken.is_empty(), "{} of {count} seeds broke", broken.len());
}

impl Board {
    fn play(&self) {
        loop {
            let next = self.taken.fetch_add(1, Ordering::Relaxed);
            if next >= self.count {
                return;
            }
            match run(self.first + next, false) {
                Ok(told) => {
                    self.scans
                        .fetch_add(u64::from(told.scans), Ordering::Relaxed);
                    self.doubles.fetch_add(told.doubles.0, Ordering::Relaxed);
                }
                Err(broken) => self.note(broken),
            }
            self.tell(self.done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    }

    fn note(&self, broken: String) {
        terminal(&format!("\n{broken}\n"));
        let mut all = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(broken);
    }

    fn tell(&self, done: u64) {
        if !done.is_multiple_of(EVERY) && done != self.count {
            return;
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let scans = self.scans.load(Ordering::Relaxed);
        let doubles = self.doubles.load(Ordering::Relaxed);
        let count = self.count;
        let mut out = std::io::stderr();
        let (start, end) = match out.is_terminal() {
            true => ("\r", ""),
            false => ("", "\n"),
        };
        // A terminal that went away is no reason to fail.
        let _ = write!(
            out,
            "{start}{done} of {count} seeds, {scans} scans, {doubles} doubles, {seconds:.0} s{end}"
        );
    }
}
