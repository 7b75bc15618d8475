//! Driving an order to any row of the status table, for tests, the demo and the simulated page.
//!
//! Invariant: without `force` only documented edges are walked, and each step sends its notice as it
//! would in life. An attempt that failed is followed by a new one (another transaction id under the
//! same order id) when the wanted row cannot be reached otherwise.

use serde::Deserialize;

use crate::{
    channel::Channel,
    refusal::Refusal,
    row::{self, Row},
    transaction::{Refund, Transaction},
    world::World,
};

/// What the caller wants; the JSON of `POST /sim/transactions/{order_id}/drive`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drive {
    /// A row's name: `settlement`, `challenge`, `partial_refund` …
    pub to: String,
    /// `credit_card`, `bank_transfer` (default) or `qris`; only used if a channel must be chosen.
    pub channel: Option<String>,
    /// For `partial_refund`: whole rupiah (default: half of what is left). `refund` takes it all.
    pub amount: Option<i64>,
    pub refund_key: Option<String>,
    /// Put on top of the amount when the channel is chosen ("automatic fee imposition").
    #[serde(default)]
    pub customer_fee: i64,
    /// Begins another transaction of the same order, although one is open or paid: two phones, one page.
    #[serde(default)]
    pub second: bool,
    /// Jumps to the row even where no documented edge leads.
    #[serde(default)]
    pub force: bool,
}

impl World {
    /// Drives the latest attempt of an order (or a new one) to the wanted row; returns the id of
    /// the transaction that stands there.
    ///
    /// # Errors
    /// 400 for an unknown word, 404 for an unknown order, 412 where no documented way leads.
    pub fn drive(&mut self, order_id: &str, drive: &Drive, now: i64) -> Result<String, Refusal> {
        let to = Row::from_name(&drive.to)
            .ok_or_else(|| Refusal::new(400, &format!("unknown row '{}'", drive.to)))?;
        if drive.force {
            let id = self.find(order_id)?.id.clone();
            self.step(&id, to, drive, now);
            return Ok(id);
        }
        let id = self.attempt_for(order_id, to, drive, now)?;
        let (from, channel) = self.find(&id).map(|found| (found.row, found.channel))?;
        if from == to && from != Row::PartialRefund {
            return Ok(id);
        }
        for row in row::path(from, to, channel).ok_or_else(Refusal::cannot_change)? {
            self.step(&id, row, drive, now);
        }
        Ok(id)
    }

    /// The open attempt, or a new one if there is none.
    fn attempt_for(
        &mut self,
        order_id: &str,
        to: Row,
        drive: &Drive,
        now: i64,
    ) -> Result<String, Refusal> {
        let order = self
            .orders
            .get(order_id)
            .ok_or_else(Refusal::unknown_transaction)?;
        let token = order.token.clone();
        match self.current(&token) {
            Some(_) if drive.second => {
                let channel = channel(drive.channel.as_deref(), to)?;
                self.choose_again(&token, channel, drive.customer_fee, now)
            }
            Some(last) if !last.row.is_failed_attempt() => Ok(last.id.clone()),
            _ => {
                let channel = channel(drive.channel.as_deref(), to)?;
                self.choose(&token, channel, drive.customer_fee, now)
            }
        }
    }

    fn step(&mut self, transaction_id: &str, to: Row, drive: &Drive, now: i64) {
        if matches!(to, Row::Refund | Row::PartialRefund) {
            let (spare_key, _) = self.ids.make();
            if let Some(transaction) = self.find_mut(transaction_id) {
                note_refund(transaction, to, drive, spare_key, now);
            }
        }
        self.enter(transaction_id, to, now);
    }
}

fn channel(name: Option<&str>, to: Row) -> Result<Channel, Refusal> {
    let is_card_row = matches!(
        to,
        Row::Authorize | Row::Capture | Row::Challenge | Row::CaptureDeny
    );
    match name {
        None if is_card_row => Ok(Channel::CreditCard),
        None => Ok(Channel::BankTransfer),
        Some(name) => Channel::from_name(name)
            .ok_or_else(|| Refusal::new(400, &format!("unknown channel '{name}'"))),
    }
}

/// A refund made from the dashboard: on any channel, without the checks of the API.
fn note_refund(transaction: &mut Transaction, to: Row, drive: &Drive, spare_key: String, now: i64) {
    let left = transaction.gross_amount() - transaction.refunded();
    let amount = match to {
        Row::Refund => left,
        _ => drive.amount.unwrap_or(left / 2).clamp(0, left),
    };
    let key = drive.refund_key.clone().unwrap_or(spare_key);
    transaction.refunds.push(Refund {
        key,
        amount,
        reason: None,
        made_at: now,
        is_direct: false,
    });
}
