//! Pages of lists: whatever is asked, turned to the end they are the list, each row once, also while rows are added.
use central::{
    domain::{
        order::OrderStatus,
        order_search::{Look, OrderFilter, Place, Search, Sort},
        ticket_search::{TicketFilter, TicketSort},
    },
    store::{self, order_list::OrderRow, ticket_list::TicketRow},
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
};
use sync_protocol::{id::EventId, time::Timestamp};

/// So many that some filters are too wide to be found by their own index.
const ORDERS: u32 = 12_000;

async fn two_events(engine: Engine, orders: u32) -> (TestCentral, Vec<EventId>) {
    let central = TestCentral::new(engine).await;
    let mut ids = Vec::new();
    for n in 0..2 {
        let mut wish = festival();
        wish.slug = format!("long-{n}");
        let event = central.publish(&wish).await;
        central.fill_orders(&event, n * orders, orders / 2).await;
        ids.push(event.event.id);
    }
    (central, ids)
}

async fn page(
    central: &TestCentral,
    events: Option<&[EventId]>,
    filter: &OrderFilter,
    after: Option<&Place>,
    most: usize,
) -> Vec<OrderRow> {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    store::order_list::page(&mut tx, events, filter, after, most)
        .await
        .expect("a page")
}

/// All pages of a list, after each of which something happens.
async fn turned(
    central: &TestCentral,
    events: Option<&[EventId]>,
    filter: &OrderFilter,
    size: usize,
) -> Vec<OrderRow> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let rows = page(central, events, filter, after.as_ref(), size).await;
        let is_end = rows.len() < size;
        after = rows.last().map(|row| row.place(filter.sort));
        all.extend(rows);
        if is_end {
            return all;
        }
    }
}

/// The same, told by plain comparisons.
fn fits(filter: &OrderFilter, row: &OrderRow) -> bool {
    let is_found = match &filter.search {
        None => true,
        // Its test is among the lists: this place knows no tickets.
        Some(Search::Ticket(_)) => false,
        Some(Search::Number(start)) => row.number.starts_with(start),
        Some(Search::Email(start)) => row.email.starts_with(start),
        Some(Search::Name(typed, capital)) => {
            row.buyer_name.starts_with(typed) || row.buyer_name.starts_with(capital)
        }
    };
    let is_looked_at = match filter.look {
        None => true,
        Some(Look::Reason) => row.attention.is_some(),
        Some(Look::Flag) => row.is_flagged,
    };
    is_found
        && is_looked_at
        && filter.event.is_none_or(|event| event == row.event)
        && filter.status.is_none_or(|status| status == row.status)
        && filter.from.is_none_or(|from| row.created_at >= from)
        && filter.until.is_none_or(|until| row.created_at < until)
}

fn filters(events: &[EventId], sort: Sort) -> Vec<OrderFilter> {
    let all = || OrderFilter {
        sort,
        ..OrderFilter::default()
    };
    let searched = |typed| OrderFilter {
        search: Search::of(typed),
        ..all()
    };
    let from = Some(Timestamp(support::central::START.0 - 4_000_000));
    let paid = Some(OrderStatus::Paid);
    vec![
        all(),
        OrderFilter {
            event: Some(events[1]),
            ..all()
        },
        OrderFilter {
            status: paid,
            ..all()
        },
        OrderFilter {
            status: paid,
            event: Some(events[0]),
            ..all()
        },
        OrderFilter {
            status: Some(OrderStatus::Cancelled),
            ..all()
        },
        OrderFilter {
            look: Some(Look::Reason),
            ..all()
        },
        OrderFilter {
            look: Some(Look::Flag),
            status: paid,
            ..all()
        },
        OrderFilter { from, ..all() },
        OrderFilter {
            until: from,
            status: paid,
            ..all()
        },
        OrderFilter {
            from,
            ..searched("B")
        },
        searched("buyer1"),
        searched("GRB-N1"),
        searched("N"),
        searched("zzz"),
    ]
}

#[tokio::test]
async fn turned_to_the_end_pages_are_the_list_whatever_is_asked() {
    for engine in Engine::both() {
        let (central, events) = two_events(engine, ORDERS).await;
        let every = page(&central, None, &OrderFilter::default(), None, 1_000_000).await;
        assert_eq!(every.len(), ORDERS as usize);
        for sort in Sort::ALL.iter().copied() {
            for filter in filters(&events, sort) {
                let mut want: Vec<_> = every.iter().filter(|row| fits(&filter, row)).collect();
                want.sort_by(|a, b| sort.compare(&a.place(sort), &b.place(sort)));
                for seen in [None, Some(events.as_slice())] {
                    let got = turned(&central, seen, &filter, 997).await;
                    let got: Vec<_> = got.iter().collect();
                    assert!(
                        got == want,
                        "{engine:?} {filter:?}: {} of {}",
                        got.len(),
                        want.len()
                    );
                }
                let own = turned(&central, Some(&events[..1]), &filter, 997).await;
                assert!(
                    own.iter().all(|row| row.event == events[0]),
                    "foreign rows: {filter:?}"
                );
                assert!(turned(&central, Some(&[]), &filter, 997).await.is_empty());
            }
        }
    }
}

