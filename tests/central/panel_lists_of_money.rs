//! The lists about money: what filters leave, how they turn, what they hide.
use central::{
    domain::{
        order_search::{Place, Sort},
        payment_search::PaymentFilter,
    },
    store,
};
use support::{central::Engine, shop::IDENTITY};

use crate::panel_money::{Office, ask, money, went};

/// The orders of a list, in its order.
fn orders(page: &str) -> Vec<String> {
    let rows = page.split("class=\"code\" href=\"/panel/orders/").skip(1);
    rows.filter_map(|row| row.split('/').next().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn payments_are_searched_filtered_and_sorted() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let qris = office.paid("by-qris", 1, "qris").await.number;
        office.shop.central.clock.advance_ms(1_000);
        let card = office.paid("by-card", 3, "credit_card").await;
        office.shop.central.clock.advance_ms(1_000);
        let open = office.shop.buy("not-yet-paid", &[(0, 2)]).await.number;
        office.shop.drive(&card, "chargeback").await;
        let card = card.number;
        let theirs = office
            .dewi
            .get(&format!("/panel/orders/{qris}/money"))
            .await;
        let theirs = theirs.page.split_once("Their number</dt><dd>");
        let theirs = theirs.and_then(|(_, rest)| rest.split('<').next());
        let theirs = theirs.expect("a number").to_owned();
        let all = [&open, &card, &qris].map(Clone::clone).to_vec();
        for (query, want) in [
            ("", all.clone()),
            ("sort=oldest", all.iter().rev().cloned().collect()),
            (
                "sort=dearest",
                [&card, &open, &qris].map(Clone::clone).to_vec(),
            ),
            ("status=disputed", vec![card.clone()]),
            ("status=pending&event=festival", vec![open.clone()]),
            ("channel=qris", vec![qris.clone()]),
            ("channel=qris&status=pending", vec![]),
            (&format!("q={}", card.to_lowercase()), vec![card.clone()]),
            (&format!("q={}", &theirs[..20]), vec![qris.clone()]),
            ("q=%25", vec![]),
            ("q=%27+OR+1%3D1+--", vec![]),
            ("from=2030-01-01", vec![]),
            ("event=somebody-elses", all.clone()),
        ] {
            for desk in [&mut office.admin, &mut office.rini] {
                let page = desk.get(&format!("/panel/payments?{query}")).await.page;
                assert_eq!(orders(&page), want, "{query}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_of_payments_ends_with_a_whole_order_and_none_is_left_out() {
    for engine in Engine::both() {
        let office = Office::open(engine).await;
        for n in 0..7 {
            office.shop.buy(&format!("an-order-{n}"), &[(0, 1)]).await;
        }
        // Paid a second time: two payments of one order.
        let twice = office.paid("paid-twice", 1, "credit_card").await;
        let again = midtrans_sim::Drive {
            to: "settlement".into(),
            second: true,
            ..midtrans_sim::Drive::default()
        };
        office.shop.drive_by(&twice, again).await;
        for sort in [Sort::Newest, Sort::Oldest, Sort::Cheapest] {
            let filter = PaymentFilter {
                sort,
                ..PaymentFilter::default()
            };
            let mut tx = office.shop.central.app.store.read().await.expect("reads");
            for rows in [2, 3, 9] {
                let (mut seen, mut after): (Vec<_>, Option<Place>) = (Vec::new(), None);
                loop {
                    let page =
                        store::payment_list::page(&mut tx, None, &filter, after.as_ref(), rows);
                    let (page, has_more) = page.await.expect("a page");
                    assert!(page.len() <= rows + 1 && !page.is_empty(), "{rows}");
                    after = page.last().map(|row| row.place);
                    seen.extend(page.into_iter().map(|row| row.id.0));
                    if !has_more {
                        break;
                    }
                }
                seen.sort();
                seen.dedup();
                assert_eq!(seen.len(), 9, "{sort:?} by {rows}");
            }
        }
    }
}

/// Tries to pay an order so often besides the first.
async fn tried(office: &Office, number: &str, times: u128) {
    let mut tx = office.shop.central.app.store.begin().await.expect("writes");
    let order = store::order::by_number(&mut tx, number).await;
    let order = order.expect("reads").expect("an order").id;
    let first = store::payment::of_order(&mut tx, order).await;
    let first = first.expect("reads").expect("a payment");
    let again = |n: u128| store::payment::Payment {
        id: central::domain::id::PaymentId(uuid::Uuid::from_u128(n + 1)),
        reference: format!("{number}-{n}"),
        ..first.clone()
    };
    let again: Vec<_> = (0..times).map(again).collect();
    let made = store::payment::insert(&mut tx, &again).await;
    made.expect("inserted");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn of_an_order_with_more_payments_than_a_page_none_is_left_out_or_shown_twice() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let mut numbers = Vec::new();
        for key in ["an-order-before", "an-order-tried-often", "an-order-after"] {
            numbers.push(office.shop.buy(key, &[(0, 1)]).await.number);
            office.shop.central.clock.advance_ms(1_000);
        }
        tried(&office, &numbers[1], 120).await;
        let event = [office.shop.event.event.id];
        for sort in [Sort::Newest, Sort::Oldest, Sort::Dearest] {
            for (events, rows) in [(None, 3), (None, 50), (Some(&event[..]), 50), (None, 200)] {
                let filter = PaymentFilter {
                    sort,
                    ..PaymentFilter::default()
                };
                let mut tx = office.shop.central.app.store.read().await.expect("reads");
                let (mut seen, mut after): (Vec<_>, Option<Place>) = (Vec::new(), None);
                loop {
                    let page =
                        store::payment_list::page(&mut tx, events, &filter, after.as_ref(), rows);
                    let (page, has_more) = page.await.expect("a page");
                    after = page.last().map(|row| row.place);
                    seen.extend(page.into_iter().map(|row| row.id.0));
                    if !has_more {
                        break;
                    }
                }
                assert_eq!(seen.len(), 123, "{engine:?} {sort:?} by {rows}");
                seen.sort();
                seen.dedup();
                assert_eq!(seen.len(), 123, "{engine:?} {sort:?} by {rows}");
            }
        }
        let first = office.rini.get("/panel/payments").await.page;
        assert_eq!(orders(&first), numbers[2..], "an order is on one page");
        let file = office.rini.get("/panel/payments.csv").await.page;
        assert_eq!(file.lines().count(), 124);
    }
}

#[tokio::test]
async fn refunds_are_listed_by_what_waits_and_turned() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let mut asked = Vec::new();
        for n in 0..3 {
            let order = office.paid(&format!("back-{n}"), 1, "qris").await;
            went(&ask(&mut office.rini, &order).await);
            asked.push(order.number);
            office.shop.central.clock.advance_ms(1_000);
        }
        let page = office.dewi.get("/panel/refunds").await.page;
        assert_eq!(orders(&page), asked, "the longest waiting first");
        let page = office.dewi.get("/panel/refunds?sort=newest").await.page;
        assert_eq!(
            orders(&page),
            asked.iter().rev().cloned().collect::<Vec<_>>()
        );
        let query = format!("/panel/refunds?q={}", asked[1]);
        assert_eq!(
            orders(&office.dewi.get(&query).await.page),
            [asked[1].clone()]
        );
        let page = office.dewi.get("/panel/refunds?status=done").await.page;
        assert_eq!(orders(&page), Vec::<String>::new());
        let filter = store::refund_list::RefundFilter {
            statuses: central::domain::refund::RefundStatus::ALL.to_vec(),
            ..Default::default()
        };
        let mut tx = office.shop.central.app.store.read().await.expect("reads");
        let (mut seen, mut after) = (Vec::new(), None);
        for _ in 0..3 {
            let page = store::refund_list::page(&mut tx, None, &filter, after.as_ref(), 1);
            let page = page.await.expect("a page");
            after = page.last().map(store::refund_list::RefundRow::place);
            seen.extend(page.into_iter().map(|row| row.order));
        }
        assert_eq!(seen, asked);
    }
}

#[tokio::test]
async fn lists_of_money_are_taken_away_as_files_with_their_filters() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let qris = office.paid("by-qris", 1, "qris").await;
        office.shop.central.clock.advance_ms(1_000);
        let card = office.paid("by-card", 3, "credit_card").await;
        went(&ask(&mut office.rini, &qris).await);
        let all = office.admin.get("/panel/payments.csv").await.page;
        assert_eq!(all.lines().count(), 3, "{all}");
        assert!(
            all.find(&card.number) < all.find(&qris.number),
            "newest first"
        );
        let one = office
            .admin
            .get("/panel/payments.csv?channel=qris")
            .await
            .page;
        assert!(
            one.contains(&qris.number) && one.contains(",IDR,150000,0"),
            "{one}"
        );
        assert!(!one.contains(&card.number), "{one}");
        let back = office.admin.get("/panel/refunds.csv").await.page;
        assert!(
            back.contains(&qris.number) && back.contains(",IDR,150000"),
            "{back}"
        );
        let none = office
            .admin
            .get("/panel/refunds.csv?status=done")
            .await
            .page;
        assert_eq!(none.lines().count(), 1, "{none}");
        for path in ["/panel/payments.xlsx", "/panel/refunds.xlsx"] {
            assert_eq!(office.admin.get(path).await.status, 200, "{path}");
        }
        let noted =
            "SELECT COUNT(*) FROM audit_log WHERE action IN ('payments.export', 'refunds.export')";
        assert_eq!(office.shop.number(noted).await, 6);
        // The filter that is set stands above, and its cross leads to the list without it.
        let page = office.admin.get("/panel/payments?channel=qris").await.page;
        assert!(page.contains("<span>Way of paying: QRIS</span>"), "{page}");
        assert!(page.contains("/panel/payments.csv?channel=qris"), "{page}");
    }
}

