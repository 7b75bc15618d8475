//! Refunds: what adds up, what is refused, and the other moves of the Core API.

use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn partial_refunds_add_up_and_keys_are_used_once() {
    let shop = Shop::open().await;
    shop.page("BACK-1").await;
    shop.drive("BACK-1", "settlement", "qris").await;
    // key, amount, status_code, transaction_status, sum refunded afterwards
    let cases = [
        ("first", json!(50_000), "200", "partial_refund", "50000.00"),
        ("first", json!(10_000), "406", "", "50000.00"),
        ("second", json!(100_001), "400", "", "50000.00"),
        ("bad key", json!(1), "400", "", "50000.00"),
        ("third", json!(60_000), "200", "partial_refund", "110000.00"),
        ("fourth", json!(null), "200", "refund", "150000.00"),
        ("fourth", json!(null), "406", "", "150000.00"),
        ("fifth", json!(1), "412", "", "150000.00"),
    ];
    for (key, amount, code, status, sum) in cases {
        let body = json!({"refund_key": key, "amount": amount, "reason": "test"});
        let (_, reply) = shop.post("/v2/BACK-1/refund/online/direct", body).await;
        assert_eq!(reply["status_code"], code, "{key} {amount}: {reply}");
        if code == "200" {
            assert_eq!(reply["transaction_status"], status);
            assert_eq!(reply["refund_key"], key);
        }
        let (_, now) = shop.get("/v2/BACK-1/status").await;
        assert_eq!(now["refund_amount"], sum);
    }
    let (_, now) = shop.get("/v2/BACK-1/status").await;
    assert_eq!(now["refunds"].as_array().expect("refunds").len(), 3);
}

#[tokio::test]
async fn refunds_need_settled_money_and_a_way_back() {
    let shop = Shop::open().await;
    for (order_id, row, channel) in [
        ("NO-1", "pending", "qris"),
        ("NO-2", "capture", "credit_card"),
        ("NO-3", "settlement", "bank_transfer"),
    ] {
        shop.page(order_id).await;
        shop.drive(order_id, row, channel).await;
        let (_, reply) = shop
            .post(&format!("/v2/{order_id}/refund"), json!({}))
            .await;
        assert_eq!(reply["status_code"], "412", "{row} {channel}");
    }
}

#[tokio::test]
async fn a_low_balance_refuses_refunds() {
    let shop = Shop::open().await;
    shop.page("POOR-1").await;
    shop.drive("POOR-1", "settlement", "qris").await;
    shop.post("/sim/balance", json!({"amount": 1_000})).await;
    let (_, reply) = shop
        .post("/v2/POOR-1/refund", json!({"refund_key": "a"}))
        .await;
    assert_eq!(reply["status_code"], "414");
    shop.post("/sim/balance", json!({"amount": null})).await;
    let (_, reply) = shop
        .post("/v2/POOR-1/refund", json!({"refund_key": "a"}))
        .await;
    assert_eq!(reply["status_code"], "200");
}

#[tokio::test]
async fn moves_are_allowed_only_where_documented() {
    let shop = Shop::open().await;
    let cases = [
        ("pending", "cancel", "200"),
        ("pending", "expire", "407"),
        ("pending", "approve", "412"),
        ("capture", "cancel", "200"),
        ("capture", "expire", "412"),
        ("challenge", "approve", "200"),
        ("challenge", "deny", "202"),
        ("settlement", "cancel", "412"),
        ("expire", "expire", "412"),
    ];
    for (row, what, code) in cases {
        let order_id = format!("MOVE-{row}-{what}");
        shop.page(&order_id).await;
        shop.drive(&order_id, row, "credit_card").await;
        let (_, reply) = shop
            .post(&format!("/v2/{order_id}/{what}"), json!({}))
            .await;
        assert_eq!(reply["status_code"], code, "{what} from {row}: {reply}");
    }
    let (_, reply) = shop.post("/v2/NOBODY/cancel", json!({})).await;
    assert_eq!(reply["status_code"], "404");
}
