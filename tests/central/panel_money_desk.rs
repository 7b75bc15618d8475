//! Money at the desk, suspicion and disputes by clicks in the panel; and that what a form names must be the order's own.
use central::domain::refund::RefundStatus;
use support::central::Engine;

use crate::panel_money::{DONE, Office, ask, money, went};

#[tokio::test]
async fn money_is_taken_by_hand_exactly_and_once() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let order = office.shop.buy("at-the-desk", &[(0, 1)]).await;
        let path = format!("/panel/orders/{}/payment", order.number);
        let page = office.dewi.get(&money(&order)).await.page;
        assert!(page.contains("Money taken by hand"), "{page}");
        let take = |amount, reference| {
            [
                ("act", "take"),
                ("means", "cash"),
                ("amount", amount),
                ("reference", reference),
            ]
        };
        for (amount, reference, said) in [
            ("100.000", "K-1", "take exactly that"),
            ("-150000", "K-1", "in digits"),
            ("150.000", " ", "under what number"),
        ] {
            let seen = office.dewi.post(&path, &take(amount, reference)).await;
            assert_eq!(seen.status, 422, "{amount}");
            assert!(seen.page.contains(said), "{said}: {}", seen.page);
            let kept = format!("value=\"{amount}\"");
            assert!(seen.page.contains(&kept), "what was typed stays");
        }
        let seen = office.dewi.post(&path, &take("Rp 150.000", "K-1")).await;
        assert!(seen.to().contains("done=taken"));
        let twice = office.dewi.post(&path, &take("150.000", "K-1")).await;
        assert_eq!(twice.status, 422);
        let came = "SELECT COUNT(*) FROM payments WHERE status = 'success'";
        assert_eq!(office.shop.number(came).await, 1);
        assert_eq!(office.shop.look(&order).await["status"], "paid");
    }
}

#[tokio::test]
async fn suspicion_is_answered_and_records_are_read_again() {
    let mut office = Office::open(Engine::Sqlite).await;
    for (key, act, done, status) in [
        ("suspect-one", "accept", "accepted", "paid"),
        ("suspect-two", "deny", "denied", "pending"),
    ] {
        let order = office.shop.buy(key, &[(0, 1)]).await;
        office.shop.drive(&order, "challenge").await;
        let page = office.dewi.get(&money(&order)).await.page;
        assert!(page.contains("Let it through"), "{page}");
        let path = format!("/panel/orders/{}/payment", order.number);
        let seen = office.dewi.post(&path, &[("act", act)]).await;
        assert!(seen.to().contains(&format!("done={done}")));
        let page = office.dewi.get(&money(&order)).await.page;
        assert!(!page.contains("Let it through"), "{act} is the answer");
        let stands = office.shop.look(&order).await["status"].clone();
        assert_eq!(stands, status, "{act}");
        let seen = office.dewi.post(&path, &[("act", "check")]).await;
        assert!(seen.to().contains("done=checked"));
        let seen = office.dewi.post(&path, &[("act", "pay_me")]).await;
        assert_eq!(seen.status, 422, "a closed list of acts");
    }
}

#[tokio::test]
async fn a_dispute_is_dated_noted_and_ended() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        for (key, end) in [("held-won", "won"), ("held-lost", "lost")] {
            let order = office.paid(key, 1, "credit_card").await;
            office.shop.drive(&order, "chargeback").await;
            let shows = |page: &str| page.contains(&order.number);
            assert!(shows(&office.rini.get("/panel/disputes").await.page));
            let due = office.rini.get("/panel/disputes?status=due").await.page;
            assert!(!shows(&due), "nobody has said until when");
            let page = office.dewi.get(&money(&order)).await.page;
            let payment = page.split_once("name=\"payment\" value=\"");
            let payment = payment.and_then(|(_, rest)| rest.split('"').next());
            let payment = payment.expect("a dispute").to_owned();
            let path = format!("/panel/orders/{}/dispute", order.number);
            let payment = ("payment", payment.as_str());
            let today = [payment, ("act", "due"), ("due", "2026-11-20")];
            went(&office.dewi.post(&path, &today).await);
            let due = office.rini.get("/panel/disputes?status=due").await.page;
            assert!(shows(&due), "{due}");
            let note = [payment, ("note", "<i>sent the scan log</i>")];
            went(&office.dewi.post(&format!("{path}/note"), &note).await);
            let page = office.dewi.get(&money(&order)).await.page;
            assert!(page.contains("&#60;i&#62;sent the scan log"), "{page}");
            let fields = [payment, ("act", end)];
            let seen = office.dewi.post(&path, &fields).await;
            assert!(seen.to().contains(&format!("done=dispute_{end}")));
            let twice = office.dewi.post(&path, &fields).await;
            assert_eq!(twice.status, 422, "it ends once");
            let ended = office
                .rini
                .get(&format!("/panel/disputes?status={end}"))
                .await;
            assert!(shows(&ended.page));
            assert!(!shows(&office.rini.get("/panel/disputes").await.page));
        }
        assert_eq!(office.shop.number(DONE).await, 150_000, "the lost one");
    }
}

