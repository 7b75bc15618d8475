//! Holds that have ended: their orders expire and the capacity is sold to others.
//!
//! Invariant: one order per transaction, under its lock, so that an order which is paid at this very moment
//! either was paid first and stays, or expires first and is paid late.

use sync_protocol::time::Timestamp;

use super::App;
use crate::{
    domain::{id::OrderId, order::OrderStatus, payment::PaymentStatus},
    store::{self, StoreError, payment::PaymentMove, tx::transact},
};

impl App {
    /// Expires pending orders whose hold has ended, at most `most` of them; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_holds(&self, most: i64) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let due = {
            let mut tx = self.store.read().await?;
            store::order::due(&mut tx, now, most).await?
        };
        let mut expired = 0;
        for order in due {
            expired += usize::from(self.expire_hold(order, now).await?);
        }
        Ok(expired)
    }

    async fn expire_hold(&self, order: OrderId, now: Timestamp) -> Result<bool, StoreError> {
        transact!(self.store, |tx| {
            let order = store::order::lock(tx, order).await?;
            let Ok(to) = order.status.expire() else {
                return Ok(false);
            };
            store::order::close(tx, order.id, order.status, to, now).await?;
            store::hold::release(tx, order.id).await?;
            if let Some(payment) = store::payment::of_order(tx, order.id).await? {
                let to = PaymentMove {
                    status: PaymentStatus::Expired,
                    transaction_ref: None,
                    channel: None,
                    now: payment.updated_at,
                };
                store::payment::advance(tx, &payment, to).await?;
            }
            debug_assert_eq!(to, OrderStatus::Expired);
            Ok(true)
        })
    }
}
