//! The driver: syncs in the background of a running gate, when the schedule says so.
//!
//! Central absent is normal. The driver only says so ([`Link`]); the gate goes on deciding, and nothing waits for
//! this task. It reads the clock and chance for the pure schedule and hands the results on.

use std::{sync::Arc, time::Duration};

use ambient::Entropy;
use serde::Serialize;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{
    error::SyncError,
    round::{Summary, rounds},
    schedule::{Outcome, Schedule},
    session::Session,
    transport::Transport,
};
use crate::node::Node;

/// Between rounds while all is well.
pub const INTERVAL_MS: i64 = 5_000;

/// How the link to central is, for the screen and `status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Link {
    /// The first round is not over.
    #[default]
    Starting,
    /// The last round went well.
    Connected,
    /// It did not, and will be tried again.
    Away {
        /// Stable name of the reason.
        code: String,
        /// One sentence for the person.
        message: String,
    },
}

/// A running driver. Stops when it is told to, or dropped.
pub struct Driver {
    hand: Hand,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// What other parts of the gate hold of the driver: tell it of scans, ask it how the link is.
#[derive(Clone)]
pub struct Hand {
    scanned: Arc<Notify>,
    link: watch::Receiver<Link>,
}

/// What the task works with.
struct Work {
    node: Arc<Node>,
    transport: Arc<dyn Transport>,
    entropy: Arc<dyn Entropy>,
    interval_ms: i64,
    scanned: Arc<Notify>,
    link: watch::Sender<Link>,
}

impl Driver {
    /// Starts syncing: at once, then every `interval_ms`.
    #[must_use]
    pub fn start(
        node: Arc<Node>,
        transport: Arc<dyn Transport>,
        entropy: Arc<dyn Entropy>,
        interval_ms: i64,
    ) -> Self {
        let (link, seen) = watch::channel(Link::default());
        let scanned = Arc::new(Notify::new());
        let stop = CancellationToken::new();
        let work = Work {
            node,
            transport,
            entropy,
            interval_ms,
            scanned: Arc::clone(&scanned),
            link,
        };
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            stopped.run_until_cancelled(work.run()).await;
        });
        let hand = Hand {
            scanned,
            link: seen,
        };
        Self { hand, stop, task }
    }

    /// What other parts hold.
    #[must_use]
    pub fn hand(&self) -> Hand {
        self.hand.clone()
    }

    /// Stops; a page that is being written is finished by its own thread.
    pub async fn stop(mut self) {
        self.stop.cancel();
        // Only a panic of the task could come back, and that is already on the log output.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Hand {
    /// Somebody was scanned: sync soon.
    pub fn scanned(&self) {
        self.scanned.notify_one();
    }

    /// How the link is; away when the driver itself is gone, whatever it said last.
    #[must_use]
    pub fn link(&self) -> Link {
        if self.link.has_changed().is_err() {
            return Link::Away {
                code: "sync_stopped".to_owned(),
                message: "sync stopped: start the gate program again".to_owned(),
            };
        }
        self.link.borrow().clone()
    }

    /// Waits until the link is as `wanted` says; `false` when the driver stopped before.
    pub async fn wait_for(&mut self, wanted: impl FnMut(&Link) -> bool) -> bool {
        self.link.wait_for(wanted).await.is_ok()
    }
}

impl Work {
    async fn run(&self) {
        let mut session = Session::default();
        let mut schedule = Schedule::new(self.interval_ms, self.now_ms());
        loop {
            self.wait(&mut schedule).await;
            let done = rounds(&self.node, &*self.transport, &mut session, &mut |_| {}).await;
            let outcome = self.tell(done);
            schedule.ended(outcome, self.now_ms(), self.entropy.next_u64());
        }
    }

    /// Until the schedule is due; a scan may bring that forward.
    async fn wait(&self, schedule: &mut Schedule) {
        loop {
            let wait = Duration::from_millis(schedule.wait_ms(self.now_ms()).unsigned_abs());
            tokio::select! {
                () = tokio::time::sleep(wait) => return,
                () = self.scanned.notified() => schedule.scanned(self.now_ms()),
            }
        }
    }

    fn tell(&self, done: Result<Summary, SyncError>) -> Outcome {
        let (link, outcome) = match done {
            // All of it is fetched again, which must not be every few seconds.
            Ok(summary) if summary.gap.is_some() => (Link::Connected, Outcome::Failed),
            Ok(_) => (Link::Connected, Outcome::Current),
            Err(error) => {
                let outcome = match error.can_retry() {
                    true => Outcome::Failed,
                    false => Outcome::Refused,
                };
                (away(&error), outcome)
            }
        };
        let changed = self.link.send_replace(link.clone()) != link;
        match link {
            Link::Away { code, message } if changed => tracing::warn!(code, "{message}"),
            Link::Connected if changed => tracing::info!("in touch with central"),
            _ => {}
        }
        outcome
    }

    fn now_ms(&self) -> i64 {
        self.node.clock().reading().mono_ms
    }
}

fn away(error: &SyncError) -> Link {
    Link::Away {
        code: error.code().to_owned(),
        message: error.to_string(),
    }
}
