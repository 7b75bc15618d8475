//! What nodes send up: repeats, refused scans, contradictions, and what is set aside.
use central::{app::sync::SyncError, domain::node::NodeStatus, store::Store};
use support::{
    central::{Engine, TestCentral},
    naive_gate::NaiveGate,
};
use sync_protocol::{
    id::{EventId, NodeId, TicketId},
    wire::v1::{Order, SyncRequest},
};
use sync_protocol::{
    scan::{ScanRecord, Subject},
    verdict::Reason,
};

async fn refused(central: &TestCentral, gate: &NaiveGate, request: &SyncRequest) -> SyncError {
    let answer = central.app.sync(gate.id, request, central.now()).await;
    answer.expect_err("refused")
}

async fn status(central: &TestCentral, node: NodeId) -> (NodeStatus, Option<String>, u64) {
    let nodes = central.app.nodes(None).await.expect("nodes");
    let node = nodes.into_iter().find(|one| one.id == node).expect("known");
    (node.status, node.quarantine_reason, node.log_seq)
}

async fn parked(central: &TestCentral, node: NodeId) -> Vec<(u64, String)> {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let rows = central::store::ruling::parked_of(&mut tx, node)
        .await
        .expect("rows");
    rows.into_iter().map(|(seq, code, _)| (seq, code)).collect()
}

#[tokio::test]
async fn case_1_the_same_upload_twice_is_one_row_and_success_both_times() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 3).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        let scans: Vec<_> = tickets
            .iter()
            .take(3)
            .map(|ticket| gate.admit(&central, *ticket))
            .collect();
        let request = gate.request();
        let first = central
            .app
            .sync(gate.id, &request, central.now())
            .await
            .expect("taken");
        let second = central
            .app
            .sync(gate.id, &request, central.now())
            .await
            .expect("success again");
        assert_eq!((first.acknowledged, second.acknowledged), (3, 3));
        assert!(second.round > first.round);
        let part = gate.request_of(0, 2);
        let third = central
            .app
            .sync(gate.id, &part, central.now())
            .await
            .expect("a part of it");
        assert_eq!(third.acknowledged, 3);
        assert!(
            central
                .app
                .doubles(event.event.id)
                .await
                .expect("read")
                .is_empty()
        );
        gate.sync(&central).await;
        assert_eq!(gate.passages.keys().copied().collect::<Vec<_>>(), scans);
        let checks = central.app.verify_logs().await.expect("read");
        assert_eq!((checks[0].records, checks[0].fault), (3, None));
    }
}

#[tokio::test]
async fn case_4_and_5_refused_and_unknown_scans_are_stored_and_never_counted() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 2).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        gate.scan(&central, tickets[0], Reason::WrongDay);
        gate.write(&central, |record| {
            record.subject = Subject::Unknown(sync_protocol::digest::Digest([9; 32]));
            record.decision = sync_protocol::verdict::Decision::Refuse;
            record.reason = Reason::Unreadable;
        });
        let admitted = gate.admit(&central, tickets[0]);
        let answer = gate.sync(&central).await;
        assert_eq!(answer.acknowledged, 3);
        assert_eq!(
            gate.passages.keys().copied().collect::<Vec<_>>(),
            [admitted]
        );
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let stored = central::store::check::stored_records(&mut tx, gate.id, 0, 10)
            .await
            .expect("rows");
        let reasons: Vec<_> = stored.iter().map(|row| row.columns.codes[2]).collect();
        assert_eq!(
            reasons,
            [Reason::WrongDay, Reason::Unreadable, Reason::Admitted].map(Reason::code)
        );
    }
}

