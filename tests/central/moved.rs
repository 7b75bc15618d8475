//! Events that move after they were sold: papers, calendars, reminders and the sale follow, and the buyers are told.
use central::{
    app::{
        catalog::{CatalogError, EventChange},
        trail::Actor,
    },
    domain::{event::EventStatus, new_event::NewEvent, schedule::DayMove},
};
use serde_json::Value;
use support::{
    central::Engine,
    letter::{connected, header, parsed, text},
    pdf::words,
    post_box::PostBox,
    shop::{Bought, Shop},
};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The festival, a week from now.
fn next_week(wish: &mut NewEvent) {
    for (day, date) in wish.days.iter_mut().zip(["2026-12-08", "2026-12-09"]) {
        day.local_date = date.into();
        day.opens_at = day.opens_at.plus_ms(7 * DAY);
        day.closes_at = day.closes_at.plus_ms(7 * DAY);
    }
    wish.starts_at = wish.starts_at.plus_ms(7 * DAY);
    wish.ends_at = wish.ends_at.plus_ms(7 * DAY);
    for kind in &mut wish.types {
        kind.sale_until = wish.ends_at;
    }
}

/// A shop a week before its event, and what it mails.
struct Office {
    shop: Shop,
    post: PostBox,
    seen: std::cell::Cell<usize>,
}

impl Office {
    async fn open(engine: Engine) -> Self {
        Self {
            shop: Shop::open_with(engine, next_week).await,
            post: PostBox::open().await,
            seen: std::cell::Cell::default(),
        }
    }

    async fn sell(&self, key: &str, kind: usize) -> Bought {
        let order = self.shop.buy(key, &[(kind, 1)]).await;
        self.shop.drive(&order, "settlement").await;
        order
    }

    /// The letters since the last call.
    async fn letters(&self) -> Vec<Value> {
        let app = connected(&self.shop, &self.post);
        while app.mail_to_many(2).await.expect("goes on") > 0 {}
        while app.send_letters(10).await.expect("sends") > 0 {}
        let new = self.post.letters().split_off(self.seen.get());
        self.seen.set(self.seen.get() + new.len());
        new.iter().map(parsed).collect()
    }

    async fn subjects(&self) -> Vec<String> {
        let letters = self.letters().await;
        letters
            .iter()
            .map(|one| header(one, "subject").to_owned())
            .collect()
    }

    /// The window of a day, so many days later.
    fn later(&self, number: u8, days: i64) -> DayMove {
        let day = &self.shop.event.days[usize::from(number)];
        DayMove {
            number,
            opens_at: day.opens_at.plus_ms(days * DAY),
            closes_at: day.closes_at.plus_ms(days * DAY),
        }
    }

    async fn move_days(&self, moves: &[DayMove]) -> Result<(), CatalogError> {
        let event = self.shop.event.event.id;
        let by = Actor::Staff("rina".into());
        self.shop.central.app.move_days(event, moves, &by).await
    }

    async fn step(&self, to: EventStatus) {
        let event = self.shop.event.event.id;
        let moved = self.shop.central.app.move_event(event, to, &Actor::System);
        moved.await.expect("a legal move");
    }

    async fn pdf(&self, order: &Bought) -> String {
        let (status, pdf) = self.shop.get(&order.path("/invoice.pdf")).await;
        assert_eq!(status, 200);
        words(&pdf)
    }
}

