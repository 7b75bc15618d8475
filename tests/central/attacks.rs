//! What strangers try at the shop's door, and what becomes of it.
use std::{net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header},
};
use central::http::router::{self, Protection};
use support::{
    central::Engine,
    http::client,
    shop::{IDENTITY, Shop},
    visit::{Visit, encode},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

const FORM: &str = "application/x-www-form-urlencoded";

/// A good order, as the form sends it.
fn order<'a>(field: &'a str, key: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("key", key),
        ("full_name", "Siti Rahma"),
        ("identity_type", "ktp"),
        ("identity_number", IDENTITY),
        ("email", "siti@example.id"),
        ("whatsapp_number", "081234567890"),
        ("language", "en"),
        ("terms", "yes"),
        (field, "1"),
    ]
}

async fn send(shop: &Shop, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> u16 {
    let start = Request::post("/events/festival/orders").header(header::CONTENT_TYPE, FORM);
    let with = headers.iter().fold(start, |request, (name, value)| {
        request.header(*name, *value)
    });
    let request = with.body(Body::from(encode(fields))).expect("a request");
    shop.send(request).await.status().as_u16()
}

#[tokio::test]
async fn csrf_a_form_of_another_site_is_refused() {
    let shop = Shop::open(Engine::Sqlite).await;
    let field = format!("quantity_{}", shop.event.types[0].id);
    let mut visit = Visit::new(&shop);
    visit.get(&format!("/events/festival/cart?{field}=1")).await;
    let (token, cookie) = (visit.hidden("token"), visit.cookie());
    let mut good = order(&field, "form-of-one-page");
    good.push(("token", &token));
    // Even with all that a page of ours would send along.
    for site in ["cross-site", "same-site"] {
        assert_eq!(
            send(
                &shop,
                &[("cookie", &cookie), ("sec-fetch-site", site)],
                &good
            )
            .await,
            403,
            "{site}"
        );
    }
    for origin in [
        "https://evil.example",
        "null",
        "http://central.test.evil.example",
    ] {
        assert_eq!(
            send(&shop, &[("cookie", &cookie), ("origin", origin)], &good).await,
            403,
            "{origin}"
        );
    }
    assert_eq!(shop.taken(0).await, 0, "nothing was held");
    let own = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("origin", "http://central.test"),
    ];
    assert_eq!(send(&shop, &own, &good).await, 303);
    let (status, _) = shop
        .post("/api/v1/orders", &[("sec-fetch-site", "cross-site")], "{}")
        .await;
    assert_eq!(status, 403, "neither is the API for other sites' pages");
}

#[tokio::test]
async fn csrf_a_form_needs_the_token_of_the_visitors_own_page() {
    let shop = Shop::open(Engine::Sqlite).await;
    let field = format!("quantity_{}", shop.event.types[0].id);
    let (mut visit, mut thief) = (Visit::new(&shop), Visit::new(&shop));
    visit.get(&format!("/events/festival/cart?{field}=1")).await;
    thief.get(&format!("/events/festival/cart?{field}=1")).await;
    let (own, cookie) = (visit.hidden("token"), visit.cookie());
    let bent = format!("{}0", &own[..own.len() - 1]);
    let stolen = thief.hidden("token");
    for token in ["", "x", &bent[..], &stolen, &own[..32]] {
        let mut fields = order(&field, "form-of-one-page");
        fields.push(("token", token));
        assert_eq!(
            send(&shop, &[("cookie", &cookie)], &fields).await,
            403,
            "{token}"
        );
    }
    let mut fields = order(&field, "form-of-one-page");
    fields.push(("token", &own));
    assert_eq!(send(&shop, &[], &fields).await, 403, "no cookie, no form");
    visit.get(&format!("/events/festival/cart?{field}=1")).await;
    assert_ne!(
        visit.hidden("token"),
        own,
        "no two pages hold the same secret, so their size tells nothing of it"
    );
    assert_eq!(shop.taken(0).await, 0);
}

