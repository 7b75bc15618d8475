//! A decoder with a deadline, on a thread of its own.
//!
//! ```text
//! idle ──frame──► working ──answer in time──► idle
//!                    └──deadline──► abandoned (flag raised, thread leaves) ; the next frame starts another
//! ```
//!
//! Invariant: [`Bounded::decode`] returns by its deadline, whatever the decoder does. An abandoned
//! thread is asked to stop through its [`Abandon`]; one that does not listen is left behind, and at
//! most [`MAX_STRAYS`] of those may live: beyond that there is no answer until one ends, so a bad
//! picture cannot eat the machine. A decoder that panics counts as one without an answer.
//! Used by the cascade for everything that rqrr does. zxing-cpp needs no bound and no thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::code::Code;
use crate::{FrameDecoder, GrayFrame};

/// How many abandoned threads may still be running.
pub const MAX_STRAYS: usize = 2;

/// Asks a decode to give up. Clones share one flag, which never comes down again.
#[derive(Debug, Clone, Default)]
pub struct Abandon(Arc<AtomicBool>);

impl Abandon {
    /// From now on the decode is not wanted.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether to give up. Cheap enough for every pixel.
    #[inline]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

type Make = Box<dyn Fn(Abandon) -> Box<dyn FrameDecoder> + Send>;

/// A decoder that answers in time or not at all.
pub struct Bounded {
    make: Make,
    deadline: Duration,
    worker: Option<Worker>,
    strays: Arc<AtomicUsize>,
    overruns: u64,
}

impl Bounded {
    /// `make` builds the decoder on each new thread; what it builds should heed the flag.
    pub fn new(
        deadline: Duration,
        make: impl Fn(Abandon) -> Box<dyn FrameDecoder> + Send + 'static,
    ) -> Self {
        let strays = Arc::default();
        Self {
            make: Box::new(make),
            deadline,
            worker: None,
            strays,
            overruns: 0,
        }
    }

    /// The codes, or `None` when the deadline passed or no thread could take the frame.
    pub fn decode(&mut self, frame: &GrayFrame<'_>) -> Option<Vec<Code>> {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.hire()?,
        };
        worker.frames.send(frame.to_owned_frame()).ok()?;
        match worker.answers.recv_timeout(self.deadline) {
            Ok(codes) => {
                self.worker = Some(worker);
                Some(codes)
            }
            Err(RecvTimeoutError::Timeout) => {
                self.overruns += 1;
                None
            }
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// How many decodes were abandoned so far.
    pub fn overruns(&self) -> u64 {
        self.overruns
    }

    fn hire(&self) -> Option<Worker> {
        if self.strays.load(Ordering::Acquire) >= MAX_STRAYS {
            return None;
        }
        let abandon = Abandon::default();
        let decoder = (self.make)(abandon.clone());
        Worker::start(decoder, abandon, Presence::enter(&self.strays))
    }
}

/// One running thread. Dropping it abandons what it does.
struct Worker {
    frames: Sender<GrayFrame<'static>>,
    answers: Receiver<Vec<Code>>,
    abandon: Abandon,
}

impl Worker {
    fn start(
        mut decoder: Box<dyn FrameDecoder>,
        abandon: Abandon,
        presence: Presence,
    ) -> Option<Self> {
        let (frames, waiting) = channel::<GrayFrame<'static>>();
        let (answer, answers) = channel();
        let work = move || {
            let _presence = presence;
            while let Ok(frame) = waiting.recv() {
                if answer.send(decoder.decode(&frame)).is_err() {
                    break;
                }
            }
        };
        thread::Builder::new()
            .name("decode-bounded".to_owned())
            .spawn(work)
            .ok()?;
        Some(Self {
            frames,
            answers,
            abandon,
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.abandon.raise();
    }
}

/// Counts a thread for as long as it lives, also when it unwinds.
struct Presence(Arc<AtomicUsize>);

impl Presence {
    fn enter(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(count))
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Never answers; leaves when it is abandoned.
    struct Endless(Abandon);

    impl FrameDecoder for Endless {
        fn name(&self) -> &'static str {
            "endless"
        }

        fn decode(&mut self, _: &GrayFrame<'_>) -> Vec<Code> {
            while !self.0.is_raised() {
                thread::yield_now();
            }
            Vec::new()
        }
    }

    /// Waits for a message that only the test sends, and heeds no flag.
    struct Deaf(Receiver<()>);

    impl FrameDecoder for Deaf {
        fn name(&self) -> &'static str {
            "deaf"
        }

        fn decode(&mut self, _: &GrayFrame<'_>) -> Vec<Code> {
            let _ = self.0.recv();
            Vec::new()
        }
    }

    struct Panics;

    impl FrameDecoder for Panics {
        fn name(&self) -> &'static str {
            "panics"
        }

        fn decode(&mut self, _: &GrayFrame<'_>) -> Vec<Code> {
            std::panic::resume_unwind(Box::new("as a bad picture would"))
        }
    }

    fn frame() -> GrayFrame<'static> {
        GrayFrame::new(2, 2, vec![0; 4]).expect("a frame")
    }

    fn until(condition: impl Fn() -> bool) {
        let start = Instant::now();
        while !condition() {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "the condition never came"
            );
            thread::yield_now();
        }
    }

    #[test]
    fn an_overrun_is_abandoned_and_its_thread_leaves() {
        let mut bounded = Bounded::new(Duration::from_millis(20), |abandon| {
            Box::new(Endless(abandon))
        });
        let start = Instant::now();
        assert_eq!(bounded.decode(&frame()), None);
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "it waited beyond its deadline"
        );
        assert_eq!(bounded.overruns(), 1);
        until(|| bounded.strays.load(Ordering::Acquire) == 0);
    }

    #[test]
    fn the_thread_after_an_overrun_is_a_new_one() {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let mut bounded = Bounded::new(Duration::from_secs(1), move |abandon| {
            match count.fetch_add(1, Ordering::Relaxed) {
                0 => Box::new(Endless(abandon)),
                _ => Box::new(crate::Rqrr::with_abandon(abandon)),
            }
        });
        assert_eq!(bounded.decode(&frame()), None);
        assert_eq!(bounded.decode(&frame()), Some(Vec::new()));
        assert_eq!(bounded.decode(&frame()), Some(Vec::new()));
        assert_eq!(
            made.load(Ordering::Relaxed),
            2,
            "a thread that answers is kept"
        );
    }

    #[test]
    fn threads_that_heed_nothing_stay_few() {
        let (doors, made) = channel();
        let mut bounded = Bounded::new(Duration::from_millis(1), move |_| {
            let (door, wait) = channel();
            let _ = doors.send(door);
            Box::new(Deaf(wait))
        });
        for _ in 0..MAX_STRAYS + 4 {
            assert_eq!(bounded.decode(&frame()), None);
        }
        assert_eq!(bounded.overruns(), MAX_STRAYS as u64);
        drop(made);
        until(|| bounded.strays.load(Ordering::Acquire) == 0);
    }

    #[test]
    fn a_panic_is_no_answer() {
        let mut bounded = Bounded::new(Duration::from_secs(20), |_| Box::new(Panics));
        assert_eq!(bounded.decode(&frame()), None);
        assert_eq!(bounded.overruns(), 0);
    }
}
