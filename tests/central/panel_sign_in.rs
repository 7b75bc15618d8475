//! The way into the panel: passwords, guesses, sessions, second factors, resets; on both databases where rows decide.
use central::{
    app::users::{Attempt, UserError},
    domain::{second_factor, session},
};
use support::{
    central::{Engine, TestCentral},
    letter::{connected, parsed, text},
    panel::{ADMIN, Desk, PASSWORD},
    post_box::PostBox,
    shop::Shop,
};

const MINUTE: i64 = 60_000;

#[tokio::test]
async fn the_first_admin_must_change_the_one_time_password_before_anything_else() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let made = central.app.create_admin("Admin@Example.id", "Ayu").await;
        let secret = made.expect("the first account");
        let mut desk = Desk::new(&central);
        assert_eq!(
            desk.get("/panel/events").await.to(),
            "/panel/sign-in?next=%2Fpanel%2Fevents"
        );
        let seen = desk.sign_in("admin@EXAMPLE.id", &secret).await;
        assert_eq!(seen.to(), "/panel", "{}", seen.page);
        for path in ["/panel", "/panel/events", "/panel/staff"] {
            assert_eq!(
                desk.get(path).await.to(),
                "/panel/account/password",
                "{path}"
            );
        }
        desk.get("/panel/account/password").await;
        let poor = ["short", "admin@example.id", &secret];
        for new in poor {
            let fields = [("old", secret.as_str()), ("password", new), ("again", new)];
            let seen = desk.post("/panel/account/password", &fields).await;
            assert_eq!(seen.status, 422, "{new}");
        }
        let fields = [
            ("old", secret.as_str()),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let seen = desk.post("/panel/account/password", &fields).await;
        assert_eq!(seen.to(), "/panel?done=password");
        assert_eq!(desk.get("/panel/events").await.status, 200);
        let again = central.app.create_admin("admin@example.id", "Ayu").await;
        assert_eq!(again.expect_err("it has one").code(), "email_taken");
    }
}

#[tokio::test]
async fn a_one_time_password_ends_after_a_week() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let secret = central.app.create_admin(ADMIN, "Ayu").await.expect("made");
    central.clock.advance_ms(7 * 24 * 60 * MINUTE);
    let seen = Desk::new(&central).sign_in(ADMIN, &secret).await;
    assert_eq!(seen.status, 422);
    assert!(seen.page.contains("too old"), "{}", seen.page);
}

/// What was guessed counts also after a restart, and from another address as soon as there are many.
#[tokio::test]
async fn guesses_are_slowed_down_and_survive_a_restart() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        central.admin().await;
        let attempt = |caller: &'static [u8]| Attempt {
            caller,
            address: "192.0.2.1",
            agent: "",
            old_token: None,
            browser: None,
        };
        let code = |result: Result<_, UserError>| match result {
            Ok(_) => "in",
            Err(error) => error.code(),
        };
        let guess = async |caller| {
            code(
                central
                    .app
                    .sign_in(ADMIN, "wrong wrong wrong", &attempt(caller))
                    .await,
            )
        };
        for _ in 0..5 {
            assert_eq!(guess(b"one").await, "sign_in_wrong");
        }
        // A new process on the same database knows nothing but its rows.
        let right = central.app.sign_in(ADMIN, PASSWORD, &attempt(b"one")).await;
        assert_eq!(code(right), "sign_in_wait", "the right one waits too");
        let elsewhere = central.app.sign_in(ADMIN, PASSWORD, &attempt(b"two")).await;
        assert_eq!(code(elsewhere), "in", "others are not locked out");
        central.clock.advance_ms(16_000);
        let right = central.app.sign_in(ADMIN, PASSWORD, &attempt(b"one")).await;
        assert_eq!(code(right), "in");
        assert_eq!(guess(b"one").await, "sign_in_wrong", "the count began anew");
    }
}

