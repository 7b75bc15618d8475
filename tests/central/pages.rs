//! The shop's pages: a newcomer buys in a browser without scripts.
use support::{
    central::Engine,
    shop::{Bought, IDENTITY, Shop},
    visit::Visit,
};

/// What a buyer fills in, with a name and a number of tickets of the first type.
fn filled<'a>(name: &'a str, field: &'a str, quantity: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("full_name", name),
        ("identity_type", "ktp"),
        ("identity_number", IDENTITY),
        ("email", "siti@example.id"),
        ("whatsapp_number", "081234567890"),
        ("language", "en"),
        ("terms", "yes"),
        (field, quantity),
    ]
}

#[tokio::test]
async fn a_newcomer_buys_on_pages_alone() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut visit = Visit::new(&shop);
    let list = visit.get("/").await;
    assert!(
        list.status == 200 && list.page.contains("href=\"/events/festival\""),
        "{}",
        list.page
    );
    let event = visit.get("/events/festival").await;
    assert!(
        event.status == 200 && event.page.contains("action=\"/events/festival/cart\""),
        "{}",
        event.page
    );
    let field = format!("quantity_{}", shop.event.types[0].id);
    let price = visit
        .get(&format!("/events/festival/price?{field}=2"))
        .await;
    assert!(
        price.page.contains("300,000") && !price.page.contains("<html"),
        "{}",
        price.page
    );
    let cart = visit.get(&format!("/events/festival/cart?{field}=2")).await;
    assert!(
        cart.page.contains("action=\"/events/festival/orders\"") && cart.page.contains("300,000"),
        "{}",
        cart.page
    );

    let key = visit.hidden("key");
    let mut fields = filled("Siti Rahma", &field, "2");
    fields.push(("key", &key));
    let placed = visit.post("/events/festival/orders", &fields).await;
    let to = placed.to().to_owned();
    let again = visit.post("/events/festival/orders", &fields).await;
    assert_eq!(
        (placed.status, again.to()),
        (303, to.as_str()),
        "sent twice is one order"
    );

    let page = visit.get(&to).await.page;
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
    let news = format!("/orders/{number}/status?access={access}&seen=pending");
    assert_eq!(visit.get(&news).await.status, 204, "nothing is new");
    shop.drive(&order, "settlement").await;
    assert_eq!(visit.get(&news).await.headers["hx-refresh"], "true");
    // Midtrans sends the browser back with its own words in the address, which are not believed.
    let back = format!("{to}&order_id=x&status_code=200&transaction_status=settlement");
    let page = visit.get(&back).await.page;
    assert!(
        page.contains("Your tickets are ready.") && page.contains("/invoice.pdf?access="),
        "{page}"
    );
}

#[tokio::test]
async fn a_refused_form_comes_back_escaped_and_without_the_identity_number() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut visit = Visit::new(&shop);
    let field = format!("quantity_{}", shop.event.types[0].id);
    visit.get(&format!("/events/festival/cart?{field}=1")).await;
    let key = visit.hidden("key");
    let mut fields = filled("<script>alert(1)</script>\"", &field, "999");
    fields.push(("key", &key));
    let refused = visit.post("/events/festival/orders", &fields).await;
    assert_eq!(refused.status, 422);
    let policy = refused.headers["content-security-policy"]
        .to_str()
        .expect("a policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    let page = refused.page;
    assert!(
        page.contains("data-code=\"quantity_out_of_range\""),
        "{page}"
    );
    assert!(
        page.contains("value=\"999\"") && page.contains("siti@example.id"),
        "what was typed stays: {page}"
    );
    assert!(
        !page.contains("<script>") && !page.contains(IDENTITY),
        "{page}"
    );
    assert_eq!(shop.taken(0).await, 0);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_a_sentence() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut visit = Visit::new(&shop);
    for (path, said) in [
        ("/events/nothing", "There is no such"),
        ("/orders/GRB-0000000000?access=x", "There is no such"),
        ("/orders/GRB-0000000000", "does not know the order"),
    ] {
        let seen = visit.get(path).await;
        assert!(
            seen.status == 404 && seen.page.contains(said),
            "{path}: {seen:?}"
        );
    }
    let seen = visit.get("/nowhere").await;
    assert!(
        seen.status == 404 && seen.page.contains("There is nothing at this address"),
        "{seen:?}"
    );
    let (status, refusal) = shop.get_json("/api/v1/nowhere").await;
    assert_eq!((status, &refusal["code"]), (404, &"not_found".into()));
}

#[tokio::test]
async fn the_language_is_chosen_once() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut visit = Visit::new(&shop);
    assert!(visit.get("/").await.page.contains("<html lang=\"en\">"));
    let chosen = visit.get("/?city=Jakarta&lang=id").await;
    assert!(
        chosen.page.contains("<html lang=\"id\">")
            && chosen.page.contains("href=\"/?city=Jakarta&#38;lang=en\""),
        "{}",
        chosen.page
    );
    assert!(
        visit
            .get("/events/festival")
            .await
            .page
            .contains("<html lang=\"id\">"),
        "remembered"
    );
    let cookies: Vec<_> = chosen
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|c| c.to_str().expect("text"))
        .collect();
    assert!(
        cookies
            .iter()
            .all(|cookie| cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax")),
        "{cookies:?}"
    );
    assert!(
        visit
            .get("/events/nothing")
            .await
            .page
            .contains("Acara ini tidak ada.")
    );
}
