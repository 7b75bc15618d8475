//! What people try at the panel who want more than they may have.
use std::{
    convert::Infallible,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    body::Body,
    http::{Request, header},
};
use central::{
    app::users::NewAccount,
    domain::{account::Account, id::ClientId},
    store,
};
use futures_util::stream;
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    panel::{ADMIN, Desk, PASSWORD},
    shop::Shop,
    visit::encode,
};
use sync_protocol::config::Policy;

const MARKUP: &str = "</td><script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

/// The account of an address.
pub async fn account(central: &TestCentral, email: &str) -> Option<Account> {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    store::account::by_email(&mut tx, email)
        .await
        .expect("a row")
}

#[tokio::test]
async fn csrf_a_form_needs_the_token_of_its_own_session() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut desk = central.admin().await;
    let mut thief = central
        .person("thief@example.id", "super_admin", None, &[])
        .await;
    thief.get("/panel/account").await;
    let (own, stolen) = (desk.token(), thief.token());
    let bent = format!("{}0", &own[..own.len() - 1]);
    let fields = |token| {
        [
            ("name", "Evil"),
            ("slug", "evil"),
            ("person", "Evil"),
            ("email", "evil@example.id"),
            ("token", token),
        ]
    };
    for token in ["", "x", &stolen, &bent, &own[..32]] {
        let seen = desk.post_bare("/panel/clients", &fields(token)).await;
        assert_eq!(seen.status, 403, "{token}");
    }
    // The token of a page outside is of no use inside.
    let mut outside = Desk::new(&central);
    outside.get("/panel/sign-in").await;
    let of_outside = outside.token();
    let seen = desk.post_bare("/panel/clients", &fields(&of_outside)).await;
    assert_eq!(seen.status, 403);
    assert!(account(&central, "evil@example.id").await.is_none());
    let seen = desk.post_bare("/panel/clients", &fields(&own)).await;
    assert_eq!(seen.status, 200, "{}", seen.page);
    // And signing somebody in under another account needs one too.
    let fields = [("email", ADMIN), ("password", PASSWORD), ("token", "x")];
    let seen = Desk::new(&central)
        .post_bare("/panel/sign-in", &fields)
        .await;
    assert_eq!(seen.status, 403);
}

#[tokio::test]
async fn xss_markup_in_any_field_stays_text_on_every_page() {
    let shop = Shop::open_with(Engine::Sqlite, |wish| {
        for text in [
            &mut wish.name,
            &mut wish.venue,
            &mut wish.city,
            &mut wish.client.name,
        ] {
            MARKUP.clone_into(text);
        }
        MARKUP.clone_into(&mut wish.days[0].label);
        MARKUP.clone_into(&mut wish.types[0].name);
    })
    .await;
    let mut wish = shop.wish(&[(0, 1)]);
    wish["buyer"]["full_name"] = "Siti <script>alert(1)</script>".into();
    let (status, order) = shop.place("order-with-markup", &wish).await;
    assert_eq!(status, 201, "{order}");
    let number = order["number"].as_str().expect("a number");
    let node = shop.central.enrol(&shop.event, "Gate A", MARKUP).await;
    let mut desk = shop.central.admin().await;
    let wish = NewAccount {
        email: "markup@example.id".into(),
        name: MARKUP.into(),
        role: "venue_manager".into(),
        client: None,
        events: [shop.event.event.id].into(),
    };
    let by = shop.central.signed(ADMIN).await;
    let (user, _) = shop
        .central
        .app
        .create_account(&by, &wish)
        .await
        .expect("made");
    let quoted = encode(&[
        ("q", MARKUP),
        ("event", MARKUP),
        ("status", MARKUP),
        ("from", MARKUP),
        ("sort", MARKUP),
        ("after", MARKUP),
        ("action", MARKUP),
        ("done", MARKUP),
        ("next", MARKUP),
    ]);
    let mut pages = Vec::new();
    for path in [
        "/panel".to_owned(),
        "/panel/account".into(),
        "/panel/events".into(),
        "/panel/events/festival".into(),
        "/panel/events/festival/conflicts".into(),
        "/panel/orders".into(),
        format!("/panel/orders/{number}"),
        "/panel/nodes".into(),
        format!("/panel/nodes/{}", node.id),
        "/panel/conflicts".into(),
        "/panel/clients".into(),
        "/panel/staff".into(),
        "/panel/staff/new".into(),
        format!("/panel/staff/{user}"),
        "/panel/roles".into(),
        "/panel/audit".into(),
        format!("/panel/orders?{quoted}"),
        format!("/panel/events?{quoted}"),
        format!("/panel/audit?{quoted}"),
        format!("/panel?{quoted}"),
    ] {
        let seen = desk.get(&path).await;
        assert_eq!(seen.status, 200, "{path}");
        pages.push((path, seen.page));
    }
    let fields = [
        ("name", MARKUP),
        ("email", MARKUP),
        ("slug", MARKUP),
        ("person", MARKUP),
    ];
    for path in ["/panel/clients", "/panel/staff"] {
        pages.push((path.into(), desk.post(path, &fields).await.page));
    }
    let mut outside = Desk::new(&shop.central);
    let seen = outside.get(&format!("/panel/sign-in?{quoted}")).await;
    pages.push(("outside".into(), seen.page));
    pages.push(("refused".into(), outside.sign_in(MARKUP, MARKUP).await.page));
    for (path, page) in pages {
        for live in ["<script>alert", "<img src=x", "\"'>"] {
            assert!(!page.contains(live), "{live} is alive on {path}:\n{page}");
        }
    }
}

