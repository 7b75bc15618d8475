//! Choosing and ordering on the shop's pages: prices, codes, names, and events that are not sold.
use central::app::trail::Actor;
use central::domain::{
    charge::{Charge, ChargeBase, ChargeKind, Cut, Rate},
    event::{EventStatus, Visibility},
    new_price::NewPromo,
    promo::UNLIMITED,
};
use support::{
    central::{Engine, START},
    festival::new_type,
    shop::{IDENTITY, Shop},
    visit::Visit,
};

/// A festival with a fee, a promo code and a type that its code opens.
async fn open() -> Shop {
    Shop::open_with(Engine::Sqlite, |wish| {
        wish.prices.charges.push(Charge {
            kind: ChargeKind::Fee,
            name: "Service fee".into(),
            rate: Rate::PerTicket(5_000),
            base: ChargeBase::Tickets,
            is_included: false,
        });
        wish.prices.promos.push(NewPromo {
            code: "EARLY".into(),
            ticket_type: None,
            cut: Cut::Percent(1_000),
            valid_from: START,
            valid_until: START.plus_ms(3_600_000),
            quota: UNLIMITED,
            per_buyer: UNLIMITED,
            min_spend_minor: 0,
            is_stackable: false,
        });
        let mut guests = new_type("Guests", 50_000, 5);
        guests.visibility = Visibility::Hidden;
        guests.access_code = Some("FRIENDS".into());
        wish.types.push(guests);
    })
    .await
}

fn field(shop: &Shop, kind: usize) -> String {
    format!("quantity_{}", shop.event.types[kind].id)
}

