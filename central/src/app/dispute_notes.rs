//! What people do about a dispute while the bank decides: they write down until when it wants an answer, and what they
//! found out. Neither moves money ([`App::end_dispute_of`] does).

use serde_json::json;
use sync_protocol::time::Timestamp;

use super::{App, trail::Actor};
use crate::{
    domain::id::{OrderId, PaymentId},
    store::{self, StoreError, Transient, dispute::DisputeNote, tx::transact},
};

/// Why a note or a date is not kept.
#[derive(Debug, thiserror::Error)]
pub enum DisputeNoteError {
    /// It says nothing, or too much.
    #[error("A note has 1 to 1000 characters.")]
    Length,
    /// The order has no such dispute, or it is over.
    #[error("This dispute is over or not of this order: open the page again.")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DisputeNoteError {
    /// Stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length => "bad_note",
            Self::Unknown => "unknown_dispute",
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for DisputeNoteError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

impl App {
    /// Keeps a note about a dispute of this order.
    ///
    /// # Errors
    /// [`DisputeNoteError`].
    pub async fn note_dispute(
        &self,
        (order, payment): (OrderId, PaymentId),
        text: &str,
        by: &Actor,
    ) -> Result<(), DisputeNoteError> {
        if !(1..=1_000).contains(&text.trim().chars().count()) {
            return Err(DisputeNoteError::Length);
        }
        let now = self.clock.now();
        let note = DisputeNote {
            author: by.name().to_owned(),
            text: text.trim().to_owned(),
            at: now,
        };
        transact!(self.store, |tx| {
            let all = store::dispute::of_order(tx, order).await?;
            if all.iter().all(|dispute| dispute.payment != payment) {
                return Err(DisputeNoteError::Unknown);
            }
            store::dispute::insert_note(tx, self.new_id(now), payment, &note).await?;
            let detail = json!({"payment": payment.to_string()});
            Ok(self
                .tell_of_order(tx, order, by, "dispute.noted", detail)
                .await?)
        })
    }

    /// Writes down until when the bank wants an answer; `None` takes the date away.
    ///
    /// # Errors
    /// [`DisputeNoteError::Unknown`] also where it is over.
    pub async fn set_dispute_due(
        &self,
        (order, payment): (OrderId, PaymentId),
        due_at: Option<Timestamp>,
        by: &Actor,
    ) -> Result<(), DisputeNoteError> {
        transact!(self.store, |tx| {
            let all = store::dispute::of_order(tx, order).await?;
            let is_of_order = all.iter().any(|dispute| dispute.payment == payment);
            if !is_of_order || !store::dispute::put_due(tx, payment, due_at).await? {
                return Err(DisputeNoteError::Unknown);
            }
            let detail = json!({"payment": payment.to_string(), "due_at": due_at.map(|at| at.0)});
            Ok(self
                .tell_of_order(tx, order, by, "dispute.due", detail)
                .await?)
        })
    }
}