#[tokio::test]
async fn case_24_a_copied_disk_is_found_named_and_quarantined() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 4).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        gate.admit(&central, tickets[0]);
        gate.sync(&central).await;
        let (log, heads, acknowledged) = (gate.log.clone(), gate.heads.clone(), gate.acknowledged);
        gate.admit(&central, tickets[1]);
        gate.sync(&central).await;
        // The copy of the disk goes on from record 1 in its own way.
        (gate.log, gate.heads, gate.acknowledged) = (log, heads, acknowledged);
        gate.admit(&central, tickets[2]);
        let request = gate.request();
        assert_eq!(
            refused(&central, &gate, &request).await.code(),
            "log_forked"
        );
        let (state, reason, log_seq) = status(&central, gate.id).await;
        assert_eq!((state, log_seq), (NodeStatus::Quarantined, 2));
        assert!(reason.expect("a reason").contains("record 2"));
        assert_eq!(
            parked(&central, gate.id).await,
            [(2, "log_forked".to_owned())]
        );
        gate.admit(&central, tickets[3]);
        let more = gate.request();
        assert_eq!(
            refused(&central, &gate, &more).await.code(),
            "node_quarantined"
        );
        assert_eq!(
            parked(&central, gate.id).await.len(),
            2,
            "nothing is lost, and the repeat is one row"
        );
    }
}

#[tokio::test]
async fn case_16_a_copy_of_a_revoked_nodes_disk_is_told_to_erase_too() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 2).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        let (log, heads, acknowledged) = (gate.log.clone(), gate.heads.clone(), gate.acknowledged);
        gate.admit(&central, tickets[0]);
        gate.sync(&central).await;
        central.app.revoke_node(gate.id).await.expect("it is known");
        (gate.log, gate.heads, gate.acknowledged) = (log, heads, acknowledged);
        gate.admit(&central, tickets[1]);
        let request = gate.request();
        let answer = central.app.sync(gate.id, &request, central.now()).await;
        assert_eq!(answer.expect("an order").order, Some(Order::Erase));
        assert_eq!(status(&central, gate.id).await.0, NodeStatus::Revoked);
        let kept = parked(&central, gate.id).await;
        assert_eq!(kept, [(1, "log_forked".to_owned())], "its scan is kept");
    }
}

#[tokio::test]
async fn case_24_an_old_disk_without_new_scans_is_no_fork_and_hears_how_far_central_is() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 2).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        gate.admit(&central, tickets[0]);
        gate.admit(&central, tickets[1]);
        gate.sync(&central).await;
        gate.log.truncate(1);
        gate.heads.truncate(2);
        let old = gate.request_of(1, 1);
        let answer = central
            .app
            .sync(gate.id, &old, central.now())
            .await
            .expect("no contradiction");
        assert_eq!(answer.acknowledged, 2);
        gate.heads[1].hash.0[0] ^= 1;
        let other = gate.request_of(1, 1);
        assert_eq!(refused(&central, &gate, &other).await.code(), "log_forked");
    }
}

#[tokio::test]
async fn case_25_gaps_and_breaks_name_the_row_and_lose_nothing() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 4).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        tickets.iter().take(4).for_each(|ticket| {
            gate.admit(&central, *ticket);
        });
        let gap = refused(&central, &gate, &gate.request_of(2, 4)).await;
        assert_eq!(gap.code(), "log_gap");
        assert!(gap.to_string().contains("record 1"), "{gap}");
        let mut altered = gate.request();
        altered.records[1] = gate.log[0].clone().into();
        assert_eq!(refused(&central, &gate, &altered).await.code(), "log_gap");
        let mut edited = gate.request();
        let mut record = ScanRecord::from_bytes(&gate.log[1]).expect("ours");
        record.mono_ms += 1;
        edited.records[1] = record.to_bytes().into();
        let broken = refused(&central, &gate, &edited).await;
        assert_eq!(broken.code(), "log_broken");
        assert!(broken.to_string().contains("record 3"), "{broken}");
        let (state, _, log_seq) = status(&central, gate.id).await;
        assert_eq!(
            (state, log_seq),
            (NodeStatus::Active, 0),
            "a node may send it whole"
        );
        assert_eq!(gate.sync(&central).await.acknowledged, 4);
    }
}

#[tokio::test]
async fn case_26_nobody_uploads_under_another_nodes_name() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 2).await;
        let mut north = central.enrol(&event, "Gate A", "north").await;
        let mut south = central.enrol(&event, "Gate B", "south").await;
        north.admit(&central, tickets[0]);
        let foreign = north.request();
        let answer = central.app.sync(south.id, &foreign, central.now()).await;
        assert_eq!(
            answer.expect_err("not south's").code(),
            "bad_head_signature"
        );
        let mut forged = north.request();
        forged.log = north.heads[1].sign(&south.key);
        assert_eq!(
            refused(&central, &north, &forged).await.code(),
            "bad_head_signature"
        );
        assert_eq!(
            parked(&central, north.id).await,
            [],
            "a forger fills no table"
        );
        south.event = EventId::from_u128(5);
        let other_event = south.request();
        assert_eq!(
            refused(&central, &south, &other_event).await.code(),
            "other_event"
        );
        assert_eq!(north.sync(&central).await.acknowledged, 1);
    }
}

