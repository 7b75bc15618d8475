//! Refusals on the shop's pages: in the buyer's words.
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use support::{
    central::Engine,
    shop::{IDENTITY, Shop},
};

async fn order_by_form(shop: &Shop, key: &str, quantity: u32) -> (u16, String) {
    let kind = shop.event.types[0].id;
    let form = format!(
        "key={key}&full_name=Siti+Rahma&identity_type=ktp&identity_number={IDENTITY}&email=siti%40example.id\
         &whatsapp_number=081234567890&language=en&quantity_{kind}={quantity}"
    );
    let request = Request::post("/events/festival/orders")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let response = shop.send(request.expect("a request")).await;
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await;
    let page = String::from_utf8(body.expect("a body").to_vec());
    (status, page.expect("text"))
}

#[tokio::test]
async fn a_form_that_was_used_is_refused_without_words_for_programs() {
    let shop = Shop::open(Engine::Sqlite).await;
    assert_eq!(order_by_form(&shop, "form-of-one-page", 1).await.0, 303);
    for (key, want) in [("form-of-one-page", 409), ("short", 400)] {
        let (status, page) = order_by_form(&shop, key, 2).await;
        assert_eq!(status, want, "{page}");
        let says = "This form was used already: open the event again.";
        assert!(page.contains(says), "{page}");
        assert!(!page.contains("Idempotency-Key"), "{page}");
    }
}
