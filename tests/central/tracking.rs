//! Finding an order again: a number alone gives nothing away, codes cannot be guessed, links open once.
use central::app::App;
use serde_json::{Value, json};
use support::{
    central::Engine,
    letter::{connected, header, parsed, text},
    post_box::PostBox,
    shop::{Bought, IDENTITY, Shop},
    visit::Visit,
};

const MINUTE: i64 = 60_000;
/// Nobody bought with this one.
pub const STRANGER: &str = "3515145005680002";

fn question(number: &str, email: &str) -> String {
    json!({"identity_type": "ktp", "identity_number": number, "email": email, "language": "en"})
        .to_string()
}

async fn ask(shop: &Shop, number: &str, email: &str) -> (u16, Value) {
    shop.post("/api/v1/track", &[], question(number, email))
        .await
}

pub async fn asked(shop: &Shop, number: &str, email: &str) -> Value {
    let (status, answer) = ask(shop, number, email).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

pub async fn type_code(shop: &Shop, asked: &Value, code: &str) -> (u16, Value) {
    let path = format!(
        "/api/v1/track/{}/code",
        asked["ask"].as_str().expect("an id")
    );
    shop.post(&path, &[], json!({"code": code}).to_string())
        .await
}

async fn open_link(shop: &Shop, secret: &str) -> (u16, Value) {
    let body = json!({"secret": secret}).to_string();
    shop.post("/api/v1/track/link", &[], body).await
}

pub async fn paid(shop: &Shop, key: &str, number: &str, email: &str) -> Bought {
    let mut wish = shop.wish(&[(0, 1)]);
    wish["buyer"]["identity_number"] = number.into();
    wish["buyer"]["email"] = email.into();
    let (status, order) = shop.place(key, &wish).await;
    assert_eq!(status, 201, "{order}");
    let field = |name: &str| order[name].as_str().expect(name).to_owned();
    let order = Bought {
        number: field("number"),
        access: field("access"),
    };
    shop.drive(&order, "settlement").await;
    order
}

/// Answers what was asked and gives the letters that came of it: receiver, code, secret of the link.
pub async fn answers(app: &App, post: &PostBox) -> Vec<(String, String, String)> {
    while app.send_letters(20).await.expect("sends") > 0 {}
    let before = post.letters().len();
    while app.answer_questions(20).await.expect("answers") > 0 {}
    while app.send_letters(20).await.expect("sends") > 0 {}
    let letters = post.letters().split_off(before);
    letters
        .iter()
        .map(|letter| {
            let read = parsed(letter);
            assert_eq!(header(&read, "subject"), "The code to see your orders");
            let said = text(&read);
            let code = said
                .lines()
                .map(str::trim)
                .map(|line| line.replace(' ', ""))
                .find(|line| line.len() == 8 && line.parse::<u32>().is_ok());
            let secret = said
                .split("?secret=")
                .nth(1)
                .and_then(|rest| rest.split_whitespace().next());
            (
                letter.to[0].clone(),
                code.expect("a code"),
                secret.expect("a link").to_owned(),
            )
        })
        .collect()
}

#[tokio::test]
async fn enumerating_identity_numbers_gives_nothing_away() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        paid(&shop, "of-a-known-one", IDENTITY, "siti@example.id").await;
        let rows = async || {
            let mut rows = Vec::new();
            for table in [
                "SELECT COUNT(*) FROM tracking_asks",
                "SELECT COUNT(*) FROM tracking_grants",
                "SELECT COUNT(*) FROM outbox",
            ] {
                rows.push(shop.number(table).await);
            }
            rows
        };
        let mut seen = Vec::new();
        for (number, email) in [
            (IDENTITY, ""),
            (STRANGER, ""),
            (IDENTITY, "other@example.id"),
            (STRANGER, "siti@example.id"),
            (IDENTITY, "no address"),
        ] {
            let before = rows().await;
            let mut answer = asked(&shop, number, email).await;
            let wrote: Vec<_> = rows()
                .await
                .iter()
                .zip(before)
                .map(|(now, then)| now - then)
                .collect();
            assert_eq!(wrote, [1, 0, 1], "the same is written: {number} {email}");
            let id = answer["ask"].take();
            assert_eq!(id.as_str().map(str::len), Some(36));
            seen.push(answer);
        }
        assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:?}");
        assert_eq!(seen[0]["orders"], json!([]));
        // Only the orders' own addresses hear of it, and a wrong form says nothing of orders either.
        let letters = answers(&app, &post).await;
        assert_eq!(letters.len(), 3, "{engine:?} {letters:?}");
        assert!(letters.iter().all(|(to, ..)| to == "siti@example.id"));
        let (status, refused) = ask(&shop, &format!("{IDENTITY}9"), "").await;
        assert_eq!((status, &refused["code"]), (422, &json!("invalid_fields")));
        assert!(!refused.to_string().contains(IDENTITY));
    }
}