#[tokio::test]
async fn a_dispute_that_is_paid_back_at_the_provider_is_over() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let order = office.paid("held-and-paid-back", 1, "credit_card").await;
        office.shop.notify(false).await;
        office.shop.drive(&order, "refund").await;
        // As the notice of a dispute leaves it, which was heard of before the refund.
        for held in [
            "UPDATE payments SET status = 'disputed'",
            "UPDATE orders SET attention = 'disputed'",
            "INSERT INTO disputes (payment_id, order_id, event_id, status, opened_at) \
             SELECT p.id, p.order_id, o.event_id, 'open', 5 FROM payments p JOIN orders o ON o.id = p.order_id",
        ] {
            office.shop.central.execute(held).await;
        }
        let open = office.rini.get("/panel/disputes").await.page;
        assert!(open.contains(&order.number), "{open}");
        let read = office.shop.central.app.check_payment(&order.number).await;
        read.expect("the provider answers");
        let gone = "SELECT COUNT(*) FROM payments WHERE status = 'refunded'";
        assert_eq!(office.shop.number(gone).await, 1);
        let over = "SELECT COUNT(*) FROM disputes WHERE status = 'lost' AND ended_at IS NOT NULL";
        assert_eq!(office.shop.number(over).await, 1);
        let open = office.rini.get("/panel/disputes").await.page;
        assert!(!open.contains(&order.number), "{open}");
        let waits = "SELECT COUNT(*) FROM orders WHERE attention = 'disputed'";
        assert_eq!(office.shop.number(waits).await, 0);
        let told = "SELECT COUNT(*) FROM audit_log WHERE action = 'payment.dispute_lost'";
        assert_eq!(office.shop.number(told).await, 1, "once");
        assert_eq!(office.shop.look(&order).await["status"], "refunded");
    }
}

#[tokio::test]
async fn a_date_that_cannot_be_read_keeps_the_old_one() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = office.paid("held-and-dated", 1, "credit_card").await;
    office.shop.drive(&order, "chargeback").await;
    let east = "UPDATE events SET time_zone = 'Asia/Jayapura'";
    office.shop.central.execute(east).await;
    let held = "SELECT payment_id FROM disputes";
    let payment = office.shop.central.id(held).await.to_string();
    office.dewi.get(&money(&order)).await;
    let path = format!("/panel/orders/{}/dispute", order.number);
    let due = |day| [("payment", payment.as_str()), ("act", "due"), ("due", day)];
    let seen = office.dewi.post(&path, &due("2026-12-05")).await;
    assert!(seen.to().contains("done=dated"));
    // All of that day on the event's clock, two hours before that of the capital.
    let end_of_day = 1_796_482_799_999;
    let kept = "SELECT due_at FROM disputes";
    assert_eq!(office.shop.number(kept).await, end_of_day);
    for day in ["05/12/2026", "2026-13-40", "tomorrow", "+99999-01-01"] {
        let seen = office.dewi.post(&path, &due(day)).await;
        assert_eq!(seen.status, 422, "{day}");
        assert!(seen.page.contains("stays as it was"), "{}", seen.page);
        assert!(seen.page.contains("value=\"2026-12-05\""), "{day}");
        assert_eq!(office.shop.number(kept).await, end_of_day, "{day}");
    }
    let seen = office.dewi.post(&path, &due("")).await;
    assert!(seen.to().contains("done=undated"));
    let none = "SELECT COUNT(*) FROM disputes WHERE due_at IS NULL";
    assert_eq!(office.shop.number(none).await, 1);
}

#[tokio::test]
async fn what_belongs_to_another_order_or_organiser_is_answered_as_what_does_not_exist() {
    let mut office = Office::open(Engine::Sqlite).await;
    let mut other = support::festival::festival();
    (other.slug, other.client.slug) = ("elsewhere".into(), "competitor".into());
    office.shop.central.publish(&other).await;
    let competitor = office
        .shop
        .central
        .id("SELECT id FROM clients WHERE slug = 'competitor'")
        .await;
    let competitor = Some(central::domain::id::ClientId(competitor));
    let mut stranger = office
        .shop
        .central
        .person("strange@example.id", "client", competitor, &[])
        .await;
    let mine = office.paid("mine", 1, "qris").await;
    let also = office.paid("also-mine", 1, "credit_card").await;
    went(&ask(&mut office.rini, &mine).await);
    office.shop.drive(&also, "chargeback").await;
    let refund = office.refund().await.id.to_string();
    let held = office
        .shop
        .central
        .id("SELECT payment_id FROM disputes")
        .await
        .to_string();
    stranger.get("/panel/refunds").await;
    let fields = [("row", refund.as_str()), ("row", "not-an-id")];
    let seen = stranger.post("/panel/refunds/agree", &fields).await;
    let hidden = "There is no such refund.";
    assert_eq!(seen.page.matches(hidden).count(), 2, "{}", seen.page);
    assert!(!seen.page.contains(&mine.number));
    assert_eq!(office.refund().await.status, RefundStatus::Requested);
    assert_eq!(stranger.get(&money(&mine)).await.status, 404);
    let page = stranger.get("/panel/refunds?status=all").await.page;
    assert!(!page.contains(&mine.number));
    // The first part of the address is one's own, and the form names what is not part of it.
    for (path, fields) in [
        (
            "refunds",
            vec![("refund", refund.as_str()), ("act", "agree")],
        ),
        (
            "dispute/note",
            vec![("payment", held.as_str()), ("note", "x")],
        ),
    ] {
        let order = if path == "refunds" { &also } else { &mine };
        office.dewi.get(&money(order)).await;
        let path = format!("/panel/orders/{}/{path}", order.number);
        assert_eq!(office.dewi.post(&path, &fields).await.status, 404, "{path}");
    }
    let path = format!(
        "/panel/orders/{}/credit-note.pdf?refund={refund}",
        also.number
    );
    assert_eq!(office.dewi.get(&path).await.status, 404);
    assert_eq!(office.refund().await.status, RefundStatus::Requested);
}
