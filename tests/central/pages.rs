//! The shop's pages: a newcomer buys in a browser without scripts.
use axum::{
    body::{Body, to_bytes},
    http::{Request, Response},
};
use support::{
    central::Engine,
    shop::{Bought, IDENTITY, Shop},
};

async fn post_form(shop: &Shop, path: &str, form: &str) -> Response<Body> {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    shop.send(
        request
            .body(Body::from(form.to_owned()))
            .expect("a request"),
    )
    .await
}

async fn text(response: Response<Body>) -> String {
    let body = to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("a body");
    String::from_utf8(body.to_vec()).expect("text")
}

fn form(shop: &Shop, name: &str, quantity: &str) -> String {
    let kind = shop.event.types[0].id;
    format!(
        "key=form-of-one-page&full_name={name}&identity_type=ktp&identity_number={IDENTITY}&email=siti%40example.id\
         &whatsapp_number=081234567890&language=en&quantity_{kind}={quantity}"
    )
}

#[tokio::test]
async fn a_newcomer_buys_on_pages_alone() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (status, list) = shop.get("/").await;
    let list = String::from_utf8(list).expect("text");
    assert!(
        status == 200 && list.contains("href=\"/events/festival\""),
        "{list}"
    );
    let (status, page) = shop.get("/events/festival").await;
    let page = String::from_utf8(page).expect("text");
    assert!(
        status == 200 && page.contains("action=\"/events/festival/orders\""),
        "{page}"
    );
    assert!(!page.contains("<script"), "no script is needed");

    let placed = post_form(
        &shop,
        "/events/festival/orders",
        &form(&shop, "Siti+Rahma", "2"),
    )
    .await;
    assert_eq!(placed.status(), 303);
    let to = placed.headers()["location"]
        .to_str()
        .expect("an address")
        .to_owned();
    let again = post_form(
        &shop,
        "/events/festival/orders",
        &form(&shop, "Siti+Rahma", "2"),
    )
    .await;
    assert_eq!(
        again.headers()["location"],
        to.as_str(),
        "sent twice is one order"
    );

    let (_, page) = shop.get(&to).await;
    let page = String::from_utf8(page).expect("text");
    assert!(
        page.contains("Waiting for payment") && page.contains("/snap/v2/vtweb/"),
        "{page}"
    );
    let (number, access) = to["/orders/".len()..]
        .split_once("?access=")
        .expect("a link");
    let order = Bought {
        number: number.to_owned(),
        access: access.to_owned(),
    };
    shop.drive(&order, "settlement").await;
    // Midtrans sends the browser back with its own words in the address, which are not believed.
    let back = format!("{to}&order_id=x&status_code=200&transaction_status=settlement");
    let (_, page) = shop.get(&back).await;
    let page = String::from_utf8(page).expect("text");
    assert!(
        page.contains("Paid.") && page.contains("/invoice.pdf?access="),
        "{page}"
    );
}

#[tokio::test]
async fn a_refused_form_comes_back_escaped_and_without_the_identity_number() {
    let shop = Shop::open(Engine::Sqlite).await;
    let attack = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22";
    let refused = post_form(
        &shop,
        "/events/festival/orders",
        &form(&shop, attack, "999"),
    )
    .await;
    assert_eq!(refused.status(), 422);
    let policy = refused.headers()["content-security-policy"]
        .to_str()
        .expect("a policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    let page = text(refused).await;
    assert!(
        page.contains("data-code=\"quantity_out_of_range\""),
        "{page}"
    );
    assert!(
        page.contains("value=\"999\"") && page.contains("siti@example.id"),
        "what was typed stays"
    );
    assert!(
        !page.contains("<script") && !page.contains(IDENTITY),
        "{page}"
    );
    assert_eq!(shop.taken(0).await, 0);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_a_sentence() {
    let shop = Shop::open(Engine::Sqlite).await;
    for path in [
        "/events/nothing",
        "/orders/GRB-0000000000?access=x",
        "/orders/GRB-0000000000",
    ] {
        let (status, page) = shop.get(path).await;
        let page = String::from_utf8(page).expect("text");
        assert!(
            status == 404 && page.contains("There is no such"),
            "{path}: {status} {page}"
        );
    }
}
