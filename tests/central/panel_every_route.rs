//! Attacks on every route of the panel, made from the route table and from the names of the fields that the handlers
//! read, so that a new page is attacked without a line here.
use std::{collections::BTreeSet, io::Read as _, path::Path};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use central::http::panel::{Access, ROUTES, Route, Verb};
use flate2::read::GzDecoder;
use support::{panel::Desk, panel_world::PanelWorld, visit::encode};

/// What breaks statements, parsers, encoders and fields that are too short. Each is already encoded for an address.
fn payloads() -> Vec<String> {
    let texts = [
        "' OR '1'='1",
        "'; DROP TABLE orders; --",
        "\" OR \"\"=\"",
        "1) UNION SELECT password_hash FROM users --",
        "/* */ # \\' %27 %_",
        "-1",
        "99999999999999999999",
        "9999-99-99",
        "-9223372036854775808",
        "1e999",
        "\0",
        "a\0b",
        "\r\nSet-Cookie: evil=1",
        "\u{10FFFF}\u{202E}\u{FEFF}",
        "../../../etc/passwd",
        "{{7*7}}${7*7}",
    ];
    let mut all: Vec<String> = texts
        .iter()
        .map(|text| encode(&[("", text)])[1..].to_owned())
        .collect();
    // No UTF-8, half an escape, and a text of ten thousand characters.
    all.extend(["%FF%FE%C0%80".into(), "%".into(), "%E2%28%A1".into()]);
    all.push("A".repeat(10_000));
    all
}

/// The names of fields that handlers read, out of their sources: `asked("q")`, `text("email")`.
fn fields(readers: &[&str]) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../central/src/http/panel");
    let mut found = BTreeSet::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.expect("a file");
        if entry.path().extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).expect("text");
        for reader in readers {
            let reader = format!("{reader}(\"");
            let names = text.split(&reader).skip(1);
            found.extend(names.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
        }
    }
    assert!(found.len() > 5, "the handlers read fields: {found:?}");
    found
}

fn verb(verb: Verb) -> impl Fn(&&Route) -> bool {
    move |route| route.verb == verb
}

fn named(route: &Route) -> bool {
    route.path.contains('{')
}

/// Every second page, so that two tests share them.
async fn sql_in_every_query(share: usize) {
    let world = PanelWorld::open().await;
    let desk = &world.desks[0].2;
    let names = fields(&["asked", "asked_all", "query", "param"]);
    let before = world.fingerprint(&[]).await;
    for route in ROUTES.iter().filter(verb(Verb::Get)).skip(share).step_by(2) {
        let address = world.address(route).await;
        for payload in payloads() {
            let all: Vec<_> = names
                .iter()
                .map(|name| format!("{name}={payload}"))
                .collect();
            // A browser's address has an end: what is longer comes in parts.
            let most = if payload.len() > 1_000 { 5 } else { all.len() };
            for part in all.chunks(most) {
                let (status, _) = desk.peek(&format!("{address}?{}", part.join("&"))).await;
                assert!(status < 500, "{status}: {address}, fields of {payload}");
                world.later();
            }
        }
        for name in &names {
            for payload in ["%27%22--%00%FF", "99999999999999999999"] {
                let (status, _) = desk.peek(&format!("{address}?{name}={payload}")).await;
                assert!(status < 500, "{status}: {address}?{name}={payload}");
            }
            world.later();
        }
    }
    assert_eq!(
        before,
        world.fingerprint(&[]).await,
        "reading changes nothing"
    );
}

#[tokio::test]
async fn sql_injection_in_every_query_of_every_page_breaks_nothing_1_of_2() {
    sql_in_every_query(0).await;
}

#[tokio::test]
async fn sql_injection_in_every_query_of_every_page_breaks_nothing_2_of_2() {
    sql_in_every_query(1).await;
}

