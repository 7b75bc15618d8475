//! Guesses are slowed down without keeping anybody out, and tell nothing about who has an account.
use axum::{
    body::Body,
    http::{Request, header},
};
use central::{
    app::users::{Attempt, UserError},
    domain::second_factor,
};
use data_encoding::BASE32_NOPAD;
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

fn attempt(browser: Option<&str>) -> Attempt<'_> {
    Attempt {
        caller: b"home",
        address: "192.0.2.1",
        agent: "",
        old_token: None,
        browser,
    }
}

async fn guess(
    central: &TestCentral,
    caller: &[u8],
    password: &str,
    browser: Option<&str>,
) -> &'static str {
    let attempt = Attempt {
        caller,
        ..attempt(browser)
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

/// Strangers guess until the account waits for everybody but known browsers.
async fn crowd(central: &TestCentral) {
    for place in 0..80_u8 {
        guess(central, &[place], WRONG, None).await;
    }
}

/// Turns the second factor on, as somebody does at the page.
async fn factor_on(central: &TestCentral, desk: &mut Desk) {
    desk.get("/panel/account").await;
    let page = desk.post("/panel/account/factor", &[]).await.page;
    let typed = page.split_once("id=\"secret\">").expect("the secret").1;
    let typed: String = typed.split('<').next().expect("text").split(' ').collect();
    let secret = BASE32_NOPAD.decode(typed.as_bytes()).expect("base32");
    let code = second_factor::code(&secret.try_into().expect("20 bytes"), central.now());
    let fields = [("code", code.as_str())];
    let seen = desk.post("/panel/account/factor/confirm", &fields).await;
    assert_eq!(seen.status, 200, "{}", seen.page);
}

async fn factor_off(desk: &mut Desk) {
    desk.get("/panel/account").await;
    let fields = [("password", PASSWORD)];
    let seen = desk.post("/panel/account/factor/remove", &fields).await;
    assert_eq!(seen.to(), "/panel/account?done=factor_off", "{}", seen.page);
}

#[tokio::test]
async fn marks_end_with_the_password() {
    const NEW: &str = "another long enough sentence";
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut desk = central.admin().await;
        let mark = |desk: &Desk| desk.cookies.get(BROWSER).expect("a mark").clone();
        let first = mark(&desk);
        crowd(&central).await;
        assert_eq!(guess(&central, b"h", PASSWORD, Some(&first)).await, "in");
        // With the second factor, on and off; the browser that turned it goes on being known.
        factor_on(&central, &mut desk).await;
        let second = mark(&desk);
        assert_eq!(guess(&central, b"h", PASSWORD, Some(&second)).await, "in");
        factor_off(&mut desk).await;
        let third = mark(&desk);
        assert_eq!(guess(&central, b"h", PASSWORD, Some(&third)).await, "in");
        // With the password.
        desk.get("/panel/account/password").await;
        let fields = [("old", PASSWORD), ("password", NEW), ("again", NEW)];
        let seen = desk.post("/panel/account/password", &fields).await;
        assert_eq!(seen.to(), "/panel?done=password", "{}", seen.page);
        let last = mark(&desk);
        assert_eq!(guess(&central, b"h", NEW, Some(&last)).await, "in");
        for old in [&first, &second, &third] {
            let said = guess(&central, b"h", NEW, Some(old)).await;
            assert_eq!(said, "sign_in_wait");
        }
    }
}

#[tokio::test]
async fn marks_end_when_an_administrator_ends_all_sessions_or_disables_the_account() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let desk = central.admin().await;
    let user = desk.user.expect("an account");
    let mut other = central
        .person("other@example.id", "super_admin", None, &[])
        .await;
    crowd(&central).await;
    // The clock stands still: who is a stranger waits.
    let acts: [&[(&str, (&str, &str))]; 2] = [
        &[("sessions", ("session", "all"))],
        &[("active", ("active", "0")), ("active", ("active", "1"))],
    ];
    let mut known = desk.cookies.get(BROWSER).expect("a mark").clone();
    for act in acts {
        assert_eq!(guess(&central, b"h", PASSWORD, Some(&known)).await, "in");
        other.get(&format!("/panel/staff/{user}")).await;
        for (path, field) in act {
            let path = format!("/panel/staff/{user}/{path}");
            let seen = other.post(&path, &[*field]).await;
            assert_eq!(seen.status, 303, "{}", seen.page);
        }
        let said = guess(&central, b"h", PASSWORD, Some(&known)).await;
        assert_eq!(said, "sign_in_wait", "{act:?}");
        // Later it is known anew.
        central.clock.advance_ms(25 * 3_600_000);
        let attempt = attempt(None);
        let opened = central.app.sign_in(ADMIN, PASSWORD, &attempt).await;
        known = opened.expect("in").browser.expect("a mark");
        crowd(&central).await;
        other.sign_in("other@example.id", PASSWORD).await;
    }
}

#[tokio::test]
async fn many_marks_are_one_account() {
    let central = TestCentral::new(Engine::Sqlite).await;
    central.admin().await;
    let mut marks = Vec::new();
    for _ in 0..14 {
        let opened = central.app.sign_in(ADMIN, PASSWORD, &attempt(None)).await;
        marks.push(opened.expect("in").browser.expect("a mark"));
    }
    let mut said = Vec::new();
    for mark in &marks {
        for _ in 0..5 {
            said.push(guess(&central, b"hoard", WRONG, Some(mark)).await);
        }
    }
    let looked_at = said.iter().filter(|one| **one == "sign_in_wrong").count();
    assert_eq!(looked_at, 60, "{said:?}");
    assert_eq!(said.last(), Some(&"sign_in_wait"));
    // Whoever has no mark is not held up by it.
    assert_eq!(guess(&central, b"new", PASSWORD, None).await, "in");
}

#[tokio::test]
async fn guesses_elsewhere_do_not_stop_a_password_change() {
    const NEW: &str = "another long enough sentence";
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut desk = central.admin().await;
    crowd(&central).await;
    desk.get("/panel/account/password").await;
    let fields = [("old", PASSWORD), ("password", NEW), ("again", NEW)];
    let seen = desk.post("/panel/account/password", &fields).await;
    assert_eq!(seen.to(), "/panel?done=password", "{}", seen.page);
    // Whoever took the session over guesses at the password as slowly as anybody, and holds nobody else up.
    central.clock.advance_ms(24 * 3_600_000);
    let mut desk = Desk::new(&central);
    assert_eq!(desk.sign_in(ADMIN, NEW).await.to(), "/panel");
    desk.get("/panel/account/password").await;
    for (old, want) in [(WRONG, 422); 5].into_iter().chain([(NEW, 429)]) {
        let fields = [("old", old), ("password", PASSWORD), ("again", PASSWORD)];
        let seen = desk.post("/panel/account/password", &fields).await;
        assert_eq!(seen.status, want, "{}", seen.page);
    }
    assert_eq!(Desk::new(&central).sign_in(ADMIN, NEW).await.to(), "/panel");
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
