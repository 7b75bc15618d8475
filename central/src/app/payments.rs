//! Payments: sessions at the provider, opened after the order is stored and never inside a transaction.
//!
//! Invariants: one reference per order (its number), so the provider itself refuses a second payment of it; a
//! session that is open is given out again and not replaced; only one request at a time opens one.

use super::{
    App,
    orders::{Draft, OrderError, Placed},
};
use crate::{
    domain::{
        event::EventStatus,
        letter::LetterKind,
        order::{IllegalMove, Order, OrderItem, OrderStatus},
        price::Adjustment,
    },
    payments::{Buyer, CreateSession, LineItem, Session},
    store::{
        self, StoreError,
        payment::{KeptSession, Payment},
        tx::transact,
    },
};

/// Longer than any call to the provider takes.
pub(super) const LEASE_MS: i64 = 30_000;

/// Who has not paid after this is told how to; who pays at once is not bothered.
const PENDING_AFTER_MS: i64 = 120_000;

impl App {
    /// Gives the address where a pending order is paid, opening the payment if it is not open.
    ///
    /// # Errors
    /// [`OrderError::Illegal`] when it is not pending, [`OrderError::NotOnSale`] when the event was cancelled,
    /// [`OrderError::HoldEnded`], [`OrderError::Provider`].
    pub async fn start_payment(&self, number: &str, access: &str) -> Result<Placed, OrderError> {
        let (order, event) = {
            let mut tx = self.store.read().await?;
            let order = self.authorized(&mut tx, number, access).await?;
            let event = store::event::by_id(&mut tx, order.event).await?;
            (order, event)
        };
        let is_off = event.is_some_and(|event| event.status == EventStatus::Cancelled);
        if is_off && order.total.minor > 0 {
            // Its money would only come to go back.
            return Err(OrderError::NotOnSale);
        }
        if order.status != OrderStatus::Pending {
            let wanted = "be paid";
            return Err(IllegalMove {
                from: order.status,
                wanted,
            }
            .into());
        }
        if self.clock.now() >= order.hold_until {
            return Err(OrderError::HoldEnded);
        }
        let (order, pay_url) = self.pay_or_open(order, LEASE_MS).await?;
        Ok(Placed {
            access: access.to_owned(),
            order,
            pay_url,
            is_new: false,
        })
    }

    /// What an order's buyer is answered: where to pay. A provider that fails is no error here, since the order
    /// stands and its payment can be started again.
    pub(super) async fn prepare_payment(
        &self,
        order: Order,
    ) -> Result<(Order, Option<String>), OrderError> {
        if order.status != OrderStatus::Pending || self.clock.now() >= order.hold_until {
            return Ok((order, None));
        }
        match self.pay_or_open(order.clone(), LEASE_MS).await {
            Err(OrderError::Provider(_) | OrderError::PaymentInPreparation) => Ok((order, None)),
            other => other,
        }
    }

    /// The same for an order that was stored just now: its payment is made from what is at hand, and nobody else
    /// opens it, because the row was leased by being made.
    pub(super) async fn open_first_payment(
        &self,
        order: Order,
        draft: &Draft,
    ) -> Result<(Order, Option<String>), OrderError> {
        let Some(payment) = &draft.payment else {
            return Ok((self.settle_free(order).await?, None));
        };
        let items: Vec<&OrderItem> = draft.items.iter().map(|(_, item)| item).collect();
        let adjustments: Vec<&Adjustment> = draft.adjustments.iter().map(|one| &one.2).collect();
        let wish = self.session_wish(&order, line_items(&items, &adjustments));
        match self.create_session(payment, &wish).await {
            Ok(url) => Ok((order, url)),
            Err(OrderError::Provider(_) | OrderError::NotStored) => Ok((order, None)),
            Err(error) => Err(error),
        }
    }

    async fn pay_or_open(
        &self,
        order: Order,
        lease_ms: i64,
    ) -> Result<(Order, Option<String>), OrderError> {
        if order.total.minor == 0 {
            return Ok((self.settle_free(order).await?, None));
        }
        let payment = self.payment_of(&order).await?;
        if payment.token.is_some() {
            return Ok((order, payment.redirect_url));
        }
        let now = self.clock.now();
        let leased = transact!(self.store, |tx| {
            store::payment::lease_session(tx, payment.id, now, lease_ms).await
        });
        if !leased? {
            return Err(OrderError::PaymentInPreparation);
        }
        let lines = self.stored_lines(&order).await?;
        let wish = self.session_wish(&order, lines);
        let url = self.create_session(&payment, &wish).await?;
        Ok((order, url))
    }

    /// A free order is paid as soon as it is placed, or given up where the event was cancelled at that moment; whoever
    /// repeats the request at the same moment gets what the quicker one made of it.
    async fn settle_free(&self, order: Order) -> Result<Order, OrderError> {
        let id = order.id;
        match self.settle_free_once(order).await {
            Err(OrderError::Illegal(late)) if late.from != OrderStatus::Pending => {
                let mut tx = self.store.read().await?;
                let settled = store::order::by_id(&mut tx, id).await?;
                Ok(settled.ok_or(StoreError::Corrupt("an order that is gone"))?)
            }
            settled => settled,
        }
    }

