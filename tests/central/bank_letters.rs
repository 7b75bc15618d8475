//! Letters about money that others move: a reversal, a dispute and its end, a refund made in the provider's dashboard.
use central::app::trail::Actor;
use midtrans_sim::Drive;
use serde_json::Value;
use support::{
    central::Engine,
    letter::{connected, header, parsed, text},
    post_box::PostBox,
    shop::{Bought, Shop},
};

use crate::refunds::paid;

const MINUTE: i64 = 60_000;

/// The buyer's letters since the last that were seen, with the tickets' own put aside.
struct Reader<'a> {
    shop: &'a Shop,
    post: PostBox,
    seen: usize,
}

impl Reader<'_> {
    async fn next(&mut self) -> Vec<Value> {
        let app = connected(self.shop, &self.post);
        while app.send_letters(10).await.expect("sends") > 0 {}
        let new = self.post.letters().split_off(self.seen);
        self.seen += new.len();
        new.iter().map(parsed).collect()
    }

    /// The one letter that came, of this subject.
    async fn only(&mut self, subject: &str) -> Value {
        let mut letters = self.next().await;
        let subjects: Vec<_> = letters
            .iter()
            .map(|one| header(one, "subject").to_owned())
            .collect();
        assert_eq!(subjects, [subject]);
        letters.remove(0)
    }
}

async fn drive(shop: &Shop, order: &Bought, to: &str, channel: &str) {
    let drive = Drive {
        to: to.to_owned(),
        channel: Some(channel.to_owned()),
        ..Drive::default()
    };
    shop.drive_by(order, drive).await;
}

fn files(letter: &Value) -> Vec<&str> {
    let parts = letter["parts"].as_array().expect("parts").iter();
    parts.filter_map(|part| part["file"].as_str()).collect()
}

#[tokio::test]
async fn a_buyer_is_told_that_a_payment_was_taken_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "taken-back-again", &[(0, 2)], "bank_transfer").await;
        let mut reader = Reader {
            shop: &shop,
            post: PostBox::open().await,
            seen: 0,
        };
        reader.next().await;
        shop.central.clock.advance_ms(3 * MINUTE);
        shop.drive(&order, "deny").await;
        shop.resend(&order).await;
        let letter = reader.only("Payment taken back: Festival").await;
        let said = text(&letter);
        assert!(
            said.contains("no longer valid") && said.contains("/events/festival"),
            "{said}"
        );
        assert!(
            !said.contains(&order.access),
            "nothing is left to see there: {said}"
        );
        assert!(
            files(&letter).is_empty(),
            "{engine:?}: no ticket goes with it"
        );
    }
}

#[tokio::test]
async fn a_buyer_is_told_of_a_dispute_and_of_its_end_either_way() {
    for won in [true, false] {
        let shop = Shop::open(Engine::Sqlite).await;
        let order = paid(&shop, "disputed-money", &[(0, 2)], "credit_card").await;
        let mut reader = Reader {
            shop: &shop,
            post: PostBox::open().await,
            seen: 0,
        };
        reader.next().await;
        drive(&shop, &order, "chargeback", "credit_card").await;
        let letter = reader.only("Payment disputed: Festival").await;
        let said = text(&letter);
        assert!(
            said.contains("open no gate") && said.contains("organiser@example.org"),
            "{said}"
        );
        assert!(files(&letter).is_empty());
        let page = format!("/orders/{}?access={}", order.number, order.access);
        let (_, page) = shop.get(&page).await;
        let page = String::from_utf8(page).expect("a page");
        assert!(page.contains("disengketakan"), "{page}");

        let ended = shop
            .central
            .app
            .end_dispute(&order.number, won, &Actor::System);
        ended.await.expect("ended");
        if won {
            let letter = reader.only("Your tickets are valid again: Festival").await;
            let pdf = format!("{}.pdf", order.number);
            assert!(
                files(&letter).contains(&pdf.as_str()),
                "{:?}",
                files(&letter)
            );
        } else {
            let letter = reader.only("Refund: Festival").await;
            let said = text(&letter);
            assert!(
                said.contains("through your bank") && said.contains("300,000"),
                "{said}"
            );
            assert_eq!(files(&letter).len(), 1, "the credit note");
        }
    }
}

#[tokio::test]
async fn a_buyer_is_told_of_a_refund_that_was_made_in_the_providers_dashboard() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "by-the-dashboard", &[(0, 2)], "qris").await;
        let mut reader = Reader {
            shop: &shop,
            post: PostBox::open().await,
            seen: 0,
        };
        reader.next().await;
        drive(&shop, &order, "refund", "qris").await;
        shop.resend(&order).await;
        let letter = reader.only("Refund: Festival").await;
        let said = text(&letter);
        assert!(
            said.contains("Your money has gone back") && said.contains("300,000"),
            "{said}"
        );
        assert_eq!(files(&letter).len(), 1, "{engine:?}: the credit note");
    }
}
