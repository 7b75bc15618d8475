//! What the panel's pages show: lists that are filtered and turned, one order's timeline, what an event lacks, notes.
use central::{
    app::{refunds::RefundAsk, trail::Actor},
    domain::refund::{RefundReason, Scope},
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    letter::connected,
    panel::Desk,
    post_box::PostBox,
    shop::Shop,
    visit::encode,
};
use sync_protocol::number::TicketNumber;

/// The numbers of a list, in its order.
fn numbers(page: &str) -> Vec<String> {
    let rows = page.split("class=\"code\" href=\"/panel/orders/").skip(1);
    rows.filter_map(|row| row.split('"').next().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn a_list_of_orders_is_searched_filtered_sorted_and_turned() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut placed = Vec::new();
        for n in 0..53_u32 {
            let mut wish = shop.wish(&[(0, n % 3 + 1)]);
            wish["buyer"]["full_name"] = if n == 7 { "Budi Santoso" } else { "Siti Rahma" }.into();
            wish["buyer"]["email"] = format!("buyer{n}@example.id").into();
            let (status, order) = shop.place(&format!("order-number-{n}"), &wish).await;
            assert_eq!(status, 201, "{order}");
            placed.push(order["number"].as_str().expect("a number").to_owned());
            shop.central.clock.advance_ms(1_000);
        }
        let mut desk = shop.central.admin().await;
        // Turned by places, every order is seen once, newest first.
        let first = desk.get("/panel/orders").await.page;
        let next = first.split("href=\"").find_map(|rest| {
            let to = rest.split('"').next()?;
            to.contains("after=")
                .then(|| to.replace("&#38;", "&").replace("&amp;", "&"))
        });
        let second = desk.get(&next.expect("another page")).await.page;
        let mut seen = numbers(&first);
        seen.extend(numbers(&second));
        seen.reverse();
        assert_eq!(seen, placed);
        for (query, want) in [
            (vec![("q", placed[3].as_str())], vec![3]),
            (vec![("q", "buyer12@")], vec![12]),
            (vec![("q", "budi s")], vec![7]),
            (vec![("status", "paid")], vec![]),
            (vec![("look", "1")], vec![]),
            (vec![("from", "2026-12-02")], vec![]),
            (
                vec![("q", "Budi"), ("status", "pending"), ("event", "festival")],
                vec![7],
            ),
        ] {
            let page = desk
                .get(&format!("/panel/orders?{}", encode(&query)))
                .await
                .page;
            let want: Vec<_> = want.iter().map(|n: &usize| placed[*n].clone()).collect();
            assert_eq!(numbers(&page), want, "{query:?}");
        }
        let cheapest = desk
            .get("/panel/orders?sort=cheapest&status=pending")
            .await
            .page;
        let first = numbers(&cheapest)[0].clone();
        assert_eq!(
            placed.iter().position(|one| *one == first).map(|n| n % 3),
            Some(0)
        );
        // The file holds all that the filter leaves, and not a page of it.
        let file = desk.get("/panel/orders.csv").await.page;
        assert_eq!(file.lines().count(), 54);
        assert!(file.starts_with("\u{FEFF}Number,Event,"));
        let file = desk.get("/panel/orders.csv?q=budi").await.page;
        assert_eq!(file.lines().count(), 2, "{file}");
    }
}

#[tokio::test]
async fn an_order_tells_all_that_happened_to_it() {
    let shop = Shop::open(Engine::Sqlite).await;
    let bought = shop.buy("an-order-with-a-life", &[(0, 2)]).await;
    shop.drive(&bought, "settlement").await;
    let mut desk = shop.central.admin().await;
    let page = desk
        .get(&format!("/panel/orders/{}", bought.number))
        .await
        .page;
    for shown in [
        "Siti Rahma",
        "2 × Regular",
        "Placed",
        "Payment begun",
        "Notice of the payment provider",
        "Paid, tickets issued",
        "Tickets · waiting",
    ] {
        assert!(page.contains(shown), "{shown}:\n{page}");
    }
    let path = format!("/panel/orders/{}?lang=id", bought.number);
    let page = desk.get(&path).await.page;
    assert!(page.contains("Uang datang"), "acts have words: {page}");
    for machine in ["payment.paid", "amount_minor", " · </span>", "provider ·"] {
        assert!(!page.contains(machine), "{machine}:\n{page}");
    }
    assert!(
        !page.contains(support::shop::IDENTITY),
        "no identity number"
    );
}