#[tokio::test]
async fn every_file_is_whole_when_it_comes_packed() {
    let mut world = PanelWorld::open().await;
    let files = ROUTES.iter().filter(verb(Verb::Get));
    let mut packed = 0;
    for route in files.filter(|route| route.path.ends_with(".csv")) {
        let address = world.address(route).await;
        let desk = &mut world.desks[0].2;
        let plain = desk.bytes(&address).await;
        // What is chosen in a form first answers with a page that says so.
        if plain.starts_with(b"<!") {
            continue;
        }
        let (packing, bytes) = desk.packed(&address).await;
        let mut whole = Vec::new();
        if packing.as_deref() == Some("gzip") {
            packed += 1;
            GzDecoder::new(&bytes[..])
                .read_to_end(&mut whole)
                .expect("packed to its end");
        } else {
            whole = bytes;
        }
        // The trail has a row more: that somebody took it away.
        let whole = String::from_utf8_lossy(&whole);
        for line in String::from_utf8_lossy(&plain).lines() {
            assert!(whole.contains(line), "{address}: {line}");
        }
        world.later();
    }
    assert!(packed > 3, "browsers get {packed} lists packed");
}

#[tokio::test]
async fn sql_injection_in_every_address_finds_nothing() {
    let world = PanelWorld::open().await;
    let desk = &world.desks[0].2;
    for route in ROUTES
        .iter()
        .filter(verb(Verb::Get))
        .filter(|route| named(route))
    {
        for payload in payloads() {
            let mut address = String::new();
            for part in route.path.split('/').skip(1) {
                let part = if part.starts_with('{') {
                    &payload
                } else {
                    part
                };
                address.push_str(&format!("/{part}"));
            }
            if address.parse::<axum::http::Uri>().is_err() {
                continue;
            }
            let (status, _) = desk.peek(&address).await;
            assert!((400..500).contains(&status), "{status}: {address}");
            world.later();
        }
    }
}

#[tokio::test]
async fn sql_injection_in_every_form_breaks_nothing() {
    let mut world = PanelWorld::open().await;
    let names = fields(&["text", "raw", "all", "form"]);
    let mut desk = world.desks.remove(0).2;
    for route in ROUTES.iter().filter(verb(Verb::Post)) {
        if matches!(route.path, "/panel/sign-out" | "/panel/account/password") {
            continue;
        }
        let address = world.address(route).await;
        for payload in payloads() {
            let token = desk.fresh(route).await;
            let all: Vec<_> = names
                .iter()
                .filter(|name| *name != "token")
                .map(|name| format!("{name}={payload}"))
                .collect();
            let body = format!("{}&token={token}", all.join("&"));
            let seen = desk.post_with(&address, &[], body).await;
            assert!(seen.status < 500, "{}: {address}: {payload}", seen.status);
            assert!(
                seen.headers
                    .get("set-cookie")
                    .is_none_or(|set| !set.to_str().unwrap_or("").contains("evil"))
            );
            world.later();
        }
    }
}

#[tokio::test]
async fn methods_that_a_route_does_not_have_do_nothing() {
    let mut world = PanelWorld::open().await;
    let mut desk = world.desks.remove(0).2;
    let gets: BTreeSet<_> = ROUTES
        .iter()
        .filter(verb(Verb::Get))
        .map(|route| route.path)
        .collect();
    let posts: BTreeSet<_> = ROUTES
        .iter()
        .filter(verb(Verb::Post))
        .map(|route| route.path)
        .collect();
    let before = world.fingerprint(&[]).await;
    for route in ROUTES {
        let address = world.address(route).await;
        let mut wrong = vec![
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::TRACE,
            Method::CONNECT,
        ];
        if !gets.contains(route.path) {
            wrong.extend([Method::GET, Method::HEAD]);
        }
        if !posts.contains(route.path) {
            wrong.push(Method::POST);
        }
        for method in wrong {
            desk.get("/panel").await;
            let body = format!("token={}&_method=POST", desk.token());
            let request = Request::builder()
                .method(method.clone())
                .uri(&address)
                .header("x-http-method-override", "POST")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::COOKIE, desk.cookie());
            let seen = desk
                .send(request.body(Body::from(body)).expect("a request"))
                .await;
            assert!(
                matches!(seen.status, 404 | 405),
                "{method} {address}: {}",
                seen.status
            );
            world.later();
        }
    }
    assert_eq!(before, world.fingerprint(&[]).await, "nothing was changed");
    // HEAD is GET without its body: it is guarded alike.
    let mut outside = Desk::new(&world.shop.central);
    for route in ROUTES
        .iter()
        .filter(verb(Verb::Get))
        .filter(|route| matches!(route.access, Access::Own | Access::May(..)))
    {
        let address = world.address(route).await;
        let request = Request::head(&address).body(Body::empty());
        let seen = outside.send(request.expect("a request")).await;
        assert!(seen.to().starts_with("/panel/sign-in"), "HEAD {address}");
        world.later();
    }
}