#[tokio::test]
async fn an_unknown_address_is_answered_like_a_wrong_password() {
    let central = TestCentral::new(Engine::Sqlite).await;
    central.admin().await;
    let mut pages = Vec::new();
    for email in [ADMIN, "nobody@example.id"] {
        let seen = Desk::new(&central)
            .sign_in(email, "wrong wrong wrong")
            .await;
        assert_eq!(seen.status, 422);
        let said = seen.page.split_once("role=\"alert\"").expect("words").1;
        pages.push(said.split("</div>").next().expect("an end").to_owned());
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn session_fixation_is_worth_nothing() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        central.admin().await;
        let mut desk = Desk::new(&central);
        // Planted by somebody else: well-formed, and made up.
        let planted = "ab".repeat(32);
        desk.cookies.insert("gerbang_panel".into(), planted.clone());
        desk.sign_in(ADMIN, PASSWORD).await;
        let first = desk.session().expect("a session").clone();
        assert_ne!(first, planted, "the token is ours, not theirs");
        let mut thief = Desk::new(&central);
        thief.cookies.insert("gerbang_panel".into(), planted);
        assert!(thief.get("/panel").await.to().starts_with("/panel/sign-in"));
        // Planted from a session that is real: it ends with the sign-in that it was planted for.
        desk.sign_in(ADMIN, PASSWORD).await;
        assert_ne!(desk.session().expect("a session"), &first);
        thief.cookies.insert("gerbang_panel".into(), first);
        assert!(thief.get("/panel").await.to().starts_with("/panel/sign-in"));
        assert_eq!(desk.get("/panel").await.status, 200);
    }
}

#[tokio::test]
async fn sessions_end_by_silence_by_age_and_by_hand() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut desk = central.admin().await;
    let mut other = Desk::new(&central);
    other.sign_in(ADMIN, PASSWORD).await;
    assert_eq!(other.get("/panel").await.status, 200);
    // The other one is ended from here.
    let page = desk.get("/panel/account").await.page;
    let id = page
        .split_once("name=\"session\" value=\"")
        .expect("another")
        .1;
    let id = id.split('"').next().expect("an id").to_owned();
    let seen = desk
        .post("/panel/account/sessions", &[("session", &id)])
        .await;
    assert_eq!(seen.to(), "/panel/account?done=session_ended");
    assert!(other.get("/panel").await.to().starts_with("/panel/sign-in"));
    // Silence.
    central.clock.advance_ms(session::IDLE_MS - MINUTE);
    assert_eq!(desk.get("/panel").await.status, 200);
    central.clock.advance_ms(session::IDLE_MS);
    assert!(desk.get("/panel").await.to().starts_with("/panel/sign-in"));
    // Age, whatever is done.
    desk.sign_in(ADMIN, PASSWORD).await;
    for _ in 0..13 {
        desk.get("/panel").await;
        central.clock.advance_ms(session::IDLE_MS - MINUTE);
    }
    assert!(desk.get("/panel").await.to().starts_with("/panel/sign-in"));
    // By hand: the token is worth nothing afterwards, kept or not.
    desk.sign_in(ADMIN, PASSWORD).await;
    desk.get("/panel").await;
    let kept = desk.session().expect("a session").clone();
    assert_eq!(
        desk.post("/panel/sign-out", &[]).await.to(),
        "/panel/sign-in?done=signed_out"
    );
    desk.cookies.insert("gerbang_panel".into(), kept);
    assert!(desk.get("/panel").await.to().starts_with("/panel/sign-in"));
    central.app.forget_sessions().await.expect("a sweep");
}

#[tokio::test]
async fn everywhere_else_is_everywhere_but_here_and_nobody_else() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut desk = central.admin().await;
        let alone = desk.get("/panel/account").await.page;
        assert!(!alone.contains("value=\"others\""), "nothing to end");
        let (mut phone, mut borrowed) = (Desk::new(&central), Desk::new(&central));
        phone.sign_in(ADMIN, PASSWORD).await;
        borrowed.sign_in(ADMIN, PASSWORD).await;
        let mut stranger = central
            .person("budi@example.id", "super_admin", None, &[])
            .await;
        let seen = desk
            .post("/panel/account/sessions", &[("session", "others")])
            .await;
        assert_eq!(seen.to(), "/panel/account?done=sessions_ended");
        for ended in [&mut phone, &mut borrowed] {
            assert!(ended.get("/panel").await.to().starts_with("/panel/sign-in"));
        }
        assert_eq!(desk.get("/panel").await.status, 200);
        assert_eq!(stranger.get("/panel").await.status, 200);
    }
}

