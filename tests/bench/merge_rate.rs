//! `merge.rate`: scans ruled per second by `sync_protocol::merge` alone, beside sorting the same scans by time, which no
//! merge can do without; and a million scans ruled anew after a late log.
//!
//! Growth is stated as time per scan and doubling (t / n / log₂ n), beside the smallest size: no more than n log n means
//! that it does not rise with n but for the caches that larger sets no longer fit into.

use std::{hint::black_box, time::Instant};

use sync_protocol::{
    config::EntryRule,
    id::{GateId, NodeId, TicketId, WristbandId},
    merge::{Fact, Rules, rule},
    moment::Interval,
    scan::{Action, ScanId},
    time::Timestamp,
};

use crate::figure::{Figure, Report};

const SIZES: [(u64, &str); 3] = [(10_000, "10k"), (100_000, "100k"), (1_000_000, "1M")];
/// A log that comes days late.
const LATE: u64 = 5_000;
const NODES: u64 = 50;

/// Measures every size, then the largest with a late log.
pub fn run(report: &mut Report) {
    let rules = Rules::new(EntryRule::ReEntry);
    let mut small = None;
    for (count, name) in SIZES {
        let facts = facts(0, count);
        let (took, sorted) = (
            seconds(|| ruled(&rules, &facts)),
            seconds(|| sorted(&facts)),
        );
        let rate = rate(count, took);
        let figure = Figure::new(format!("merge.rate.{name}"), rate, "scans/s");
        report.add(&figure.beside("sorting alone", self::rate(count, sorted)));
        let doubling = took / as_f64(count) / as_f64(count).log2() * 1e9;
        let small = *small.get_or_insert(doubling);
        let figure = Figure::new(format!("merge.growth.{name}"), doubling, "ns");
        report.add(&figure.beside("t/n/log n at 10k", small));
    }
    late(report, &rules);
}

/// Everything is ruled from the start, as if nothing had been said before.
fn late(report: &mut Report, rules: &Rules) {
    let all = facts(0, SIZES[2].0);
    let before = seconds(|| ruled(rules, &all));
    let with_late = [all, facts(500, LATE)].concat();
    let took = seconds(|| ruled(rules, &with_late));
    let figure = Figure::new("merge.late.1M", took, "s");
    report.add(&figure.beside("without the late log", before));
}

fn ruled(rules: &Rules, facts: &[Fact]) {
    black_box(rule(rules, black_box(facts)));
}

fn sorted(facts: &[Fact]) {
    let mut ordered: Vec<&Fact> = facts.iter().collect();
    ordered.sort_by_key(|fact| (fact.time.at, fact.scan));
    black_box(ordered);
}

fn seconds(work: impl Fn()) -> f64 {
    let best = (0..3).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    });
    best.fold(f64::INFINITY, f64::min)
}

fn rate(count: u64, seconds: f64) -> f64 {
    as_f64(count) / seconds
}

#[expect(clippy::cast_precision_loss, reason = "counts here are small")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}

/// Scans as a festival makes them: of every ten of a ticket two exchange, the others go in and out, by ticket or by
/// wristband, at gates all over the place. `from` makes them other nodes' scans of the same tickets.
fn facts(from: u64, count: u64) -> Vec<Fact> {
    let fact = |n: u64| {
        let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let ticket = u128::from(n % (count / 5).max(1));
        let node = from + mixed % NODES;
        let action = match mixed % 10 {
            0 | 1 => Action::Exchange,
            2..6 => Action::Entry,
            _ => Action::Exit,
        };
        let by_wristband = action != Action::Exchange && mixed.is_multiple_of(3);
        let at = i64::try_from(mixed % 100_000_000).expect("small");
        Fact {
            scan: ScanId {
                node: NodeId::from_u128(node.into()),
                seq: n,
            },
            ticket: (!by_wristband).then(|| TicketId::from_u128(ticket)),
            wristband: (by_wristband || action == Action::Exchange)
                .then(|| WristbandId::from_u128(ticket)),
            gate: GateId::from_u128(node.into()),
            action,
            undoes: None,
            day: 0,
            time: Interval::around(Timestamp(at), 50),
        }
    };
    (1..=count).map(fact).collect()
}
