//! Tickets on paper: what is printed verifies, twice the same, and in bulk.
use std::{path::Path, process::Command};

use central::{app::events::load_config, store};
use serde_json::json;
use support::{
    central::{Engine, TestCentral},
    shop::Shop,
};
use sync_protocol::{
    code::{Payload, TicketCode},
    manifest::Manifest,
};

#[tokio::test]
async fn printed_codes_verify_with_the_events_public_key() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("to-be-printed", &[(0, 2)]).await;
    let (status, body) = shop.get_json(&order.path("/invoice.pdf")).await;
    assert_eq!((status, &body["code"]), (409, &json!("not_paid")));

    shop.drive(&order, "settlement").await;
    let (status, pdf) = shop.get(&order.path("/invoice.pdf")).await;
    assert_eq!(status, 200);
    let (_, again) = shop.get(&order.path("/invoice.pdf")).await;
    assert_eq!(pdf, again, "the same document each time");

    let texts = scan_pages(&pdf);
    assert_eq!(texts.len(), 2, "one code per ticket page: {texts:?}");
    let payloads: Vec<Payload> = verified(&shop, &texts).await;
    assert_ne!(payloads[0].ticket, payloads[1].ticket);
    let app = &shop.central.app;
    let view = app
        .find_order(&order.number, &order.access)
        .await
        .expect("found");
    for (ticket, payload) in view.tickets.iter().zip(&payloads) {
        assert_eq!(
            (ticket.gate.id, ticket.gate.day_mask),
            (payload.ticket, payload.day_mask)
        );
    }
}

/// The codes on the pages, in order, as an independent reader sees them.
fn scan_pages(pdf: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("invoice.pdf");
    std::fs::write(&file, pdf).expect("written");
    let page = folder.path().join("page");
    let rendered = Command::new("pdftoppm")
        .args(["-r", "120", "-png"])
        .args([&file, &page])
        .status();
    assert!(rendered.expect("pdftoppm").success());
    let mut pages: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .collect();
    pages.sort_by_key(|entry| entry.as_ref().map(|e| e.path()).ok());
    let pages = pages
        .into_iter()
        .map(|entry| entry.expect("an entry").path());
    pages
        .filter(|path| path.extension().is_some_and(|e| e == "png"))
        .filter_map(|path| scan(&path))
        .collect()
}

fn scan(picture: &Path) -> Option<String> {
    let mut reader = Command::new("zbarimg");
    let output = reader
        .args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"])
        .arg(picture)
        .output();
    let text = String::from_utf8(output.expect("zbarimg").stdout).expect("text");
    text.lines().next().map(str::to_owned)
}

async fn verified(shop: &Shop, texts: &[String]) -> Vec<Payload> {
    let event = shop.event.event.id;
    let mut tx = shop.central.app.store.read().await.expect("reads");
    let config = load_config(&mut tx, event, 1).await.expect("a config");
    let keys = config.keys_of(event);
    let verify = |text: &String| TicketCode::parse(text).and_then(|code| code.verify(event, &keys));
    texts
        .iter()
        .map(|text| verify(text).expect("genuine"))
        .collect()
}

#[tokio::test]
async fn tickets_in_bulk_are_as_good_as_sold_ones() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let setup = central.festival().await;
        let kind = setup.types[0].id;
        let names = ["Ani Wijaya", "Budi Santoso"];
        let sold = central
            .app
            .issue_tickets_in_bulk(setup.event.id, kind, 1_702, &names)
            .await;
        let numbers = sold.expect("there is quota");
        assert_eq!(numbers.len(), 426, "four to an order, the last two apart");
        let mut tx = central.app.store.read().await.expect("reads");
        let revision = store::revision::read(&mut tx, setup.event.id)
            .await
            .expect("a revision");
        assert_eq!(revision.manifest.total(), 1_702);

        let mut rebuilt = Manifest::default();
        for number in &numbers {
            let order = store::order::by_number(&mut tx, number)
                .await
                .expect("reads")
                .expect("an order");
            for ticket in store::ticket::of_order(&mut tx, order.id)
                .await
                .expect("reads")
            {
                rebuilt.add(&ticket.gate);
            }
        }
        assert_eq!(revision.manifest.prove(&rebuilt), Ok(()));
        drop(tx);
        let taken = central
            .app
            .event(setup.event.id)
            .await
            .expect("loads")
            .types[0]
            .taken;
        assert_eq!(taken, 1_702);
        let too_many = central
            .app
            .issue_tickets_in_bulk(setup.event.id, kind, 99_000, &names)
            .await;
        assert_eq!(too_many.expect_err("quota").code(), "sold_out");
    }
}
