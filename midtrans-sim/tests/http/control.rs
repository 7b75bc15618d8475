//! The control API, and the delivery of notices.

use serde_json::{Value, json};

use crate::shop::Shop;

#[tokio::test]
async fn notices_can_be_switched_off_and_sent_again() {
    let shop = Shop::open().await;
    shop.page("QUIET-1").await;
    shop.post("/sim/notifications", json!({"on": false})).await;
    shop.drive("QUIET-1", "settlement", "bank_transfer").await;
    assert!(shop.notices().is_empty());
    for _ in 0..2 {
        shop.post("/sim/transactions/QUIET-1/resend", json!({}))
            .await;
    }
    let notices = shop.notices();
    assert_eq!(notices.len(), 2);
    assert_eq!(notices[0], notices[1]);
    assert_eq!(notices[0]["transaction_status"], "settlement");
}

#[tokio::test]
async fn driving_answers_with_where_the_order_stands() {
    let shop = Shop::open().await;
    let token = shop.page("WHERE-1").await;
    let drive = json!({"to": "settlement", "channel": "qris", "customer_fee": 1_050});
    let (status, body) = shop.post("/sim/transactions/WHERE-1/drive", drive).await;
    assert_eq!((status, &body["row"]), (200, &Value::from("settlement")));
    let (_, list) = shop.get("/sim/transactions").await;
    assert_eq!(list["orders"][0]["token"], token);
    let notices = shop.notices();
    let last = notices.last().expect("a notice");
    assert_eq!(last["gross_amount"], "151050.00");
    let info = &last["metadata"]["extra_info"]["gross_amount_info"];
    assert_eq!(info["original_amount"], "150000");
}

#[tokio::test]
async fn impossible_drives_are_refused() {
    let shop = Shop::open().await;
    shop.page("NO-1").await;
    shop.drive("NO-1", "settlement", "qris").await;
    for (order_id, drive, want) in [
        ("NO-1", json!({"to": "pending"}), 412),
        ("NO-1", json!({"to": "paid"}), 400),
        ("NO-2", json!({"to": "settlement"}), 404),
    ] {
        let path = format!("/sim/transactions/{order_id}/drive");
        assert_eq!(shop.post(&path, drive.clone()).await.0, want, "{drive}");
    }
    let forced = json!({"to": "expire", "force": true});
    let (status, _) = shop.post("/sim/transactions/NO-1/drive", forced).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_refused_notice_is_tried_again_as_often_as_documented() {
    let shop = Shop::open().await;
    shop.answer_with(404);
    shop.page("TRY-1").await;
    shop.drive("TRY-1", "pending", "bank_transfer").await;
    let over = async {
        while shop.notices().len() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), over)
        .await
        .expect("three attempts");
    let numbers: Vec<usize> = shop.midtrans.attempts().iter().map(|a| a.attempt).collect();
    assert!(numbers.starts_with(&[1, 2]), "{numbers:?}");
    let notices = shop.notices();
    assert_eq!((&notices[0], &notices[1]), (&notices[1], &notices[2]));
}

#[tokio::test]
async fn a_header_overrides_where_notices_go() {
    let shop = Shop::open().await;
    let other = Shop::open().await;
    let elsewhere = other.midtrans.base_url.clone() + "/sim/notifications";
    let request = shop
        .client
        .post(shop.url("/snap/v1/transactions"))
        .basic_auth(crate::shop::KEY, Some(""))
        .header("X-Override-Notification", &elsewhere)
        .json(&crate::shop::order("HEAD-1"));
    assert_eq!(request.send().await.expect("answer").status(), 201);
    shop.drive("HEAD-1", "pending", "bank_transfer").await;
    assert!(shop.notices().is_empty());
    assert_eq!(shop.midtrans.attempts()[0].url, elsewhere);
}

#[tokio::test]
async fn a_stopped_simulator_frees_its_port() {
    let shop = Shop::open().await;
    let address = shop.midtrans.address;
    shop.midtrans.stop().await;
    tokio::net::TcpListener::bind(address)
        .await
        .expect("port is free");
}
