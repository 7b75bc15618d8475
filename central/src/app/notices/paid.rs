//! Moves that bring money: a paid order with its tickets, money that came for what is no longer to be had, and money
//! that came twice.
//!
//! Invariant: money that no ticket stands for is on its way back in the transaction that takes it in.

use super::{
    moves::{MoveError, PAID, advance, finish, load_locked},
    news::News,
};
use crate::{
    app::{App, refunds::RefundAsk},
    domain::{
        attention::Attention,
        id::PaymentId,
        order::{Order, OrderStatus},
        payment::{Move, PaymentStatus},
        refund::RefundReason,
    },
    payments::PaymentStatus as PaymentStatusRead,
    store::{self, StoreError, Tx, payment::Payment, tx::transact},
};

/// What a second payment's reference begins with: some banks give the first attempt our own reference, which is taken.
const SECOND: &str = "second ";
/// Letters of theirs behind it; a reference has room for 50.
const THEIRS: usize = 43;

impl App {
    /// Marks the order paid, sells its holds, issues its tickets.
    pub(super) async fn make_paid(
        &self,
        payment: &Payment,
        news: &News<'_>,
        planned: Move,
    ) -> Result<(), MoveError> {
        let made = transact!(self.store, |tx| {
            // First of all: it makes revisions visible in order.
            let mut revision = store::revision::take(tx, news.event).await?;
            let (order, payment) = load_locked(tx, payment, news, planned).await?;
            let is_late = planned == Move::PayAfterRelease;
            let sold = if is_late {
                order.status.pay_late()?;
                let noted = news.noted(Attention::PaidAfterRelease);
                self.note(tx, &order, noted, &news.who(), news.now).await?;
                store::hold::sell_again(tx, order.id).await?
            } else {
                order.status.pay()?;
                store::hold::sell(tx, order.id).await?
            };
            if !sold {
                return Err(MoveError::NoStock);
            }
            store::order::mark_paid(tx, order.id, order.status, news.now).await?;
            advance(tx, &payment, PaymentStatus::Success, news).await?;
            self.issue_tickets(tx, news.event, &[order.id], &mut revision, news.now)
                .await?;
            store::revision::put(tx, news.event, &revision).await?;
            self.tell_of_payment(tx, &payment, news, PAID).await?;
            finish(tx, news, planned.name()).await?;
            Ok(())
        });
        self.waits.changed(news.event);
        made
    }

    /// The money is ours and the seat is not: kept as such, given back, and shown to an admin.
    pub(super) async fn make_paid_back(
        &self,
        payment: &Payment,
        news: &News<'_>,
        planned: Move,
    ) -> Result<(), MoveError> {
        transact!(self.store, |tx| {
            let (order, payment) = load_locked(tx, payment, news, planned).await?;
            if order.status == OrderStatus::Pending {
                let to = order.status.cancel()?;
                store::order::close(tx, order.id, order.status, to, news.now).await?;
                store::hold::release(tx, order.id).await?;
            }
            let noted = news.noted(Attention::PaidWithoutStock);
            self.note(tx, &order, noted, &news.who(), news.now).await?;
            advance(tx, &payment, PaymentStatus::Success, news).await?;
            self.tell_of_payment(tx, &payment, news, "payment.paid_without_stock")
                .await?;
            let reason = RefundReason::PaidWithoutStock;
            self.return_payment(tx, &order, payment.id, reason, news)
                .await?;
            finish(tx, news, Move::PayBack.name()).await?;
            Ok::<_, MoveError>(())
        })?;
        tracing::warn!(
            reference = payment.reference,
            "paid for what is no longer to be had: the money goes back"
        );
        Ok(())
    }

    /// A paid order was paid once more, by another attempt or beside a payment by hand.
    pub(super) async fn make_paid_twice(
        &self,
        payment: &Payment,
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        transact!(self.store, |tx| {
            let (order, payment) = load_locked(tx, payment, news, Move::PayTwice).await?;
            let is_first = matches!(
                payment.status,
                PaymentStatus::Pending | PaymentStatus::Failed | PaymentStatus::Expired
            );
            let second = if is_first {
                advance(tx, &payment, PaymentStatus::Success, news).await?;
                payment.id
            } else {
                self.insert_second(tx, &payment, news).await?
            };
            let noted = news.noted(Attention::PaidTwice);
            self.note(tx, &order, noted, &news.who(), news.now).await?;
            self.tell_of_payment(tx, &payment, news, "payment.paid_twice")
                .await?;
            let reason = RefundReason::PaidTwice;
            self.return_payment(tx, &order, second, reason, news)
                .await?;
            finish(tx, news, Move::PayTwice.name()).await?;
            Ok::<_, MoveError>(())
        })?;
        tracing::warn!(
            reference = payment.reference,
            "paid twice: the second goes back"
        );
        Ok(())
    }

    /// Stores the second payment, by the reference that is its own at the provider.
    async fn insert_second(
        &self,
        tx: &mut Tx,
        payment: &Payment,
        news: &News<'_>,
    ) -> Result<PaymentId, StoreError> {
        let theirs = &news.reading.transaction_ref;
        let amount = news.reading.amount;
        let second = Payment {
            id: PaymentId(self.new_id(news.now)),
            reference: second_reference(theirs),
            transaction_ref: Some(theirs.clone()),
            status: PaymentStatus::Success,
            channel: news.status.channel.clone(),
            amount: amount.ok_or(StoreError::Corrupt("a second payment of no amount"))?,
            token: None,
            redirect_url: None,
            created_at: news.now,
            updated_at: news.now,
            ..payment.clone()
        };
        store::claim::insert_beside(tx, Some(payment.id), &second).await?;
        Ok(second.id)
    }

    async fn return_payment(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: PaymentId,
        reason: RefundReason,
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        let payment = store::payment::by_id(tx, payment).await?;
        let payment = payment.ok_or(StoreError::Corrupt("a payment that is gone"))?;
        let ask = RefundAsk::whole(reason);
        self.give_back(tx, order, &payment, &ask, &news.who())
            .await?;
        Ok(())
    }
}

/// Our reference in a reading of this payment: a second one bears the first one's at the provider.
pub(super) fn reference_of<'a>(payment: &'a Payment, status: &'a PaymentStatusRead) -> &'a str {
    let theirs = payment.transaction_ref.as_ref();
    match is_second(payment) && theirs == Some(&status.provider_reference) {
        true => &payment.reference,
        false => &status.reference,
    }
}

/// Whether it came beside an order's own.
fn is_second(payment: &Payment) -> bool {
    payment.reference.starts_with(SECOND)
}

/// Our reference of a second payment, from theirs.
pub(super) fn second_reference(theirs: &str) -> String {
    let skipped = theirs.chars().count().saturating_sub(THEIRS);
    let end: String = theirs.chars().skip(skipped).collect();
    format!("{SECOND}{end}")
}
