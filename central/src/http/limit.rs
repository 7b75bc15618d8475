//! Rate limits: how often one address may ask, per kind of request.
//!
//! Invariants: what is counted is the address behind our own proxies ([`super::caller`]); memory is bounded, because
//! addresses share a fixed number of slots, which a keyed digest deals out so that nobody can choose a neighbour.
//! The limits leave room for a sale behind one carrier's address; they are for floods, not for people. Webhooks,
//! gates and assets are not limited here: the first two prove themselves, and the last come from memory.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header::RETRY_AFTER},
    middleware::Next,
    response::Response,
};
use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{caller::Caller, refusal::Refusal};
use crate::app::App;

const SLOTS: u32 = 1 << 16;
const PURPOSE: &str = "rate limit";

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Pages and lists.
    Read,
    /// Orders and whatever else changes something.
    Write,
    /// Documents, which cost a moment to draw.
    Document,
    /// Finding an order again: what a guesser would try.
    Lookup,
}

impl Class {
    const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Document, Self::Lookup];

    /// So many in a minute, and so many at once.
    const fn allowance(self) -> (u32, u32) {
        match self {
            Self::Read => (1_200, 400),
            Self::Write => (120, 60),
            Self::Document => (60, 30),
            Self::Lookup => (10, 10),
        }
    }

    fn of(method: &Method, path: &str) -> Option<Self> {
        const FREE: [&str; 5] = ["/hooks/", "/node/", "/assets/", "/healthz", "/readyz"];
        if FREE.iter().any(|free| path.starts_with(free)) {
            return None;
        }
        let is_lookup = ["/track", "/api/v1/track", "/panel/sign-in", "/panel/forgot"]
            .iter()
            .any(|start| path.starts_with(start));
        Some(match *method {
            Method::POST if is_lookup => Self::Lookup,
            Method::GET | Method::HEAD | Method::OPTIONS if path.ends_with(".pdf") => {
                Self::Document
            }
            Method::GET | Method::HEAD | Method::OPTIONS => Self::Read,
            _ => Self::Write,
        })
    }
}

/// How strict to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strictness(Option<NonZeroU32>);

impl Default for Strictness {
    fn default() -> Self {
        Self(Some(NonZeroU32::MIN))
    }
}

impl Strictness {
    /// `off`, or by which whole number the usual allowances are multiplied.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        if text == "off" {
            return Ok(Self(None));
        }
        let factor = text.parse().context(
            "RATE_LIMITS must be off, or a whole number from 1: how many times the usual limits",
        )?;
        Ok(Self(Some(factor)))
    }
}

/// The app's clock as the limiter reads it.
#[derive(Clone)]
struct Beat(Arc<dyn ambient::Clock>);

impl governor::clock::Clock for Beat {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(self.0.reading().mono_ms.try_into().unwrap_or_default())
    }
}

type Limiter = RateLimiter<u32, DashMapStateStore<u32>, Beat, NoOpMiddleware<Duration>>;

/// The limits of one server.
#[derive(Clone)]
pub(super) struct Limits {
    app: App,
    limiters: Arc<[Limiter]>,
}

impl Limits {
    pub(super) fn new(app: &App, Strictness(factor): Strictness) -> Self {
        let beat = Beat(app.clock.clone());
        let limiter = |class: &Class, factor: NonZeroU32| {
            let (per_minute, at_once) = class.allowance();
            let times =
                |n: u32| factor.saturating_mul(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
            let quota = Quota::per_minute(times(per_minute)).allow_burst(times(at_once));
            Limiter::new(quota, DashMapStateStore::default(), beat.clone())
        };
        let all = factor.map(|factor| {
            Class::ALL
                .iter()
                .map(|class| limiter(class, factor))
                .collect()
        });
        Self {
            app: app.clone(),
            limiters: all.unwrap_or_default(),
        }
    }

    /// How long to wait; `None` = go on.
    fn wait(&self, class: Class, caller: Caller) -> Option<Duration> {
        if caller == Caller::Local {
            return None;
        }
        let limiter = self.limiters.get(class as usize)?;
        let digest = self.app.vault.digest(PURPOSE, &caller.group());
        let slot = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % SLOTS;
        let refused = limiter.check_key(&slot).err()?;
        Some(refused.wait_time_from(limiter.clock().now()))
    }
}

/// Lets a request through, or says when to come again.
pub(super) async fn check(
    State(limits): State<Limits>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    let class = Class::of(request.method(), request.uri().path());
    let Some(wait) = class.and_then(|class| limits.wait(class, caller)) else {
        return next.run(request).await;
    };
    tracing::info!(?class, "an address asks too often");
    let mut refused = Refusal::TOO_MANY.answer();
    let seconds = wait.as_secs() + 1;
    refused
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_their_class() {
        for (method, path, want) in [
            (Method::GET, "/", Some(Class::Read)),
            (
                Method::GET,
                "/api/v1/orders/GRB-1/invoice.pdf",
                Some(Class::Document),
            ),
            (Method::POST, "/events/x/orders", Some(Class::Write)),
            (Method::POST, "/track", Some(Class::Lookup)),
            (Method::DELETE, "/anything", Some(Class::Write)),
            (Method::POST, "/hooks/midtrans", None),
            (Method::POST, "/node/v1/sync", None),
            (Method::GET, "/assets/1/app.css", None),
        ] {
            assert_eq!(Class::of(&method, path), want, "{method} {path}");
        }
        for (place, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, place);
        }
    }

    #[test]
    fn strictness_is_off_or_a_factor() {
        assert_eq!(Strictness::parse("off").expect("off"), Strictness(None));
        assert_eq!(
            Strictness::parse("1").expect("a factor"),
            Strictness::default()
        );
        for wrong in ["0", "", "-1", "many"] {
            assert!(Strictness::parse(wrong).is_err(), "{wrong}");
        }
    }
}