#[tokio::test]
async fn case_15_poison_is_parked_and_told_and_the_queue_goes_on() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 3).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        let first = gate.admit(&central, tickets[0]);
        gate.write(&central, |record| record.event = EventId::from_u128(9));
        gate.append(b"no record at all".to_vec());
        gate.write(&central, |record| record.mono_ms = i64::MAX);
        gate.append(vec![0xA5; 2_000]);
        let last = gate.admit(&central, tickets[1]);
        let request = gate.request();
        let answer = central
            .app
            .sync(gate.id, &request, central.now())
            .await
            .expect("taken");
        assert_eq!(answer.acknowledged, 6);
        let told: Vec<_> = answer
            .parked
            .iter()
            .map(|one| (one.seq, one.refusal.code.as_str()))
            .collect();
        let expected = [
            (2, "record_of_other_event"),
            (3, "record_unreadable"),
            (4, "record_clock_impossible"),
            (5, "record_unreadable"),
        ];
        assert_eq!(told, expected);
        let kept = parked(&central, gate.id).await;
        assert_eq!(
            kept.iter()
                .map(|(seq, code)| (*seq, code.as_str()))
                .collect::<Vec<_>>(),
            expected
        );
        gate.sync(&central).await;
        assert_eq!(
            gate.passages.keys().copied().collect::<Vec<_>>(),
            [first, last]
        );
        let checks = central.app.verify_logs().await.expect("read");
        assert_eq!(
            (checks[0].records, checks[0].fault),
            (6, None),
            "the chain runs through what was parked"
        );
    }
}

#[tokio::test]
async fn uploads_without_sense_are_refused_by_name() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let event = central.festival().await;
    let mut gate = central.enrol(&event, "Gate A", "north").await;
    for _ in 0..2_001 {
        gate.admit(&central, TicketId::from_u128(1));
    }
    let request = gate.request();
    assert_eq!(
        refused(&central, &gate, &request).await.code(),
        "batch_too_large"
    );
    let mut lost = gate.request_of(0, 1);
    lost.position = Some(vec![1, 2, 3].into());
    assert_eq!(refused(&central, &gate, &lost).await.code(), "bad_position");
    let mut short = gate.request_of(0, 2);
    short.log = gate.heads[1].sign(&gate.key);
    assert_eq!(refused(&central, &gate, &short).await.code(), "log_broken");
    let nobody = central
        .app
        .sync(
            NodeId::from_u128(1),
            &request_of_nobody(&gate),
            central.now(),
        )
        .await;
    assert_eq!(nobody.expect_err("unknown").code(), "unknown_node");
}

fn request_of_nobody(gate: &NaiveGate) -> SyncRequest {
    gate.request_of(0, 0)
}

/// What would else happen: the node reports how long a lost round took, and central takes it for the clock sample of
/// another one that bears its number.
#[tokio::test]
async fn a_central_that_was_put_back_gives_no_number_of_a_lost_round_again() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let mut gate = central.enrol(&event, "Gate A", "node 1").await;
        gate.sync(&central).await;
        let kept = gate.request();
        let lost = gate.sync(&central).await;
        central.clock.advance_ms(60_000);
        // As if the last round had never been: the number before it is all that a copy knows.
        let sql = "UPDATE nodes SET round = ?";
        let copied = i64::try_from(kept.previous.expect("a round").round).expect("small");
        match &central.app.store {
            Store::Sqlite { writer, .. } => {
                drop(sqlx::query(sql).bind(copied).execute(writer).await)
            }
            Store::MySql { writer, .. } => {
                drop(sqlx::query(sql).bind(copied).execute(writer).await)
            }
        }
        let again = central
            .app
            .sync(gate.id, &gate.request(), central.now())
            .await;
        let again = again.expect("a round");
        assert!(again.round > lost.round, "{engine:?}");
    }
}
