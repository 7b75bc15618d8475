//! Notices: a provider says "look again"; what it then answers is made one legal move in one transaction.
//!
//! Authenticate → keep the raw body → read the status again → decide (`domain::payment`) → save. Invariants: money,
//! order, holds, tickets and outbox move together or not at all; the same news twice changes nothing twice; the
//! order's row is locked while a move is decided, so concurrent notices queue. What cannot be read now stays open
//! and is settled by the worker, which makes the same moves ([`App::settle_payments`], [`App::follow_notices`]).
//! Notices that come at the same time are kept together (`kept`) and followed together (`batch`). `moves` plans and makes
//! one move alone, `paid` those that bring money, `undone` those that take it away again.

mod batch;
mod kept;
mod moves;
mod news;
mod paid;
mod undone;

pub(super) use batch::{Joint, Told};
pub(super) use kept::{Incoming, Kept};

use std::time::Duration;

use axum::http::HeaderMap;
use sync_protocol::time::Timestamp;

use super::{App, events::EventError, refunds::RefundError, sessions::UNREACHABLE};
use crate::{
    domain::{id::NoticeId, payment::Move},
    payments::{Notice, PaymentStatus, ProviderError, ProviderVerdict},
    store::{
        self, StoreError,
        payment::{Due, Payment},
        standing::{Place, places},
        tx::transact,
    },
};

/// How often a young payment is looked at, if no notice came.
const LOOK_EVERY_MS: i64 = 60_000;
/// Payments made before this are not looked at any more: no page and no virtual account lives longer.
pub(super) const LOOK_FOR_MS: i64 = 8 * 24 * 3_600_000;

/// Payments that were paid are looked at again for so long: some banks take a payment back minutes after it.
const LOOK_AFTER_MS: i64 = 30 * 60_000;
/// The provider waits for our answer; what its records do not tell in this time is read later.
const READ_WITHIN: Duration = Duration::from_secs(4);
/// A notice of which nothing came is followed again after this, and for so long.
const FOLLOW_AFTER_MS: i64 = 30_000;
const FOLLOW_FOR_MS: i64 = 24 * 3_600_000;

/// What came of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// Its proof is wrong: kept, not believed.
    BadSignature,
    /// Not a notice: kept, not believed.
    Malformed,
    /// We know no payment of that reference.
    UnknownOrder,
    /// The provider knows no payment of that reference.
    UnknownPayment,
    /// It claims a payment that the provider's records do not show.
    StatusDiffers,
    /// Paid after the capacity was given back, and none is left: the money goes back.
    NoStock,
    /// What was decided.
    Moved(Move),
}

impl NoticeOutcome {
    /// Stable name, as stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BadSignature => "bad_signature",
            Self::Malformed => "malformed",
            Self::UnknownOrder => "unknown_order",
            Self::UnknownPayment => "unknown_payment",
            Self::StatusDiffers => "status_differs",
            Self::NoStock => "paid_without_stock",
            Self::Moved(decided) => decided.name(),
        }
    }
}

/// Why a notice could not be dealt with now; the provider should send it again.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The provider's records could not be read.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The event's part failed.
    #[error(transparent)]
    Event(#[from] EventError),
    /// Money could not be set on its way back.
    #[error(transparent)]
    Refund(#[from] RefundError),
    /// The database failed for all that came at the same time.
    #[error("the database failed: the notice is to be sent again")]
    NotStored,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NoticeError {
    /// Stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Provider(_) => "status_unreadable",
            Self::Event(_) | Self::Refund(_) | Self::NotStored | Self::Store(_) => "internal",
        }
    }

    /// Whether the provider as a whole may be out of reach.
    fn is_outage(&self) -> bool {
        matches!(self, Self::Provider(error) if error.is_outage() || *error == ProviderError::WrongKey)
    }
}

impl App {
    /// Takes a message of the payment provider in.
    ///
    /// # Errors
    /// [`NoticeError`]: nothing moved, the message is kept and should come again.
    pub async fn take_notice(
        &self,
        headers: &HeaderMap,
        raw: &[u8],
    ) -> Result<NoticeOutcome, NoticeError> {
        let now = self.clock.now();
        let notice = match self.provider.authenticate(headers, raw) {
            Ok(notice) => notice,
            Err(why) => return Ok(self.keep_unproven(&why, raw, now).await?),
        };
        let (id, place) = self.keep_notice(&notice, raw, now).await?;
        let outcome = self.follow(&notice, id, place, now).await?;
        tracing::info!(provider = self.provider.name(), notice = %id, outcome = outcome.name(), "notice");
        Ok(outcome)
    }

    /// Reads the status that a notice points to, makes the move that it asks for, and stores what came of it.
    async fn follow(
        &self,
        notice: &Notice,
        id: NoticeId,
        place: Option<Place>,
        now: Timestamp,
    ) -> Result<NoticeOutcome, NoticeError> {
        let Some(place) = place else {
            if notice.claimed == ProviderVerdict::Paid {
                // Restored from an older copy, or another shop's: only a person can tell whose money that is.
                let reference = &notice.reference;
                tracing::warn!(reference, "money came for an order that is not known here");
            }
            return self.conclude(id, NoticeOutcome::UnknownOrder, now).await;
        };
        let Some(status) = self.read_status(&notice.provider_reference).await? else {
            return self.conclude(id, NoticeOutcome::UnknownPayment, now).await;
        };
        let differs = notice.claimed == ProviderVerdict::Paid && is_unpaid(status.verdict);
        let told = Told {
            notice: id,
            reference: notice.reference.clone(),
            order: place.order,
            status,
            differs,
        };
        let outcome = self.apply_soon(place.event, told, now).await?;
        Ok(if differs {
            NoticeOutcome::StatusDiffers
        } else {
            outcome
        })
    }