#[tokio::test]
async fn pages_lose_and_repeat_nothing_while_orders_are_added() {
    for engine in Engine::both() {
        let (central, events) = two_events(engine, 400).await;
        let first = central.app.event(events[0]).await.expect("an event");
        let mut next = 100_000;
        for sort in Sort::ALL.iter().copied() {
            for filter in [
                OrderFilter {
                    sort,
                    ..OrderFilter::default()
                },
                OrderFilter {
                    sort,
                    status: Some(OrderStatus::Paid),
                    ..OrderFilter::default()
                },
            ] {
                let before = turned(&central, Some(&events), &filter, 1_000).await;
                let (mut seen, mut after) = (Vec::new(), None);
                loop {
                    let rows = page(&central, Some(&events), &filter, after.as_ref(), 17).await;
                    let is_end = rows.len() < 17;
                    after = rows.last().map(|row| row.place(sort));
                    seen.extend(rows.into_iter().map(|row| row.number));
                    if is_end {
                        break;
                    }
                    central.fill_orders(&first, next, 3).await;
                    next += 3;
                }
                let mut once = seen.clone();
                once.sort();
                once.dedup();
                assert_eq!(once.len(), seen.len(), "nothing twice: {filter:?}");
                let is_lost = |row: &&OrderRow| !seen.contains(&row.number);
                let lost: Vec<_> = before.iter().filter(is_lost).collect();
                assert!(lost.is_empty(), "{filter:?}: {lost:?}");
            }
        }
    }
}

async fn tickets(
    central: &TestCentral,
    events: &[EventId],
    filter: &TicketFilter,
) -> Vec<TicketRow> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let rows = store::ticket_list::page(&mut tx, events, filter, after.as_ref(), 7)
            .await
            .expect("a page");
        let is_end = rows.len() < 7;
        after = rows.last().map(|row| row.place(filter.order()));
        all.extend(rows);
        if is_end {
            return all;
        }
    }
}

#[tokio::test]
async fn pages_of_tickets_are_the_list_with_names_that_repeat() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut events = Vec::new();
        for n in 0..2 {
            let mut wish = festival();
            wish.slug = format!("long-{n}");
            let event = central.publish(&wish).await;
            let names = ["Ayu Lestari", "Budi Santoso", "Ayu Lestari"];
            central.sell_to(&event, 0, 20, &names).await;
            events.push(event.event.id);
        }
        for sort in TicketSort::ALL.iter().copied() {
            let filter = TicketFilter {
                event: None,
                kind: None,
                status: None,
                check_in: None,
                addon: None,
                search: None,
                sort,
            };
            let all = tickets(&central, &events, &filter).await;
            let mut ids: Vec<_> = all.iter().map(|row| row.id).collect();
            assert_eq!(ids.len(), 40);
            let is_in_order = match sort {
                TicketSort::Newest => all.is_sorted_by(|a, b| a.id > b.id),
                TicketSort::Name => {
                    all.is_sorted_by(|a, b| (&a.attendee, a.id) < (&b.attendee, b.id))
                }
            };
            assert!(is_in_order, "{sort:?}");
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), 40, "each once");
            let own = tickets(&central, &events[..1], &filter).await;
            assert!(own.len() == 20 && own.iter().all(|row| row.event == events[0]));
        }
    }
}

#[tokio::test]
async fn an_export_of_many_events_reads_each_row_once() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut events = Vec::new();
    for n in 0..9 {
        let mut wish = festival();
        wish.slug = format!("many-{n}");
        let event = central.publish(&wish).await;
        central.fill_orders(&event, n * 1_000, 100 + 37 * n).await;
        events.push(event.event.id);
    }
    let total: usize = (0..9).map(|n| 100 + 37 * n).sum();
    for sort in Sort::ALL.iter().copied() {
        let filter = OrderFilter {
            sort,
            ..OrderFilter::default()
        };
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let walk = store::order_list::Walk::begin(&mut tx, Some(&events), &filter, None).await;
        let mut walk = walk.expect("begun");
        let mut seen = Vec::new();
        loop {
            let rows = walk.next(&mut tx, 100).await.expect("a piece");
            let is_end = rows.len() < 100;
            seen.extend(rows);
            if is_end {
                break;
            }
        }
        let is_in_order = seen.is_sorted_by(|a, b| {
            sort.compare(&a.place(sort), &b.place(sort)) == std::cmp::Ordering::Less
        });
        assert!(seen.len() == total && is_in_order, "{sort:?}");
        assert_eq!(walk.read(), total, "each row once: {sort:?}");
    }
}
