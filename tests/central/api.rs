//! The JSON API: what it lists, what it refuses and in which words; and the document that describes it.
use std::collections::BTreeMap;

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use support::{central::Engine, shop::Shop};

#[tokio::test]
async fn events_are_listed_and_shown_with_their_types() {
    let shop = Shop::open_with(Engine::Sqlite, |wish| {
        wish.types[1].visibility = central::domain::event::Visibility::Hidden;
    })
    .await;
    let (status, list) = shop.get_json("/api/v1/events").await;
    assert_eq!((status, &list[0]["slug"]), (200, &json!("festival")));
    let (status, event) = shop.get_json("/api/v1/events/festival").await;
    assert_eq!(
        (status, &event["starts_at"]),
        (200, &json!("2026-12-01T00:00:00Z"))
    );
    let types = event["ticket_types"].as_array().expect("types");
    assert_eq!(types.len(), 1, "hidden types are not shown");
    assert_eq!(
        (&types[0]["price_minor"], &types[0]["status"]),
        (&json!(150_000), &json!("on_sale"))
    );
    let (status, refusal) = shop.get_json("/api/v1/events/nothing").await;
    assert_eq!((status, &refusal["code"]), (404, &json!("unknown_event")));
}

#[tokio::test]
async fn wrong_fields_are_named_all_at_once_and_never_repeated() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut wish = shop.wish(&[(0, 99)]);
    wish["buyer"] = json!({
        "full_name": "?",
        "identity_type": "ktp",
        "identity_number": "3171019908450001",
        "email": "siti at example",
        "whatsapp_number": "12",
    });
    let (status, refusal) = shop.place("many-errors", &wish).await;
    assert_eq!((status, &refusal["code"]), (422, &json!("invalid_fields")));
    let found: BTreeMap<_, _> = refusal["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|f| {
            (
                f["field"].as_str().expect("field"),
                f["code"].as_str().expect("code"),
            )
        })
        .collect();
    let want = [
        ("buyer.full_name", "name_form"),
        ("buyer.identity_number", "nik_birth_date"),
        ("buyer.email", "email_at"),
        ("buyer.whatsapp_number", "phone_country_code"),
        ("items[0].quantity", "quantity_out_of_range"),
    ];
    assert_eq!(found, want.into());
    assert!(!refusal.to_string().contains("3171019908450001"));
    assert_eq!(shop.taken(0).await, 0);
}

#[tokio::test]
async fn bodies_that_are_no_orders_are_refused_without_echo() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut extra = shop.wish(&[(0, 1)]);
    extra["price_minor"] = json!(1);
    let mut number_as_text = shop.wish(&[(0, 1)]);
    number_as_text["items"][0]["quantity"] = json!("3171011708450001");
    let huge = format!("{{\"event\": \"{}\"}}", "x".repeat(70_000));
    for (name, body, want) in [
        ("not JSON", "{3171011708450001".to_owned(), 400),
        ("a field too many", extra.to_string(), 422),
        ("another type", number_as_text.to_string(), 422),
        ("too large", huge, 413),
        ("empty", String::new(), 400),
    ] {
        let headers = [("idempotency-key", "a-good-key")];
        let (status, refusal) = shop.post("/api/v1/orders", &headers, body).await;
        assert_eq!(
            (status, &refusal["code"]),
            (want, &json!("body_malformed")),
            "{name}"
        );
        assert!(!refusal.to_string().contains("3171011708450001"), "{name}");
    }
    let (status, refusal) = shop
        .post("/api/v1/orders", &[], shop.wish(&[(0, 1)]).to_string())
        .await;
    assert_eq!(
        (status, &refusal["code"]),
        (400, &json!("idempotency_key_form"))
    );
}

#[tokio::test]
async fn only_what_is_on_sale_can_be_ordered() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut elsewhere = shop.wish(&[(0, 1)]);
    elsewhere["event"] = json!("nothing");
    let (status, refusal) = shop.place("other-event", &elsewhere).await;
    assert_eq!((status, &refusal["code"]), (404, &json!("unknown_event")));
    shop.central.clock.set(shop.event.types[0].sale_until);
    let (status, refusal) = shop.place("too-late-now", &shop.wish(&[(0, 1)])).await;
    assert_eq!(
        (status, &refusal["fields"][0]["code"]),
        (422, &json!("sale_ended"))
    );
}

/// Every path of the document is asked for, with real values: none is missing, refuses the method or breaks.
#[tokio::test]
async fn the_document_and_the_routes_are_the_same() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (status, document) = shop.get_json("/api/v1/openapi.json").await;
    assert_eq!(status, 200);
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), 14, "{:?}", paths.keys());
    let mut count = 0;
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().expect("operations") {
            let order = shop.buy(&format!("walk-{count:04}"), &[(0, 1)]).await;
            let real = path
                .replace("{slug}", "festival")
                .replace("{number}", &order.number);
            let address = format!("{real}?access={}", order.access);
            let start = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(address);
            let body = match path.as_str() {
                "/api/v1/orders" => shop.wish(&[(0, 1)]).to_string(),
                "/api/v1/events/{slug}/quotes" => {
                    json!({"items": shop.wish(&[(0, 1)])["items"]}).to_string()
                }
                _ => String::new(),
            };
            let request = start
                .header("content-type", "application/json")
                .header("idempotency-key", format!("walked-{count:04}"))
                .body(Body::from(body));
            let answer = shop
                .send(request.expect("a request"))
                .await
                .status()
                .as_u16();
            assert!(
                !matches!(answer, 404 | 405 | 500..),
                "{method} {path}: {answer}"
            );
            let documented = operation["responses"].as_object().expect("responses");
            assert!(
                documented.contains_key(&answer.to_string()),
                "{method} {path}: {answer} is not documented"
            );
            count += 1;
        }
    }
    assert_eq!(count, 15);
    assert!(schemas_are_used(&document), "every schema is there");
}

/// Whether each reference leads to a schema.
fn schemas_are_used(document: &Value) -> bool {
    let text = document.to_string();
    let references = text.split("#/components/schemas/").skip(1);
    let mut names = references.filter_map(|rest| rest.split('"').next());
    names.all(|name| document["components"]["schemas"][name].is_object())
}
