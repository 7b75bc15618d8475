//! Notices: a provider says "look again"; what it then answers is made one legal move in one transaction.
//!
//! Authenticate → keep the raw body → read the status again → decide (`domain::payment`) → save. Invariants: money,
//! order, holds, tickets and outbox move together or not at all; the same news twice changes nothing twice; the
//! order's row is locked while a move is decided, so concurrent notices queue. What cannot be read now stays open
//! and is settled by the worker, which makes the same moves ([`App::settle_payments`]).
//! The moves themselves are in `moves`.

mod moves;

use axum::http::HeaderMap;
use sha2::{Digest, Sha256};
use sync_protocol::time::Timestamp;

use super::{App, events::EventError};
use crate::{
    domain::{id::NoticeId, payment::Move},
    payments::{Notice, ProviderError, ProviderVerdict},
    store::{
        self, StoreError,
        notice::RawNotice,
        payment::{Due, Payment},
        tx::transact,
    },
};

/// How often a young payment is looked at, if no notice came.
const LOOK_EVERY_MS: i64 = 60_000;
/// Payments made before this are not looked at any more: no page and no virtual account lives longer.
const LOOK_FOR_MS: i64 = 8 * 24 * 3_600_000;

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
    /// Paid after the capacity was given back, and none is left: an admin must refund.
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
            Self::Event(_) | Self::Store(_) => "internal",
        }
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
        let checked = self.provider.authenticate(headers, raw);
        let id = self.record_notice(checked.as_ref().ok(), raw, now).await?;
        let outcome = match checked {
            Ok(notice) => self.follow(&notice, id, now).await?,
            Err(ProviderError::BadSignature) => NoticeOutcome::BadSignature,
            Err(_) => NoticeOutcome::Malformed,
        };
        transact!(self.store, |tx| {
            store::notice::put_outcome(tx, id, outcome.name(), now).await
        })?;
        tracing::info!(provider = self.provider.name(), notice = %id, outcome = outcome.name(), "notice");
        Ok(outcome)
    }

    async fn record_notice(
        &self,
        notice: Option<&Notice>,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<NoticeId, StoreError> {
        let digest: [u8; 32] = Sha256::digest(raw).into();
        let id = NoticeId(self.new_id(now));
        transact!(self.store, |tx| {
            let row = RawNotice {
                id,
                provider: self.provider.name(),
                digest: &digest,
                reference: notice.map(|notice| notice.reference.as_str()),
                authentic: notice.is_some(),
                body: raw,
                now,
            };
            store::notice::record(tx, row).await
        })
    }

    async fn follow(
        &self,
        notice: &Notice,
        id: NoticeId,
        now: Timestamp,
    ) -> Result<NoticeOutcome, NoticeError> {
        let known = {
            let mut tx = self.store.read().await?;
            store::payment::by_reference(&mut tx, self.provider.name(), &notice.reference).await?
        };
        let Some(payment) = known else {
            return Ok(NoticeOutcome::UnknownOrder);
        };
        let Some(status) = self.provider.status(&notice.provider_reference).await? else {
            return Ok(NoticeOutcome::UnknownPayment);
        };
        let differs = notice.claimed == ProviderVerdict::Paid && is_unpaid(status.verdict);
        let outcome = self
            .apply(&payment, &status, Some((id, differs)), now)
            .await?;
        Ok(if differs {
            NoticeOutcome::StatusDiffers
        } else {
            outcome
        })
    }

    /// Reads open payments again whose last look is more than a minute ago (old ones: longer), in case no notice
    /// came; at most `most` of them. Gives how many orders it paid or closed. A payment that cannot be read waits for its next
    /// turn.
    ///
    /// # Errors
    /// [`NoticeError`] when the database or the provider as a whole does not answer.
    pub async fn settle_payments(&self, most: i64) -> Result<usize, NoticeError> {
        let now = self.clock.now();
        let due = Due {
            now,
            every_ms: LOOK_EVERY_MS,
            made_after: now.plus_ms(-LOOK_FOR_MS),
        };
        let open = {
            let mut tx = self.store.read().await?;
            let provider = self.provider.name();
            store::payment::open(&mut tx, provider, due, most).await?
        };
        let mut moved = 0;
        for payment in open {
            moved += usize::from(self.settle(&payment, now).await?);
        }
        Ok(moved)
    }

    async fn settle(&self, payment: &Payment, now: Timestamp) -> Result<bool, NoticeError> {
        let status = match self.provider.status(&payment.reference).await {
            Ok(Some(status)) => status,
            Ok(None) => {
                self.touch(payment, now).await?;
                return Ok(false);
            }
            Err(error) if error.can_retry() => return Err(error.into()),
            Err(error) => {
                tracing::warn!(
                    reference = payment.reference,
                    code = error.code(),
                    "status unreadable"
                );
                self.touch(payment, now).await?;
                return Ok(false);
            }
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
