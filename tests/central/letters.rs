//! Mail: what an order brings into a post box, what happens when the post fails, and who is told of news.
use std::time::Duration;

use central::{domain::event::EventStatus, store};
use serde_json::{Value, json};
use support::{
    central::Engine,
    letter::{connected, header, message_id, parsed, text},
    post_box::{Fault, PostBox},
    shop::{Bought, Shop},
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

async fn paid(shop: &Shop, key: &str) -> Bought {
    let order = shop.buy(key, &[(0, 2)]).await;
    shop.drive(&order, "settlement").await;
    order
}

#[tokio::test]
async fn a_paid_order_is_mailed_once_with_its_tickets_and_days() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let order = paid(&shop, "mailed-once").await;
        assert_eq!(app.send_letters(10).await.expect("sends"), 1);
        // What asked for the money is not needed any more.
        shop.central.clock.advance_ms(3 * MINUTE);
        app.send_letters(10).await.expect("sends");
        assert_eq!(app.send_letters(10).await.expect("nothing"), 0);

        let letters = post.letters();
        assert_eq!(letters.len(), 1, "{letters:?}");
        assert_eq!(letters[0].to, ["siti@example.id"]);
        let letter = parsed(&letters[0]);
        assert_eq!(header(&letter, "subject"), "Your tickets: Festival");
        assert_eq!(header(&letter, "to"), "Siti Rahma <siti@example.id>");
        assert_eq!(header(&letter, "from"), "Gerbang <tickets@central.test>");
        assert_eq!(header(&letter, "auto-submitted"), "auto-generated");
        assert!(header(&letter, "message-id").ends_with("@central.test>"));
        assert_eq!(letter["type"], "multipart/mixed");
        let part = |n: usize| {
            let part = &letter["parts"][n];
            (
                part["type"].as_str().expect("a type"),
                part["file"].as_str().unwrap_or(""),
            )
        };
        let (pdf, ics) = (
            format!("{}.pdf", order.number),
            format!("{}.ics", order.number),
        );
        let want = [
            ("text/plain", ""),
            ("text/html", ""),
            ("application/pdf", pdf.as_str()),
            ("text/calendar", ics.as_str()),
        ];
        assert_eq!([0, 1, 2, 3].map(part), want);
        assert_eq!(letter["parts"][2]["text"], "%PDF-");
        for n in [0, 1] {
            let said = letter["parts"][n]["text"].as_str().expect("text");
            for part in [
                order.number.as_str(),
                &order.access,
                "IDR\u{A0}300,000",
                "1 December 2026, 07:00 WIB",
            ] {
                assert!(said.contains(part), "{part} in {said}");
            }
        }
        let days = letter["days"].as_array().expect("days");
        assert_eq!(days.len(), 2);
        assert_eq!(days[0][1], "2026-12-01T00:00:00+00:00");
        assert_eq!(days[0][3], "Festival – Day 1");
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM outbox WHERE done_at IS NULL")
                .await,
            0
        );
    }
}

#[tokio::test]
async fn letters_speak_the_language_of_the_order() {
    let (shop, post) = (Shop::open(Engine::Sqlite).await, PostBox::open().await);
    let app = connected(&shop, &post);
    let mut wish = shop.wish(&[(0, 1)]);
    wish["language"] = "id".into();
    wish["buyer"]["full_name"] = "Zażółć Gęślą".into();
    let (status, order) = shop.place("in-indonesian", &wish).await;
    assert_eq!(status, 201);
    shop.central.clock.advance_ms(3 * MINUTE);
    app.send_letters(10).await.expect("sends");
    let letter = parsed(&post.letters()[0]);
    assert_eq!(header(&letter, "subject"), "Menunggu pembayaran: Festival");
    assert_eq!(header(&letter, "to"), "Zażółć Gęślą <siti@example.id>");
    let said = text(&letter);
    let until = "Bayar sebelum: 1 Desember 2026, 07.15 WIB";
    assert!(
        said.contains("Bayar sekarang") && said.contains(until),
        "{said}"
    );
    assert!(
        said.contains(order["number"].as_str().expect("a number")),
        "{said}"
    );

    shop.central.clock.advance_ms(shop.event.event.hold_ms);
    assert_eq!(app.expire_holds(10).await.expect("expires"), 1);
    app.send_letters(10).await.expect("sends");
    let letter = parsed(&post.letters()[1]);
    assert_eq!(
        header(&letter, "subject"),
        "Waktu pembayaran habis: Festival"
    );
}

