//! Answers that come late, and what an old copy of the disk is told.

use ambient::{Clock as _, SeededEntropy};
use sync_protocol::{
    moment::Trip,
    wire::v1::{Order, SyncAnswer, SyncRequest},
};

use crate::testing::{Gate, START, answer, config, manifest, valid};

fn of_round(round: u64, position: u8) -> SyncAnswer {
    let mut answer = answer(position, START.plus_ms(i64::from(position)));
    answer.round = round;
    answer
}

/// What central said to a first request, which brings ticket 1.
fn first_page(round: u64) -> SyncAnswer {
    let mut page = of_round(round, 1);
    page.page.config = Some(config());
    page.page.tickets = vec![valid(1)];
    page.page.manifest = Some(manifest(1, &[valid(1)]));
    page
}

fn request(gate: &Gate) -> SyncRequest {
    gate.node.next_request(10, 10).expect("a request")
}

#[test]
fn an_answer_that_a_later_round_overtook_changes_only_the_acknowledged_place() {
    let gate = Gate::new();
    assert_eq!(gate.enter(1), "replica_incomplete");
    let early = request(&gate);
    let mut revoked = of_round(8, 2);
    revoked.order = Some(Order::Erase);
    assert!(gate.round(&revoked).erased);
    let before = gate.node.contact().expect("contact");
    gate.clock.advance_ms(500);
    let mut late = first_page(7);
    late.acknowledged = 1;
    late.lease_until = START.plus_ms(1);
    let applied = gate.answered(&early, &late);
    assert_eq!((applied.acknowledged, applied.tickets), (1, 0));
    let mut expected = before;
    expected.acknowledged = 1;
    assert_eq!(gate.node.contact().expect("contact"), expected);
    assert_eq!(gate.node.status().expect("a status").replica.total, 0);
    assert_eq!(gate.enter(1), "node_locked");
}

#[test]
fn a_central_that_went_back_to_a_copy_is_heard() {
    let gate = Gate::new();
    gate.round(&of_round(900, 1));
    let applied = gate.round(&of_round(3, 2));
    assert!(applied.more);
    let last = gate.node.contact().expect("contact").last_round;
    assert_eq!(last.map(|last| last.round), Some(3));
}

#[test]
fn case_24_an_old_copy_of_the_disk_decides_no_more_also_after_a_restart() {
    let gate = Gate::with(&[valid(1)]);
    let mut ahead = of_round(2, 2);
    ahead.acknowledged = 12;
    let reading = gate.clock.reading();
    let trip = Trip {
        boot: reading.boot,
        sent_ms: reading.mono_ms,
        got_ms: reading.mono_ms,
    };
    let refused = gate.node.apply(&request(&gate), &ahead, trip);
    assert_eq!(refused.expect_err("ahead").code(), "log_behind_central");
    let gate = gate.reopened();
    assert_eq!(gate.enter(1), "node_locked");
    assert!(gate.node.status().expect("a status").locked);
}

#[test]
fn case_30_the_lease_ends_also_in_a_boot_that_knows_no_time() {
    const HOUR: i64 = 3_600_000;
    let gate = Gate::with(&[valid(1)]);
    gate.clock.set_skew_ms(-START.0);
    gate.clock.reboot(&SeededEntropy::new(2));
    assert_eq!(gate.enter(1), "admitted");
    gate.clock.advance_ms(73 * HOUR);
    let now = gate.node.now_estimate().expect("a time");
    assert_eq!(now, START.plus_ms(73 * HOUR));
    assert_eq!(gate.enter(1), "node_locked");
}