#[tokio::test]
async fn sql_injection_finds_nothing_and_changes_nothing() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let bought = shop.buy("an-order-to-be-found", &[(0, 1)]).await;
        let mut desk = shop.central.admin().await;
        let found = format!("/panel/orders?q={}", bought.number);
        assert!(desk.get(&found).await.page.contains(&bought.number));
        for attack in [
            "' OR '1'='1",
            "' OR 1=1 -- ",
            "\" OR \"\"=\"",
            "%",
            "_",
            "\\",
            "x@'); DROP TABLE orders; --",
            "GRB-' UNION SELECT * FROM users --",
            "\u{10FFFF}",
        ] {
            for field in ["q", "event", "status", "from", "sort", "after", "look"] {
                let query = encode(&[(field, attack)]);
                let seen = desk.get(&format!("/panel/orders?{query}")).await;
                assert_eq!(seen.status, 200, "{field}={attack}");
                let is_searched = field == "q";
                assert_eq!(
                    seen.page
                        .contains(&format!("/panel/orders/{}", bought.number)),
                    !is_searched,
                    "{field}={attack}"
                );
            }
            let query = encode(&[("action", attack), ("after", attack)]);
            assert_eq!(desk.get(&format!("/panel/audit?{query}")).await.status, 200);
            let name = encode(&[("", attack)]).trim_start_matches('=').to_owned();
            for path in ["orders", "events", "nodes", "staff"] {
                let seen = desk.get(&format!("/panel/{path}/{name}")).await;
                assert_eq!(seen.status, 404, "/panel/{path}/{name}");
            }
        }
        assert_eq!(shop.number("SELECT COUNT(*) FROM orders").await, 1);
    }
}

#[tokio::test]
async fn mass_assignment_sets_no_field_that_the_form_does_not_have() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let event = central.festival().await.event;
    let mut desk = central.admin().await;
    desk.get("/panel/staff/new").await;
    let (id, client) = (
        "0190d1a0-0000-7000-8000-000000000001",
        event.client.to_string(),
    );
    let event_id = event.id.to_string();
    let fields = [
        ("email", "venue@example.id"),
        ("name", "Vina"),
        ("role", "venue_manager"),
        ("event", event_id.as_str()),
        ("role", "super_admin"),
        ("client", client.as_str()),
        ("client_id", client.as_str()),
        ("id", id),
        ("user_id", id),
        ("password_hash", "!"),
        ("must_change_password", "0"),
        ("one_time_until", "9999999999999"),
        ("is_active", "0"),
        ("status", "disabled"),
        ("permissions[]", "staff.manage"),
    ];
    let seen = desk.post("/panel/staff", &fields).await;
    assert_eq!(seen.status, 200, "{}", seen.page);
    let made = account(&central, "venue@example.id").await.expect("made");
    assert!(made.must_change_password && made.is_active);
    assert_eq!(made.client, None, "the role is not one of organisers");
    assert_ne!(made.id.to_string(), id);
    assert!(
        made.one_time_until
            .is_some_and(|until| until.0 < 9_999_999_999_999)
    );
    // One's own form gives no right either.
    let mut client = central
        .person("client@example.id", "client", Some(event.client), &[])
        .await;
    client.get("/panel/account/password").await;
    let fields = [
        ("old", PASSWORD),
        ("password", "another long sentence"),
        ("again", "another long sentence"),
        ("role", "super_admin"),
        ("email", "admin2@example.id"),
        ("client_id", id),
    ];
    let seen = client.post("/panel/account/password", &fields).await;
    assert_eq!(seen.status, 303, "{}", seen.page);
    let now = account(&central, "client@example.id").await.expect("still");
    assert_eq!(now.client, Some(event.client));
    assert_eq!(client.get("/panel/staff").await.status, 403);
}

