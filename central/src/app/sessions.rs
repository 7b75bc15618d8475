//! Sessions at the provider that nobody should pay any more, closed after their order was given up.
//!
//! Invariants: the wish to close one is in the outbox since the transaction that gave the order up
//! ([`App::give_up`]), and stays until the provider has answered for good; one server at a time tries, because a try
//! is claimed by moving the next one on. Nobody waits for it, and nothing rests on it: money that comes all the same
//! is seen by its notice.

use super::{App, notices::LOOK_FOR_MS, payments::LEASE_MS};
use crate::{
    domain::{id::OrderId, payment::PaymentStatus},
    payments::ProviderError,
    store::{
        self, StoreError,
        outbox::{self, Task},
        payment::Payment,
        tx::transact,
    },
};

/// Pause after the first try; longer than a try takes. Each further one is twice as long.
const PAUSE_MS: i64 = 30_000;
/// How often the pause is doubled.
const DOUBLINGS: i64 = 7;
/// So many calls in a row that do not arrive end a run.
pub(super) const UNREACHABLE: u32 = 3;

impl App {
    /// Closes sessions of orders that were given up, at most `most` of them; gives how many are done with. What the
    /// provider does not answer is tried again later.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_sessions(&self, most: i64) -> Result<usize, StoreError> {
        let due = {
            let mut tx = self.store.read().await?;
            outbox::due(&mut tx, outbox::PAYMENT_CANCEL, self.clock.now(), most).await?
        };
        let (mut closed, mut unreachable) = (0, 0);
        for task in due {
            match self.take_up(&task).await? {
                Ok(is_done) => {
                    closed += usize::from(is_done);
                    unreachable = 0;
                }
                Err(error) if error.can_retry() => unreachable += 1,
                Err(_) => unreachable = 0,
            }
            if unreachable == UNREACHABLE {
                break;
            }
        }
        Ok(closed)
    }

    /// One try; whether that was the last.
    async fn take_up(&self, task: &Task) -> Result<Result<bool, ProviderError>, StoreError> {
        let now = self.clock.now();
        let next = now.plus_ms(PAUSE_MS << task.attempts.clamp(0, DOUBLINGS));
        if !transact!(self.store, |tx| { outbox::claim(tx, task, next).await })? {
            return Ok(Ok(false));
        }
        let tried = self.close_session_of(task).await?;
        let now = self.clock.now();
        match &tried {
            Ok(false) => {}
            Ok(true) => transact!(self.store, |tx| { outbox::finish(tx, task, now).await })?,
            Err(error) => {
                tracing::warn!(order = %task.subject, code = error.code(), "session not closed");
                let why = error.code();
                transact!(self.store, |tx| { outbox::note(tx, task, why).await })?;
            }
        }
        Ok(tried)
    }

    async fn close_session_of(
        &self,
        task: &Task,
    ) -> Result<Result<bool, ProviderError>, StoreError> {
        let now = self.clock.now();
        let payment = {
            let mut tx = self.store.read().await?;
            store::payment::of_order(&mut tx, OrderId(task.subject)).await?
        };
        let Some(payment) = payment else {
            return Ok(Ok(true));
        };
        let is_open = matches!(
            payment.status,
            PaymentStatus::Pending | PaymentStatus::Failed | PaymentStatus::Expired
        );
        // Paid here after all, or too old to be paid: there is nothing to close.
        if !is_open || now >= task.created_at.plus_ms(LOOK_FOR_MS) {
            return Ok(Ok(true));
        }
        let Some(token) = &payment.token else {
            // Somebody may be opening it at this moment.
            return Ok(Ok(now >= payment.updated_at.plus_ms(LEASE_MS)));
        };
        Ok(self.close_session(&payment, token).await.map(|()| true))
    }

    /// Closes what is open at the provider: the page, or the payment that was begun on it. A payment that can no
    /// longer be ended is none of ours to close.
    async fn close_session(&self, payment: &Payment, token: &str) -> Result<(), ProviderError> {
        match self.provider.cancel_session(token).await {
            Ok(()) => return Ok(()),
            Err(error) if error.can_retry() => return Err(error),
            Err(_) => {}
        }
        match self.provider.expire(&payment.reference).await {
            Err(ProviderError::UnknownPayment | ProviderError::NotAllowed { .. }) => Ok(()),
            answered => answered,
        }
    }
}
