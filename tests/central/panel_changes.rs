//! Changes of events that people have tickets for, their copies, and their end.
use central::{
    app::{catalog::EventChange, trail::Actor},
    domain::event::EventStatus,
};
use support::{central::Engine, shop::Shop};

use crate::panel_setup::{festival, wrong};

#[tokio::test]
async fn who_has_a_ticket_is_told_of_changes_and_keeps_what_was_sold() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        let bought = shop.buy("an-order-before-the-change", &[(0, 2)]).await;
        shop.drive(&bought, "settlement").await;
        let url = "/panel/events/festival";
        // A day moves only after somebody was asked, and the page says how many hear of it.
        let moved = [
            ("do", "change"),
            ("day", "2"),
            ("label", "Day 2"),
            ("opens", "2026-12-05T07:00"),
            ("closes", "2026-12-06T07:00"),
        ];
        desk.get(&format!("{url}/setup/days")).await;
        let asked = desk.post(&format!("{url}/setup/days/change"), &moved).await;
        assert_eq!(asked.status, 200);
        assert!(
            asked.page.contains("send the letters (1)"),
            "{}",
            asked.page
        );
        let before = festival(&shop).await;
        assert_eq!(before.days, shop.event.days, "nothing was done yet");
        let mut sure = moved.to_vec();
        sure.push(("sure", "1"));
        let seen = desk.post(&format!("{url}/setup/days/change"), &sure).await;
        assert_eq!(seen.status, 303);
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM mailings WHERE kind = 'event_moved'")
                .await,
            1
        );
        // A type that is sold gets days and loses none.
        let loses = [("type", "1"), ("day_1", "1")];
        let seen = desk.post(&format!("{url}/setup/access"), &loses).await;
        assert_eq!(seen.status, 422, "{}", seen.page);
        let gets = [("type", "2"), ("day_2", "1"), ("day_2", "2")];
        let seen = desk.post(&format!("{url}/setup/access"), &gets).await;
        assert_eq!(seen.status, 303);
        // A price changes for who comes from now on.
        let kind = &shop.event.types[0];
        let category = kind.category.to_string();
        let dearer = [
            ("name", "Regular"),
            ("price", "200000"),
            ("quota", "90000"),
            ("until", "2026-12-03T07:00"),
            ("least", "1"),
            ("most", "10"),
            ("category", category.as_str()),
        ];
        let seen = desk.post(&format!("{url}/setup/types/1"), &dearer).await;
        assert_eq!(seen.status, 303, "{}", wrong(&seen.page));
        let versions = shop
            .central
            .app
            .type_versions(kind.id)
            .await
            .expect("versions");
        // As it was made, sold for longer as the event lasts longer, and dearer.
        assert_eq!(versions.len(), 3);
        let sold = format!(
            "SELECT total_minor FROM orders WHERE number = '{}'",
            bought.number
        );
        assert_eq!(shop.number(Box::leak(sold.into_boxed_str())).await, 300_000);
        let after = festival(&shop).await;
        assert_eq!(
            (after.types[0].price_minor, after.types[1].day_mask),
            (200_000, 3)
        );
        // What only a draft may become is refused now.
        let seen = desk.post(&format!("{url}/setup/types/1/remove"), &[]).await;
        assert_eq!(seen.status, 422);
    }
}

#[tokio::test]
async fn an_event_is_postponed_and_cancelled_only_on_purpose() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    let bought = shop.buy("an-order-of-a-cancelled-event", &[(0, 2)]).await;
    shop.drive(&bought, "settlement").await;
    let url = "/panel/events/festival";
    let status = async || {
        shop.central
            .app
            .event(shop.event.event.id)
            .await
            .expect("an event")
            .event
            .status
    };
    desk.get(&format!("{url}/postpone")).await;
    for fields in [
        &[][..],
        &[("sure", "yes")],
        &[("sure", "1"), ("opens_1", "2027-01-01T10:00")],
    ] {
        assert_eq!(
            desk.post(&format!("{url}/postpone"), fields).await.status,
            422
        );
        assert_eq!(status().await, EventStatus::Published);
    }
    let seen = desk
        .post(&format!("{url}/postpone"), &[("sure", "1")])
        .await;
    assert_eq!(seen.to(), format!("{url}?done=postponed"));
    assert_eq!(status().await, EventStatus::Postponed);
    let page = desk.get(&format!("{url}/cancel")).await.page;
    assert!(page.contains("1 paid orders are refunded"), "{page}");
    assert_eq!(
        desk.post(&format!("{url}/cancel"), &[("name", "yes")])
            .await
            .status,
        422
    );
    let seen = desk
        .post(&format!("{url}/cancel"), &[("name", "festival")])
        .await;
    assert_eq!(seen.to(), format!("{url}/cancel?done=event_cancelled"));
    while shop
        .central
        .app
        .refund_cancelled(10)
        .await
        .expect("refunds")
        > 0
    {}
    let page = desk.get(&format!("{url}/cancel")).await.page;
    assert!(page.contains("Refunds of the cancelled event"), "{page}");
    let run = shop
        .central
        .app
        .refund_run(shop.event.event.id)
        .await
        .expect("a run");
    assert_eq!(run.map(|run| run.orders), Some(1));
}

#[tokio::test]
async fn a_copy_has_everything_but_what_was_sold() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (app, original) = (&shop.central.app, shop.event.event.id);
        shop.central.promo(original, "EARLY").await;
        let bought = shop.buy("an-order-of-the-original", &[(0, 2)]).await;
        shop.drive(&bought, "settlement").await;
        let hold = EventChange {
            hold_ms: Some(7 * 60_000),
            ..EventChange::default()
        };
        app.change_event(original, &hold, &Actor::System)
            .await
            .expect("changed");
        let mut desk = shop.central.admin().await;
        desk.get("/panel/events/festival/copy").await;
        let mut fields = vec![
            ("name", "Festival again"),
            ("slug", "again"),
            ("first_day", "2027-12-01"),
            ("promos", "1"),
        ];
        let seen = desk.post("/panel/events/festival/copy", &fields).await;
        assert_eq!(
            seen.to(),
            "/panel/events/again/setup/event?done=copied",
            "{}",
            wrong(&seen.page)
        );
        let (old, new) = (
            app.event(original).await.expect("old"),
            app.event_by_slug("again").await.expect("new"),
        );
        let year = 365 * 86_400_000;
        assert_eq!(new.event.status, EventStatus::Draft);
        assert_eq!(new.event.starts_at, old.event.starts_at.plus_ms(year));
        assert_eq!(
            (new.event.hold_ms, new.event.rules),
            (old.event.hold_ms, old.event.rules)
        );
        assert_eq!(new.days.len(), old.days.len());
        assert_eq!(new.types.iter().map(|kind| kind.taken).sum::<i64>(), 0);
        assert_eq!(new.types[1].day_mask, old.types[1].day_mask);
        let promos = app.promos(new.event.id).await.expect("codes");
        assert_eq!((promos.len(), promos[0].used), (1, 0));
        fields.pop();
        fields[1] = ("slug", "without");
        desk.post("/panel/events/festival/copy", &fields).await;
        let without = app.event_by_slug("without").await.expect("another");
        assert!(
            app.promos(without.event.id)
                .await
                .expect("codes")
                .is_empty()
        );
        fields[1] = ("slug", "again");
        assert_eq!(
            desk.post("/panel/events/festival/copy", &fields)
                .await
                .status,
            422
        );
    }
}
