//! When an order id may be used again, and what becomes of tokens.

use serde_json::json;

use crate::shop::{Shop, order};

#[tokio::test]
async fn an_order_id_is_free_only_while_unpaid() {
    let shop = Shop::open().await;
    let cases = [
        (None, 201),
        (Some("pending"), 400),
        (Some("settlement"), 400),
        (Some("expire"), 201),
        (Some("cancel"), 201),
        (Some("deny"), 400),
        (Some("refund"), 400),
    ];
    for (driven_to, want) in cases {
        let order_id = format!("AGAIN-{}", driven_to.unwrap_or("nothing"));
        shop.page(&order_id).await;
        if let Some(row) = driven_to {
            shop.drive(&order_id, row, "bank_transfer").await;
        }
        let (status, body) = shop.post("/snap/v1/transactions", order(&order_id)).await;
        assert_eq!(status, want, "after {driven_to:?}: {body}");
        if want == 400 {
            let message = body["error_messages"][0].as_str().expect("message");
            assert_eq!(message, "transaction_details.order_id sudah digunakan");
        }
    }
}

#[tokio::test]
async fn a_captured_payment_that_was_cancelled_keeps_its_order_id() {
    let shop = Shop::open().await;
    shop.page("CARD-1").await;
    shop.drive("CARD-1", "capture", "credit_card").await;
    shop.drive("CARD-1", "cancel", "credit_card").await;
    let (status, _) = shop.post("/snap/v1/transactions", order("CARD-1")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_new_token_kills_the_older_one() {
    let shop = Shop::open().await;
    let older = shop.page("TOKEN-1").await;
    let newer = shop.page("TOKEN-1").await;
    assert_ne!(older, newer);
    assert_eq!(shop.get(&format!("/snap/v2/vtweb/{older}")).await.0, 404);
    assert_eq!(shop.get(&format!("/snap/v2/vtweb/{newer}")).await.0, 200);
}

#[tokio::test]
async fn two_attempts_have_two_transaction_ids() {
    let shop = Shop::open().await;
    shop.page("TWICE-1").await;
    let first = shop.drive("TWICE-1", "deny", "credit_card").await;
    let second = shop.drive("TWICE-1", "settlement", "qris").await;
    assert_ne!(first["transaction_id"], second["transaction_id"]);
    let id = first["transaction_id"].as_str().expect("id");
    let (_, again) = shop.get(&format!("/v2/{id}/status")).await;
    assert_eq!(again["transaction_status"], "deny");
}

#[tokio::test]
async fn a_page_can_be_cancelled_until_a_payment_began() {
    let shop = Shop::open().await;
    let cancel = |token: String| format!("/snap/v1/transactions/{token}/cancel");
    let unused = shop.page("STOP-1").await;
    let (status, body) = shop.post(&cancel(unused.clone()), json!({})).await;
    assert_eq!((status, body["canceled_at"].is_string()), (200, true));
    let begun = shop.page("STOP-2").await;
    shop.drive("STOP-2", "pending", "bank_transfer").await;
    let cases = [
        (unused, "token already canceled"),
        (begun, "Transaction is on progress"),
        ("nonsense".to_owned(), "token not found"),
    ];
    for (token, want) in cases {
        let (status, body) = shop.post(&cancel(token), json!({})).await;
        assert!(status >= 400);
        assert_eq!(body["error_messages"][0], want);
    }
}