#[tokio::test]
async fn cookies_are_http_only_same_site_and_bound_to_the_host_under_https() {
    let mut central = TestCentral::new(Engine::Sqlite).await;
    central.app.public_url = "https://central.test".into();
    let secret = central.app.create_admin(ADMIN, "Ayu").await.expect("made");
    let mut desk = Desk::new(&central);
    let seen = desk.sign_in(ADMIN, &secret).await;
    let cookies: Vec<_> = seen.headers.get_all("set-cookie").iter().collect();
    let cookie = cookies
        .iter()
        .filter_map(|cookie| cookie.to_str().ok())
        .find(|cookie| cookie.starts_with("__Host-gerbang_panel="))
        .expect("the session's cookie");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{part}");
    }
    assert!(!cookie.contains("Domain"));
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_each_and_recovery_codes_open_once() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut desk = central.admin().await;
        desk.get("/panel/account").await;
        let page = desk.post("/panel/account/factor", &[]).await.page;
        assert!(
            page.contains("<svg class=\"p-qr\""),
            "a picture for the phone"
        );
        let typed = page.split_once("id=\"secret\">").expect("the secret").1;
        let typed: String = typed.split('<').next().expect("text").split(' ').collect();
        let secret: [u8; 20] = data_encoding::BASE32_NOPAD
            .decode(typed.as_bytes())
            .expect("base32")
            .try_into()
            .expect("20 bytes");
        let code = || second_factor::code(&secret, central.now());
        let wrong = desk
            .post("/panel/account/factor/confirm", &[("code", "000000")])
            .await;
        assert_eq!(wrong.status, 422);
        let page = desk
            .post("/panel/account/factor/confirm", &[("code", &code())])
            .await
            .page;
        let recovery: Vec<String> = page
            .split("<li class=\"code\">")
            .skip(1)
            .filter_map(|rest| rest.split('<').next().map(str::to_owned))
            .collect();
        assert_eq!(recovery.len(), 10);

        let used = code();
        let mut next = Desk::new(&central);
        assert_eq!(
            next.sign_in(ADMIN, PASSWORD).await.to(),
            "/panel/second-factor"
        );
        assert!(
            next.get("/panel").await.to().starts_with("/panel/sign-in"),
            "half is not in"
        );
        let half = next.session().expect("a session").clone();
        next.get("/panel/second-factor").await;
        let again = next.post("/panel/second-factor", &[("code", &used)]).await;
        assert_eq!(again.status, 422, "the code that set it up was used");
        central.clock.advance_ms(31_000);
        let seen = next
            .post("/panel/second-factor", &[("code", &code())])
            .await;
        assert_eq!(seen.to(), "/panel", "{}", seen.page);
        assert_ne!(next.session().expect("a session"), &half, "another token");
        assert_eq!(next.get("/panel").await.status, 200);

        for (code, want) in [
            (&recovery[0], 303),
            (&recovery[0], 422),
            (&recovery[1], 303),
        ] {
            let mut lost = Desk::new(&central);
            lost.sign_in(ADMIN, PASSWORD).await;
            lost.get("/panel/second-factor").await;
            let typed = code.to_uppercase();
            let seen = lost.post("/panel/second-factor", &[("code", &typed)]).await;
            assert_eq!(seen.status, want, "{}", seen.page);
        }
        // Off again needs the password.
        next.get("/panel/account").await;
        let fields = [("password", "not the password")];
        assert_eq!(
            next.post("/panel/account/factor/remove", &fields)
                .await
                .status,
            422
        );
        let fields = [("password", PASSWORD)];
        let seen = next.post("/panel/account/factor/remove", &fields).await;
        assert_eq!(seen.to(), "/panel/account?done=factor_off");
        assert_eq!(
            Desk::new(&central).sign_in(ADMIN, PASSWORD).await.to(),
            "/panel"
        );
    }
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_a_link_that_is_good_once() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let central = &shop.central;
        let mut desk = central.admin().await;
        let mut outside = Desk::new(central);
        for email in ["nobody@example.id", ADMIN] {
            outside.get("/panel/forgot").await;
            let seen = outside.post("/panel/forgot", &[("email", email)]).await;
            assert_eq!(
                seen.to(),
                "/panel/sign-in?done=asked",
                "always the same answer"
            );
        }
        let app = connected(&shop, &post);
        app.send_letters(10).await.expect("sent");
        let letters = post.letters();
        assert_eq!(letters.len(), 1, "{letters:?}");
        let letter = parsed(&letters[0]);
        let secret = text(&letter)
            .split_once("/panel/reset?secret=")
            .expect("a link")
            .1;
        let secret: String = secret
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let path = format!("/panel/reset?secret={secret}");
        assert_eq!(outside.get(&path).await.status, 200);
        let fields = [
            ("secret", secret.as_str()),
            ("password", "another long sentence"),
        ];
        let seen = outside.post("/panel/reset", &fields).await;
        assert_eq!(seen.to(), "/panel/sign-in?done=reset", "{}", seen.page);
        assert!(
            desk.get("/panel").await.to().starts_with("/panel/sign-in"),
            "sessions ended"
        );
        assert_eq!(outside.get(&path).await.status, 422, "once");
        assert_eq!(outside.sign_in(ADMIN, PASSWORD).await.status, 422);
        assert_eq!(
            outside.sign_in(ADMIN, "another long sentence").await.to(),
            "/panel"
        );
    }
}
