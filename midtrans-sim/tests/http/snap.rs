//! Opening a page, its life and its end, and what a person does on it.

use serde_json::{Value, json};

use crate::shop::{Shop, order};

#[tokio::test]
async fn a_wrong_key_is_refused_in_both_shapes() {
    let shop = Shop::open().await;
    let request = shop
        .client
        .post(shop.url("/snap/v1/transactions"))
        .json(&order("KEY-1"));
    let answer = request
        .basic_auth("wrong", Some(""))
        .send()
        .await
        .expect("answer");
    assert_eq!(answer.status(), 401);
    let body: Value = answer.json().await.expect("json");
    assert!(
        body["error_messages"][0]
            .as_str()
            .expect("message")
            .contains("Access denied")
    );
    let answer = shop
        .client
        .get(shop.url("/v2/KEY-1/status"))
        .send()
        .await
        .expect("answer");
    assert_eq!(answer.status(), 401);
    let body: Value = answer.json().await.expect("json");
    assert_eq!(body["status_code"], "401");
}

#[tokio::test]
async fn a_wrong_item_sum_and_a_large_body_are_refused() {
    let shop = Shop::open().await;
    let mut body = order("SUM-1");
    body["item_details"][0]["price"] = json!(70_000);
    let (status, answer) = shop.post("/snap/v1/transactions", body).await;
    assert_eq!(status, 400);
    assert!(
        answer["error_messages"][0]
            .as_str()
            .expect("message")
            .contains("sum of item_details")
    );
    let mut body = order("SUM-2");
    body["padding"] = json!("x".repeat(20_000));
    assert_eq!(shop.post("/snap/v1/transactions", body).await.0, 413);
}

#[tokio::test]
async fn a_page_ends_silently() {
    let shop = Shop::open().await;
    let mut body = order("PAGE-1");
    body["page_expiry"] = json!({"duration": 5, "unit": "minutes"});
    let (_, session) = shop.post("/snap/v1/transactions", body).await;
    let page = format!(
        "/snap/v2/vtweb/{}",
        session["token"].as_str().expect("token")
    );
    assert_eq!(shop.get(&page).await.0, 200);
    shop.wait(5);
    assert_eq!(shop.get(&page).await.0, 404);
    let (_, status) = shop.get("/v2/PAGE-1/status").await;
    assert_eq!(status["status_code"], "404");
    assert!(shop.notices().is_empty());
}

#[tokio::test]
async fn a_pending_payment_expires_at_the_merchants_end() {
    let shop = Shop::open().await;
    let mut body = order("END-1");
    body["expiry"] =
        json!({"start_time": "2025-12-01 07:00:00 +0700", "duration": 15, "unit": "minutes"});
    shop.post("/snap/v1/transactions", body).await;
    shop.wait(10);
    let pending = shop.drive("END-1", "pending", "bank_transfer").await;
    assert_eq!(pending["expiry_time"], "2025-12-01 07:15:00");
    shop.wait(4);
    assert_eq!(
        shop.get("/v2/END-1/status").await.1["transaction_status"],
        "pending"
    );
    shop.wait(1);
    let (_, expired) = shop.get("/v2/END-1/status").await;
    assert_eq!(expired["transaction_status"], "expire");
    let (_, refused) = shop.post("/v2/END-1/expire", json!({})).await;
    assert_eq!(refused["status_code"], "412");
}

#[tokio::test]
async fn without_a_start_the_clock_runs_from_the_choice() {
    let shop = Shop::open().await;
    let mut body = order("END-2");
    body["expiry"] = json!({"duration": 15, "unit": "minute"});
    shop.post("/snap/v1/transactions", body).await;
    shop.wait(60);
    let pending = shop.drive("END-2", "pending", "bank_transfer").await;
    assert_eq!(pending["expiry_time"], "2025-12-01 08:15:00");
}

#[tokio::test]
async fn a_person_pays_and_is_sent_back() {
    let shop = Shop::open().await;
    let cases = [
        ("PAY-1", "credit_card", "pay", "200", "capture"),
        ("PAY-2", "bank_transfer", "later", "201", "pending"),
        ("PAY-3", "qris", "pay", "200", "settlement"),
        ("PAY-4", "credit_card", "fail", "202", "deny"),
        ("PAY-5", "bank_transfer", "expire", "407", "expire"),
    ];
    for (order_id, channel, action, code, status) in cases {
        let mut body = order(order_id);
        body["callbacks"] = json!({"finish": "http://shop.example/done?lang=id"});
        let (_, session) = shop.post("/snap/v1/transactions", body).await;
        let page = session["redirect_url"]
            .as_str()
            .expect("redirect_url")
            .to_owned();
        let html = shop
            .client
            .get(&page)
            .send()
            .await
            .expect("page")
            .text()
            .await
            .expect("html");
        assert!(html.contains("Rp 150.000") && html.contains(order_id));
        let form = format!("channel={channel}&action={action}");
        let request = shop.client.post(&page).body(form);
        let answer = request
            .header("content-type", "application/x-www-form-urlencoded")
            .send()
            .await
            .expect("answer");
        assert_eq!(answer.status(), 303);
        let want = format!(
            "http://shop.example/done?lang=id&order_id={order_id}&status_code={code}\
             &transaction_status={status}&merchant_id=G000000001"
        );
        assert_eq!(answer.headers()["location"], want.as_str());
    }
}
