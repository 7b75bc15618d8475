//! A large event from the first sync to the door: right in every step, and every step timed.
//!
//! The tests play it with as many tickets as a run can bear, `make bench` with [`TICKETS`]; so the figures are of work
//! that was checked.
use std::time::{Duration, Instant};

use sync_protocol::scan::Action;

use crate::{
    central::{Engine, TestCentral},
    festival::{festival, gate},
    real_gate::Sold,
};

/// How many tickets the figures are of.
pub const TICKETS: u32 = 200_000;
/// New tickets in the delta.
pub const DELTA: u32 = 1_000;
/// Tickets that are looked up and scanned.
const SHOWN: usize = 200;

/// How long each step took, the repeated ones in ascending order.
#[derive(Clone, Debug, Default)]
pub struct Took {
    /// A new node's first sync, until its replica is proven.
    pub cold_sync: Vec<Duration>,
    /// [`DELTA`] new tickets, until the replica is proven again.
    pub delta: Vec<Duration>,
    /// A typed number, from the keys to the durable answer.
    pub lookup: Vec<Duration>,
    /// A code, from the text to the durable green.
    pub scan: Vec<Duration>,
}

/// Plays it.
///
/// # Panics
/// When any answer is wrong.
pub async fn play(engine: Engine, tickets: u32) -> Took {
    let central = TestCentral::new(engine).await;
    let mut wish = festival();
    wish.types[0].quota = i64::from(tickets + DELTA);
    let event = central.publish(&wish).await;
    assert_eq!(event.gates[0].id, gate(&event, "Gate A"));
    let mut sold = central.sell_to(&event, 0, tickets, &["Ayu Lestari"]).await;
    let node = central.open_gate(&event, "Gate A", "north").await;
    let mut took = Took::default();
    let total = || {
        let replica = node.status().replica;
        assert!(replica.complete, "proven against central's manifest");
        replica.total
    };

    let start = Instant::now();
    node.sync(&central).await;
    took.cold_sync.push(start.elapsed());
    assert_eq!(total(), u64::from(tickets));

    sold.extend(central.sell_to(&event, 0, DELTA, &["Budi Santoso"]).await);
    let start = Instant::now();
    node.sync(&central).await;
    took.delta.push(start.elapsed());
    assert_eq!(total(), u64::from(tickets + DELTA));

    let show = |text: &str, reason: &str, one: &Sold| {
        let start = Instant::now();
        let scan = node.show(text, Action::Entry);
        let took = start.elapsed();
        assert_eq!(scan.verdict.reason.name(), reason, "{one:?}");
        assert_eq!(scan.ticket.map(|ticket| ticket.id), Some(one.id));
        took
    };
    for one in sold.iter().step_by(sold.len() / SHOWN) {
        took.lookup.push(show(&one.number, "typed_number", one));
        took.scan.push(show(&one.code, "admitted", one));
        show(&one.code, "already_used", one);
    }
    took.lookup.sort();
    took.scan.sort();
    took
}