/// Every way in which the post fails, one letter each: all arrive in the end, and repeats are known as such.
#[tokio::test]
async fn a_letter_arrives_whatever_the_post_does_and_repeats_its_message_id() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        for fault in [
            Fault::Later(451),
            Fault::Refuse(550),
            Fault::DropInData,
            Fault::DropAfterData,
            Fault::Slow(Duration::from_millis(300)),
        ] {
            let before = post.letters().len();
            let (order, pause) = (paid(&shop, &format!("fault-{before:04}")).await, 3 * MINUTE);
            post.fail(&[fault]);
            let sent = app.send_letters(10).await.expect("goes on");
            assert_eq!(
                sent,
                usize::from(matches!(fault, Fault::Slow(_))),
                "{fault:?}"
            );
            assert_eq!(
                app.send_letters(10).await.expect("rests"),
                0,
                "not at once again"
            );
            shop.central.clock.advance_ms(pause);
            while app.send_letters(10).await.expect("sends") > 0 {}
            let arrived = post.letters().split_off(before);
            let ids: Vec<_> = arrived.iter().map(message_id).collect();
            let copies = if fault == Fault::DropAfterData { 2 } else { 1 };
            assert_eq!(ids.len(), copies, "{engine:?} {fault:?}");
            assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
            assert!(arrived[0].text.contains(&order.number[4..]), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_letter_that_is_refused_is_given_up_shown_and_sent_again() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        paid(&shop, "nobody-there").await;
        post.fail(&[Fault::Refuse(550), Fault::Refuse(550), Fault::Refuse(550)]);
        for _ in 0..10 {
            app.send_letters(10).await.expect("goes on");
            shop.central.clock.advance_ms(5 * HOUR);
        }
        assert_eq!(post.letters().len(), 0, "it is not tried a fourth time");
        let (failed, counts) = app.failed_letters(10).await.expect("reads");
        assert_eq!((failed.len(), counts.failed, counts.waiting), (1, 1, 0));
        assert_eq!(failed[0].last_error.as_deref(), Some("mail_refused_550"));
        assert_eq!(
            (failed[0].kind.as_str(), failed[0].attempts),
            ("tickets_mail", 3)
        );
        assert!(app.retry_letter(failed[0].id).await.expect("again"));
        assert!(!app.retry_letter(failed[0].id).await.expect("not twice"));
        assert_eq!(app.send_letters(10).await.expect("sends"), 1);
        assert_eq!(post.letters().len(), 1);
        assert!(app.failed_letters(10).await.expect("reads").0.is_empty());
    }
}

#[tokio::test]
async fn letters_wait_while_no_server_answers_and_while_there_is_none() {
    let (shop, post) = (Shop::open(Engine::Sqlite).await, PostBox::open().await);
    for n in 0..12 {
        paid(&shop, &format!("in-the-dark-{n:02}")).await;
    }
    let waiting = "SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_mail' AND attempts = 0";
    assert_eq!(shop.central.app.send_letters(10).await.expect("no way"), 0);
    assert_eq!(shop.number(waiting).await, 12);
    let app = connected(&shop, &post);
    post.close(true);
    assert!(app.send_letters(10).await.is_err(), "said, not hidden");
    assert!(
        shop.number(waiting).await > 0,
        "an outage costs few letters a try"
    );
    post.close(false);
    shop.central.clock.advance_ms(3 * MINUTE);
    while app.send_letters(10).await.expect("sends") > 0 {}
    assert_eq!(post.letters().len(), 12);
}

#[tokio::test]
async fn buyers_are_reminded_a_day_before_once_and_in_the_events_time() {
    for engine in Engine::both() {
        let post = PostBox::open().await;
        let shop = Shop::open_with(engine, |wish| {
            for day in &mut wish.days {
                day.opens_at = day.opens_at.plus_ms(72 * HOUR);
                day.closes_at = day.closes_at.plus_ms(72 * HOUR);
            }
            wish.starts_at = wish.starts_at.plus_ms(72 * HOUR);
            wish.ends_at = wish.ends_at.plus_ms(72 * HOUR);
        })
        .await;
        let app = connected(&shop, &post);
        let run = async || {
            while app.mail_to_many(2).await.expect("goes on") > 0 {}
            while app.send_letters(10).await.expect("sends") > 0 {}
        };
        for n in 0..5 {
            paid(&shop, &format!("to-be-reminded-{n}")).await;
        }
        let unpaid = shop.buy("not-paid-yet", &[(0, 1)]).await;
        shop.post(&unpaid.path("/cancel"), &[], "").await;
        run().await;
        assert_eq!(post.letters().len(), 5, "tickets alone");
        shop.central.clock.advance_ms(47 * HOUR);
        run().await;
        assert_eq!(post.letters().len(), 5, "25 hours before");
        shop.central.clock.advance_ms(HOUR);
        run().await;
        assert_eq!(post.letters().len(), 10, "24 hours before");
        let letter = parsed(&post.letters()[9]);
        assert_eq!(header(&letter, "subject"), "Coming up: Festival");
        assert!(text(&letter).contains("The gates open at 4 December 2026, 07:00 WIB"));
        // The second day comes nearer too; they have been reminded.
        shop.central.clock.advance_ms(24 * HOUR);
        run().await;
        assert_eq!(post.letters().len(), 10, "{engine:?}");
    }
}

