//! Exchanges and wristbands taken back, as the page shows them.

use super::{Arc, Gate, Options, Router, StatusCode, call, code, get, post, router};
use crate::known::tests::{band, gate};
use sync_protocol::config::Policy;

fn screen() -> (Router, tempfile::TempDir) {
    let Gate { node, home, .. } = gate(Policy::Refuse, &[]);
    (router(Arc::new(node), Options::default()), home)
}

/// The number of an open page.
async fn open(router: &Router) -> String {
    let page = get(router, "/?action=exchange&lang=en", &[]).await.text;
    let (_, rest) = page.split_once("name=\"page\" value=\"").expect("a number");
    rest.split('"').next().expect("its end").to_owned()
}

async fn scan(router: &Router, page: &str, action: &str, text: &str) -> String {
    let body = format!("code={text}&action={action}&lang=en&page={page}");
    let headers = [("hx-request", "true"), ("sec-fetch-site", "same-origin")];
    let form = "application/x-www-form-urlencoded";
    let answer = post(router, "/scan", form, body, &headers).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text
}

fn has(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "{text}\n{page}");
    }
}

#[tokio::test]
async fn case_33_an_exchange_is_two_scans_and_asks_nobody() {
    let (router, _home) = screen();
    let page = open(&router).await;
    let first = scan(&router, &page, "exchange", &code(1).to_text()).await;
    has(
        &first,
        &[
            "verdict-ready",
            "WRISTBAND",
            "Now scan the wristband",
            "Guest 1",
            "data-hold=\"60000\"",
        ],
    );
    assert!(!first.contains("supervisor"), "{first}");
    let second = scan(&router, &page, "exchange", &band(1)).await;
    has(&second, &["verdict-admit", "EXCHANGE", "Guest 1"]);
    let panel = get(&router, "/panel?lang=en", &[]).await.text;
    has(&panel, &["✓ 1", "? 0"]);
    let lone = scan(&router, &page, "exchange", &band(2)).await;
    has(
        &lone,
        &[
            "verdict-refuse",
            "Unknown wristband",
            "Scan the ticket first",
        ],
    );
}

#[tokio::test]
async fn case_33_a_wristband_pairs_with_the_ticket_of_its_own_page() {
    let (router, _home) = screen();
    let (left, right) = (open(&router).await, open(&router).await);
    assert_ne!(left, right);
    scan(&router, &left, "exchange", &code(1).to_text()).await;
    scan(&router, &right, "exchange", &code(2).to_text()).await;
    has(
        &scan(&router, &left, "exchange", &band(1)).await,
        &["Guest 1"],
    );
    has(
        &scan(&router, &right, "exchange", &band(2)).await,
        &["Guest 2"],
    );
    let worn = scan(&router, &left, "entry", &band(1)).await;
    let number = crate::testing::valid(1).number.to_string();
    has(&worn, &["verdict-admit", &number]);
}

#[tokio::test]
async fn case_33_a_page_that_is_ready_again_holds_no_ticket() {
    let (router, _home) = screen();
    let page = open(&router).await;
    scan(&router, &page, "exchange", &code(1).to_text()).await;
    let ready = format!("/stage?lang=en&action=exchange&page={page}");
    has(
        &get(&router, &ready, &[]).await.text,
        &["verdict-ready", "Ready"],
    );
    let late = scan(&router, &page, "exchange", &band(1)).await;
    has(&late, &["verdict-refuse", "Scan the ticket first"]);
}

#[tokio::test]
async fn case_33_without_a_script_the_ticket_waits_too() {
    let (router, _home) = screen();
    let page = open(&router).await;
    let form = "application/x-www-form-urlencoded";
    let ticket = format!(
        "code={}&action=exchange&lang=id&page={page}",
        code(1).to_text()
    );
    let first = post(&router, "/scan", form, ticket, &[]).await.text;
    has(
        &first,
        &["<!doctype html>", "GELANG", "Sekarang pindai gelangnya"],
    );
    has(&first, &[&format!("name=\"page\" value=\"{page}\"")]);
    let worn = format!("code={}&action=exchange&lang=id&page={page}", band(1));
    has(
        &post(&router, "/scan", form, worn, &[]).await.text,
        &["TUKAR"],
    );
}

#[tokio::test]
async fn case_33_wristbands_are_taken_back_where_the_event_has_them() {
    let (router, _home) = screen();
    let page = open(&router).await;
    scan(&router, &page, "exchange", &code(1).to_text()).await;
    scan(&router, &page, "exchange", &band(1)).await;
    let switched = get(&router, "/?action=unpair&lang=en", &[]).await.text;
    has(
        &switched,
        &["Take back", "Scan the wristband, or the ticket"],
    );
    let back = scan(&router, &page, "unpair", &band(1)).await;
    has(
        &back,
        &["verdict-admit", "TAKEN BACK", "Wristband taken back"],
    );
    scan(&router, &page, "exchange", &code(1).to_text()).await;
    has(
        &scan(&router, &page, "exchange", &band(2)).await,
        &["EXCHANGE"],
    );
    let (plain, _home) = super::screen();
    let page = get(&plain, "/?lang=en", &[]).await.text;
    assert!(!page.contains("Take back"), "{page}");
}

#[tokio::test]
async fn programs_give_both_at_once() {
    let (router, _home) = screen();
    let body = |action: &str, serial| {
        let (ticket, worn) = (code(1).to_text(), band(serial));
        format!(r#"{{"code":"{ticket}","wristband":"{worn}","action":"{action}"}}"#)
    };
    let refused = call(&router, body("entry", 1), &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    has(&refused.text, &["no_exchange"]);
    has(
        &call(&router, body("exchange", 1), &[]).await.text,
        &["\"exchanged\""],
    );
    has(
        &call(&router, body("exchange", 2), &[]).await.text,
        &["already_exchanged"],
    );
}

#[tokio::test]
async fn case_33_a_guest_who_is_found_by_name_waits_for_a_wristband_at_the_page_that_opens() {
    let (router, _home) = screen();
    let form = "application/x-www-form-urlencoded";
    let chosen = post(&router, "/mode", form, "action=exchange".to_owned(), &[]).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    let number = |n| crate::testing::valid(n).number.to_string();
    let ticked = format!("action=exchange&number={}", number(1));
    let opened = post(&router, "/find", form, ticked, &[]).await.text;
    has(
        &opened,
        &["WRISTBAND", "Now scan the wristband", &number(1)],
    );
    let (_, rest) = opened
        .split_once("name=\"page\" value=\"")
        .expect("a number");
    let page = rest.split('"').next().expect("its end");
    let both = scan(&router, page, "exchange", &band(1)).await;
    has(&both, &["verdict-ask", "compare the name"]);
    let two = format!("action=exchange&number={}&number={}", number(2), number(3));
    let each = post(&router, "/find", form, two, &[]).await.text;
    has(&each, &["tick one at a time"]);
    let lone = scan(&router, page, "exchange", &band(2)).await;
    has(&lone, &["Scan the ticket first"]);
}