#[tokio::test]
async fn formula_injection_reaches_no_spreadsheet() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut wish = shop.wish(&[(0, 1)]);
    wish["buyer"]["full_name"] = "=HYPERLINK(\"http://evil.example\")".into();
    let (status, order) = shop.place("order-with-a-formula", &wish).await;
    assert_eq!(status, 201, "{order}");
    let mut desk = shop.central.admin().await;
    let seen = desk.get("/panel/orders.csv").await;
    assert!(seen.page.contains("'=HYPERLINK"), "{}", seen.page);
    assert!(
        !seen.page.contains(",=") && !seen.page.contains("\"="),
        "{}",
        seen.page
    );
    let bytes = desk.bytes("/panel/orders.xlsx").await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("orders.xlsx");
    let mut file = std::fs::File::create(&path).expect("a file");
    file.write_all(&bytes).expect("written");
    let read = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(''.join(z.read(n).decode() for n in z.namelist()))";
    let read = std::process::Command::new("/usr/bin/python3")
        .args(["-c", read])
        .arg(&path)
        .output();
    let text = String::from_utf8(read.expect("python3").stdout).expect("text");
    assert!(text.contains("HYPERLINK("), "the name is there: {text}");
    assert!(!text.contains("<f>"), "and is no formula: {text}");
}

#[tokio::test]
async fn the_audit_trail_and_the_log_of_rows_hold_no_secret() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut desk = central.admin().await;
    desk.get("/panel/clients/new").await;
    let fields = [
        ("name", "Musik"),
        ("slug", "musik"),
        ("person", "Citra"),
        ("email", "citra@example.id"),
    ];
    let page = desk.post("/panel/clients", &fields).await.page;
    let secret = page.split_once("id=\"secret\">").expect("told once").1;
    let secret = secret.split('<').next().expect("text").to_owned();
    assert_eq!(secret.len(), 23, "{secret}");
    let token = desk.session().expect("a session").clone();
    let trail = desk.get("/panel/audit").await.page;
    for hidden in [secret.as_str(), PASSWORD, &token] {
        assert!(!trail.contains(hidden));
    }
    for act in [
        "user.sign_in",
        "user.password_change",
        "client.create",
        "user.create",
    ] {
        assert!(trail.contains(act), "{act}");
    }
}

/// A body that says whether anybody has read it.
fn watched(form: String) -> (Body, Arc<AtomicBool>) {
    let is_read = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_read);
    let piece = async move {
        seen.store(true, Ordering::SeqCst);
        Ok::<_, Infallible>(form)
    };
    (Body::from_stream(stream::once(piece)), is_read)
}

#[tokio::test]
async fn a_stranger_s_long_form_is_not_read() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut wish = festival();
    wish.wristbands = Some(Policy::Admit);
    central.publish(&wish).await;
    (wish.slug, wish.client.slug) = ("elsewhere".into(), "competitor".into());
    central.publish(&wish).await;
    let competitor = "SELECT id FROM clients WHERE slug = 'competitor'";
    let competitor = Some(ClientId(central.id(competitor).await));
    let mut admin = central.admin().await;
    let mut other = central
        .person("strange@example.id", "client", competitor, &[])
        .await;
    let mut nobody = Desk::new(&central);
    let list: String = (0..20_000).map(|n| format!("WB-{n:06}\n")).collect();
    let base = "/panel/events/festival/wristbands";
    for (desk, wants) in [
        (&mut nobody, false),
        (&mut other, false),
        (&mut admin, true),
    ] {
        desk.get(base).await;
        let token = desk.token();
        let form = encode(&[("name", "Box"), ("list", &list), ("token", &token)]);
        let (body, is_read) = watched(form);
        let request = Request::post(format!("{base}/import"))
            .header(header::COOKIE, desk.cookie())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let seen = desk.send(request.body(body).expect("a request")).await;
        assert_eq!(is_read.load(Ordering::SeqCst), wants, "{}", seen.status);
        let is_taken = seen.status == 303 && seen.to().ends_with("done=roll_taken");
        assert_eq!(is_taken, wants, "{}", seen.page);
    }
    // Short, and yet of more fields than any page of ours has.
    let many = "a&".repeat(4_001);
    let seen = nobody.post_with("/panel/sign-in", &[], many).await;
    assert_eq!(seen.status, 413);
}
