//! First scan wins, whatever arrives first; earlier rulings are re-decided with a trail.
use central::{domain::event::EventSetup, store};
use support::{
    central::{Engine, START, TestCentral},
    festival::festival,
    naive_gate::NaiveGate,
};
use sync_protocol::{
    config::EntryRule, id::TicketId, merge::Ruling, scan::ScanId, ticket::TicketStatus,
};

const MINUTE: i64 = 60_000;

/// Central, two synced gates and tickets.
async fn venue(engine: Engine) -> (TestCentral, EventSetup, Vec<TicketId>, NaiveGate, NaiveGate) {
    let central = TestCentral::new(engine).await;
    let event = central.festival().await;
    let tickets = central.sell(&event, 4).await;
    let mut north = central.enrol(&event, "Gate A", "north").await;
    let mut south = central.enrol(&event, "Gate B", "south").await;
    for gate in [&mut north, &mut south] {
        gate.sync(&central).await;
        gate.sync(&central).await;
    }
    (central, event, tickets, north, south)
}

fn double(winner: ScanId) -> Option<Ruling> {
    Some(Ruling::Double {
        winner,
        undecidable: false,
    })
}

#[tokio::test]
async fn case_19_the_earlier_scan_wins_whoever_reports_first_and_both_gates_are_told() {
    for engine in Engine::both() {
        for north_reports_first in [true, false] {
            let (central, event, tickets, mut north, mut south) = venue(engine).await;
            south.skew_ms = -3 * 60 * MINUTE;
            central.clock.advance_ms(MINUTE);
            let first = north.admit(&central, tickets[0]);
            central.clock.advance_ms(MINUTE);
            let second = south.admit(&central, tickets[0]);
            central.clock.advance_ms(MINUTE);
            let (one, other) = if north_reports_first {
                (&mut north, &mut south)
            } else {
                (&mut south, &mut north)
            };
            one.sync(&central).await;
            other.sync(&central).await;
            one.sync(&central).await;
            for gate in [&north, &south] {
                assert_eq!(gate.ruling(first), Some(Ruling::Counted));
                assert_eq!(gate.ruling(second), double(first));
                let at = gate.time(first).ms_since(START.plus_ms(MINUTE)).abs();
                assert!(at < 100, "corrected to within {at} ms");
            }
            let conflicts = central.app.doubles(event.event.id).await.expect("read");
            assert_eq!(conflicts.len(), 1);
            let conflict = &conflicts[0];
            assert_eq!(
                (
                    conflict.winner.gate_name.as_str(),
                    conflict.double.gate_name.as_str()
                ),
                ("Gate A", "Gate B")
            );
            assert_eq!(
                (conflict.winner.node_name.as_str(), conflict.undecidable),
                ("north", false)
            );
            assert!(conflict.number.is_some());
        }
    }
}

#[tokio::test]
async fn case_27_a_log_that_comes_days_late_re_decides_and_the_trail_shows_before_and_after() {
    for engine in Engine::both() {
        let (central, event, tickets, mut north, mut south) = venue(engine).await;
        central.clock.advance_ms(MINUTE);
        let early = south.admit(&central, tickets[0]);
        central.clock.advance_ms(MINUTE);
        let late = north.admit(&central, tickets[0]);
        north.sync(&central).await;
        north.sync(&central).await;
        assert_eq!(
            north.ruling(late),
            Some(Ruling::Counted),
            "nobody knows better yet"
        );
        central.clock.advance_ms(3 * 24 * 60 * MINUTE);
        south.sync(&central).await;
        south.sync(&central).await;
        north.sync(&central).await;
        for gate in [&north, &south] {
            assert_eq!(
                (gate.ruling(early), gate.ruling(late)),
                (Some(Ruling::Counted), double(early))
            );
        }
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let trail = store::ruling::of_event(&mut tx, event.event.id)
            .await
            .expect("rows");
        let changes: Vec<_> = trail
            .iter()
            .map(|one| (one.scan, one.old, one.new, one.caused_by))
            .collect();
        let lost = double(early).expect("a ruling");
        assert_eq!(changes, [(late, Ruling::Counted, lost, south.id)]);
    }
}

#[tokio::test]
async fn case_20_clocks_that_overlap_are_undecidable_and_said_to_be() {
    for engine in Engine::both() {
        let (central, event, tickets, mut north, mut south) = venue(engine).await;
        central.clock.advance_ms(MINUTE);
        let scans = [
            north.admit(&central, tickets[0]),
            south.admit(&central, tickets[0]),
        ];
        south.sync(&central).await;
        north.sync(&central).await;
        let conflicts = central.app.doubles(event.event.id).await.expect("read");
        assert!(conflicts[0].undecidable);
        assert_eq!(
            conflicts[0].winner.scan,
            *scans.iter().min().expect("two"),
            "the smaller node id"
        );
    }
}

#[tokio::test]
async fn case_20_a_lying_clock_cannot_go_before_the_sync_that_did_not_have_its_scan() {
    for engine in Engine::both() {
        let (central, _, tickets, mut north, mut south) = venue(engine).await;
        central.clock.advance_ms(MINUTE);
        let honest = north.admit(&central, tickets[0]);
        north.sync(&central).await;
        central.clock.advance_ms(MINUTE);
        south.sync(&central).await;
        south.sync(&central).await;
        // South claims, in a boot nobody knows, to have scanned an hour ago.
        let lie = south.write(&central, |record| {
            record.boot = sync_protocol::id::BootId::from_u128(77);
            record.wall = START.plus_ms(-60 * MINUTE);
            record.subject = sync_protocol::scan::Subject::Ticket(tickets[0]);
        });
        south.sync(&central).await;
        north.sync(&central).await;
        assert_eq!(north.ruling(honest), Some(Ruling::Counted));
        assert_eq!(north.ruling(lie), double(honest));
    }
}