#[tokio::test]
async fn xss_markup_in_any_text_stays_text() {
    let attack = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let shop = Shop::open_with(Engine::Sqlite, |wish| {
        for text in [
            &mut wish.name,
            &mut wish.summary,
            &mut wish.description,
            &mut wish.terms,
        ] {
            attack.clone_into(text);
        }
        for text in [
            &mut wish.venue,
            &mut wish.address,
            &mut wish.city,
            &mut wish.client.name,
        ] {
            attack.clone_into(text);
        }
        attack.clone_into(&mut wish.days[0].label);
        for kind in &mut wish.types {
            attack.clone_into(&mut kind.category);
            attack.clone_into(&mut kind.description);
        }
        wish.types[0].name = attack.into();
    })
    .await;
    let field = format!("quantity_{}", shop.event.types[0].id);
    let quoted = encode(&[
        ("q", attack),
        ("city", attack),
        ("month", attack),
        ("category", attack),
        ("max", attack),
    ]);
    let mut visit = Visit::new(&shop);
    let mut pages = Vec::new();
    for path in [
        "/".to_owned(),
        "/?view=calendar&month=2026-12".to_owned(),
        format!("/?{quoted}"),
        "/events/festival".to_owned(),
        format!(
            "/events/festival?{}",
            encode(&[
                (field.as_str(), attack),
                ("promo", attack),
                ("code", attack)
            ])
        ),
        format!("/nowhere?{quoted}"),
    ] {
        pages.push((path.clone(), visit.get(&path).await.page));
    }
    visit.get(&format!("/events/festival/cart?{field}=1")).await;
    let mut bad = order(&field, attack);
    bad[1].1 = attack;
    bad[4].1 = attack;
    bad[5].1 = attack;
    let refused = visit.post("/events/festival/orders", &bad).await;
    pages.push(("refused".into(), refused.page));
    let placed = visit
        .post("/events/festival/orders", &order(&field, "a-good-form-key"))
        .await;
    let to = placed.to().to_owned();
    pages.push(("order".into(), visit.get(&to).await.page));
    pages.push((
        "access".into(),
        visit
            .get(&format!("/orders/GRB-1?{}", encode(&[("access", attack)])))
            .await
            .page,
    ));
    for (path, page) in pages {
        for live in ["<script>alert", "<img src=x", "onerror=alert(2)>\"", "\"'>"] {
            assert!(!page.contains(live), "{live} is alive on {path}:\n{page}");
        }
    }
}

#[tokio::test]
async fn redirects_lead_to_our_own_pages_alone() {
    let shop = Shop::open(Engine::Sqlite).await;
    let field = format!("quantity_{}", shop.event.types[0].id);
    let mut visit = Visit::new(&shop);
    visit.get(&format!("/events/festival/cart?{field}=1")).await;
    let mut fields = order(&field, "form-of-one-page");
    let evil = "https://evil.example/";
    fields.extend([("next", evil), ("redirect", evil), ("return_url", evil)]);
    let placed = visit
        .post(
            "/events/festival/orders?next=https://evil.example/",
            &fields,
        )
        .await;
    assert!(placed.to().starts_with("/orders/GRB-"), "{placed:?}");
    for path in [
        "//evil.example/",
        "/%2F%2Fevil.example",
        "/events/%2F%2Fevil.example/cart",
        "/events/..%2F..%2F%2Fevil.example/cart",
    ] {
        let seen = visit.get(path).await;
        let to = seen
            .headers
            .get("location")
            .map_or("", |to| to.to_str().expect("text"));
        assert!(
            to.is_empty() || (to.starts_with('/') && !to.starts_with("//")),
            "{path}: {to}"
        );
    }
}

#[tokio::test]
async fn line_breaks_reach_no_header() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut visit = Visit::new(&shop);
    let breaks = "x%0d%0aset-cookie:%20evil=1%0d%0a%0d%0a%3Cb%3E";
    for path in [
        format!("/?lang={breaks}"),
        "/?lang=en%0d%0aset-cookie:evil=1".to_owned(),
        format!("/events/{breaks}"),
        format!("/events/{breaks}/cart"),
        format!("/orders/{breaks}?access={breaks}"),
        format!("/api/v1/orders/{breaks}/invoice.pdf?access={breaks}"),
        format!("/{breaks}"),
    ] {
        let seen = visit.get(&path).await;
        let mut headers = seen.headers.iter();
        // In an address it stays what it is: letters.
        let evil = headers.find(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.contains("evil=1") || (*name != header::LOCATION && text.contains("evil"))
        });
        assert!(evil.is_none(), "{path}: {evil:?}");
    }
}

