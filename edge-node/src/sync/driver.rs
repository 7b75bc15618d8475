//! The driver: syncs in the background of a running gate, when the schedule says so. While all is well it holds a
//! wait at central's, whose answer brings the next round forward.
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
    schedule::{Heard, Outcome, Schedule},
    session::Session,
    transport::Transport,
    wait::wait,
};
use crate::{counter, node::Node};

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
    /// Starts syncing: at once, then when there is news, a scan, or `interval_ms` is over and nothing was heard.
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
            self.until_due(&mut schedule, &mut session).await;
            let done = rounds(&self.node, &*self.transport, &mut session, &mut |_| {}).await;
            let outcome = self.tell(done);
            schedule.ended(outcome, self.now_ms(), self.entropy.next_u64());
        }
    }

    /// Until the schedule is due; a scan or news from central may bring that forward.
    async fn until_due(&self, schedule: &mut Schedule, session: &mut Session) {
        while schedule.wait_ms(self.now_ms()) > 0 {
            let listening = self.listen(schedule.listen(self.now_ms()), session);
            tokio::pin!(listening);
            let heard = loop {
                let wait = schedule.wait_ms(self.now_ms()).unsigned_abs();
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(wait)) => return,
                    () = self.scanned.notified() => schedule.scanned(self.now_ms()),
                    heard = &mut listening => break heard,
                }
            };
            schedule.heard(heard, self.now_ms(), self.entropy.next_u64());
        }
    }

    /// Waits for news at central's, if it is time to. A wait that is dropped half-way is taken back there.
    async fn listen(&self, longest_ms: Option<u32>, session: &mut Session) -> Heard {
        let Some(longest_ms) = longest_ms else {
            return std::future::pending().await;
        };
        match wait(&self.node, &*self.transport, session, longest_ms).await {
            Ok(true) => Heard::News,
            Ok(false) => Heard::Nothing,
            Err(error) => {
                tracing::debug!(code = error.code(), "waiting for news failed");
                Heard::Failure
            }
        }
    }

    fn tell(&self, done: Result<Summary, SyncError>) -> Outcome {
        let (link, outcome) = match done {
            // All of it is fetched again, which must not be every few seconds.
            Ok(summary) if summary.gap.is_some() => (Link::Connected, Outcome::Failed),
            // A revoked node is told so each time: seldom is enough, and an erased disk need not be erased every second.
            Ok(summary) if summary.erased => (revoked(), Outcome::Refused),
            Ok(_) => (Link::Connected, Outcome::Current),
            Err(error) => {
                let outcome = match error.can_retry() {
                    true => Outcome::Failed,
                    false => Outcome::Refused,
                };
                (away(&error), outcome)
            }
        };
        counter::round(outcome.name());
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

fn revoked() -> Link {
    Link::Away {
        code: "node_revoked".to_owned(),
        message: "central revoked this node: enrol a new one in another folder".to_owned(),
    }
}

fn away(error: &SyncError) -> Link {
    Link::Away {
        code: error.code().to_owned(),
        message: error.to_string(),
    }
}

#[cfg(test)]
#[path = "driver_tests.rs"]
mod tests;