#[tokio::test]
async fn a_masked_list_never_shows_a_whole_number_name_or_address() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = paid(&shop, "to-be-masked", IDENTITY, "siti@example.id").await;
    let answer = asked(&shop, IDENTITY, "SITI@example.id").await;
    let masked = answer["orders"].as_array().expect("orders");
    assert_eq!(masked.len(), 1);
    assert_eq!(
        (&masked[0]["status"], masked[0].as_object().map(|o| o.len())),
        (&json!("paid"), Some(3))
    );
    let mut visit = Visit::new(&shop);
    visit.get("/track").await;
    let fields = [
        ("identity_type", "ktp"),
        ("identity_number", IDENTITY),
        ("email", "siti@example.id"),
    ];
    let page = visit.post("/track", &fields).await.page;
    assert!(
        page.contains("id=\"masked\"") && page.contains(&order.number[..6]),
        "{page}"
    );
    for shown in [answer.to_string(), page] {
        for secret in [
            order.number.as_str(),
            &order.access,
            "Siti",
            "siti@",
            "81234567890",
            IDENTITY,
            "Festival",
        ] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[tokio::test]
async fn a_code_or_link_opens_once_its_own_addresses_orders_and_not_for_long() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let first = paid(&shop, "first-address", IDENTITY, "siti@example.id").await;
        let second = paid(&shop, "second-address", IDENTITY, "kantor@example.id").await;
        paid(&shop, "of-a-stranger", STRANGER, "siti@example.id").await;
        let one = asked(&shop, IDENTITY, "").await;
        let mut letters = answers(&app, &post).await;
        letters.sort();
        let to: Vec<_> = letters.iter().map(|(to, ..)| to.as_str()).collect();
        assert_eq!(to, ["kantor@example.id", "siti@example.id"]);

        let (status, found) = type_code(&shop, &one, &letters[1].1).await;
        assert_eq!(status, 200, "{found}");
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
        assert_eq!(found[0]["number"], first.number.as_str());
        let url = found[0]["url"].as_str().expect("an address");
        assert!(url.ends_with(&format!("?access={}", first.access)), "{url}");
        // The same code, and the link of the same letter, are used up with it.
        let (status, refused) = type_code(&shop, &one, &letters[1].1).await;
        assert_eq!((status, &refused["code"]), (403, &json!("no_access")));
        assert_eq!(open_link(&shop, &letters[1].2).await, (403, refused));

        let (status, found) = open_link(&shop, &letters[0].2).await;
        assert_eq!((status, &found[0]["number"]), (200, &json!(second.number)));
        assert_eq!(
            open_link(&shop, &letters[0].2).await.0,
            403,
            "a link opens once"
        );

        let late = asked(&shop, IDENTITY, "").await;
        let letters = answers(&app, &post).await;
        shop.central.clock.advance_ms(15 * MINUTE);
        assert_eq!(
            open_link(&shop, &letters[0].2).await.0,
            403,
            "{engine:?}: too late"
        );
        assert_eq!(type_code(&shop, &late, &letters[0].1).await.0, 403);
        // A code is good for its own question alone.
        let asked_again = asked(&shop, IDENTITY, "").await;
        let letters = answers(&app, &post).await;
        assert_eq!(type_code(&shop, &late, &letters[0].1).await.0, 403);
        assert_eq!(type_code(&shop, &asked_again, &letters[0].1).await.0, 200);
    }
}

#[tokio::test]
async fn two_who_open_one_link_at_once_do_not_both_succeed() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        paid(&shop, "wanted-by-two", IDENTITY, "siti@example.id").await;
        asked(&shop, IDENTITY, "").await;
        let secret = &answers(&app, &post).await[0].2;
        let (one, other) = tokio::join!(open_link(&shop, secret), open_link(&shop, secret));
        let mut statuses = [one.0, other.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{engine:?}");
    }
}

