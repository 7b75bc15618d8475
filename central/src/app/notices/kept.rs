//! Notices as they come in: kept raw before anything else is done with them.
//!
//! Invariants: whatever is answered, the notice is durable before; what proves itself is kept together with what comes
//! at the same time, what does not is kept alone and in a bounded number, so that a stranger neither fills the database
//! nor spoils the transaction of others.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use sync_protocol::time::Timestamp;

use super::{NoticeError, NoticeOutcome};
use crate::{
    app::App,
    domain::id::NoticeId,
    payments::{Notice, ProviderError},
    store::{
        self, StoreError,
        notice::RawNotice,
        standing::{Place, places},
        tx::transact,
    },
};

/// How many notices without a valid proof are kept; concurrent ones may exceed it by a few.
const MOST_UNPROVEN: i64 = 1_000;

/// An authentic notice that is to be kept.
pub(in crate::app) struct Incoming {
    id: NoticeId,
    digest: [u8; 32],
    reference: String,
    body: Vec<u8>,
    now: Timestamp,
}

impl Incoming {
    fn row(&self, provider: &'static str) -> RawNotice<'_> {
        RawNotice {
            id: self.id,
            provider,
            digest: &self.digest,
            reference: Some(&self.reference),
            authentic: true,
            body: &self.body,
            now: self.now,
        }
    }
}

/// Its row, and what it is about if we know the payment.
pub(in crate::app) type Kept = (NoticeId, Option<Place>);

impl App {
    /// Keeps an authentic notice, or counts it again.
    pub(super) async fn keep_notice(
        &self,
        notice: &Notice,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<Kept, NoticeError> {
        let incoming = Incoming {
            id: NoticeId(self.new_id(now)),
            digest: Sha256::digest(raw).into(),
            reference: notice.reference.clone(),
            body: raw.to_vec(),
            now,
        };
        let app = self.clone();
        let keep = move |notices: Vec<Incoming>| {
            let app = app.clone();
            async move { app.keep_together(&notices).await }
        };
        let kept = self.together.notices.submit((), incoming, keep).await;
        kept.ok().flatten().ok_or(NoticeError::NotStored)
    }

    /// Keeps notices in one transaction; where one of them spoils it, each in its own.
    async fn keep_together(&self, notices: &[Incoming]) -> Vec<Option<Kept>> {
        match self.keep_all(notices).await {
            Ok(kept) => kept.into_iter().map(Some).collect(),
            Err(error) if notices.len() > 1 && error.is_of_one() => {
                let mut each = Vec::with_capacity(notices.len());
                for notice in notices {
                    let alone = self.keep_all(std::slice::from_ref(notice)).await;
                    let kept =
                        alone.inspect_err(|error| tracing::error!(%error, "notice not kept"));
                    each.push(kept.ok().and_then(|kept| kept.into_iter().next()));
                }
                each
            }
            Err(error) => {
                tracing::error!(%error, "notices not kept");
                notices.iter().map(|_| None).collect()
            }
        }
    }

    async fn keep_all(&self, notices: &[Incoming]) -> Result<Vec<Kept>, StoreError> {
        let provider = self.provider.name();
        let rows: Vec<_> = notices.iter().map(|one| one.row(provider)).collect();
        let references: Vec<_> = notices.iter().map(|one| one.reference.as_str()).collect();
        transact!(self.store, |tx| {
            let ids = match rows.as_slice() {
                // Alone it can wait for whoever stores the same at this moment.
                [row] => vec![store::notice::record(tx, *row).await?],
                rows => store::notice::record_all(tx, rows).await?,
            };
            let known = places(tx, provider, &references).await?;
            let kept = ids.into_iter().zip(&references);
            Ok(kept
                .map(|(id, reference)| (id, known.get(*reference).copied()))
                .collect())
        })
    }

    /// Keeps what could not prove itself, unless enough of those are kept.
    pub(super) async fn keep_unproven(
        &self,
        why: &ProviderError,
        raw: &[u8],
        now: Timestamp,
    ) -> Result<NoticeOutcome, StoreError> {
        let outcome = match why {
            ProviderError::BadSignature => NoticeOutcome::BadSignature,
            _ => NoticeOutcome::Malformed,
        };
        let digest: [u8; 32] = Sha256::digest(raw).into();
        let row = RawNotice {
            id: NoticeId(self.new_id(now)),
            provider: self.provider.name(),
            digest: &digest,
            reference: None,
            authentic: false,
            body: raw,
            now,
        };
        // Before any write: who can prove nothing must not keep the database busy.
        let is_full = {
            let mut tx = self.store.read().await?;
            store::notice::has_enough(&mut tx, row, MOST_UNPROVEN).await?
        };
        if is_full {
            let digest = HEXLOWER.encode(&digest);
            tracing::warn!(
                provider = row.provider,
                digest,
                "notice without a proof not kept"
            );
            return Ok(outcome);
        }
        let id = transact!(self.store, |tx| {
            let id = store::notice::record(tx, row).await?;
            store::notice::put_outcome(tx, &[id], outcome.name(), now).await?;
            Ok::<_, StoreError>(id)
        })?;
        let provider = row.provider;
        tracing::info!(provider, notice = %id, outcome = outcome.name(), "notice");
        Ok(outcome)
    }
}
