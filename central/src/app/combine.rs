//! The combiner: requests that would meet at one row are gathered and made together.
//!
//! While one batch of a key is being worked on, the next one gathers; whoever comes to an idle key is served at once,
//! so nobody waits for company. Invariants: first come, first served; one batch of a key at a time on this server
//! (other servers meet it at the row, as always); a bounded queue; each request gets its own answer, also where a
//! batch panics; a caller that goes away takes nothing with it, since the work is a task of its own.
//! Used for new orders and their sessions, and for notices and their moves. What a batch does is its caller's to say.

use std::{
    collections::{BTreeMap, VecDeque},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

/// Most requests in one batch: the largest number of rows that one statement takes.
pub const MOST_TOGETHER: usize = 200;
/// Most requests of one key that wait: some seconds of work.
const MOST_WAITING: usize = 20_000;

/// Why a request has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Too many wait already.
    #[error("too many requests wait: try again")]
    Full,
    /// The batch ended without an answer.
    #[error("the work was broken off: try again")]
    BrokenOff,
}

/// Gathers jobs `J` by key and hands each its answer `A`. Clones share the queues.
pub struct Combiner<K, J, A>(Arc<Mutex<ByKey<K, J, A>>>);

type ByKey<K, J, A> = BTreeMap<K, VecDeque<Waiting<J, A>>>;

struct Waiting<J, A> {
    job: J,
    answer: oneshot::Sender<A>,
}

type Queues<'a, K, J, A> = MutexGuard<'a, ByKey<K, J, A>>;

impl<K, J, A> Combiner<K, J, A>
where
    K: Clone + Ord + Send + Sync + 'static,
    J: Send + 'static,
    A: Send + 'static,
{
    /// Has `work` make the job together with others of its key: it takes jobs in the order in which they came and
    /// gives as many answers in the same order.
    ///
    /// # Errors
    /// [`Unanswered`]; of a job that was broken off it is unknown what became.
    pub async fn submit<W, F>(&self, key: K, job: J, work: W) -> Result<A, Unanswered>
    where
        W: Fn(Vec<J>) -> F + Send + Sync + 'static,
        F: Future<Output = Vec<A>> + Send,
    {
        let (answer, answered) = oneshot::channel();
        let is_idle = {
            let mut queues = self.lock();
            // A queue stands for as long as somebody works on it.
            let is_idle = !queues.contains_key(&key);
            let queue = queues.entry(key.clone()).or_default();
            if queue.len() >= MOST_WAITING {
                return Err(Unanswered::Full);
            }
            queue.push_back(Waiting { job, answer });
            is_idle
        };
        if is_idle {
            let own = self.clone();
            tokio::spawn(async move { own.work_off(&key, work).await });
        }
        answered.await.map_err(|_| Unanswered::BrokenOff)
    }

    async fn work_off<W, F>(&self, key: &K, work: W)
    where
        W: Fn(Vec<J>) -> F,
        F: Future<Output = Vec<A>>,
    {
        while let Some((jobs, waiting)) = self.take(key) {
            let done = AssertUnwindSafe(async { work(jobs).await }).catch_unwind();
            let Ok(answers) = done.await else {
                // Whoever waits learns it by the end of its channel; those behind are served.
                tracing::error!("a batch panicked");
                continue;
            };
            for (waiting, answer) in waiting.into_iter().zip(answers) {
                // Who has gone away needs no answer.
                drop(waiting.send(answer));
            }
        }
    }

    /// The next batch; where there is none, the key is idle from now on.
    fn take(&self, key: &K) -> Option<(Vec<J>, Vec<oneshot::Sender<A>>)> {
        let mut queues = self.lock();
        let queue = queues.get_mut(key)?;
        if queue.is_empty() {
            queues.remove(key);
            return None;
        }
        let together = queue.len().min(MOST_TOGETHER);
        let batch = queue.drain(..together);
        Some(batch.map(|one| (one.job, one.answer)).unzip())
    }

    fn lock(&self) -> Queues<'_, K, J, A> {
        // Nothing that panics runs under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, J, A> Clone for Combiner<K, J, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Ord, J, A> Default for Combiner<K, J, A> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::Semaphore;

    type Doubler = Combiner<u8, usize, usize>;

    #[tokio::test]
    async fn what_comes_meanwhile_is_made_together_and_answered_apart() {
        let (combiner, gate) = (Doubler::default(), Arc::new(Semaphore::new(0)));
        let batches: Arc<Mutex<Vec<usize>>> = Arc::default();
        let work = |gate: Arc<Semaphore>, batches: Arc<Mutex<Vec<usize>>>| {
            move |jobs: Vec<usize>| {
                let (gate, batches) = (Arc::clone(&gate), Arc::clone(&batches));
                async move {
                    gate.acquire().await.expect("open").forget();
                    batches.lock().expect("no panic").push(jobs.len());
                    jobs.into_iter().map(|job| job * 2).collect()
                }
            }
        };
        let submit = |job| combiner.submit(1, job, work(Arc::clone(&gate), Arc::clone(&batches)));
        let all = futures_util::future::join_all((0..=MOST_TOGETHER + 50).map(submit));
        let (answers, ()) = tokio::join!(all, async { gate.add_permits(10) });
        let answers: Vec<_> = answers.into_iter().map(|a| a.expect("answered")).collect();
        let doubled: Vec<_> = (0..=MOST_TOGETHER + 50).map(|job| job * 2).collect();
        assert_eq!(answers, doubled);
        let batches = batches.lock().expect("no panic").clone();
        assert_eq!(batches.iter().sum::<usize>(), MOST_TOGETHER + 51);
        assert!(batches.contains(&MOST_TOGETHER), "{batches:?}");
        assert!(batches.len() <= 3, "{batches:?}");
    }

    #[tokio::test]
    async fn a_batch_that_panics_takes_nobody_behind_it_along() {
        let combiner = Doubler::default();
        let runs = Arc::new(AtomicUsize::new(0));
        let work = |runs: Arc<AtomicUsize>| {
            move |jobs: Vec<usize>| {
                assert_ne!(runs.fetch_add(1, Ordering::SeqCst), 0, "the first batch");
                async move { jobs }
            }
        };
        let first = combiner.submit(1, 1, work(Arc::clone(&runs))).await;
        assert_eq!(first, Err(Unanswered::BrokenOff));
        assert_eq!(combiner.submit(1, 2, work(runs)).await, Ok(2));
    }
}