    async fn settle_free_once(&self, order: Order) -> Result<Order, OrderError> {
        let now = self.clock.now();
        let event = order.event;
        let settled = transact!(self.store, |tx| {
            // First of all: it makes revisions visible in order.
            let mut revision = store::revision::take(tx, order.event).await?;
            let order = store::order::lock(tx, order.id).await?;
            let found = store::event::by_id(tx, order.event).await?;
            if found.is_none_or(|event| event.status == EventStatus::Cancelled) {
                let to = order.status.cancel()?;
                self.give_up(tx, &order, to, now).await?;
                store::revision::put(tx, order.event, &revision).await?;
                return Ok(Order {
                    status: to,
                    ..order
                });
            }
            let status = order.status.pay()?;
            store::order::mark_paid(tx, order.id, order.status, now).await?;
            store::hold::sell(tx, order.id).await?;
            self.issue_tickets(tx, event, &[order.id], &mut revision, now)
                .await?;
            store::revision::put(tx, order.event, &revision).await?;
            Ok::<_, OrderError>(Order {
                status,
                paid_at: Some(now),
                ..order
            })
        });
        self.waits.changed(event);
        settled
    }

    async fn create_session(
        &self,
        payment: &Payment,
        wish: &CreateSession,
    ) -> Result<Option<String>, OrderError> {
        match self.provider.create_session(wish).await {
            Ok(session) => self.keep_session(payment, session).await,
            Err(error) => {
                tracing::warn!(order = wish.reference, code = error.code(), %error, "payment not opened");
                transact!(self.store, |tx| {
                    store::payment::free_session_lease(tx, payment.id).await
                })?;
                Err(OrderError::Provider(error))
            }
        }
    }

    /// Keeps what the provider opened, together with others.
    async fn keep_session(
        &self,
        payment: &Payment,
        session: Session,
    ) -> Result<Option<String>, OrderError> {
        let url = session.redirect_url.clone();
        let app = self.clone();
        let keep = move |sessions: Vec<KeptSession>| {
            let app = app.clone();
            async move { app.keep_sessions(&sessions).await }
        };
        let kept = KeptSession {
            payment: payment.id,
            order: payment.order,
            token: session.token,
            redirect_url: session.redirect_url,
        };
        // Who is not kept can start the payment again: the provider gives the same session for the same reference.
        match self.together.sessions.submit((), kept, keep).await {
            Ok(true) => Ok(url),
            Ok(false) | Err(_) => Err(OrderError::NotStored),
        }
    }

    async fn keep_sessions(&self, sessions: &[KeptSession]) -> Vec<bool> {
        let now = self.clock.now();
        let letter = |one: &KeptSession| (self.new_id(now), one.order.0);
        let letters: Vec<_> = sessions.iter().map(letter).collect();
        let due_at = now.plus_ms(PENDING_AFTER_MS);
        let kept = transact!(self.store, |tx| {
            store::payment::put_sessions(tx, sessions, now).await?;
            store::letter::put_many(tx, LetterKind::PaymentPending, &letters, now, due_at).await
        });
        if let Err(error) = &kept {
            tracing::error!(%error, "sessions not kept");
        }
        vec![kept.is_ok(); sessions.len()]
    }

    async fn stored_lines(&self, order: &Order) -> Result<Vec<LineItem>, OrderError> {
        let mut tx = self.store.read().await?;
        let items = store::order::items(&mut tx, order.id).await?;
        let adjustments = store::charge::adjustments(&mut tx, order.id).await?;
        Ok(line_items(
            &Vec::from_iter(&items),
            &Vec::from_iter(&adjustments),
        ))
    }

    fn session_wish(&self, order: &Order, items: Vec<LineItem>) -> CreateSession {
        CreateSession {
            reference: order.number.clone(),
            amount_minor: order.total.minor,
            currency: order.total.currency.code().to_owned(),
            items,
            buyer: Buyer {
                name: order.buyer_name.clone(),
                email: order.email.clone(),
                phone: order.phone.clone(),
            },
            now_ms: self.clock.now().0,
            hold_until_ms: order.hold_until.0,
            finish_url: self.return_url(order),
        }
    }

    /// Where the provider sends the buyer's browser back to. It is told to a third party, so the link's secret is not in it:
    /// the browser knows it by a cookie.
    fn return_url(&self, order: &Order) -> String {
        format!("{}/orders/{}", self.public_url, order.number)
    }

    /// The buyer's own link to an order.
    #[must_use]
    pub fn order_url(&self, order: &Order) -> String {
        let access = self.access_secret(order.id, order.address_changes);
        format!(
            "{}/orders/{}?access={access}",
            self.public_url, order.number
        )
    }

    async fn payment_of(&self, order: &Order) -> Result<Payment, OrderError> {
        let mut tx = self.store.read().await?;
        let payment = store::payment::of_order(&mut tx, order.id).await?;
        Ok(payment.ok_or(StoreError::Corrupt("an order without a payment"))?)
    }
}

/// What the buyer sees at the provider: the lines as sold, then discounts as negative lines, fees and taxes. They add
/// up to the total; what is included in the prices is no line.
fn line_items(items: &[&OrderItem], adjustments: &[&Adjustment]) -> Vec<LineItem> {
    let sold = items.iter().map(|item| LineItem {
        id: item.ticket_type.to_string(),
        name: item.name.clone(),
        unit_minor: item.unit_price.minor,
        quantity: item.quantity,
    });
    let counted = adjustments.iter().filter(|one| one.signed_minor() != 0);
    let between = (1..).zip(counted).map(|(place, one): (u32, _)| LineItem {
        id: format!("{}-{place}", one.kind.name()),
        name: one.name.clone(),
        unit_minor: one.signed_minor(),
        quantity: 1,
    });
    sold.chain(between).collect()
}

#[cfg(test)]
#[path = "payments_tests.rs"]
mod tests;