#[tokio::test]
async fn an_organisers_refunds_are_those_of_its_events_alone() {
    for engine in Engine::both() {
        let mut office = Office::open(engine).await;
        let order = office.paid("ours", 1, "qris").await;
        went(&ask(&mut office.rini, &order).await);
        let event = office.shop.event.event.id;
        let stored = office.shop.central.id("SELECT event_id FROM refunds").await;
        assert_eq!(stored, event.0, "it stands with the refund");
        let filter = store::refund_list::RefundFilter {
            statuses: central::domain::refund::RefundStatus::ALL.to_vec(),
            ..Default::default()
        };
        let elsewhere = sync_protocol::id::EventId::from_u128(7);
        let mut tx = office.shop.central.app.store.read().await.expect("reads");
        for (events, count) in [
            (&[event][..], 1),
            (&[elsewhere, event], 1),
            (&[elsewhere], 0),
            (&[], 0),
        ] {
            let page = store::refund_list::page(&mut tx, Some(events), &filter, None, 9);
            assert_eq!(page.await.expect("a page").len(), count, "{events:?}");
        }
        // Of very many events, which are one question, and of no fewer pages.
        let many: Vec<_> = (100..400)
            .map(sync_protocol::id::EventId::from_u128)
            .collect();
        let many = [&many[..], &[event]].concat();
        for newest_first in [false, true] {
            let filter = store::refund_list::RefundFilter {
                newest_first,
                ..filter.clone()
            };
            let page = store::refund_list::page(&mut tx, Some(&many), &filter, None, 9).await;
            let page = page.expect("a page");
            assert_eq!(page.len(), 1, "{engine:?}");
            let after = page[0].place();
            let page = store::refund_list::page(&mut tx, Some(&many), &filter, Some(&after), 9);
            assert_eq!(page.await.expect("a page").len(), 0, "{engine:?}");
        }
    }
}

#[tokio::test]
async fn notices_are_shown_without_what_signs_or_names() {
    let mut office = Office::open(Engine::Sqlite).await;
    let order = office.paid("with-notices", 1, "bank_transfer").await;
    let page = office.dewi.get(&money(&order)).await.page;
    assert!(page.contains("Notices of the provider"), "{page}");
    assert!(page.contains("transaction_status"), "{page}");
    let signed = page
        .split_once("signature_key")
        .expect("the field is named");
    let shown: String = signed.1.chars().take(40).collect();
    assert!(shown.contains("•••"), "{shown}");
    assert!(!page.contains(IDENTITY) && !page.contains(support::shop::KEY));
    // Who only sees orders sees neither notices nor the provider's numbers.
    let by = office.shop.central.signed(support::panel::ADMIN).await;
    let view = [central::domain::permission::Permission::OrdersView].into();
    let app = &office.shop.central.app;
    app.set_permissions(&by, "client", &view)
        .await
        .expect("may");
    let page = office.dewi.get(&money(&order)).await.page;
    assert!(!page.contains("transaction_status") && !page.contains("Their number"));
}