#[tokio::test]
async fn case_7_and_28_an_admit_after_revocation_is_kept_and_flagged() {
    for engine in Engine::both() {
        let (central, event, tickets, mut north, mut south) = venue(engine).await;
        central
            .set_status(&event, tickets[0], TicketStatus::Refunded)
            .await;
        let unknowing = north.admit(&central, tickets[0]);
        south.sync(&central).await;
        let knowing = south.admit(&central, tickets[0]);
        south.sync(&central).await;
        north.sync(&central).await;
        assert_eq!(
            north.tickets[&tickets[0]].status,
            TicketStatus::Refunded,
            "the tombstone came"
        );
        assert!(
            north.ruling(unknowing).is_some(),
            "what happened at the door is kept"
        );
        assert_eq!(
            flag(&central, unknowing).await.as_deref(),
            Some("after_revocation")
        );
        assert_eq!(flag(&central, knowing).await.as_deref(), Some("not_valid"));
    }
}

async fn flag(central: &TestCentral, scan: ScanId) -> Option<String> {
    let sql = "SELECT flag FROM scans WHERE node_id = ? AND seq = ?";
    let seq = i64::try_from(scan.seq).expect("small");
    let row: (Option<String>,) = match &central.app.store {
        store::Store::Sqlite { reader, .. } => sqlx::query_as(sql)
            .bind(scan.node.0)
            .bind(seq)
            .fetch_one(reader)
            .await
            .expect("a row"),
        store::Store::MySql { reader, .. } => sqlx::query_as(sql)
            .bind(scan.node.0)
            .bind(seq)
            .fetch_one(reader)
            .await
            .expect("a row"),
    };
    row.0
}

#[tokio::test]
async fn rules_of_the_event_decide_what_a_double_is() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut wish = festival();
        wish.rules.entry_rule = EntryRule::OncePerDay;
        let event = central.publish(&wish).await;
        let ticket = central.sell(&event, 1).await[0];
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        gate.sync(&central).await;
        gate.sync(&central).await;
        let monday = gate.admit(&central, ticket);
        central.clock.advance_ms(MINUTE);
        let again = gate.admit(&central, ticket);
        central.clock.advance_ms(24 * 60 * MINUTE);
        let tuesday = gate.admit(&central, ticket);
        gate.sync(&central).await;
        gate.sync(&central).await;
        assert_eq!(gate.ruling(monday), Some(Ruling::Counted));
        assert_eq!(gate.ruling(again), double(monday));
        assert_eq!(gate.ruling(tuesday), Some(Ruling::Counted));
        assert_eq!(gate.passages[&tuesday].day, 1);
    }
}

#[tokio::test]
async fn gates_that_upload_at_once_queue_and_come_to_the_same_rulings() {
    for engine in Engine::both() {
        let central = std::sync::Arc::new(TestCentral::new(engine).await);
        let event = central.festival().await;
        let tickets = central.sell(&event, 40).await;
        let mut gates = Vec::new();
        for number in 0..6 {
            let mut gate = central
                .enrol(&event, "Gate A", &format!("gate {number}"))
                .await;
            gate.sync(&central).await;
            gate.sync(&central).await;
            gates.push(gate);
        }
        for ticket in &tickets {
            for gate in &mut gates {
                central.clock.advance_ms(100);
                gate.admit(&central, *ticket);
            }
        }
        let mut tasks = tokio::task::JoinSet::new();
        for mut gate in gates {
            let central = central.clone();
            tasks.spawn(async move {
                gate.sync(&central).await;
                gate
            });
        }
        let mut gates = tasks.join_all().await;
        for gate in &mut gates {
            gate.sync(&central).await;
            gate.sync(&central).await;
        }
        let last = gates.pop().expect("six");
        let counted = last
            .passages
            .values()
            .filter(|one| one.ruling == Ruling::Counted)
            .count();
        assert_eq!(
            (last.passages.len(), counted),
            (240, 40),
            "one admission each"
        );
        for mut gate in gates {
            gate.sync(&central).await;
            assert_eq!(gate.passages.len(), 240);
            let differs = gate
                .passages
                .iter()
                .find(|(scan, one)| one.ruling != last.passages[scan].ruling);
            assert_eq!(differs, None);
        }
    }
}

/// A round that hung in a dead network tells little of the clock; the quick one before it still counts.
#[tokio::test]
async fn case_20_scans_made_while_a_round_hung_keep_their_time() {
    for engine in Engine::both() {
        let (central, _, tickets, mut north, mut south) = venue(engine).await;
        central.clock.advance_ms(1_000);
        let hung = north.request();
        let sent_ms = central.now().ms_since(START);
        let first = north.admit(&central, tickets[0]);
        central.clock.advance_ms(1_000);
        let second = south.admit(&central, tickets[0]);
        central.clock.advance_ms(20_000);
        let answer = central.app.sync(north.id, &hung, central.now()).await;
        north.take_in(&central, &answer.expect("late, but good"));
        let previous = north.previous.as_mut().expect("just answered");
        previous.trip.sent_ms = sent_ms;
        for gate in [&mut north, &mut south] {
            gate.sync(&central).await;
        }
        north.sync(&central).await;
        assert_eq!(north.ruling(first), Some(Ruling::Counted));
        assert_eq!(north.ruling(second), double(first));
        assert_eq!(north.time(first), START.plus_ms(1_000));
    }
}
