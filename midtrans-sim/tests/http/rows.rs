//! Every row of the status table: status, fraud status, status code and a signature that verifies.

use midtrans_sim::signature;
use serde_json::Value;

use crate::shop::{KEY, Shop};

/// Row, channel, transaction_status, fraud_status, notice code, code of `GET status`.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
);

const ROWS: [Case; 18] = [
    (
        "pending",
        "bank_transfer",
        "pending",
        Some("accept"),
        "201",
        "201",
    ),
    ("pending", "qris", "pending", None, "201", "201"),
    (
        "authorize",
        "credit_card",
        "authorize",
        Some("accept"),
        "200",
        "200",
    ),
    (
        "capture",
        "credit_card",
        "capture",
        Some("accept"),
        "200",
        "200",
    ),
    (
        "challenge",
        "credit_card",
        "capture",
        Some("challenge"),
        "201",
        "201",
    ),
    (
        "capture_deny",
        "credit_card",
        "capture",
        Some("deny"),
        "202",
        "202",
    ),
    (
        "settlement",
        "credit_card",
        "settlement",
        Some("accept"),
        "200",
        "200",
    ),
    (
        "settlement",
        "bank_transfer",
        "settlement",
        Some("accept"),
        "200",
        "200",
    ),
    ("settlement", "qris", "settlement", None, "200", "200"),
    ("deny", "credit_card", "deny", Some("deny"), "202", "202"),
    (
        "cancel",
        "bank_transfer",
        "cancel",
        Some("accept"),
        "202",
        "200",
    ),
    (
        "expire",
        "bank_transfer",
        "expire",
        Some("accept"),
        "202",
        "407",
    ),
    ("expire", "qris", "expire", None, "202", "407"),
    (
        "failure",
        "bank_transfer",
        "failure",
        Some("accept"),
        "202",
        "202",
    ),
    (
        "refund",
        "credit_card",
        "refund",
        Some("accept"),
        "200",
        "200",
    ),
    (
        "partial_refund",
        "qris",
        "partial_refund",
        None,
        "200",
        "200",
    ),
    (
        "chargeback",
        "credit_card",
        "chargeback",
        None,
        "200",
        "200",
    ),
    (
        "partial_chargeback",
        "credit_card",
        "partial_chargeback",
        None,
        "200",
        "200",
    ),
];

#[tokio::test]
async fn every_row_reads_as_documented() {
    let shop = Shop::open().await;
    for (index, (row, channel, status, fraud, notice_code, reply_code)) in
        ROWS.into_iter().enumerate()
    {
        let order_id = format!("ROW-{index}");
        shop.page(&order_id).await;
        let reply = shop.drive(&order_id, row, channel).await;
        let notices = shop.notices();
        let notice = notices.last().expect("a notice");
        for (body, code) in [(notice, notice_code), (&reply, reply_code)] {
            assert_eq!(body["order_id"], order_id);
            assert_eq!(body["transaction_status"], status, "{row}");
            assert_eq!(
                body.get("fraud_status").and_then(Value::as_str),
                fraud,
                "{row}"
            );
            assert_eq!(body["status_code"], code, "{row}");
            assert_eq!(body["payment_type"], channel);
            check_form(body);
        }
    }
}

fn check_form(body: &Value) {
    let text = |name: &str| body[name].as_str().expect("text").to_owned();
    let signed = signature::sign(&text("order_id"), &text("status_code"), "150000.00", KEY);
    assert_eq!(text("signature_key"), signed);
    assert_eq!(text("gross_amount"), "150000.00");
    assert_eq!(text("transaction_time"), "2025-12-01 07:00:00");
    assert_eq!(text("currency"), "IDR");
    let fields = body.as_object().expect("object");
    assert!(fields.contains_key("unannounced_field"));
    assert!(fields.values().all(|value| !value.is_null()), "{body}");
}

#[tokio::test]
async fn steps_on_the_way_send_their_own_notices() {
    let shop = Shop::open().await;
    shop.page("CARD-1").await;
    shop.drive("CARD-1", "settlement", "credit_card").await;
    let statuses: Vec<String> = shop
        .notices()
        .iter()
        .map(|notice| {
            notice["transaction_status"]
                .as_str()
                .expect("status")
                .to_owned()
        })
        .collect();
    assert_eq!(statuses, ["pending", "capture", "settlement"]);
}

#[tokio::test]
async fn channels_bring_their_own_fields() {
    let shop = Shop::open().await;
    for (channel, field) in [
        ("credit_card", "masked_card"),
        ("bank_transfer", "va_numbers"),
        ("qris", "acquirer"),
    ] {
        let order_id = format!("CH-{channel}");
        shop.page(&order_id).await;
        let body = shop.drive(&order_id, "settlement", channel).await;
        assert!(!body[field].is_null(), "{channel} without {field}");
        assert_eq!(body["settlement_time"], "2025-12-01 07:00:00");
    }
}

#[tokio::test]
async fn status_knows_both_ids_and_nothing_before_a_channel_is_chosen() {
    let shop = Shop::open().await;
    shop.page("EARLY-1").await;
    let (http, body) = shop.get("/v2/EARLY-1/status").await;
    assert_eq!((http, &body["status_code"]), (200, &Value::from("404")));
    let by_order = shop.drive("EARLY-1", "pending", "bank_transfer").await;
    let id = by_order["transaction_id"].as_str().expect("id");
    assert_eq!(shop.get(&format!("/v2/{id}/status")).await.1, by_order);
}
