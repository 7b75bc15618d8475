//! Guesses are slowed down without keeping anybody out, and tell nothing about who has an account.
use axum::{
    body::Body,
    http::{Request, header},
};
use central::app::users::{Attempt, UserError};
use documents::Language;
use support::{
    central::{Engine, TestCentral},
    letter::{connected, parsed, text},
    panel::{ADMIN, Desk, PASSWORD},
    post_box::PostBox,
    shop::Shop,
    visit::encode,
};

const WRONG: &str = "wrong wrong wrong";
const BROWSER: &str = "gerbang_browser";

async fn guess(
    central: &TestCentral,
    caller: &[u8],
    password: &str,
    browser: Option<&str>,
) -> &'static str {
    let attempt = Attempt {
        caller,
        address: "192.0.2.1",
        agent: "",
        old_token: None,
        browser,
    };
    match central.app.sign_in(ADMIN, password, &attempt).await {
        Ok(_) => "in",
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn guessing_from_many_places_keeps_nobody_out_of_their_own_browser() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let desk = central.admin().await;
        let known = desk.cookies.get(BROWSER).expect("a mark").clone();
        let other = central
            .person("other@example.id", "super_admin", None, &[])
            .await;
        let foreign = other.cookies.get(BROWSER).expect("a mark").clone();
        let bent = format!("{}0", &known[..known.len() - 1]);
        for place in 0..80_u8 {
            guess(&central, &[place], WRONG, None).await;
        }
        assert_eq!(
            guess(&central, b"new", PASSWORD, None).await,
            "sign_in_wait"
        );
        assert_eq!(guess(&central, b"home", PASSWORD, Some(&known)).await, "in");
        // A mark that is bent, made up or of another account is none.
        for mark in [foreign.as_str(), &bent, "", "00", &"ab".repeat(40)] {
            let said = guess(&central, b"new", PASSWORD, Some(mark)).await;
            assert_eq!(said, "sign_in_wait", "{mark}");
        }
        // Whoever sits at the known browser waits for their own guesses.
        for _ in 0..5 {
            assert_eq!(
                guess(&central, b"home", WRONG, Some(&known)).await,
                "sign_in_wrong"
            );
        }
        assert_eq!(
            guess(&central, b"home", PASSWORD, Some(&known)).await,
            "sign_in_wait"
        );
        // And half a year later it is a browser like any other.
        central.clock.advance_ms(181 * 24 * 3_600_000);
        for place in 0..80_u8 {
            guess(&central, &[place], WRONG, None).await;
        }
        assert_eq!(
            guess(&central, b"home", PASSWORD, Some(&known)).await,
            "sign_in_wait"
        );
    }
}

#[tokio::test]
async fn a_known_browser_is_signed_in_by_nothing_but_the_password() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let desk = central.admin().await;
    let known = desk.cookies.get(BROWSER).expect("a mark").clone();
    let mut thief = Desk::new(&central);
    thief.cookies.insert(BROWSER.into(), known.clone());
    assert!(thief.get("/panel").await.to().starts_with("/panel/sign-in"));
    thief.cookies.insert("gerbang_panel".into(), known);
    assert!(thief.get("/panel").await.to().starts_with("/panel/sign-in"));
}

#[tokio::test]
async fn asking_for_links_keeps_nobody_from_signing_in() {
    let central = TestCentral::new(Engine::Sqlite).await;
    central.admin().await;
    let mut waits = false;
    for n in 0..40 {
        let email = format!("n{n}@example.id");
        let asked = central.app.ask_reset(&email, Language::English, b"office");
        waits |= matches!(asked.await, Err(UserError::Wait(_)));
    }
    assert!(waits, "one place cannot ask for ever");
    assert_eq!(guess(&central, b"office", PASSWORD, None).await, "in");
}

#[tokio::test]
async fn user_enumeration_by_a_reset_finds_the_same_answer_and_work() {
    let shop = Shop::open(Engine::Sqlite).await;
    shop.central.admin().await;
    let mut answers = Vec::new();
    for email in [ADMIN, "nobody@example.id"] {
        let before = shop.number("SELECT COUNT(*) FROM panel_guesses").await;
        let letters = shop.number("SELECT COUNT(*) FROM outbox").await;
        let mut outside = Desk::new(&shop.central);
        outside.get("/panel/forgot").await;
        let seen = outside.post("/panel/forgot", &[("email", email)]).await;
        answers.push((seen.status, seen.to().to_owned(), seen.page.clone()));
        // A letter, or what takes as long: both are a transaction that is made durable.
        let letters = shop.number("SELECT COUNT(*) FROM outbox").await - letters;
        let counted = shop.number("SELECT COUNT(*) FROM panel_guesses").await - before;
        let idle = counted - if email == ADMIN { 3 } else { 2 };
        assert_eq!(
            letters + idle,
            1,
            "{email}: {letters} letters, {idle} idle rows"
        );
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_host_header_reaches_no_letter() {
    let (shop, post) = (Shop::open(Engine::Sqlite).await, PostBox::open().await);
    shop.central.admin().await;
    let mut outside = Desk::new(&shop.central);
    outside.get("/panel/forgot").await;
    let fields = [("email", ADMIN), ("token", &outside.token())];
    let request = Request::post("/panel/forgot")
        .header(header::HOST, "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example;proto=https")
        .header(header::COOKIE, outside.cookie())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(encode(&fields)));
    let seen = outside.send(request.expect("a request")).await;
    assert_eq!(seen.status, 303, "{}", seen.page);
    connected(&shop, &post)
        .send_letters(10)
        .await
        .expect("sent");
    let letters = post.letters();
    let letter = parsed(letters.first().expect("a letter"));
    let words = text(&letter);
    assert!(
        words.contains("http://central.test/panel/reset?secret="),
        "{words}"
    );
    assert!(!letters[0].text.contains("evil"), "{}", letters[0].text);
}
