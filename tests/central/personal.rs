//! What is personal: on no page, in no answer and in no file in clear, once it was typed.
use std::path::Path;

use support::{
    central::Engine,
    shop::{IDENTITY, Shop},
    visit::Visit,
};

/// Every file of the database, as somebody with a stolen disk reads it.
fn files(url: &str) -> Vec<u8> {
    let path = Path::new(url.strip_prefix("sqlite:").expect("a file"));
    let folder = std::fs::read_dir(path.parent().expect("a folder")).expect("a folder");
    let files = folder.map(|entry| entry.expect("an entry").path());
    files
        .filter(|path| path.is_file())
        .flat_map(|path| std::fs::read(path).expect("readable"))
        .collect()
}

#[tokio::test]
async fn identity_numbers_are_on_no_page_in_no_answer_and_in_no_file() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("somebody-buys", &[(0, 2)]).await;
    let field = format!("quantity_{}", shop.event.types[0].id);
    let mut visit = Visit::new(&shop);
    let page = format!("/orders/{}?access={}", order.number, order.access);
    let mut seen = Vec::new();
    for step in ["pending", "paid"] {
        if step == "paid" {
            shop.drive(&order, "settlement").await;
        }
        for path in [
            "/".to_owned(),
            "/events/festival".to_owned(),
            format!("/events/festival/cart?{field}=1"),
            page.clone(),
            format!(
                "/orders/{}/status?access={}&seen=none",
                order.number, order.access
            ),
            order.path(""),
            "/api/v1/events".to_owned(),
            "/api/v1/events/festival".to_owned(),
        ] {
            let found = visit.get(&path).await;
            assert!(found.status < 300, "{path}: {}", found.status);
            seen.push((path, found.page));
        }
    }
    for (path, page) in &seen {
        for part in [IDENTITY, &IDENTITY[..12], "81234567890", "siti@example.id"] {
            assert!(!page.contains(part), "{part} is on {path}: {page}");
        }
    }
    let files = files(&shop.central.database_url);
    assert!(
        files.windows(15).any(|bytes| bytes == b"siti@example.id"),
        "the files were read"
    );
    assert!(
        !files
            .windows(IDENTITY.len())
            .any(|bytes| bytes == IDENTITY.as_bytes()),
        "the number lies in clear"
    );
}
