//! Another address for an order, in the panel: who gets letters and links from then on, and who does not.
use central::app::{order_address::NewAddress, orders::OrderError, users::By};
use support::{
    central::Engine,
    festival::festival,
    letter::{connected, parsed, text},
    panel::Desk,
    post_box::PostBox,
    shop::{Bought, IDENTITY, Shop},
    visit::Seen,
};

use crate::tracking::{STRANGER, answers, asked, paid, type_code};

const OLD: &str = "siti@example.id";
const NEW: &str = "rahma@example.org";

async fn change(desk: &mut Desk, order: &Bought, fields: &[(&str, &str)]) -> Seen {
    let page = format!("/panel/orders/{}", order.number);
    assert_eq!(desk.get(&page).await.status, 200);
    desk.post(&format!("{page}/address"), fields).await
}

/// What a form sends that is filled in well.
fn good(email: &str) -> [(&str, &str); 4] {
    [
        ("email", email),
        ("again", email),
        ("seen", "0"),
        ("tickets", "1"),
    ]
}

#[tokio::test]
async fn whoever_repeats_the_first_request_gets_no_link_to_what_is_another_s_now() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let wish = shop.wish(&[(0, 1)]);
        let (status, placed) = shop.place("handed-on", &wish).await;
        assert_eq!(status, 201);
        let (status, again) = shop.place("handed-on", &wish).await;
        assert_eq!((status, &again["access"]), (200, &placed["access"]));
        let order = Bought {
            number: placed["number"].as_str().expect("a number").to_owned(),
            access: placed["access"].as_str().expect("a link").to_owned(),
        };
        let mut desk = shop.central.admin().await;
        let seen = change(&mut desk, &order, &good(NEW)).await;
        assert!(seen.to().ends_with("?done=address"), "{}", seen.page);
        let (status, refused) = shop.place("handed-on", &wish).await;
        assert_eq!(status, 404, "{refused}");
        assert!(!refused.to_string().contains("access"), "{refused}");
    }
}

#[tokio::test]
async fn letters_go_to_the_new_address_and_the_old_one_is_told_and_opens_nothing() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let order = paid(&shop, "mistyped", IDENTITY, OLD).await;
        while app.send_letters(10).await.expect("sends") > 0 {}
        let before = post.letters().len();
        let mut desk = shop.central.admin().await;
        let seen = change(&mut desk, &order, &good(NEW)).await;
        assert!(seen.to().ends_with("?done=address"), "{}", seen.page);
        while app.send_letters(10).await.expect("sends") > 0 {}
        let letters = post.letters().split_off(before);
        let read = |to: &str| {
            let mut all = letters.iter().filter(|letter| letter.to == [to]);
            let one = all.next().expect("a letter");
            assert!(all.next().is_none(), "one letter to {to}");
            text(&parsed(one)).to_owned()
        };
        let told = read(OLD);
        assert!(told.contains(&order.number), "{told}");
        for secret in [NEW, "access=", "Siti"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        let tickets = read(NEW);
        let access = tickets.split("?access=").nth(1).expect("a link");
        let access: String = access
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let link = Bought {
            number: order.number.clone(),
            access,
        };
        assert_ne!(link.access, order.access);
        assert_eq!(shop.look(&link).await["status"], "paid");
        assert_eq!(shop.get_json(&order.path("")).await.0, 404, "the old link");
        // The trail names both, and neither in full.
        let detail = "SELECT COUNT(*) FROM audit_log WHERE action = 'order.address' AND actor_id IS NOT NULL \
            AND detail LIKE '%s***@example.id%' AND detail LIKE '%r***@example.org%' \
            AND detail NOT LIKE '%rahma@%' AND detail NOT LIKE '%siti@%'";
        assert_eq!(shop.number(detail).await, 1);
        // And once more: a third link, and the second opens nothing.
        let mut fields = good(OLD);
        fields[2].1 = "1";
        let seen = change(&mut desk, &order, &fields).await;
        assert!(seen.to().ends_with("?done=address"), "{}", seen.page);
        assert_eq!(shop.get_json(&link.path("")).await.0, 404);
        assert_eq!(shop.get_json(&order.path("")).await.0, 404);
    }
}

