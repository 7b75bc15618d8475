//! One attempt to pay: a channel chosen for an order, the row it stands in, and its refunds.
//!
//! Invariant: refunds never exceed the amount, and a refund key is used once per transaction.
//! Time is passed in; who is told of a move is the business of `world`.

use serde_json::Value;

use crate::{channel::Channel, refusal::Refusal, row::Row};

#[derive(Clone, Debug)]
pub struct Transaction {
    pub id: String,
    pub serial: u64,
    pub order_id: String,
    pub channel: Channel,
    pub row: Row,
    /// Whole rupiah, without the customer fee.
    pub order_amount: i64,
    /// Whole rupiah put on top by "automatic fee imposition"; usually 0.
    pub customer_fee: i64,
    /// Unix ms.
    pub chosen_at: i64,
    pub settled_at: Option<i64>,
    pub pending_until: i64,
    /// Whether it ended without ever leaving `pending` for money: its order id is free again.
    pub ended_from_pending: bool,
    pub refunds: Vec<Refund>,
    pub custom_fields: [Option<String>; 3],
    pub metadata: Option<Value>,
    pub notification_urls: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Refund {
    pub key: String,
    pub amount: i64,
    pub reason: Option<String>,
    pub made_at: i64,
    pub is_direct: bool,
}

/// The body of a refund call, after parsing.
#[derive(Clone, Debug, Default)]
pub struct RefundOrder {
    /// Absent: Midtrans makes one up.
    pub key: Option<String>,
    /// Absent: all that is left.
    pub amount: Option<i64>,
    pub reason: Option<String>,
    pub is_direct: bool,
}

impl Transaction {
    /// What the customer is charged, whole rupiah.
    #[must_use]
    pub fn gross_amount(&self) -> i64 {
        self.order_amount + self.customer_fee
    }

    #[must_use]
    pub fn refunded(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// Whether a new Snap page for the same order id is legal after this attempt.
    #[must_use]
    pub fn frees_order_id(&self) -> bool {
        self.ended_from_pending && matches!(self.row, Row::Expire | Row::Cancel)
    }

    /// Stands in `row` from now on.
    pub fn enter(&mut self, row: Row, now: i64) {
        self.ended_from_pending = self.row == Row::Pending;
        if row == Row::Settlement {
            self.settled_at = Some(now);
        }
        self.row = row;
    }

    /// Takes a refund and moves to the row it leads to. `spare_key` is used if the order has none.
    ///
    /// # Errors
    /// 400 for an impossible amount or key, 406 for a key used before, 412 where the status or the
    /// channel allows no refund, 414 if the merchant's balance is too low.
    pub fn refund(
        &mut self,
        order: RefundOrder,
        spare_key: String,
        balance: Option<i64>,
        now: i64,
    ) -> Result<Refund, Refusal> {
        let left = self.gross_amount() - self.refunded();
        let refund = Refund {
            key: order.key.unwrap_or(spare_key),
            amount: order.amount.unwrap_or(left),
            reason: order.reason,
            made_at: now,
            is_direct: order.is_direct,
        };
        self.check_refund(&refund, left, balance)?;
        let row = if refund.amount == left {
            Row::Refund
        } else {
            Row::PartialRefund
        };
        self.refunds.push(refund.clone());
        self.enter(row, now);
        Ok(refund)
    }

    fn check_refund(
        &self,
        refund: &Refund,
        left: i64,
        balance: Option<i64>,
    ) -> Result<(), Refusal> {
        let is_key = !refund.key.is_empty()
            && refund
                .key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !is_key {
            return Err(Refusal::new(400, "refund_key format is invalid"));
        }
        // Before the status: a repeat of the last refund finds the transaction fully refunded.
        if self.refunds.iter().any(|earlier| earlier.key == refund.key) {
            return Err(Refusal::new(
                406,
                "Duplicate refund_key. It has already been utilized",
            ));
        }
        if !matches!(self.row, Row::Settlement | Row::PartialRefund) || !self.channel.can_refund() {
            return Err(Refusal::cannot_change());
        }
        if refund.amount < 1 || refund.amount > left {
            return Err(Refusal::new(
                400,
                "Refund amount must be between 1 and the amount left",
            ));
        }
        if balance.is_some_and(|balance| balance < refund.amount) {
            return Err(Refusal::new(
                414,
                "Refund cannot be processed due to insufficient balance",
            ));
        }
        Ok(())
    }
}