#[tokio::test]
async fn an_oversize_body_is_refused_in_words() {
    let shop = Shop::open(Engine::Sqlite).await;
    let huge = "x".repeat(200_000);
    let field = format!("quantity_{}", shop.event.types[0].id);
    let mut visit = Visit::new(&shop);
    visit.get(&format!("/events/festival/cart?{field}=1")).await;
    let seen = visit
        .post("/events/festival/orders", &[("full_name", &huge)])
        .await;
    assert!(
        seen.status == 413 && seen.page.contains("send less"),
        "{} {}",
        seen.status,
        seen.page
    );
    let (status, refusal) = shop
        .post(
            "/api/v1/orders",
            &[("idempotency-key", "a-good-key")],
            huge.clone(),
        )
        .await;
    assert_eq!((status, &refusal["code"]), (413, &"body_malformed".into()));
    assert_eq!(shop.hook(huge).await.0, 413);
}

#[tokio::test]
async fn a_body_that_comes_drop_by_drop_is_given_up() {
    let shop = Shop::open(Engine::Sqlite).await;
    let protection = Protection {
        body_pause: Duration::from_millis(200),
        ..Protection::default()
    };
    let routes = router::public_with(shop.central.app.clone(), &protection);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let mut slow = TcpStream::connect(address).await.expect("a connection");
    let head = "POST /api/v1/orders HTTP/1.1\r\nhost: x\r\nidempotency-key: a-good-key\r\ncontent-type: application/json\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n{";
    slow.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut answer)).await;
    ended.expect("it is given up").expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    let others = client()
        .get(format!("http://{address}/healthz"))
        .send()
        .await;
    assert!(
        others.expect("an answer").status().is_success(),
        "others are served"
    );
}

/// A request from this address.
async fn from(shop: &Shop, peer: [u8; 4], forwarded: Option<&str>, path: &str) -> u16 {
    let start = Request::get(path);
    let with = match forwarded {
        Some(addresses) => start.header("x-forwarded-for", addresses),
        None => start,
    };
    let mut request = with.body(Body::empty()).expect("a request");
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from((peer, 4711))));
    shop.send(request).await.status().as_u16()
}

#[tokio::test]
async fn rate_limits_cannot_be_dodged_by_forged_addresses() {
    let shop = Shop::open(Engine::Sqlite).await;
    let document = "/api/v1/orders/GRB-1/invoice.pdf?access=x";
    let (stranger, proxy) = ([203, 0, 113, 9], [127, 0, 0, 1]);
    let mut refused = 0;
    for n in 0..60 {
        let forged = format!("198.51.100.{n}");
        refused += u32::from(from(&shop, stranger, Some(&forged), document).await == 429);
    }
    assert!(
        refused >= 25,
        "a new forged address for each request, and only {refused} were refused"
    );
    // Through our own proxy the same trick: what stands before the proxy's own word is the stranger's.
    let mut refused = 0;
    for n in 0..60 {
        let forged = format!("10.9.8.{n}, 198.51.100.77");
        refused += u32::from(from(&shop, proxy, Some(&forged), document).await == 429);
    }
    assert!(refused >= 25, "{refused}");
    assert_eq!(
        from(&shop, proxy, Some("198.51.100.78"), document).await,
        404,
        "the neighbour is served"
    );
    assert_eq!(
        from(&shop, stranger, None, "/api/v1/events").await,
        200,
        "and so is another kind of request"
    );
    shop.central.clock.advance_ms(60_000);
    assert_eq!(
        from(&shop, stranger, None, document).await,
        404,
        "a minute later all is well"
    );
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let shop = Shop::open(Engine::Sqlite).await;
    let document = "/api/v1/orders/GRB-1/invoice.pdf?access=x";
    let mut last = None;
    for _ in 0..40 {
        let mut request = Request::get(document)
            .body(Body::empty())
            .expect("a request");
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 1))));
        last = Some(shop.send(request).await);
    }
    let last = last.expect("an answer");
    let wait: u64 = last.headers()["retry-after"]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    assert!(last.status() == 429 && (1..=60).contains(&wait), "{last:?}");
}
