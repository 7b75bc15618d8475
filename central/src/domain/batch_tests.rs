//! Tests of batches: repeats, forks, gaps and poison, each on a small log.

use super::*;
use sync_protocol::{
    id::{BootId, GateId, NodeId, TicketId},
    scan::{Action, Subject},
    time::Timestamp,
    verdict::{Decision, Reason},
};

const NODE: NodeId = NodeId::from_u128(5);
const EVENT: EventId = EventId::from_u128(2);

fn record(seq: u64, previous: Digest) -> ScanRecord {
    ScanRecord {
        node: NODE,
        seq,
        previous,
        boot: BootId::from_u128(1),
        mono_ms: 1_000,
        wall: Timestamp(1_764_547_200_000),
        event: EVENT,
        gate: GateId::from_u128(3),
        operator: None,
        action: Action::Entry,
        subject: Subject::Ticket(TicketId::from_u128(u128::from(seq))),
        decision: Decision::Admit,
        reason: Reason::Admitted,
        provisional: false,
        cursor: 9,
        wristband: None,
        via: None,
        answers: None,
    }
}

/// A log of `length` records, each changed by `change` before it is chained, and the heads after each.
fn log(length: u64, change: impl Fn(&mut ScanRecord)) -> (Vec<Vec<u8>>, Vec<Head>) {
    let (mut rows, mut heads) = (Vec::new(), vec![Head::empty(NODE)]);
    for seq in 1..=length {
        let mut record = record(seq, heads[heads.len() - 1].hash);
        change(&mut record);
        let bytes = record.to_bytes();
        let hash = record_hash(&bytes);
        heads.push(Head {
            node: NODE,
            seq,
            hash,
        });
        rows.push(bytes);
    }
    (rows, heads)
}

fn fresh_seqs(
    rows: &[Vec<u8>],
    upto: &Head,
    stored: &Head,
    known: Option<Digest>,
) -> Result<Vec<u64>, BatchFault> {
    let batch = chain(rows, upto, EVENT)?;
    let fresh = batch.fresh(stored, known)?;
    Ok(fresh.iter().map(|link| link.seq).collect())
}

#[test]
fn repeats_are_success_and_only_the_rest_is_new() {
    let (rows, heads) = log(5, |_| ());
    assert_eq!(
        fresh_seqs(&rows, &heads[5], &heads[0], None),
        Ok(vec![1, 2, 3, 4, 5])
    );
    assert_eq!(
        fresh_seqs(&rows, &heads[5], &heads[3], None),
        Ok(vec![4, 5])
    );
    assert_eq!(
        fresh_seqs(&rows[2..], &heads[5], &heads[3], None),
        Ok(vec![4, 5])
    );
    assert_eq!(fresh_seqs(&rows, &heads[5], &heads[5], None), Ok(vec![]));
    assert_eq!(
        fresh_seqs(&rows[..2], &heads[2], &heads[5], Some(heads[2].hash)),
        Ok(vec![])
    );
    assert_eq!(fresh_seqs(&[], &heads[3], &heads[3], None), Ok(vec![]));
}

#[test]
fn case_24_a_different_record_at_an_acknowledged_place_is_a_fork() {
    let (_, stored) = log(3, |_| ());
    let (rows, heads) = log(4, |r| r.mono_ms += i64::from(r.seq >= 3));
    let forked = Err(BatchFault::Forked(3));
    assert_eq!(fresh_seqs(&rows[2..], &heads[4], &stored[3], None), forked);
    assert_eq!(
        fresh_seqs(&rows[3..], &heads[4], &stored[3], None),
        forked,
        "it follows another record 3"
    );
    assert_eq!(fresh_seqs(&rows[..3], &heads[3], &stored[3], None), forked);
    let early = fresh_seqs(&rows[..2], &heads[2], &stored[3], Some(Digest([0; 32])));
    assert_eq!(early, Err(BatchFault::Forked(2)));
}

#[test]
fn case_25_gaps_and_breaks_name_the_row() {
    let (rows, heads) = log(5, |_| ());
    let gap = ChainFault::Gap {
        expected: 1,
        found: 3,
    };
    assert_eq!(
        fresh_seqs(&rows[2..], &heads[5], &heads[0], None),
        Err(gap.into())
    );
    let without_third: Vec<_> = [&rows[..2], &rows[3..]].concat();
    let found = fresh_seqs(&without_third, &heads[5], &heads[0], None);
    assert_eq!(found.expect_err("a gap").code(), "log_gap");
    let (other, _) = log(5, |r| r.mono_ms += 1);
    let spliced: Vec<_> = [&rows[..2], &other[2..]].concat();
    assert_eq!(
        fresh_seqs(&spliced, &heads[5], &heads[0], None),
        Err(ChainFault::Broken(3).into())
    );
    assert_eq!(
        fresh_seqs(&rows[..4], &heads[5], &heads[0], None)
            .expect_err("short")
            .code(),
        "log_gap"
    );
    let lied = Head {
        hash: heads[4].hash,
        ..heads[5]
    };
    assert_eq!(
        fresh_seqs(&rows, &lied, &heads[0], None),
        Err(BatchFault::OtherHead(5))
    );
}

#[test]
fn case_15_poison_is_set_aside_and_the_chain_goes_on() {
    for (code, spoil) in [
        (
            "record_of_other_event",
            (|r| r.event = EventId::from_u128(9)) as fn(&mut ScanRecord),
        ),
        ("record_of_other_node", |r| r.node = NodeId::from_u128(9)),
        ("record_clock_impossible", |r| r.mono_ms = i64::MIN),
        ("record_clock_impossible", |r| r.wall = Timestamp(i64::MAX)),
    ] {
        let (rows, heads) = log(3, |r| {
            if r.seq == 2 {
                spoil(r)
            }
        });
        let batch = chain(&rows, &heads[3], EVENT).expect("the chain holds");
        let codes: Vec<_> = batch
            .links
            .iter()
            .map(|link| link.content.as_ref().err().map(Poison::code))
            .collect();
        assert_eq!(codes, [None, Some(code), None]);
    }
}

#[test]
fn case_15_bytes_that_are_no_record_are_chained_through_by_the_next() {
    let garbage = vec![0xFF; 12];
    let head = Head {
        node: NODE,
        seq: 1,
        hash: record_hash(&garbage),
    };
    let next = record(2, head.hash).to_bytes();
    let upto = Head {
        node: NODE,
        seq: 2,
        hash: record_hash(&next),
    };
    let batch = chain(&[garbage, next], &upto, EVENT).expect("the chain holds");
    assert_eq!(batch.links[0].content, Err(Poison::Unreadable(1)));
    assert!(batch.links[1].content.is_ok());
}

#[test]
fn heads_that_contradict_each_other_are_refused() {
    let (_, heads) = log(3, |_| ());
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let sign = |head: Head| head.sign(&key);
    assert_eq!(check_heads(&sign(heads[3]), &sign(heads[2]), 0), Ok(()));
    assert_eq!(
        check_heads(&sign(heads[2]), &sign(heads[3]), 0),
        Err(BatchFault::OtherHead(2))
    );
    let other = Head {
        hash: heads[2].hash,
        ..heads[3]
    };
    assert_eq!(
        check_heads(&sign(heads[3]), &sign(other), 0),
        Err(BatchFault::OtherHead(3))
    );
    for seq in [u64::MAX, 1 << 63, 1 << 41, 10_000_001] {
        let far = Head { seq, ..heads[3] };
        let refused = check_heads(&sign(far), &sign(heads[3]), 0);
        assert_eq!(refused, Err(BatchFault::Impossible(seq)));
    }
}