    /// Stores what came of a notice that moves nothing.
    async fn conclude(
        &self,
        id: NoticeId,
        outcome: NoticeOutcome,
        now: Timestamp,
    ) -> Result<NoticeOutcome, NoticeError> {
        transact!(self.store, |tx| {
            store::notice::put_outcome(tx, &[id], outcome.name(), now).await
        })?;
        Ok(outcome)
    }

    /// Reads open payments again whose last look is more than a minute ago (old ones: longer), in case no notice
    /// came; at most `most` of them. Gives how many orders it paid or closed. A payment that cannot be read or
    /// settled waits for its next turn and stops no other.
    ///
    /// # Errors
    /// [`NoticeError`] when the database does not answer, or the provider three times in a row.
    pub async fn settle_payments(&self, most: i64) -> Result<usize, NoticeError> {
        let now = self.clock.now();
        let due = Due {
            now,
            every_ms: LOOK_EVERY_MS,
            made_after: now.plus_ms(-LOOK_FOR_MS),
            paid_after: now.plus_ms(-LOOK_AFTER_MS),
        };
        let open = {
            let mut tx = self.store.read().await?;
            let provider = self.provider.name();
            store::payment::open(&mut tx, provider, due, most).await?
        };
        let (mut moved, mut outages) = (0, 0);
        for payment in open {
            match self.settle(&payment, now).await {
                Ok(is_moved) => {
                    moved += usize::from(is_moved);
                    outages = 0;
                }
                Err(error) => {
                    let (reference, code) = (&payment.reference, error.code());
                    tracing::warn!(reference, code, %error, "payment not settled");
                    self.touch(&payment, now).await?;
                    outages = if error.is_outage() { outages + 1 } else { 0 };
                    if outages == UNREACHABLE {
                        return Err(error);
                    }
                }
            }
        }
        Ok(moved)
    }

    /// Follows authentic notices again that could not be followed when they came, at most `most` of them; gives how
    /// many have an outcome now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow_notices(&self, most: i64) -> Result<usize, NoticeError> {
        let now = self.clock.now();
        let open = {
            let mut tx = self.store.read().await?;
            let name = self.provider.name();
            let (after, before) = (now.plus_ms(-FOLLOW_FOR_MS), now.plus_ms(-FOLLOW_AFTER_MS));
            store::notice::open(&mut tx, name, (after, before), most).await?
        };
        let (mut followed, mut outages) = (0, 0);
        for (id, body) in open {
            // Its proof was looked at when it came; the key may be another one since.
            let Ok(notice) = self.provider.authenticate(&HeaderMap::new(), &body) else {
                continue;
            };
            match self.follow_again(&notice, id, now).await {
                Ok(_) => (followed, outages) = (followed + 1, 0),
                Err(error) if error.is_outage() => outages += 1,
                Err(error) => tracing::warn!(notice = %id, %error, "notice not followed"),
            }
            if outages == UNREACHABLE {
                break;
            }
        }
        Ok(followed)
    }

    async fn follow_again(
        &self,
        notice: &Notice,
        id: NoticeId,
        now: Timestamp,
    ) -> Result<NoticeOutcome, NoticeError> {
        let mut known = {
            let mut tx = self.store.read().await?;
            places(&mut tx, self.provider.name(), &[&notice.reference]).await?
        };
        let place = known.remove(&notice.reference);
        self.follow(notice, id, place, now).await
    }

    /// What the provider's records say, if it tells in time.
    async fn read_status(&self, theirs: &str) -> Result<Option<PaymentStatus>, ProviderError> {
        let asked = self.provider.status(theirs);
        let read = tokio::time::timeout(READ_WITHIN, asked).await;
        read.map_err(|_| ProviderError::Unreachable {
            cause: "no answer in time".to_owned(),
        })?
    }

    async fn settle(&self, payment: &Payment, now: Timestamp) -> Result<bool, NoticeError> {
        let Some(status) = self.provider.status(&payment.reference).await? else {
            self.touch(payment, now).await?;
            return Ok(false);
        };
        let outcome = self.apply(payment, &status, None, now).await?;
        Ok(matches!(outcome, NoticeOutcome::Moved(decided) if decided.is_final()))
    }

    async fn touch(&self, payment: &Payment, now: Timestamp) -> Result<(), StoreError> {
        transact!(self.store, |tx| {
            store::payment::touch(tx, payment.id, now).await
        })
    }
}

/// Whether the provider's records say that no money came.
const fn is_unpaid(verdict: ProviderVerdict) -> bool {
    use ProviderVerdict as V;
    matches!(
        verdict,
        V::Pending
            | V::Reserved
            | V::Challenged
            | V::Denied
            | V::Failed
            | V::Cancelled
            | V::Expired
    )
}
