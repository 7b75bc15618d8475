//! Tests of the scan log's chain: every kind of tampering is found and the row is named.

use super::*;

const NODE: NodeId = NodeId::from_u128(5);

fn log(length: u64) -> Vec<Vec<u8>> {
    let mut head = Head::empty(NODE);
    let mut rows = Vec::new();
    for seq in 1..=length {
        let bytes = record(seq, head.hash).to_bytes();
        head = head.follow(&bytes).expect("our own chain holds").0;
        rows.push(bytes);
    }
    rows
}

fn record(seq: u64, previous: Digest) -> ScanRecord {
    ScanRecord {
        node: NODE,
        seq,
        previous,
        boot: BootId::from_u128(1),
        mono_ms: 1_000,
        wall: Timestamp(1_764_547_200_000),
        event: EventId::from_u128(2),
        gate: GateId::from_u128(3),
        operator: None,
        action: Action::Entry,
        subject: Subject::Ticket(TicketId::from_u128(4)),
        decision: Decision::Admit,
        reason: Reason::Admitted,
        provisional: false,
        cursor: 9,
        wristband: None,
        via: None,
        answers: None,
    }
}

fn walk(rows: &[Vec<u8>]) -> Result<Head, ChainFault> {
    rows.iter().try_fold(Head::empty(NODE), |head, row| {
        head.follow(row).map(|(head, _)| head)
    })
}

/// Frozen: a log written today must verify for ever.
#[test]
fn frozen_vector() {
    let hash = walk(&log(2)).expect("holds").hash.to_string();
    assert_eq!(hash, include_str!("../vectors/scan-log-v1.txt").trim());
}

#[test]
fn case_25_an_edited_or_deleted_row_is_named() {
    let rows = log(5);
    assert_eq!(walk(&rows).map(|head| head.seq), Ok(5));
    let mut deleted = rows.clone();
    deleted.remove(2);
    assert_eq!(
        walk(&deleted),
        Err(ChainFault::Gap {
            expected: 3,
            found: 4
        })
    );
    let mut edited = rows.clone();
    let mut record = ScanRecord::from_bytes(&edited[2]).expect("reads");
    record.decision = Decision::Refuse;
    edited[2] = record.to_bytes();
    assert_eq!(
        walk(&edited),
        Err(ChainFault::Broken(4)),
        "the row after the edited one does not follow"
    );
    let mut foreign = rows.clone();
    record.node = NodeId::from_u128(6);
    foreign[2] = record.to_bytes();
    assert_eq!(walk(&foreign), Err(ChainFault::Foreign(3)));
    let mut garbled = rows;
    garbled[4].truncate(10);
    assert_eq!(walk(&garbled), Err(ChainFault::Unreadable(5)));
}

#[test]
fn case_26_a_head_signed_by_another_key_is_refused() {
    let (own, other) = (
        SigningKey::from_bytes(&[1; 32]),
        SigningKey::from_bytes(&[2; 32]),
    );
    let head = walk(&log(3)).expect("holds");
    assert_eq!(head.sign(&own).verify(&own.verifying_key()), Ok(head));
    assert_eq!(
        head.sign(&other).verify(&own.verifying_key()),
        Err(ChainFault::BadHead(3))
    );
    let mut moved = head.sign(&own);
    moved.head.seq = 4;
    assert_eq!(
        moved.verify(&own.verifying_key()),
        Err(ChainFault::BadHead(4))
    );
}

#[test]
fn a_second_spelling_of_a_record_is_no_record() {
    let mut bytes = record(1, genesis(NODE)).to_bytes();
    bytes.push(0);
    assert!(ScanRecord::from_bytes(&bytes).is_err());
}