#[tokio::test]
async fn every_answer_of_the_panel_forbids_frames_guessing_and_caches() {
    let mut world = PanelWorld::open().await;
    let desk = world.desks.remove(0).2;
    let outside = Desk::new(&world.shop.central);
    for route in ROUTES.iter().filter(verb(Verb::Get)) {
        let address = world.address(route).await;
        for (who, browser) in [("inside", &desk), ("outside", &outside)] {
            let headers = browser.head(&address).await;
            let said = |name: &str| {
                headers
                    .get(name)
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or_default()
                    .to_owned()
            };
            let policy = said("content-security-policy");
            // A preview stands in a frame of our own pages; nothing stands in a frame of others.
            let framed = policy.contains("frame-ancestors 'none'")
                && said("x-frame-options") == "DENY"
                || policy.contains("frame-ancestors 'self'")
                    && said("x-frame-options") == "SAMEORIGIN"
                    && route.path.ends_with("/preview");
            assert!(framed, "{who} {address}: {policy}");
            assert!(
                policy.contains("default-src 'none'") && !policy.contains("unsafe"),
                "{who} {address}: {policy}"
            );
            assert_eq!(said("cache-control"), "no-store", "{who} {address}");
            assert_eq!(said("x-content-type-options"), "nosniff", "{who} {address}");
            assert_eq!(said("referrer-policy"), "same-origin", "{who} {address}");
            world.later();
        }
    }
}

#[tokio::test]
async fn no_page_has_an_id_twice() {
    for mut world in [PanelWorld::open().await, PanelWorld::hostile().await] {
        let mut desk = world.desks.remove(0).2;
        let mut seen = 0;
        for route in ROUTES.iter().filter(verb(Verb::Get)) {
            let address = world.address(route).await;
            let (status, kind) = desk.peek(&address).await;
            if status != 200 || !kind.starts_with("text/html") {
                continue;
            }
            let page = desk.get(&address).await.page;
            let ids = page.split(" id=\"").skip(1);
            let ids: Vec<_> = ids.filter_map(|rest| rest.split('"').next()).collect();
            let twice = ids
                .iter()
                .enumerate()
                .filter(|(at, id)| ids[..*at].contains(*id));
            let twice: Vec<_> = twice.map(|(_, id)| id).collect();
            assert!(twice.is_empty(), "{address}: {twice:?}");
            seen += ids.len();
            world.later();
        }
        assert!(seen > 100, "{seen} ids");
    }
}

/// What is named by a second part must belong to the first: the thing of one event is not there under another.
#[tokio::test]
async fn idor_a_second_part_of_an_address_belongs_to_its_first() {
    let world = PanelWorld::open().await;
    let desk = &world.desks[0].2;
    for route in ROUTES.iter().filter(verb(Verb::Get)) {
        // Types are counted within their event: number 1 of another event is another type.
        let names = route.path.matches('{').count();
        if names < 2 || !route.path.contains("{event}") || route.path.contains("{number}") {
            continue;
        }
        let address = world.address(route).await;
        let (status, _) = desk.peek(&address).await;
        assert_eq!(status, 200, "{address}");
        let slug = &world.shop.event.event.slug;
        let foreign = address.replace(&format!("/events/{slug}/"), "/events/jazz/");
        let (status, _) = desk.peek(&foreign).await;
        assert_eq!(status, 404, "{foreign}");
        world.later();
    }
}
