//! `panel.list`: the list of orders of a long central, filtered, sorted and turned far, on both engines: the question alone,
//! and the whole page as a browser gets it, in process.
//!
//! Every way of asking counts alike; the limit is what somebody at a desk does not notice.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use central::{
    domain::{
        attention::Attention,
        order::OrderStatus,
        order_search::{Look, OrderFilter, Place, Search, Sort},
    },
    store,
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    panel::Desk,
};
use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use crate::figure::{Figure, Report, ms, quantile};

/// Orders; fewer by `GERBANG_BENCH_ORDERS`, for a try.
const ORDERS: u32 = 1_000_000;
const EVENTS: u32 = 8;
/// How often each way is asked.
const TIMES: usize = 8;
const PAGE: usize = 51;
const LIMIT_MS: f64 = 200.0;

/// How many orders are made.
#[expect(
    clippy::disallowed_methods,
    reason = "a figure's size is said once, for a try"
)]
pub fn orders() -> u32 {
    let asked = std::env::var("GERBANG_BENCH_ORDERS").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(ORDERS)
}

/// A central with so many orders in several events, the first of which has half of them.
pub async fn filled(engine: Engine, orders: u32) -> (TestCentral, Vec<EventId>) {
    let central = TestCentral::new(engine).await;
    let mut events = Vec::new();
    let rest = orders / 2 / (EVENTS - 1);
    let mut from = 0;
    for n in 0..EVENTS {
        let mut wish = festival();
        wish.slug = format!("long-{n}");
        let event = central.publish(&wish).await;
        let count = if n == 0 {
            orders - rest * (EVENTS - 1)
        } else {
            rest
        };
        central.fill_orders(&event, from, count).await;
        from += count;
        events.push(event.event.id);
    }
    (central, events)
}

/// Measures both engines.
pub async fn run(report: &mut Report) -> Result<()> {
    for (engine, name) in [(Engine::Sqlite, "sqlite"), (Engine::MariaDb, "mariadb")] {
        let (central, events) = filled(engine, orders()).await;
        let mut desk = central.admin().await;
        let ways = ways(&central, &events).await?;
        let (mut questions, mut pages) = (Vec::new(), Vec::new());
        for way in &ways {
            for _ in 0..TIMES {
                // As an administrator, and as an organiser of all these events.
                questions.push(question(&central, None, way).await?);
                questions.push(question(&central, Some(&events), way).await?);
                pages.push(page(&mut desk, way).await?);
            }
        }
        for (what, mut times) in [("query", questions), ("page", pages)] {
            times.sort_unstable();
            for (at, share) in [("p50", 0.5), ("p99", 0.99)] {
                let name = format!("panel.list.{name}.{what}.{at}");
                let value = ms(quantile(&times, share));
                report.add(&Figure::new(name, value, "ms").beside("limit", LIMIT_MS));
            }
        }
    }
    Ok(())
}

/// One way of asking.
struct Way {
    filter: OrderFilter,
    after: Option<Place>,
    /// The same as an address.
    query: String,
}

async fn ways(central: &TestCentral, events: &[EventId]) -> Result<Vec<Way>> {
    let mut ways = Vec::new();
    let mut add = |query: &str, filter: OrderFilter| {
        ways.push(Way {
            filter,
            after: None,
            query: query.to_owned(),
        });
    };
    let all = OrderFilter::default;
    let searched = |typed: &str| OrderFilter {
        search: Search::of(typed),
        ..all()
    };
    for sort in Sort::ALL.iter().copied() {
        let (by, event) = (format!("sort={}", sort.name()), Some(events[0]));
        add(&by, OrderFilter { sort, ..all() });
        add(
            &format!("{by}&event=long-0"),
            OrderFilter {
                sort,
                event,
                ..all()
            },
        );
        for status in [
            OrderStatus::Paid,
            OrderStatus::Failed,
            OrderStatus::Cancelled,
        ] {
            let status_of = format!("{by}&status={}", status.name());
            add(
                &status_of,
                OrderFilter {
                    sort,
                    status: Some(status),
                    ..all()
                },
            );
            let filter = OrderFilter {
                sort,
                event,
                status: Some(status),
                ..all()
            };
            add(&format!("{status_of}&event=long-0"), filter);
        }
        for look in Look::ALL.iter().copied() {
            let filter = OrderFilter {
                sort,
                look: Some(look),
                ..all()
            };
            add(&format!("{by}&look={}", look.name()), filter);
        }
        for typed in ["buyer77", "B", "Cia Da", "GRB-N500", "nobody@", "Zzz"] {
            let filter = OrderFilter {
                sort,
                ..searched(typed)
            };
            let query = form(&[("sort", sort.name()), ("q", typed)]);
            add(&query, filter);
        }
    }
    let mut deep = Vec::new();
    for way in ways.iter().filter(|way| way.filter.search.is_none()) {
        if let Some(after) = middle(central, &way.filter).await? {
            let query = format!("{}&after={}", way.query, after.text());
            deep.push(Way {
                filter: way.filter.clone(),
                after: Some(after),
                query,
            });
        }
    }
    ways.extend(deep);
    ensure!(ways.len() > 60, "{} ways", ways.len());
    ensure!(
        Attention::from_name("paid_twice").is_some(),
        "as the fill says"
    );
    Ok(ways)
}

/// A place about the middle of a list: no page has to be turned to get there.
async fn middle(central: &TestCentral, filter: &OrderFilter) -> Result<Option<Place>> {
    let first = ask(central, None, filter, None).await?;
    let Some(first) = first.first() else {
        return Ok(None);
    };
    let value = match filter.sort {
        Sort::Newest | Sort::Oldest => {
            let span = Timestamp(support::central::START.0 - i64::from(orders()) * 500);
            span.0
        }
        // In the midst of the many of one sum.
        Sort::Dearest | Sort::Cheapest => 4 * 35_000_000,
    };
    let mut id = *first.id.0.as_bytes();
    id[5] ^= 0x40;
    Ok(Some(Place {
        value,
        id: Uuid::from_bytes(id),
    }))
}

async fn ask(
    central: &TestCentral,
    events: Option<&[EventId]>,
    filter: &OrderFilter,
    after: Option<&Place>,
) -> Result<Vec<store::order_list::OrderRow>> {
    let mut tx = central.app.store.read().await?;
    Ok(store::order_list::page(&mut tx, events, filter, after, PAGE).await?)
}

async fn question(
    central: &TestCentral,
    events: Option<&[EventId]>,
    way: &Way,
) -> Result<Duration> {
    let start = Instant::now();
    ask(central, events, &way.filter, way.after.as_ref()).await?;
    Ok(start.elapsed())
}

async fn page(desk: &mut Desk, way: &Way) -> Result<Duration> {
    let start = Instant::now();
    let seen = desk.get(&format!("/panel/orders?{}", way.query)).await;
    let took = start.elapsed();
    ensure!(seen.status == 200, "{}: {}", way.query, seen.status);
    Ok(took)
}

fn form(fields: &[(&str, &str)]) -> String {
    support::visit::encode(fields)
}
