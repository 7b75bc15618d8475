//! A provider's notice as people may read it.
//!
//! Invariant: only fields of a closed list are shown with their values; what a provider adds one day is hidden until
//! somebody has looked at it. Signatures, card and account numbers, and what is told of the buyer are not on the list.

use serde_json::Value;

/// What is shown instead of a value.
const HIDDEN: &str = "•••";
/// Longest text of a notice.
const MOST_LETTERS: usize = 20_000;
/// Fields that tell how a payment stands, and nothing that opens anything.
const SHOWN: [&str; 30] = [
    "acquirer",
    "amount",
    "bank",
    "bank_confirmed_at",
    "chargeback_type",
    "currency",
    "expiry_time",
    "fraud_status",
    "gross_amount",
    "issuer",
    "merchant_id",
    "order_id",
    "payment_amounts",
    "payment_type",
    "reason",
    "refund_amount",
    "refund_chargeback_id",
    "refund_chargeback_uuid",
    "refund_key",
    "refund_method",
    "refunds",
    "settlement_time",
    "status_code",
    "status_message",
    "store",
    "transaction_id",
    "transaction_status",
    "transaction_time",
    "transaction_type",
    "paid_at",
];

/// The body of a notice, laid out, without what it must not show.
#[must_use]
pub fn shown(body: &[u8]) -> String {
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
        return format!("{} B", body.len());
    };
    hide(&mut value, true);
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.chars().take(MOST_LETTERS).collect()
}

fn hide(value: &mut Value, is_shown: bool) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                hide(value, SHOWN.contains(&name.as_str()));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, is_shown)),
        Value::Null => {}
        _ if is_shown => {}
        other => *other = HIDDEN.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_on_the_list_is_hidden_wherever_it_stands() {
        let body = br#"{"order_id":"GRB-1","signature_key":"c2VjcmV0","masked_card":"481111-1114",
            "va_numbers":[{"bank":"bca","va_number":"123456"}],"customer_details":{"email":"siti@example.id"},
            "refunds":[{"refund_amount":"100.00","refund_key":"RF-1","bank_account":"987"}],"new_one":["x",7]}"#;
        let text = shown(body);
        for secret in [
            "c2VjcmV0", "481111", "123456", "siti", "987", "\"x\"", "7\n",
        ] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        for open in ["GRB-1", "bca", "100.00", "RF-1"] {
            assert!(text.contains(open), "{open}: {text}");
        }
        assert_eq!(shown(b"<html>not json"), "14 B");
    }
}