/// The provider sends the browser back without the secret of the link, which it was never told.
#[tokio::test]
async fn a_browser_comes_back_from_paying_by_its_cookie_and_a_stranger_does_not() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("comes-back", &[(0, 1)]).await;
    let link = format!("/orders/{}?access={}", order.number, order.access);
    let mut visit = Visit::new(&shop);
    let seen = visit.get(&link).await;
    let cookies = seen.headers.get_all("set-cookie").iter();
    let cookies: Vec<_> = cookies.filter_map(|value| value.to_str().ok()).collect();
    let own = cookies.iter().find(|text| text.contains(&order.access));
    let own = own.expect("the browser remembers the order");
    let path = format!("; Path=/orders/{}; HttpOnly; SameSite=Lax", order.number);
    assert!(own.contains(&path), "{own}");
    let back = format!(
        "/orders/{}?order_id={}&status_code=200&transaction_status=settlement",
        order.number, order.number
    );
    assert_eq!(visit.get(&back).await.to(), link);
    let mut stranger = Visit::new(&shop);
    let page = stranger.get(&back).await;
    assert!(
        page.status == 404 && page.page.contains("href=\"/track\""),
        "{}",
        page.page
    );
    assert!(!page.page.contains(&order.access) && !page.page.contains("Festival"));
    // The provider's page sends the browser to where it was told.
    let pay_url = shop.look(&order).await["pay_url"].clone();
    let pay = support::http::staying_client()
        .post(pay_url.as_str().expect("where to pay"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("channel=qris&action=pay");
    let sent = pay.send().await.expect("the simulator");
    let told = sent.headers()["location"].to_str().expect("an address");
    assert!(
        told.contains(&back) && !told.contains(&order.access),
        "{told}"
    );
}

#[tokio::test]
async fn the_price_is_live_and_a_code_counts() {
    let shop = open().await;
    let mut visit = Visit::new(&shop);
    let regular = field(&shop, 0);
    for (query, shown, hidden) in [
        (format!("{regular}=2"), "310,000", "EARLY"),
        (
            format!("{regular}=2&promo=early"),
            "280,000",
            "no such promo",
        ),
        (
            format!("{regular}=2&promo=WRONG"),
            "no such promo code",
            "310,000",
        ),
        (format!("{regular}=99"), "Choose 1 to 10 tickets", "310,000"),
        (String::new(), "Choose tickets to see the price", "310,000"),
    ] {
        let part = visit.get(&format!("/events/festival/price?{query}")).await;
        assert_eq!(part.status, 200);
        assert!(
            part.page.contains(shown) && !part.page.contains(hidden),
            "{query}: {}",
            part.page
        );
    }
    // Without scripts the code is tried by sending the form, which keeps what was filled in.
    visit
        .get(&format!("/events/festival/cart?{regular}=2"))
        .await;
    let tried = [
        (regular.as_str(), "2"),
        ("promo", "EARLY"),
        ("full_name", "Siti Rahma"),
        ("identity_number", IDENTITY),
    ];
    let again = visit.post("/events/festival/cart", &tried).await;
    assert!(
        again.status == 200
            && again.page.contains("280,000")
            && again.page.contains("value=\"Siti Rahma\""),
        "{}",
        again.page
    );
    assert!(!again.page.contains(IDENTITY));
}

#[tokio::test]
async fn an_order_carries_its_code_and_a_name_for_each_ticket() {
    let shop = open().await;
    let mut visit = Visit::new(&shop);
    let (regular, id) = (field(&shop, 0), shop.event.types[0].id);
    visit
        .get(&format!("/events/festival/cart?{regular}=2&promo=EARLY"))
        .await;
    let (key, second) = (visit.hidden("key"), format!("name_{id}_1"));
    let mut fields = vec![
        ("key", key.as_str()),
        ("full_name", "Siti Rahma"),
        ("identity_type", "ktp"),
        ("identity_number", IDENTITY),
        ("email", "siti@example.id"),
        ("whatsapp_number", "081234567890"),
        ("language", "en"),
        ("promo", "EARLY"),
        (regular.as_str(), "2"),
        (second.as_str(), "Budi Santoso"),
    ];
    let refused = visit.post("/events/festival/orders", &fields).await;
    assert!(
        refused.status == 422 && refused.page.contains("data-code=\"terms_not_accepted\""),
        "{}",
        refused.page
    );
    fields.push(("terms", "yes"));
    let placed = visit.post("/events/festival/orders", &fields).await;
    let to = placed.to().to_owned();
    let (number, access) = to["/orders/".len()..]
        .split_once("?access=")
        .expect("a link");
    let order = support::shop::Bought {
        number: number.into(),
        access: access.into(),
    };
    let page = visit.get(&to).await.page;
    assert!(
        page.contains("280,000") && page.contains("EARLY") && page.contains("Service fee"),
        "{page}"
    );
    shop.drive(&order, "settlement").await;
    let page = visit.get(&to).await.page;
    assert!(
        page.contains("<strong>Siti Rahma</strong>")
            && page.contains("<strong>Budi Santoso</strong>"),
        "{page}"
    );
}

#[tokio::test]
async fn a_hidden_type_shows_by_its_link_alone() {
    let shop = open().await;
    let mut visit = Visit::new(&shop);
    let guests = field(&shop, 2);
    assert!(!visit.get("/events/festival").await.page.contains("Guests"));
    let opened = visit.get("/events/festival?code=friends").await.page;
    assert!(
        opened.contains("Guests") && opened.contains("name=\"code\" value=\"friends\""),
        "{opened}"
    );
    let closed = visit
        .get(&format!("/events/festival/price?{guests}=1"))
        .await
        .page;
    assert!(
        closed.contains("Choose a ticket type of this event"),
        "{closed}"
    );
    let open = visit
        .get(&format!("/events/festival/price?{guests}=1&code=friends"))
        .await
        .page;
    assert!(open.contains("55,000"), "{open}");
    assert!(
        !shop
            .get_json("/api/v1/events/festival")
            .await
            .1
            .to_string()
            .contains("Guests")
    );
    assert!(
        shop.get_json("/api/v1/events/festival?code=FRIENDS")
            .await
            .1
            .to_string()
            .contains("Guests")
    );
}

#[tokio::test]
async fn what_is_not_sold_says_why_and_offers_nothing() {
    let shop = open().await;
    let mut visit = Visit::new(&shop);
    let regular = field(&shop, 0);
    for (status, said) in [
        (EventStatus::Closed, "The sale of this event is closed."),
        (EventStatus::Postponed, "This event is postponed."),
        (EventStatus::Cancelled, "This event is cancelled."),
    ] {
        shop.central
            .app
            .move_event(shop.event.event.id, status, &Actor::System)
            .await
            .expect("a legal move");
        let page = visit.get("/events/festival").await.page;
        assert!(
            page.contains(said) && !page.contains("name=\"quantity_"),
            "{page}"
        );
        let cart = visit
            .get(&format!("/events/festival/cart?{regular}=1"))
            .await;
        assert_eq!(cart.status, 409, "{}", cart.page);
        assert!(
            visit.get("/").await.page.contains("/events/festival"),
            "it is still listed"
        );
    }
}

#[tokio::test]
async fn events_are_found_by_the_address_alone() {
    let shop = open().await;
    let mut visit = Visit::new(&shop);
    for (query, is_found) in [
        ("q=music", true),
        ("q=opera", false),
        (
            "city=Jakarta&month=2026-12&category=Tickets&max=150000",
            true,
        ),
        ("month=2027-01", false),
        ("max=100", false),
        ("page=2", false),
        ("view=calendar&month=2026-12", true),
        ("view=calendar&month=2027-01", false),
    ] {
        let page = visit.get(&format!("/?{query}")).await.page;
        assert_eq!(
            page.contains("href=\"/events/festival\""),
            is_found,
            "{query}: {page}"
        );
    }
    let (_, found) = shop
        .get_json("/api/v1/events?q=music&max_price_minor=150000")
        .await;
    assert_eq!(
        (&found[0]["slug"], &found[0]["from_price_minor"]),
        (&"festival".into(), &150_000.into())
    );
    assert_eq!(
        shop.get_json("/api/v1/events?city=Bandung").await.1,
        serde_json::json!([])
    );
    assert!(
        visit
            .get("/organisers/organiser")
            .await
            .page
            .contains("href=\"/events/festival\"")
    );
    assert_eq!(visit.get("/organisers/nobody").await.status, 404);
    assert!(
        visit
            .get("/sitemap.xml")
            .await
            .page
            .contains("<loc>http://central.test/events/festival</loc>")
    );
    assert!(
        visit
            .get("/robots.txt")
            .await
            .page
            .contains("Disallow: /orders/")
    );
}

#[tokio::test]
async fn an_event_is_told_to_calendars_search_engines_and_friends() {
    let shop = open().await;
    let mut visit = Visit::new(&shop);
    let file = visit.get("/events/festival/calendar.ics").await;
    assert!(
        file.headers["content-type"]
            .to_str()
            .expect("text")
            .starts_with("text/calendar")
    );
    for line in [
        "BEGIN:VCALENDAR",
        "DTSTART:20261201T000000Z",
        "SUMMARY:Festival – Day 2",
        "LOCATION:Stadium",
    ] {
        assert!(file.page.contains(line), "{line}: {}", file.page);
    }
    let page = visit.get("/events/festival").await.page;
    let data = page
        .split_once("<script type=\"application/ld+json\">")
        .and_then(|(_, rest)| rest.split_once("</script>"));
    let data: serde_json::Value = serde_json::from_str(data.expect("data").0).expect("JSON");
    assert_eq!(
        (&data["@type"], &data["startDate"]),
        (&"Event".into(), &"2026-12-01T07:00:00+07:00".into())
    );
    assert_eq!(
        (
            &data["offers"][0]["price"],
            &data["offers"][0]["priceCurrency"]
        ),
        (&"150000".into(), &"IDR".into())
    );
    assert_eq!(
        data["offers"].as_array().map(Vec::len),
        Some(2),
        "hidden types are nobody's business"
    );
    for part in [
        "og:title\" content=\"Festival\"",
        "hreflang=\"id\" href=\"http://central.test/events/festival?lang=id\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
