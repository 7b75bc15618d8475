//! The JSON that describes a transaction, in notifications and in replies of the Core API.
//!
//! Invariant: amounts are strings ending in `.00`, times are GMT+7 without an offset, a null is left
//! out, every body is signed over exactly the strings it carries, and every body has one field that
//! no document mentions, because Midtrans adds fields without notice. Pure: no clock, no state.

use serde_json::{Map, Value, json};

use crate::{row::Row, signature, transaction::Transaction, wib};

/// Whose account speaks.
#[derive(Clone, Debug)]
pub struct Merchant {
    pub id: String,
    pub server_key: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Notice,
    Reply,
}

/// `150000` as Midtrans writes it: `150000.00`.
#[must_use]
pub fn amount(rupiah: i64) -> String {
    format!("{rupiah}.00")
}

/// The whole body; callers may add fields of their own call (refund) on top.
#[must_use]
pub fn render(transaction: &Transaction, kind: Kind, merchant: &Merchant) -> Map<String, Value> {
    let row = transaction.row;
    let (code, message) = match kind {
        Kind::Notice => (row.notice_code(), "midtrans payment notification"),
        Kind::Reply => (row.reply_code(), reply_message(row)),
    };
    let gross = amount(transaction.gross_amount());
    let signature = signature::sign(&transaction.order_id, code, &gross, &merchant.server_key);
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            body.insert(name.to_owned(), value);
        }
    };
    put(
        "transaction_time",
        json!(wib::format(transaction.chosen_at)),
    );
    put("transaction_status", json!(row.status()));
    put("transaction_id", json!(transaction.id));
    put("status_message", json!(message));
    put("status_code", json!(code));
    put("signature_key", json!(signature));
    put("payment_type", json!(transaction.channel.name()));
    put("order_id", json!(transaction.order_id));
    put("merchant_id", json!(merchant.id));
    put("gross_amount", json!(gross));
    put("fraud_status", json!(row.fraud(transaction.channel)));
    put("currency", json!("IDR"));
    put(
        "settlement_time",
        json!(transaction.settled_at.map(wib::format)),
    );
    put("expiry_time", json!(wib::format(transaction.pending_until)));
    for (index, field) in transaction.custom_fields.iter().enumerate() {
        put(&format!("custom_field{}", index + 1), json!(field));
    }
    put("metadata", metadata(transaction));
    put(
        "unannounced_field",
        json!({"note": "bodies grow without notice; ignore what you do not know"}),
    );
    add_extras(&mut body, transaction);
    add_refunds(&mut body, transaction);
    body
}

fn reply_message(row: Row) -> &'static str {
    match row {
        Row::Cancel => "Success, transaction is canceled",
        Row::Expire => "Success, transaction is expired",
        Row::Refund | Row::PartialRefund => "Success, refund request is approved",
        _ => "Success, transaction is found",
    }
}

/// The merchant's metadata, with Midtrans' note on the amounts if a fee was imposed.
fn metadata(transaction: &Transaction) -> Value {
    let given = transaction.metadata.clone().unwrap_or(Value::Null);
    if transaction.customer_fee == 0 {
        return given;
    }
    let mut merged = given.as_object().cloned().unwrap_or_default();
    let info = json!({"gross_amount_info": {
        "original_amount": transaction.order_amount.to_string(),
        "gross_amount": transaction.gross_amount().to_string(),
        "customer_imposed_payment_fee": transaction.customer_fee.to_string(),
    }});
    merged.insert("extra_info".to_owned(), info);
    Value::Object(merged)
}

fn add_extras(body: &mut Map<String, Value>, transaction: &Transaction) {
    if let Value::Object(extras) = transaction.channel.extras(transaction.serial) {
        body.extend(extras);
    }
}

fn add_refunds(body: &mut Map<String, Value>, transaction: &Transaction) {
    if transaction.refunds.is_empty() {
        return;
    }
    let refunds: Vec<Value> = transaction
        .refunds
        .iter()
        .enumerate()
        .map(|(index, refund)| {
            let mut entry = json!({
                "refund_chargeback_id": index + 1,
                "refund_amount": amount(refund.amount),
                "created_at": wib::format(refund.made_at),
                "refund_key": refund.key,
                "refund_method": if refund.is_direct { "direct refund" } else { "API" },
            });
            if let Some(reason) = &refund.reason {
                entry["reason"] = json!(reason);
            }
            entry
        })
        .collect();
    body.insert(
        "refund_amount".to_owned(),
        json!(amount(transaction.refunded())),
    );
    body.insert("refunds".to_owned(), Value::Array(refunds));
}