#[tokio::test]
async fn papers_and_calendars_follow_a_moved_day_and_its_buyers_alone_are_told() {
    for engine in Engine::both() {
        let office = Office::open(engine).await;
        let both = office.sell("good-for-both-days", 0).await;
        office.sell("good-for-the-first", 1).await;
        let tickets = office.letters().await;
        let tickets = tickets.iter().find(|one| text(one).contains(&both.number));
        let entry = tickets.expect("a letter")["days"][1].clone();
        assert!(office.pdf(&both).await.contains("9 December 2026"));

        office
            .move_days(&[office.later(1, 30)])
            .await
            .expect("moved");
        let letters = office.letters().await;
        assert_eq!(
            letters.len(),
            1,
            "{engine:?}: who has no ticket for it is left alone"
        );
        let letter = &letters[0];
        assert_eq!(header(letter, "subject"), "New date: Festival");
        let said = text(letter);
        for part in [
            "Time before: 9 December 2026, 07:00 WIB",
            "Gates open: 8 December 2026, 07:00 WIB",
            "Gates open: 8 January 2027, 07:00 WIB",
            "QR codes do not change",
            both.access.as_str(),
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
        let day = &letter["days"][1];
        assert_eq!(day[1], "2027-01-08T00:00:00+00:00");
        assert_eq!(day[0], entry[0], "it replaces the entry");
        assert!(day[5].as_i64() > entry[5].as_i64(), "{day} after {entry}");
        let pdf = office.pdf(&both).await;
        assert!(
            pdf.contains("8 January 2027") && !pdf.contains("9 December 2026"),
            "{pdf}"
        );
        let (_, file) = office.shop.get("/events/festival/calendar.ics").await;
        let file = String::from_utf8(file).expect("text");
        assert!(file.contains("DTSTART:20270108T000000Z"), "{file}");
        assert!(file.contains(&format!("SEQUENCE:{}", day[5])), "{file}");
    }
}

#[tokio::test]
async fn a_moved_day_is_reminded_of_when_it_comes_and_one_visit_once() {
    for engine in Engine::both() {
        let office = Office::open(engine).await;
        office.sell("comes-both-days", 0).await;
        office.letters().await;
        let clock = &office.shop.central.clock;
        let reminder = ["Coming up: Festival"];
        clock.advance_ms(6 * DAY);
        assert_eq!(office.subjects().await, reminder);
        // The first day was reminded of; now both are a month later.
        let moves = [office.later(0, 30), office.later(1, 30)];
        office.move_days(&moves).await.expect("moved");
        assert_eq!(office.subjects().await, ["New date: Festival"]);
        clock.advance_ms(2 * DAY);
        assert!(
            office.subjects().await.is_empty(),
            "nothing is on where it was"
        );
        clock.advance_ms(28 * DAY);
        assert_eq!(office.subjects().await, reminder, "{engine:?}");
        clock.advance_ms(DAY);
        assert!(
            office.subjects().await.is_empty(),
            "the second day of one visit"
        );
        // While the first is on, the second is put off: a visit of its own.
        office
            .move_days(&[office.later(1, 60)])
            .await
            .expect("moved");
        office.subjects().await;
        clock.advance_ms(30 * DAY);
        assert_eq!(office.subjects().await, reminder, "{engine:?}");
    }
}

#[tokio::test]
async fn a_reminder_that_waited_while_its_day_moved_is_not_sent() {
    let office = Office::open(Engine::Sqlite).await;
    office.sell("reminded-too-early", 0).await;
    office.letters().await;
    office.shop.central.clock.advance_ms(6 * DAY);
    // Asked for, and not sent yet.
    let app = &office.shop.central.app;
    while app.mail_to_many(2).await.expect("goes on") > 0 {}
    let moves = [office.later(0, 30), office.later(1, 30)];
    office.move_days(&moves).await.expect("moved");
    assert_eq!(office.subjects().await, ["New date: Festival"]);
}

#[tokio::test]
async fn an_event_postponed_to_known_days_tells_it_in_one_letter_and_sells_on_when_published() {
    for engine in Engine::both() {
        let office = Office::open(engine).await;
        let order = office.sell("postponed-to-known", 0).await;
        office.letters().await;
        let (app, event) = (&office.shop.central.app, office.shop.event.event.id);
        let moves = [office.later(0, 60), office.later(1, 60)];
        let postponed = app.postpone_to(event, &moves, &Actor::System);
        postponed.await.expect("postponed");
        let letters = office.letters().await;
        assert_eq!(letters.len(), 1, "{engine:?}");
        let said = text(&letters[0]);
        assert!(said.contains("Ask for your money back"), "{said}");
        assert_eq!(letters[0]["days"][0][4], "CONFIRMED");
        let page = office.shop.get("/events/festival").await.1;
        let page = String::from_utf8(page).expect("a page");
        assert!(page.contains("diundur ke tanggal"), "{page}");
        office.step(EventStatus::Published).await;
        // After the old end.
        office.shop.central.clock.advance_ms(20 * DAY);
        office.sell("bought-for-the-new", 0).await;
        assert_eq!(
            office.shop.look(&order).await["tickets"][0]["status"],
            "valid"
        );
    }
}

#[tokio::test]
async fn every_postponement_is_told_and_days_that_follow_are_told_once() {
    for engine in Engine::both() {
        let office = Office::open(engine).await;
        office.sell("told-each-time", 0).await;
        office.letters().await;
        let postponed = ["Event postponed: Festival"];
        office.step(EventStatus::Postponed).await;
        assert_eq!(office.subjects().await, postponed);
        office
            .move_days(&[office.later(0, 30), office.later(1, 30)])
            .await
            .expect("moved");
        assert_eq!(office.subjects().await, ["New date: Festival"]);
        office.step(EventStatus::Published).await;
        assert!(office.subjects().await.is_empty());
        office.step(EventStatus::Postponed).await;
        assert_eq!(office.subjects().await, postponed, "{engine:?}");
    }
}

#[tokio::test]
async fn another_place_or_beginning_is_told_and_another_text_is_not() {
    let office = Office::open(Engine::Sqlite).await;
    office.sell("told-of-the-place", 0).await;
    office.letters().await;
    let (app, event) = (&office.shop.central.app, office.shop.event.event.id);
    let change = async |change: EventChange| {
        app.change_event(event, &change, &Actor::System)
            .await
            .expect("changed");
        office.letters().await
    };
    let text_alone = change(EventChange {
        summary: Some("Three stages".into()),
        ..EventChange::default()
    });
    assert!(text_alone.await.is_empty());
    let place = change(EventChange {
        venue: Some("Harbour".into()),
        address: Some("Jalan Pelabuhan 2".into()),
        ..EventChange::default()
    });
    let place = place.await;
    assert_eq!(header(&place[0], "subject"), "New place: Festival");
    for part in [
        "Place before: Stadium, Jalan Merdeka 1, Jakarta",
        "Venue: Harbour, Jalan Pelabuhan 2, Jakarta",
    ] {
        assert!(
            text(&place[0]).contains(part),
            "{part} in {}",
            text(&place[0])
        );
    }
    let later = change(EventChange {
        starts_at: Some(office.shop.event.event.starts_at.plus_ms(2 * HOUR)),
        ..EventChange::default()
    });
    let later = later.await;
    assert_eq!(header(&later[0], "subject"), "New date: Festival");
    assert_eq!(later[0]["days"][0][1], "2026-12-08T02:00:00+00:00");
}

#[tokio::test]
async fn days_of_an_event_that_is_over_stay_and_nothing_is_half_moved() {
    for engine in Engine::both() {
        let office = Office::open(engine).await;
        let event = office.shop.event.event.id;
        let app = &office.shop.central.app;
        let before = app.event(event).await.expect("the event");
        // The second move is none, so the first is not made either.
        let mut backwards = office.later(1, 30);
        backwards.closes_at = backwards.opens_at;
        let refused = office.move_days(&[office.later(0, 30), backwards]).await;
        assert_eq!(refused.expect_err("backwards").code(), "day_backwards");
        assert_eq!(
            app.event(event).await.expect("the event"),
            before,
            "{engine:?}"
        );
        let moves = [office.later(0, 30)];
        office.step(EventStatus::Completed).await;
        let refused = office.move_days(&moves).await.expect_err("over");
        assert_eq!(refused.code(), "event_over");
        let refused = app.postpone_to(event, &moves, &Actor::System).await;
        assert_eq!(refused.expect_err("over").code(), "illegal_move");
    }
}
