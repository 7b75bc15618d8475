//! Refusals on the shop's pages: in the buyer's words.
use support::{
    central::Engine,
    shop::{IDENTITY, Shop},
    visit::{Seen, Visit},
};

async fn order_by_form(visit: &mut Visit<'_>, field: &str, key: &str, quantity: &str) -> Seen {
    let fields = [
        ("key", key),
        ("full_name", "Siti Rahma"),
        ("identity_type", "ktp"),
        ("identity_number", IDENTITY),
        ("email", "siti@example.id"),
        ("whatsapp_number", "081234567890"),
        ("language", "en"),
        ("terms", "yes"),
        (field, quantity),
    ];
    visit.post("/events/festival/orders", &fields).await
}

#[tokio::test]
async fn a_form_that_was_used_is_refused_without_words_for_programs() {
    let shop = Shop::open(Engine::Sqlite).await;
    let field = format!("quantity_{}", shop.event.types[0].id);
    let mut visit = Visit::new(&shop);
    visit.get(&format!("/events/festival/cart?{field}=1")).await;
    let placed = order_by_form(&mut visit, &field, "form-of-one-page", "1").await;
    assert_eq!(placed.status, 303);
    for (key, want) in [("form-of-one-page", 409), ("short", 400)] {
        let Seen { status, page, .. } = order_by_form(&mut visit, &field, key, "2").await;
        assert_eq!(status, want, "{page}");
        let says = "This form was used already: open the event again.";
        assert!(page.contains(says), "{page}");
        assert!(!page.contains("Idempotency-Key"), "{page}");
    }
}
