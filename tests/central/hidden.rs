//! Types that only a code opens: neither page nor API tells of them before, and both sell them after.
use central::domain::{
    charge::Cut, event::Visibility, new_event::NewEvent, new_price::NewPromo, promo::UNLIMITED,
};
use support::{central::Engine, festival::new_type, shop::Shop, visit::Visit};
use sync_protocol::time::Timestamp;

/// Beside the festival's own types: "Friends", which a promo code opens, and "Crew", which an access code opens.
fn with_hidden(wish: &mut NewEvent) {
    let hidden = |name: &str, price, code: Option<&str>| {
        let mut kind = new_type(name, price, 10);
        kind.visibility = Visibility::Hidden;
        kind.access_code = code.map(str::to_owned);
        kind
    };
    wish.types.push(hidden("Friends", 100_000, None));
    wish.types.push(hidden("Crew", 0, Some("backstage")));
    let promo = |code: &str, ticket_type: Option<&str>| NewPromo {
        code: code.into(),
        ticket_type: ticket_type.map(str::to_owned),
        cut: Cut::Percent(1_000),
        valid_from: Timestamp(0),
        valid_until: wish.ends_at,
        quota: UNLIMITED,
        per_buyer: 5,
        min_spend_minor: 0,
        is_stackable: true,
    };
    wish.prices.promos = vec![promo("FRIEND", Some("Friends")), promo("EARLY", None)];
}

#[tokio::test]
async fn a_promo_code_shows_its_hidden_type_on_the_page_and_sells_it() {
    let shop = Shop::open_with(Engine::Sqlite, with_hidden).await;
    let mut visit = Visit::new(&shop);
    let friends = format!("quantity_{}", shop.event.types[2].id);
    let open = async |visit: &mut Visit<'_>, query: &str| {
        visit.get(&format!("/events/festival{query}")).await.page
    };
    let page = open(&mut visit, "").await;
    assert!(page.contains("id=\"code\""), "somewhere to type it: {page}");
    assert!(
        !page.contains("Friends") && !page.contains("Crew"),
        "{page}"
    );
    for (query, shown, hidden, said) in [
        ("?code=friend", "Friends", "Crew", "Your code is good"),
        ("?code=FRIEND+EARLY", "Friends", "Crew", "Your code is good"),
        ("?code=Backstage", "Crew", "Friends", "Your code is good"),
        (
            "?code=EARLY",
            "VIP",
            "Friends",
            "choose tickets to see its price",
        ),
        ("?code=GUESSED", "VIP", "Friends", "knows no such code"),
    ] {
        let page = open(&mut visit, query).await;
        assert!(
            page.contains(shown) && !page.contains(hidden),
            "{query}: {page}"
        );
        assert!(page.contains(said), "{query}: {page}");
    }
    // What was chosen before the code was typed stays chosen.
    let regular = format!("quantity_{}", shop.event.types[0].id);
    let page = open(&mut visit, &format!("?code=friend&{regular}=2")).await;
    assert!(
        page.contains(&format!("name=\"{regular}\" value=\"2\"")),
        "{page}"
    );

    let cart = format!("/events/festival/cart?{friends}=2&code=friend");
    let page = visit.get(&cart).await.page;
    // 10 % off; the code stands where it can be taken out again.
    assert!(page.contains("180,000"), "{page}");
    assert!(page.contains("name=\"promo\" value=\"friend\""), "{page}");
    let key = visit.hidden("key");
    let fields = [
        ("key", key.as_str()),
        ("full_name", "Siti Rahma"),
        ("identity_type", "ktp"),
        ("identity_number", support::shop::IDENTITY),
        ("email", "siti@example.id"),
        ("whatsapp_number", "081234567890"),
        ("language", "en"),
        ("terms", "yes"),
        ("promo", "friend"),
        (friends.as_str(), "2"),
    ];
    let placed = visit.post("/events/festival/orders", &fields).await;
    assert!(placed.to().starts_with("/orders/"), "{}", placed.page);
}

#[tokio::test]
async fn the_api_shows_a_hidden_type_to_who_names_its_code_alone() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, with_hidden).await;
        let names = async |query: &str| {
            let (status, event) = shop
                .get_json(&format!("/api/v1/events/festival{query}"))
                .await;
            assert_eq!(status, 200, "{event}");
            let types = event["ticket_types"].as_array().expect("types").clone();
            let names = types
                .iter()
                .map(|kind| kind["name"].as_str().expect("a name").to_owned());
            names.collect::<Vec<_>>()
        };
        assert_eq!(names("").await, ["Regular", "VIP"]);
        assert_eq!(names("?code=friend").await, ["Regular", "VIP", "Friends"]);
        assert_eq!(names("?code=BACKSTAGE").await, ["Regular", "VIP", "Crew"]);
        assert_eq!(names("?code=EARLY").await, ["Regular", "VIP"], "{engine:?}");
    }
}
