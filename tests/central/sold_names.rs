//! What was sold keeps the name that it was sold under, wherever its buyer or the organiser reads it.
use central::app::{catalog::TypeChange, trail::Actor};
use support::{
    central::Engine,
    letter::{connected, parsed, text},
    pdf::words,
    post_box::PostBox,
    shop::Shop,
};

const MINUTE: i64 = 60_000;
const OLD: &str = "Regular";
const NEW: &str = "Doorprice";

#[tokio::test]
async fn a_renamed_type_stays_what_it_was_sold_as_on_pages_papers_and_in_letters() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let order = shop.buy("before-the-name", &[(0, 2)]).await;
        shop.drive(&order, "settlement").await;
        let change = TypeChange {
            name: Some(NEW.into()),
            ..TypeChange::default()
        };
        let renamed = app.change_type(shop.event.types[0].id, &change, &Actor::System);
        renamed.await.expect("renamed");
        let later = shop.buy("after-the-name", &[(0, 1)]).await;
        shop.drive(&later, "settlement").await;

        for (order, sold, other) in [(&order, OLD, NEW), (&later, NEW, OLD)] {
            let seen = shop.look(order).await;
            assert_eq!(seen["items"][0]["name"], sold);
            assert_eq!(seen["tickets"][0]["ticket_type"], sold, "{engine:?}");
            let page = format!("/orders/{}?access={}", order.number, order.access);
            let (_, page) = shop.get(&page).await;
            let page = String::from_utf8(page).expect("a page");
            let (_, pdf) = shop.get(&order.path("/invoice.pdf")).await;
            for told in [page, words(&pdf)] {
                assert!(told.contains(sold) && !told.contains(other), "{told}");
            }
        }
        while app.send_letters(10).await.expect("sends") > 0 {}
        let letters: Vec<_> = post.letters().iter().map(parsed).collect();
        assert!(letters.iter().any(|one| text(one).contains("2 × Regular")));
        assert!(
            letters
                .iter()
                .any(|one| text(one).contains("1 × Doorprice"))
        );

        shop.central.clock.advance_ms(2 * MINUTE);
        app.tell_of_sales().await.expect("asks");
        app.send_letters(10).await.expect("sends");
        let letters = post.letters();
        let digest = parsed(letters.last().expect("the organiser's"));
        for line in ["Regular: 2", "Doorprice: 1"] {
            assert!(text(&digest).contains(line), "{}", text(&digest));
        }
    }
}
