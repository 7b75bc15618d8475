//! Orders that are given up: holds that have ended, and buyers who changed their mind.
//!
//! Invariant: one order per transaction, under its lock, so that an order which is paid at this very moment
//! either was paid first and stays, or is given up first and is paid late. Status, capacity, payment and the wish to
//! close the provider's session move together.

use sync_protocol::time::Timestamp;

use super::App;
use crate::{
    domain::{
        id::OrderId,
        letter::LetterKind,
        order::{Order, OrderStatus},
        payment::PaymentStatus,
    },
    store::{self, StoreError, Tx, outbox, payment::PaymentMove, tx::transact},
};

/// So many orders in a row that the database fails end a run.
const FAILURES: u32 = 3;

impl App {
    /// Expires pending orders whose hold has ended, at most `most` of them; gives how many. One that fails stops no
    /// other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_holds(&self, most: i64) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let due = {
            let mut tx = self.store.read().await?;
            store::order::due(&mut tx, now, most).await?
        };
        let (mut expired, mut failures) = (0, 0);
        for id in due {
            match self.expire_hold(id, now).await {
                Ok(is_expired) => {
                    expired += usize::from(is_expired);
                    failures = 0;
                }
                Err(error) => {
                    tracing::error!(order = %id, %error, "hold not ended");
                    // A row that makes no sense is one order's trouble; anything else may be everybody's.
                    failures += u32::from(!matches!(error, StoreError::Corrupt(_)));
                    if failures == FAILURES {
                        return Err(error);
                    }
                }
            }
        }
        Ok(expired)
    }

    async fn expire_hold(&self, order: OrderId, now: Timestamp) -> Result<bool, StoreError> {
        transact!(self.store, |tx| {
            let order = store::order::lock(tx, order).await?;
            let Ok(to) = order.status.expire() else {
                return Ok(false);
            };
            self.give_up(tx, &order, to, now).await?;
            Ok(true)
        })
    }

    /// Asks for the letter that says that the time to pay has ended.
    pub(super) async fn tell_expired(
        &self,
        tx: &mut Tx,
        order: OrderId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let letter = (self.new_id(now), LetterKind::PaymentExpired, order.0);
        store::letter::put(tx, letter, "", now, now).await.map(drop)
    }

    /// Closes an unpaid order that the caller has locked.
    pub(super) async fn give_up(
        &self,
        tx: &mut Tx,
        order: &Order,
        to: OrderStatus,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        store::order::close(tx, order.id, order.status, to, now).await?;
        store::hold::release(tx, order.id).await?;
        if to == OrderStatus::Expired {
            self.tell_expired(tx, order.id, now).await?;
        }
        let Some(payment) = store::payment::of_order(tx, order.id).await? else {
            return Ok(());
        };
        let given_up = PaymentMove {
            status: match to {
                OrderStatus::Expired => PaymentStatus::Expired,
                _ => PaymentStatus::Failed,
            },
            transaction_ref: None,
            channel: None,
            // This is no look at it: money may come late.
            now: payment.updated_at,
        };
        store::payment::advance(tx, &payment, given_up).await?;
        let id = self.new_id(now);
        outbox::put(tx, id, outbox::PAYMENT_CANCEL, order.id.0, now).await
    }
}
