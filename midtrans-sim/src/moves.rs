//! The moves a merchant can ask of the Core API: cancel, expire, approve, deny, refund.
//!
//! Invariant: a move is made only from the rows the documents allow; anything else is 412 and
//! changes nothing. Each answers with the body of the transaction after the move.

use serde_json::{Map, Value, json};

use crate::{
    body::{self, Kind},
    refusal::Refusal,
    row::Row,
    transaction::RefundOrder,
    world::World,
};

/// A move without parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Cancel,
    Expire,
    Approve,
    Deny,
}

impl Move {
    fn leads_to(self) -> Row {
        match self {
            Move::Cancel => Row::Cancel,
            Move::Expire => Row::Expire,
            Move::Approve => Row::Capture,
            Move::Deny => Row::Deny,
        }
    }

    fn is_allowed_from(self, row: Row) -> bool {
        match self {
            Move::Cancel => {
                matches!(
                    row,
                    Row::Pending | Row::Authorize | Row::Capture | Row::Challenge
                )
            }
            Move::Expire => row == Row::Pending,
            Move::Approve | Move::Deny => row == Row::Challenge,
        }
    }
}

impl World {
    /// The body of `GET /v2/{id}/status`.
    ///
    /// # Errors
    /// 404 until a channel was chosen.
    pub fn status(&self, id: &str) -> Result<Map<String, Value>, Refusal> {
        Ok(body::render(self.find(id)?, Kind::Reply, &self.merchant))
    }

    /// Makes a move on a transaction named by its own or its order's id.
    ///
    /// # Errors
    /// 404 or 412.
    pub fn make(&mut self, id: &str, what: Move, now: i64) -> Result<Map<String, Value>, Refusal> {
        let transaction = self.find(id)?;
        if !what.is_allowed_from(transaction.row) {
            return Err(Refusal::cannot_change());
        }
        let transaction_id = transaction.id.clone();
        self.enter(&transaction_id, what.leads_to(), now);
        self.status(&transaction_id)
    }

    /// Refunds all or a part; the reply speaks of this refund, `GET status` of their sum.
    ///
    /// # Errors
    /// 404, or as [`crate::transaction::Transaction::refund`].
    pub fn refund(
        &mut self,
        id: &str,
        order: RefundOrder,
        now: i64,
    ) -> Result<Map<String, Value>, Refusal> {
        let transaction_id = self.find(id)?.id.clone();
        let (spare_key, _) = self.ids.make();
        let balance = self.balance;
        let transaction = self
            .find_mut(&transaction_id)
            .ok_or_else(Refusal::unknown_transaction)?;
        let refund = transaction.refund(order, spare_key, balance, now)?;
        let number = transaction.refunds.len();
        self.balance = balance.map(|balance| balance - refund.amount);
        self.announce(&transaction_id);
        let mut reply = self.status(&transaction_id)?;
        reply.remove("refunds");
        reply.insert("refund_chargeback_id".to_owned(), json!(number));
        reply.insert(
            "refund_amount".to_owned(),
            json!(body::amount(refund.amount)),
        );
        reply.insert("refund_key".to_owned(), json!(refund.key));
        Ok(reply)
    }
}