#[tokio::test]
async fn an_address_is_typed_twice_checked_and_another_one() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = paid(&shop, "typed-badly", IDENTITY, OLD).await;
    let mut desk = shop.central.admin().await;
    for (email, again, seen, status) in [
        (NEW, "rahma@example.com", "0", 422),
        (NEW, "", "0", 422),
        ("rahma", "rahma", "0", 422),
        (
            "a@b.id\r\nBcc: x@example.id",
            "a@b.id\r\nBcc: x@example.id",
            "0",
            422,
        ),
        (OLD, OLD, "0", 409),
        ("SITI@example.id", "SITI@example.id", "0", 409),
        // A form that was made before another change, or never.
        (NEW, NEW, "1", 409),
        (NEW, NEW, "", 409),
    ] {
        let fields = [("email", email), ("again", again), ("seen", seen)];
        let answer = change(&mut desk, &order, &fields).await;
        assert_eq!(answer.status, status, "{email} {again} {seen}");
    }
    assert_eq!(
        shop.look(&order).await["status"],
        "paid",
        "its link is as it was"
    );
    let told = "SELECT COUNT(*) FROM outbox WHERE kind = 'address_changed'";
    assert_eq!(shop.number(told).await, 0);
    // Without the wish no tickets go.
    let fields = &good(NEW)[..3];
    assert_eq!(change(&mut desk, &order, fields).await.status, 303);
    let sent = "SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_again'";
    assert_eq!((shop.number(told).await, shop.number(sent).await), (1, 0));
}

#[tokio::test]
async fn an_address_opens_its_own_orders_and_never_another_buyers() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let moved = paid(&shop, "given-another", IDENTITY, OLD).await;
        let theirs = paid(&shop, "of-another-buyer", STRANGER, NEW).await;
        // What was sent to the old address before.
        let early = asked(&shop, IDENTITY, "").await;
        let codes = answers(&app, &post).await;
        assert_eq!(codes.len(), 1);
        let mut desk = shop.central.admin().await;
        assert_eq!(change(&mut desk, &moved, &good(NEW)).await.status, 303);
        let (_, found) = type_code(&shop, &early, &codes[0].1).await;
        assert!(!found.to_string().contains(&moved.number), "{found}");
        // Both buyers have this address now, and each card opens its own.
        for (card, own, other) in [(IDENTITY, &moved, &theirs), (STRANGER, &theirs, &moved)] {
            let one = asked(&shop, card, "").await;
            let codes = answers(&app, &post).await;
            let to: Vec<_> = codes.iter().map(|(to, ..)| to.as_str()).collect();
            assert_eq!(to, [NEW]);
            let (status, found) = type_code(&shop, &one, &codes[0].1).await;
            assert_eq!(status, 200, "{found}");
            assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
            assert_eq!(found[0]["number"], own.number.as_str());
            assert!(!found.to_string().contains(&other.number), "{found}");
        }
    }
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_refused() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        paid(&shop, "changed-by-two", IDENTITY, OLD).await;
        let order = shop.central.id("SELECT id FROM orders").await;
        let order = central::domain::id::OrderId(order);
        let app = &shop.central.app;
        let email = |text: &str| central::domain::email::Email::parse(text).expect("an address");
        let (one, other) = (email(NEW), email("other@example.org"));
        let wish = |email| NewAddress {
            email,
            seen: 0,
            with_tickets: true,
        };
        let by = By::CommandLine;
        let (first, second) = tokio::join!(
            app.change_address(&by, order, wish(&one)),
            app.change_address(&by, order, wish(&other)),
        );
        let mut results = [first, second];
        results.sort_by_key(Result::is_err);
        assert!(results[0].is_ok(), "{results:?}");
        assert!(
            matches!(results[1], Err(OrderError::ChangedMeanwhile)),
            "{results:?}"
        );
        let told = "SELECT COUNT(*) FROM outbox WHERE kind = 'address_changed'";
        assert_eq!(shop.number(told).await, 1);
    }
}

#[tokio::test]
async fn orders_of_others_are_neither_changed_nor_looked_at() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = paid(&shop, "of-an-organiser", IDENTITY, OLD).await;
    let mut other = festival();
    (other.slug, other.client.slug) = ("elsewhere".into(), "competitor".into());
    let other = shop.central.publish(&other).await;
    shop.central.admin().await;
    let client = Some(other.event.client);
    let mut desk = shop
        .central
        .person("strange@example.id", "client", client, &[])
        .await;
    desk.get("/panel/orders").await;
    for (deed, fields) in [
        ("address", &good(NEW)[..]),
        ("looked", &[("why", "disputed")]),
    ] {
        let path = format!("/panel/orders/{}/{deed}", order.number);
        assert_eq!(desk.post(&path, fields).await.status, 404, "{deed}");
    }
    let changed =
        "SELECT COUNT(*) FROM orders WHERE email = 'siti@example.id' AND address_changes = 0";
    assert_eq!(shop.number(changed).await, 1);
}