#[tokio::test]
async fn every_buyer_hears_that_an_event_is_off_or_at_another_time() {
    for engine in Engine::both() {
        for (status, subject, standing) in [
            (
                EventStatus::Cancelled,
                "Event cancelled: Festival",
                "CANCELLED",
            ),
            (
                EventStatus::Postponed,
                "Event postponed: Festival",
                "TENTATIVE",
            ),
        ] {
            let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
            let app = connected(&shop, &post);
            for n in 0..5 {
                paid(&shop, &format!("to-be-told-{n}")).await;
            }
            while app.send_letters(10).await.expect("sends") > 0 {}
            let mut tx = app.store.begin().await.expect("begins");
            let event = shop.event.event.id;
            let from = EventStatus::Published;
            store::event::move_status(&mut tx, event, from, status)
                .await
                .expect("moves");
            tx.commit().await.expect("commits");
            // A server that is stopped between two pieces, and two servers at once, tell nobody twice.
            app.mail_to_many(2).await.expect("begins");
            let (one, other) = tokio::join!(app.mail_to_many(2), app.mail_to_many(2));
            one.expect("goes on");
            other.expect("goes on");
            while app.mail_to_many(2).await.expect("goes on") > 0 {}
            while app.send_letters(10).await.expect("sends") > 0 {}
            let told = post.letters().split_off(5);
            assert_eq!(told.len(), 5, "{engine:?} {status:?}");
            let letter = parsed(&told[0]);
            assert_eq!(header(&letter, "subject"), subject);
            assert_eq!(letter["days"][0][4], standing);
        }
    }
}

#[tokio::test]
async fn an_organiser_hears_of_many_sales_in_one_letter_and_once_an_hour_at_most() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let run = async || {
            app.tell_of_sales().await.expect("asks");
            while app.send_letters(10).await.expect("sends") > 0 {}
        };
        let to_organiser = || {
            let letters = post.letters().into_iter();
            letters
                .filter(|l| l.to == ["organiser@example.org"])
                .collect::<Vec<_>>()
        };
        run().await;
        for n in 0..4 {
            paid(&shop, &format!("sold-{n:05}")).await;
        }
        shop.central.clock.advance_ms(2 * MINUTE);
        run().await;
        run().await;
        assert_eq!(to_organiser().len(), 1);
        let letter = parsed(&to_organiser()[0]);
        assert_eq!(header(&letter, "subject"), "Penjualan · Sales: Festival");
        for part in ["Paid orders: 4", "Rp\u{A0}1.200.000", "Regular: 8"] {
            assert!(text(&letter).contains(part), "{part} in {}", text(&letter));
        }
        paid(&shop, "sold-later").await;
        shop.central.clock.advance_ms(30 * MINUTE);
        run().await;
        assert_eq!(to_organiser().len(), 1, "not within the hour");
        shop.central.clock.advance_ms(35 * MINUTE);
        run().await;
        run().await;
        assert_eq!(to_organiser().len(), 2, "{engine:?}");
        let letter = parsed(&to_organiser()[1]);
        assert!(
            text(&letter).contains("Paid orders: 1"),
            "{}",
            text(&letter)
        );
        assert_eq!(json!(letter["parts"][0]["file"]), Value::Null);
    }
}

#[tokio::test]
async fn tickets_are_sent_again_to_the_orders_own_address_three_times_a_day() {
    for engine in Engine::both() {
        let (shop, post) = (Shop::open(engine).await, PostBox::open().await);
        let app = connected(&shop, &post);
        let order = shop.buy("sent-again", &[(0, 1)]).await;
        let path = order.path("/tickets-mail");
        let (status, refused) = shop.post(&path, &[], "").await;
        assert_eq!((status, &refused["code"]), (409, &json!("not_paid")));
        shop.drive(&order, "settlement").await;
        for want in [202, 202, 202, 429] {
            assert_eq!(shop.post(&path, &[], "").await.0, want);
        }
        let other = path.replace(&order.access, "AAAA");
        assert_eq!(shop.post(&other, &[], "").await.0, 404);
        while app.send_letters(10).await.expect("sends") > 0 {}
        let letters = post.letters();
        assert_eq!(letters.len(), 4, "{engine:?}");
        let again = letters.iter().map(parsed).filter(|letter| {
            header(letter, "subject") == "Your tickets once more: Festival"
                && letter["parts"][2]["text"] == "%PDF-"
        });
        assert_eq!(again.count(), 3);
        let ids: std::collections::BTreeSet<_> =
            letters.iter().map(support::letter::message_id).collect();
        assert_eq!(ids.len(), 4, "each is a letter of its own");
        shop.central.clock.advance_ms(24 * 3_600_000);
        assert_eq!(shop.post(&path, &[], "").await.0, 202);
    }
}