#[tokio::test]
async fn an_order_s_story_keeps_what_was_ordered_and_claims_no_letter_that_never_left() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let bought = crate::refunds::paid(&shop, "half-goes-back", &[(0, 2)], "qris").await;
        shop.central.clock.advance_ms(600_000);
        app.send_letters(10).await.expect("sends");
        let view = app.find_order(&bought.number, &bought.access).await;
        let ticket = view.expect("found").tickets[0].gate.id;
        let ask = RefundAsk {
            scope: Scope::Tickets(vec![ticket]),
            reason: RefundReason::Staff,
            note: "ill".to_owned(),
        };
        let refunded = app.refund_order(&bought.number, &ask, &Actor::System).await;
        refunded.expect("paid");
        let mut desk = shop.central.admin().await;
        let path = format!("/panel/orders/{}", bought.number);
        let page = desk.get(&path).await.page;
        for shown in [
            "2 × Regular",
            "Waiting for payment · needed no more",
            "Tickets · sent",
        ] {
            assert!(page.contains(shown), "{engine:?} {shown}:\n{page}");
        }
    }
}

#[tokio::test]
async fn an_event_is_published_when_nothing_is_missing() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let wish = festival();
        central
            .app
            .create_event(&wish, &Actor::System)
            .await
            .expect("a draft");
        let mut desk = central.admin().await;
        let page = desk.get("/panel/events/festival").await.page;
        for missing in ["A description for its page", "Terms that buyers agree to"] {
            assert!(page.contains(missing), "{missing}:\n{page}");
        }
        let seen = desk.post("/panel/events/festival/publish", &[]).await;
        assert_eq!(seen.status, 422, "refused with the list");
        assert!(seen.page.contains("Terms that buyers agree to"));
        let event = central
            .app
            .event_by_slug("festival")
            .await
            .expect("there")
            .event;
        let change = central::app::catalog::EventChange {
            description: Some("Two days of music.".into()),
            terms: Some("No bottles.".into()),
            ..Default::default()
        };
        central
            .app
            .change_event(event.id, &change, &Actor::System)
            .await
            .expect("changed");
        let seen = desk.post("/panel/events/festival/publish", &[]).await;
        assert_eq!(
            seen.to(),
            "/panel/events/festival?done=published",
            "{}",
            seen.page
        );
        let seen = desk.post("/panel/events/festival/publish", &[]).await;
        assert_eq!(seen.status, 409, "it is open already");
        let seen = desk.post("/panel/events/festival/close", &[]).await;
        let done = "/panel/events/festival?done=closed&";
        assert!(seen.to().starts_with(done), "{}", seen.to());
        let trail = desk.get("/panel/audit?action=event.").await.page;
        let by_name = trail.matches("<td translate=\"no\">Ayu Admin</td>");
        assert_eq!(by_name.count(), 2, "with the name: {trail}");
    }
}

#[tokio::test]
async fn pages_speak_both_languages() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut desk = central.admin().await;
    for (tag, words) in [
        ("en", "What needs you now"),
        ("id", "Yang perlu Anda lihat sekarang"),
    ] {
        let page = desk.get(&format!("/panel?lang={tag}")).await.page;
        assert!(page.contains(words) && page.contains(&format!("<html lang=\"{tag}\">")));
    }
    let mut outside = Desk::new(&central);
    let page = outside.get("/panel/sign-in?lang=id").await.page;
    assert!(page.contains("Kata sandi"));
}

#[tokio::test]
async fn a_refund_that_an_older_server_wrote_is_found_by_its_organiser() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = crate::refunds::paid(&shop, "by-the-older", &[(0, 1)], "qris").await;
        let app = &shop.central.app;
        let ask = RefundAsk {
            scope: Scope::Whole,
            reason: RefundReason::Staff,
            note: "ill".to_owned(),
        };
        let refunded = app.refund_order(&order.number, &ask, &Actor::System).await;
        refunded.expect("paid");
        assert_eq!(app.name_refunds().await.expect("answers"), 0, "ours has it");
        shop.central
            .execute("UPDATE refunds SET event_id = NULL")
            .await;
        assert_eq!(app.name_refunds().await.expect("answers"), 1);
        let named = "SELECT COUNT(*) FROM refunds r JOIN orders o ON o.id = r.order_id WHERE r.event_id = o.event_id";
        assert_eq!(shop.number(named).await, 1);
    }
}

#[tokio::test]
async fn an_order_is_found_by_a_whole_ticket_number_and_a_search_in_vain_says_how_it_searches() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let paid = shop.buy("an-order-with-a-ticket", &[(0, 1)]).await;
        shop.drive(&paid, "settlement").await;
        let other = shop.buy("an-order-of-another", &[(0, 1)]).await;
        let value = shop.number("SELECT number FROM tickets").await;
        let number = TicketNumber::new(value.unsigned_abs()).to_string();
        let mut desk = shop.central.admin().await;
        for typed in [number.clone(), number.to_lowercase()] {
            let query = encode(&[("q", typed.as_str())]);
            let page = desk.get(&format!("/panel/orders?{query}")).await.page;
            assert!(
                page.contains(&paid.number) && !page.contains(&other.number),
                "{page}"
            );
        }
        let page = desk.get("/panel/orders?q=rahma").await.page;
        assert!(page.contains("searched from their beginning"), "{page}");
        let page = desk.get("/panel/orders?q=rahma&lang=id").await.page;
        assert!(page.contains("dicari dari awalnya"), "{page}");
    }
}
