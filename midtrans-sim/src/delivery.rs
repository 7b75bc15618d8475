//! Sending notices as Midtrans documents it: POST, JSON, fifteen seconds, and a number of retries
//! that depends on what the merchant's server answered.
//!
//! Invariants: the same bytes are sent at every attempt; the first attempts of one order's notices
//! go out in the order the moves were made (later ones may overtake, as in life); no redirect but
//! 307 and 308 is followed. Every attempt is kept in a short log for tests and the demo.
//! What goes wrong with notices on demand (repeats, broken signatures) is decided before, in `fault`.
//! Certificates are not trusted: a notification URL is plain HTTP on the same machine.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::redirect::Policy;
use serde::Serialize;
use tokio::sync::{oneshot, watch};

use crate::world::Notice;

/// Longest wait before each retry, in seconds; the real wait is somewhere in its upper half.
const CEILINGS_SECONDS: [u32; 5] = [120, 600, 1_800, 5_400, 12_600];
const TIMEOUT: Duration = Duration::from_secs(15);
const LOG_LENGTH: usize = 1_000;

/// How many times Midtrans tries again after this answer (`None`: no answer at all).
#[must_use]
pub fn retries(http_status: Option<u16>) -> usize {
    match http_status {
        Some(200..=299 | 301 | 302 | 303) => 0,
        Some(500) => 1,
        Some(400 | 404) => 2,
        Some(503) => 4,
        _ => 5,
    }
}

/// The wait before retry number `retry` (from 0); `shift` (0–255) stands for Midtrans' random shift.
#[must_use]
pub fn wait(retry: usize, shift: u8) -> Duration {
    let ceiling = CEILINGS_SECONDS[retry.min(CEILINGS_SECONDS.len() - 1)];
    Duration::from_secs(ceiling.into()) * (256 + u32::from(shift)) / 512
}

/// One attempt, as the log shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    pub order_id: String,
    pub transaction_id: String,
    pub transaction_status: String,
    pub url: String,
    /// 1 for the first.
    pub attempt: usize,
    /// What the server answered; absent if it did not.
    pub http_status: Option<u16>,
}

#[derive(Debug)]
pub struct Delivery {
    client: reqwest::Client,
    /// Waits between retries are divided by this, so that a demo need not take hours.
    hurry: u32,
    log: Mutex<VecDeque<Attempt>>,
    /// Order id → end of the newest first attempt, which the next notice waits for.
    tails: Mutex<BTreeMap<String, oneshot::Receiver<()>>>,
    stop: watch::Receiver<bool>,
}

impl Delivery {
    /// # Errors
    /// If no HTTP client can be built.
    pub fn new(hurry: u32, stop: watch::Receiver<bool>) -> anyhow::Result<Delivery> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .timeout(TIMEOUT)
            .redirect(Policy::custom(|attempt| match attempt.status().as_u16() {
                307 | 308 if attempt.previous().len() <= 5 => attempt.follow(),
                307 | 308 => attempt.error("too many redirects"),
                _ => attempt.stop(),
            }))
            .build()?;
        let (log, tails) = (Mutex::default(), Mutex::default());
        Ok(Delivery {
            client,
            hurry: hurry.max(1),
            log,
            tails,
            stop,
        })
    }

    /// Starts sending; the receiver resolves when the first attempt at every URL is over.
    pub fn send(self: &Arc<Self>, notice: Notice) -> oneshot::Receiver<()> {
        let (tail_end, tail) = oneshot::channel();
        let (done, is_done) = oneshot::channel();
        let before = lock(&self.tails).insert(notice.order_id.clone(), tail);
        let delivery = Arc::clone(self);
        tokio::spawn(async move {
            if let Some(before) = before {
                // An error only says that the earlier notice is no longer being sent.
                let _ = before.await;
            }
            let mut answers = Vec::new();
            for url in &notice.urls {
                answers.push(delivery.attempt(&notice, url, 1).await);
            }
            // Nobody may be waiting, which is fine.
            let _ = tail_end.send(());
            let _ = done.send(());
            for (url, answer) in notice.urls.iter().zip(answers) {
                tokio::spawn(Arc::clone(&delivery).retry(notice.clone(), url.clone(), answer));
            }
        });
        is_done
    }

    /// Starts sending without waiting for earlier notices of the order.
    pub fn send_at_once(self: &Arc<Self>, notice: Notice) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        let delivery = Arc::clone(self);
        tokio::spawn(async move {
            for url in &notice.urls {
                let answer = delivery.attempt(&notice, url, 1).await;
                tokio::spawn(Arc::clone(&delivery).retry(notice.clone(), url.clone(), answer));
            }
            // Nobody may be waiting, which is fine.
            let _ = done.send(());
        });
        is_done
    }

    /// The newest attempts, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<Attempt> {
        lock(&self.log).iter().cloned().collect()
    }

    async fn retry(self: Arc<Self>, notice: Notice, url: String, mut answer: Option<u16>) {
        let mut stop = self.stop.clone();
        let shift = notice.body.bytes().fold(0, u8::wrapping_add);
        let mut made = 0;
        while made < retries(answer) {
            let pause = wait(made, shift) / self.hurry;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.wait_for(|stopped| *stopped) => return,
            }
            made += 1;
            answer = self.attempt(&notice, &url, made + 1).await;
        }
    }

    async fn attempt(&self, notice: &Notice, url: &str, number: usize) -> Option<u16> {
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("user-agent", "Veritrans")
            .body(notice.body.clone());
        let answer = request.send().await;
        let http_status = match &answer {
            Ok(response) => Some(response.status().as_u16()),
            Err(_) => None,
        };
        tracing::info!(
            order_id = notice.order_id,
            status = notice.transaction_status,
            attempt = number,
            http_status,
            "notice sent"
        );
        self.note(notice, url, number, http_status);
        http_status
    }

    fn note(&self, notice: &Notice, url: &str, attempt: usize, http_status: Option<u16>) {
        let mut log = lock(&self.log);
        if log.len() == LOG_LENGTH {
            log.pop_front();
        }
        log.push_back(Attempt {
            order_id: notice.order_id.clone(),
            transaction_id: notice.transaction_id.clone(),
            transaction_status: notice.transaction_status.clone(),
            url: url.to_owned(),
            attempt,
            http_status,
        });
    }
}

/// A panic in another thread leaves the data whole: nothing here is half-written between awaits.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_follow_the_answer() {
        let cases = [
            (Some(200), 0),
            (Some(204), 0),
            (Some(302), 0),
            (Some(400), 2),
            (Some(404), 2),
            (Some(403), 5),
            (Some(500), 1),
            (Some(502), 5),
            (Some(503), 4),
            (None, 5),
        ];
        for (answer, want) in cases {
            assert_eq!(retries(answer), want, "{answer:?}");
        }
    }

    #[test]
    fn waits_stay_below_their_ceilings() {
        assert_eq!(wait(0, 0), Duration::from_secs(60));
        assert!(wait(0, 255) < Duration::from_secs(120));
        assert!(wait(4, 255) < Duration::from_secs(12_600));
        assert!(wait(4, 0) >= Duration::from_secs(6_300));
    }
}
