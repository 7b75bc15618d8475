//! Events that will not take place: every order is refunded or given up, in pieces.
//!
//! Invariants: one order per transaction, which also moves the run past it ([`store::refund_run`]), so a restart in the
//! middle goes on with the next order and refunds none twice; an order that cannot be dealt with is shown to an admin
//! and stops no other. Money that comes later for such an event goes back by itself (`app::notices`).

use serde_json::{Value, json};
use sync_protocol::id::EventId;

use super::{RefundAsk, RefundError};
use crate::{
    app::{
        App,
        events::EventError,
        trail::{Actor, Deed},
    },
    domain::{
        attention::Attention,
        event::EventStatus,
        id::OrderId,
        noted::Noted,
        order::OrderStatus,
        refund::{PlanError, RefundReason},
    },
    store::{self, StoreError, Transient, Tx, refund_run::RefundRun, tx::transact},
};

/// Why an event is not cancelled or postponed.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// The event, or where it stands.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Transient for CancelError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Event(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
        }
    }
}

impl App {
    /// Cancels an event: nothing is sold any more, and all orders are refunded by the worker
    /// ([`App::refund_cancelled`]). It locks the event's revision first, as everybody does who brings money or tickets:
    /// who came before is seen by the run, and who comes after sees the event cancelled.
    ///
    /// # Errors
    /// [`EventError::IllegalMove`] when it is over or cancelled already.
    pub async fn cancel_event(&self, event: EventId, by: &Actor) -> Result<(), CancelError> {
        let now = self.clock.now();
        let found = store::event::by_id(&mut self.store.read().await?, event).await?;
        found.ok_or(EventError::Unknown)?;
        let cancelled = transact!(self.store, |tx| {
            store::revision::lock(tx, event).await?;
            move_event(tx, event, EventStatus::Cancelled).await?;
            store::refund_run::insert(tx, event, by.name(), now).await?;
            self.tell_of_event(tx, event, by, "event.cancelled", json!({}))
                .await?;
            Ok::<_, CancelError>(())
        });
        self.waits.changed(event);
        cancelled
    }

    /// Postpones an event: tickets stay good, nothing is sold, and buyers may ask for refunds.
    ///
    /// # Errors
    /// [`EventError::IllegalMove`] unless it is published or closed.
    pub async fn postpone_event(&self, event: EventId, by: &Actor) -> Result<(), CancelError> {
        transact!(self.store, |tx| {
            move_event(tx, event, EventStatus::Postponed).await?;
            self.tell_of_event(tx, event, by, "event.postponed", json!({}))
                .await?;
            Ok::<_, CancelError>(())
        })
    }

    /// How far the refunds of a cancelled event have come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refund_run(&self, event: EventId) -> Result<Option<RefundRun>, StoreError> {
        let mut tx = self.store.read().await?;
        store::refund_run::of_event(&mut tx, event).await
    }

    /// Refunds orders of cancelled events, at most `most` of each; gives how many were dealt with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refund_cancelled(&self, most: i64) -> Result<usize, RefundError> {
        self.begin_runs().await?;
        let runs = {
            let mut tx = self.store.read().await?;
            store::refund_run::open(&mut tx).await?
        };
        let mut dealt = 0;
        for run in runs {
            let orders = {
                let mut tx = self.store.read().await?;
                store::refund_run::orders(&mut tx, &run, most).await?
            };
            if orders.is_empty() {
                self.end_run(&run).await?;
            }
            for order in orders {
                self.refund_in_run(&run, order).await?;
                dealt += 1;
            }
            self.waits.changed(run.event);
        }
        Ok(dealt)
    }

    /// An event may have been cancelled another way than by [`App::cancel_event`].
    async fn begin_runs(&self) -> Result<(), StoreError> {
        let cancelled = {
            let mut tx = self.store.read().await?;
            store::refund_run::without(&mut tx).await?
        };
        let (by, now) = (Actor::System, self.clock.now());
        for event in cancelled {
            let begun = transact!(self.store, |tx| {
                store::refund_run::insert(tx, event, by.name(), now).await
            });
            match begun {
                // Another server was quicker.
                Ok(()) | Err(StoreError::Duplicate) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn refund_in_run(&self, run: &RefundRun, order: OrderId) -> Result<(), RefundError> {
        let error = match self.refund_or_give_up(run, order).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match error {
            // Somebody was quicker.
            RefundError::Plan(PlanError::NothingLeft) | RefundError::NotPaid => {
                self.pass(run, order, None).await
            }
            // The database does not answer, which is no order's fault.
            RefundError::Store(StoreError::Database(_) | StoreError::TryAgain(_)) => Err(error),
            error => {
                tracing::warn!(order = %order, code = error.code(), %error, "order not refunded");
                self.pass(run, order, Some(Attention::RefundFailed)).await
            }
        }
    }

    async fn refund_or_give_up(&self, run: &RefundRun, order: OrderId) -> Result<(), RefundError> {
        let (by, now) = (Actor::Staff(run.asked_by.clone()), self.clock.now());
        transact!(self.store, |tx| {
            let mut revision = store::revision::take(tx, run.event).await?;
            let order = store::order::lock(tx, order).await?;
            if order.status == OrderStatus::Pending {
                self.give_up(tx, &order, order.status.cancel()?, now)
                    .await?;
            } else {
                let ask = RefundAsk::whole(RefundReason::EventCancelled);
                self.refund_locked(tx, &mut revision, &order, &ask, &by)
                    .await?;
            }
            store::revision::put(tx, run.event, &revision).await?;
            store::refund_run::pass(tx, run.event, order.id, false).await?;
            Ok::<_, RefundError>(())
        })
    }

    async fn pass(
        &self,
        run: &RefundRun,
        order: OrderId,
        why: Option<Attention>,
    ) -> Result<(), RefundError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let order = store::order::lock(tx, order).await?;
            if let Some(why) = why {
                self.note(tx, &order, Noted::bare(why), &Actor::System, now)
                    .await?;
            }
            Ok(store::refund_run::pass(tx, run.event, order.id, why.is_some()).await?)
        })
    }

    async fn end_run(&self, run: &RefundRun) -> Result<(), RefundError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            if store::refund_run::finish(tx, run.event, now).await? {
                let detail = json!({"orders": run.orders, "failed": run.failed});
                self.tell_of_event(tx, run.event, &Actor::System, "event.refunded", detail)
                    .await?;
            }
            Ok(())
        })
    }

    /// Leaves a row about an event in the audit trail.
    pub(super) async fn tell_of_event(
        &self,
        tx: &mut Tx,
        event: EventId,
        who: &Actor,
        what: &str,
        detail: Value,
    ) -> Result<(), StoreError> {
        let deed = Deed {
            action: what,
            subject_kind: "event",
            subject: event.0,
            detail,
        };
        self.leave_row(tx, who, deed, self.clock.now()).await
    }
}

/// Moves an event to where it may go from where it stands.
async fn move_event(tx: &mut Tx, event: EventId, to: EventStatus) -> Result<(), CancelError> {
    let found = store::event::by_id(tx, event).await?;
    let from = found.ok_or(EventError::Unknown)?.status;
    from.step(to).map_err(EventError::from)?;
    match store::event::move_status(tx, event, from, to).await? {
        true => Ok(()),
        false => Err(StoreError::Corrupt("an event that moved meanwhile").into()),
    }
}
