//! Receipts that hold and receipts that do not; and a central that has less than it acknowledged.

use ambient::Clock as _;
use ed25519_dalek::SigningKey;
use sync_protocol::{
    digest::Digest, receipt::Receipt, scan::Head, time::Timestamp, wire::v1::SyncAnswer,
};

use crate::testing::{Gate, NODE_A, NODE_B, START, answer, event_key, valid};

/// A gate that let three guests in, and the head of its log.
fn three_scans() -> (Gate, Head) {
    let gate = Gate::with(&[valid(1), valid(2), valid(3)]);
    (1..=3).for_each(|n| assert_eq!(gate.enter(n), "admitted"));
    let head = gate.node.next_request(10, 10).expect("a request").upto.head;
    assert_eq!(head.seq, 3);
    (gate, head)
}

fn acknowledging(round: u64, seq: u64, receipt: Option<Receipt>) -> SyncAnswer {
    let mut answer = answer(1, START.plus_ms(1_000));
    (answer.round, answer.acknowledged) = (round, seq);
    answer.receipt = receipt;
    answer
}

fn signed(head: Head, key: &SigningKey, slot: u8) -> Receipt {
    Receipt::sign(head, Timestamp(5), slot, key)
}

#[test]
fn a_receipt_that_holds_is_kept_and_shown() {
    let (gate, head) = three_scans();
    gate.round(&acknowledging(2, 3, Some(signed(head, &event_key(), 0))));
    let gate = gate.reopened();
    let status = gate.node.status().expect("a status");
    let receipt = status.receipt.expect("kept");
    assert_eq!((receipt.seq, receipt.at), (3, Timestamp(5)));
    assert_eq!(receipt.hash.len(), 64);
    assert_eq!((status.acknowledged, status.lost_by_central), (3, 0));
}

#[test]
fn a_receipt_that_does_not_hold_is_ignored_and_the_rest_of_the_answer_counts() {
    let good = |head| signed(head, &event_key(), 0);
    let bad = |change: &dyn Fn(&mut Receipt)| {
        let (gate, head) = three_scans();
        let mut receipt = good(head);
        change(&mut receipt);
        gate.round(&acknowledging(2, 3, Some(receipt)));
        let contact = gate.node.contact().expect("contact");
        assert_eq!(contact.acknowledged, 3);
        contact.receipt
    };
    assert!(bad(&|_| ()).is_some(), "as it was signed");
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let changes: [&dyn Fn(&mut Receipt); 6] = [
        &|receipt| receipt.at = Timestamp(6),
        &|receipt| receipt.slot = 3,
        &|receipt| receipt.signature[7] ^= 1,
        &|receipt| *receipt = signed(receipt.head, &stranger, 0),
        &|receipt| {
            *receipt = good(Head {
                hash: Digest([1; 32]),
                ..receipt.head
            })
        },
        &|receipt| {
            *receipt = good(Head {
                node: NODE_B,
                ..receipt.head
            })
        },
    ];
    for (place, change) in changes.into_iter().enumerate() {
        assert_eq!(bad(change), None, "change {place}");
    }
    let other_place = |receipt: &mut Receipt| {
        *receipt = good(Head {
            seq: 2,
            ..receipt.head
        })
    };
    assert_eq!(bad(&other_place), None);
    assert_eq!(bad(&|receipt| *receipt = good(Head::empty(NODE_A))), None);
}

#[test]
fn an_answer_that_acknowledges_less_than_before_is_sent_the_rest_again_and_the_receipt_stays() {
    let (gate, head) = three_scans();
    gate.round(&acknowledging(7, 3, Some(signed(head, &event_key(), 0))));
    let applied = gate.round(&acknowledging(3, 1, None));
    assert!(applied.more, "at once");
    let status = gate.node.status().expect("a status");
    assert_eq!(
        (status.acknowledged, status.unsent, status.lost_by_central),
        (1, 2, 2)
    );
    assert_eq!(status.receipt.map(|receipt| receipt.seq), Some(3));
    let request = gate.node.next_request(10, 10).expect("a request");
    assert_eq!((request.records.len(), request.upto.head), (2, head));
    let applied = gate.answered(&request, &acknowledging(4, 3, None));
    assert_eq!(applied.acknowledged, 3);
    assert_eq!(gate.node.status().expect("a status").lost_by_central, 0);
}

#[test]
fn an_answer_that_comes_late_takes_nothing_back() {
    let (gate, _) = three_scans();
    let early = gate.node.next_request(10, 1).expect("a request");
    gate.round(&acknowledging(2, 3, None));
    let applied = gate.answered(&early, &acknowledging(1, 1, None));
    assert_eq!(applied.acknowledged, 3);
    assert!(
        !gate.node.send_again_from(3).expect("read"),
        "nothing is missing"
    );
    assert!(gate.node.send_again_from(2).expect("read"));
    assert_eq!(gate.node.unsent().expect("a count"), 1);
    assert!(gate.clock.now() >= START);
}
