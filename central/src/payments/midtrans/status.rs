//! A status reply of the Core API, and the table that says what it means. Pure.
//!
//! Invariants: the decision rests on `transaction_status` and `fraud_status` only (the reply's
//! `status_code` speaks of the call); an unknown value or combination needs a person. Where Midtrans
//! put its fee on top, the order's amount is the original one from the metadata.

use serde_json::Value;

use super::wire;
use crate::payments::{PaymentStatus, ProviderError, ProviderVerdict, RefundMade};

/// What a pair of statuses means.
#[must_use]
pub fn verdict(transaction_status: &str, fraud_status: Option<&str>) -> ProviderVerdict {
    match (transaction_status, fraud_status) {
        ("pending", None | Some("accept")) => ProviderVerdict::Pending,
        ("authorize", Some("accept")) => ProviderVerdict::Reserved,
        ("capture", Some("accept")) => ProviderVerdict::Paid,
        ("capture", Some("challenge")) => ProviderVerdict::Challenged,
        ("capture", Some("deny")) => ProviderVerdict::Denied,
        ("settlement", None | Some("accept")) => ProviderVerdict::Paid,
        ("deny", _) => ProviderVerdict::Denied,
        ("cancel", _) => ProviderVerdict::Cancelled,
        ("expire", _) => ProviderVerdict::Expired,
        ("failure", _) => ProviderVerdict::Failed,
        ("refund", _) => ProviderVerdict::Refunded,
        ("partial_refund", _) => ProviderVerdict::PartlyRefunded,
        ("chargeback" | "partial_chargeback", _) => ProviderVerdict::Disputed,
        _ => ProviderVerdict::NeedsReview,
    }
}

/// Reads the body of `GET /v2/{id}/status`.
pub(super) fn parse(reply: &Value) -> Result<PaymentStatus, ProviderError> {
    let text = |name: &'static str| reply[name].as_str().ok_or(malformed(name));
    let status = text("transaction_status")?;
    let fraud = reply["fraud_status"].as_str();
    let currency = reply["currency"].as_str().unwrap_or("IDR");
    if currency != "IDR" {
        return Err(malformed("currency"));
    }
    let charged_minor =
        wire::parse_amount(text("gross_amount")?).ok_or(malformed("gross_amount"))?;
    Ok(PaymentStatus {
        reference: text("order_id")?.to_owned(),
        provider_reference: text("transaction_id")?.to_owned(),
        verdict: verdict(status, fraud),
        provider_status: format!("{status}/{}", fraud.unwrap_or("none")),
        channel: reply["payment_type"].as_str().map(str::to_owned),
        amount_minor: order_amount(reply, charged_minor)?,
        charged_minor,
        currency: currency.to_owned(),
        settled_at_ms: reply["settlement_time"].as_str().and_then(wire::parse_time),
        pending_until_ms: reply["expiry_time"].as_str().and_then(wire::parse_time),
        refunds: refunds(reply)?,
    })
}

fn malformed(what: &'static str) -> ProviderError {
    ProviderError::Malformed { what }
}

fn order_amount(reply: &Value, charged_minor: i64) -> Result<i64, ProviderError> {
    let original = &reply["metadata"]["extra_info"]["gross_amount_info"]["original_amount"];
    if original.is_null() {
        return Ok(charged_minor);
    }
    wire::amount_in(original)
        .filter(|original| *original <= charged_minor)
        .ok_or(malformed("original_amount"))
}

fn refunds(reply: &Value) -> Result<Vec<RefundMade>, ProviderError> {
    let entries = reply["refunds"].as_array().map_or(&[][..], Vec::as_slice);
    entries
        .iter()
        .map(|entry| {
            let amount_minor =
                wire::amount_in(&entry["refund_amount"]).ok_or(malformed("refund_amount"))?;
            let key = entry["refund_key"].as_str().unwrap_or_default().to_owned();
            Ok(RefundMade { key, amount_minor })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use ProviderVerdict::{
        Cancelled, Challenged, Denied, Disputed, Expired, Failed, NeedsReview, Paid,
        PartlyRefunded, Pending, Refunded, Reserved,
    };

    #[test]
    fn every_row_of_the_status_table() {
        let cases = [
            ("pending", Some("accept"), Pending),
            ("pending", None, Pending),
            ("pending", Some("challenge"), NeedsReview),
            ("authorize", Some("accept"), Reserved),
            ("authorize", Some("challenge"), NeedsReview),
            ("capture", Some("accept"), Paid),
            ("capture", Some("challenge"), Challenged),
            ("capture", Some("deny"), Denied),
            ("capture", None, NeedsReview),
            ("settlement", Some("accept"), Paid),
            ("settlement", None, Paid),
            ("settlement", Some("challenge"), NeedsReview),
            ("settlement", Some("deny"), NeedsReview),
            ("deny", Some("deny"), Denied),
            ("deny", Some("accept"), Denied),
            ("cancel", None, Cancelled),
            ("cancel", Some("challenge"), Cancelled),
            ("expire", Some("accept"), Expired),
            ("failure", None, Failed),
            ("refund", Some("accept"), Refunded),
            ("partial_refund", Some("accept"), PartlyRefunded),
            ("chargeback", None, Disputed),
            ("partial_chargeback", None, Disputed),
            ("SETTLEMENT", Some("accept"), NeedsReview),
            ("settlement ", None, NeedsReview),
            ("", None, NeedsReview),
            ("something_new", Some("accept"), NeedsReview),
        ];
        for (status, fraud, want) in cases {
            assert_eq!(verdict(status, fraud), want, "{status} {fraud:?}");
        }
    }

    fn reply() -> Value {
        json!({
            "status_code": "407",
            "transaction_status": "settlement",
            "order_id": "ETK-1",
            "transaction_id": "249fc620-6017-4540-af7c-5a1c25788f46",
            "gross_amount": "151050.00",
            "currency": "IDR",
            "payment_type": "qris",
            "settlement_time": "2025-12-01 07:00:00",
        })
    }

    #[test]
    fn an_imposed_fee_is_not_part_of_the_order() {
        let plain = parse(&reply()).expect("status");
        assert_eq!(
            (plain.amount_minor, plain.charged_minor),
            (151_050, 151_050)
        );
        let mut with_fee = reply();
        with_fee["metadata"]["extra_info"]["gross_amount_info"]["original_amount"] =
            json!("150000");
        let status = parse(&with_fee).expect("status");
        assert_eq!(
            (status.amount_minor, status.charged_minor),
            (150_000, 151_050)
        );
        assert_eq!(status.settled_at_ms, Some(1_764_547_200_000));
        with_fee["metadata"]["extra_info"]["gross_amount_info"]["original_amount"] =
            json!("999999");
        assert_eq!(parse(&with_fee), Err(malformed("original_amount")));
    }

    #[test]
    fn refunds_add_up() {
        let mut refunded = reply();
        refunded["transaction_status"] = json!("partial_refund");
        refunded["refunds"] = json!([
            {"refund_amount": "50000.00", "refund_key": "a"},
            {"refund_amount": "1000.00", "refund_key": "b"},
        ]);
        let status = parse(&refunded).expect("status");
        assert_eq!(
            (status.verdict, status.refunded_minor()),
            (PartlyRefunded, 51_000)
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        for field in [
            "transaction_status",
            "order_id",
            "transaction_id",
            "gross_amount",
        ] {
            let mut broken = reply();
            broken[field] = json!(null);
            assert_eq!(parse(&broken), Err(malformed(field)));
        }
    }
}