#[tokio::test]
async fn codes_cannot_be_tried_out() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        paid(&shop, "to-be-guessed", IDENTITY, "siti@example.id").await;
        let mut good = Vec::new();
        for _ in 0..5 {
            let one = asked(&shop, IDENTITY, "").await;
            let code = answers(&app, &post).await.remove(0).1;
            let wrong = match code.as_str() {
                "00000000" => "00000001",
                _ => "00000000",
            };
            for typed in [wrong, "", "12345", "' OR 1=1 --", "999999999999999999"] {
                let (status, refused) = type_code(&shop, &one, typed).await;
                assert_eq!((status, &refused["code"]), (403, &json!("no_access")));
            }
            good.push((one, code));
        }
        // The right one comes too late now, and there are no more questions within the hour.
        for (one, code) in &good {
            assert_eq!(type_code(&shop, one, code).await.0, 403, "{engine:?}");
        }
        let (status, refused) = ask(&shop, IDENTITY, "").await;
        assert_eq!((status, &refused["code"]), (429, &json!("asked_too_often")));
        shop.central.clock.advance_ms(61 * MINUTE);
        let later = asked(&shop, IDENTITY, "").await;
        let code = answers(&app, &post).await.remove(0).1;
        assert_eq!(type_code(&shop, &later, &code).await.0, 200);
        // No more letters on this day, and so nothing that could be guessed; on the next there are.
        for hours in [2, 5, 24] {
            shop.central.clock.advance_ms(hours * 60 * MINUTE);
            asked(&shop, IDENTITY, "").await;
            let letters = answers(&app, &post).await.len();
            assert_eq!(letters, usize::from(hours == 24), "{engine:?} {hours}");
        }
        let nobody = json!({"ask": "00000000-0000-0000-0000-000000000000"});
        assert_eq!(type_code(&shop, &nobody, &code).await.0, 403);
    }
}

#[tokio::test]
async fn one_address_asks_only_so_often_and_one_box_is_not_flooded() {
    let (shop, post) = (Shop::open(Engine::Sqlite).await, PostBox::open().await);
    let app = connected(&shop, &post);
    paid(&shop, "victim-by-card", IDENTITY, "siti@example.id").await;
    paid(&shop, "victim-by-other", STRANGER, "siti@example.id").await;
    let mut letters = 0;
    for _ in 0..4 {
        for number in [IDENTITY, STRANGER] {
            asked(&shop, number, "").await;
            letters += answers(&app, &post).await.len();
        }
    }
    assert_eq!(letters, 5, "letters to one box in an hour");
    for n in 0..12 {
        asked(&shop, &format!("31710117084501{n:02}"), "").await;
    }
    let (status, refused) = ask(&shop, "3171011708450199", "").await;
    assert_eq!((status, &refused["code"]), (429, &json!("asked_too_often")));
    shop.central.clock.advance_ms(25 * 60 * MINUTE);
    assert_eq!(app.forget_questions().await.expect("forgets"), 20);
    assert_eq!(shop.number("SELECT COUNT(*) FROM tracking_grants").await, 0);
}

#[tokio::test]
async fn a_buyer_finds_the_order_again_on_pages_alone() {
    let (shop, post) = (Shop::open(Engine::Sqlite).await, PostBox::open().await);
    let app = connected(&shop, &post);
    let order = paid(&shop, "on-pages", IDENTITY, "siti@example.id").await;
    let mut visit = Visit::new(&shop);
    let form = visit.get("/track").await;
    assert!(
        form.status == 200 && form.page.contains("action=\"/track\""),
        "{}",
        form.page
    );
    let fields = [
        ("identity_type", "ktp"),
        ("identity_number", IDENTITY),
        ("email", ""),
    ];
    let typing = visit.post("/track", &fields).await;
    assert!(
        typing.page.contains("Code from the mail") && !typing.page.contains("masked"),
        "{}",
        typing.page
    );
    let ask = visit.hidden("ask");
    let (_, code, _) = answers(&app, &post).await.remove(0);
    let wrong = visit
        .post("/track/code", &[("ask", &ask), ("code", "nothing")])
        .await;
    assert!(
        wrong.status == 403 && wrong.page.contains("ask for a new one"),
        "{}",
        wrong.page
    );
    let spaced = format!("{} {}", &code[..4], &code[4..]);
    let found = visit
        .post("/track/code", &[("ask", &ask), ("code", &spaced)])
        .await;
    assert!(
        found.page.contains(&order.number) && found.page.contains("Festival"),
        "{}",
        found.page
    );

    // The link of a letter is opened by a button; looking at it uses nothing up.
    visit.get("/track").await;
    visit.post("/track", &fields).await;
    let (_, _, secret) = answers(&app, &post).await.remove(0);
    for _ in 0..2 {
        let page = visit.get(&format!("/track/link?secret={secret}")).await;
        assert!(
            page.page.contains("action=\"/track/link\""),
            "{}",
            page.page
        );
    }
    let opened = visit.post("/track/link", &[("secret", &secret)]).await;
    assert!(opened.page.contains(&order.number), "{}", opened.page);
    let page = visit.get(&order.path("").replace("/api/v1", "")).await;
    assert!(
        page.page.contains("Send the tickets to my mail"),
        "{}",
        page.page
    );
    let again = format!(
        "/orders/{}/tickets-mail?access={}",
        order.number, order.access
    );
    assert_eq!(visit.post(&again, &[]).await.status, 303);
}
