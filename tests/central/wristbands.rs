//! Rolls on a real database, and what central rules of wristbands whose exchange it hears of late.
use std::collections::BTreeSet;

use central::{
    app::wristbands::WristbandError,
    domain::{
        event::EventSetup,
        position::WristbandPlace,
        wristband::{BadLine, LineFault, RollError, RollRecord},
    },
    store::{self, Store},
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
};
use sync_protocol::{
    config::Policy,
    manifest::Tally,
    merge::Ruling,
    scan::{Action, Subject},
    wristband::{self, Wristband, WristbandStatus},
};

async fn venue(engine: Engine) -> (TestCentral, EventSetup) {
    let central = TestCentral::new(engine).await;
    let mut wish = festival();
    wish.wristbands = Some(Policy::Admit);
    let event = central.publish(&wish).await;
    (central, event)
}

/// What gates would hold, after a proof that it adds up to the manifest.
async fn rows(central: &TestCentral, event: &EventSetup) -> Vec<Wristband> {
    let id = event.event.id;
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let start = WristbandPlace::default();
    let rows = store::change::wristbands(&mut tx, id, &start, 1_000_000).await;
    let rows = rows.expect("rows");
    let now = store::revision::read(&mut tx, id).await.expect("a row");
    let mut tally = Tally::default();
    rows.iter().for_each(|row| tally.add(&row.digest()));
    assert_eq!(tally, now.manifest.wristbands);
    rows
}

async fn revision(central: &TestCentral, event: &EventSetup) -> store::revision::EventRevision {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let now = store::revision::read(&mut tx, event.event.id).await;
    now.expect("a row")
}

/// The audit trail's acts on wristbands, with their details.
async fn trail(central: &TestCentral) -> Vec<(String, String)> {
    let sql = "SELECT action, detail FROM audit_log WHERE action LIKE 'wristband.%' ORDER BY happened_at, id";
    match &central.app.store {
        Store::Sqlite { reader, .. } => sqlx::query_as(sql).fetch_all(reader).await,
        Store::MySql { reader, .. } => sqlx::query_as(sql).fetch_all(reader).await,
    }
    .expect("rows")
}

#[tokio::test]
async fn case_33_serials_never_overlap_whoever_prints_at_the_same_time() {
    for engine in Engine::both() {
        let (central, event) = venue(engine).await;
        let print = |name: &'static str, count| central.app.print_roll(event.event.id, name, count);
        let rolls = tokio::join!(
            print("A", 100),
            print("B", 50),
            print("C", 1),
            print("D", 7)
        );
        let rolls: Vec<RollRecord> = [rolls.0, rolls.1, rolls.2, rolls.3]
            .map(|roll| roll.expect("a roll"))
            .into();
        let serials = rolls.iter().flat_map(|roll| roll.first..=roll.last);
        let serials: BTreeSet<u32> = serials.collect();
        assert_eq!(serials, (1..=158).collect(), "without a gap or an overlap");
        let again = print("A", 1).await;
        assert!(matches!(again, Err(WristbandError::NameTaken)), "{again:?}");
        central
            .app
            .void_roll(event.event.id, "B")
            .await
            .expect("good");
        assert_eq!(print("E", 1).await.expect("a roll").first, 159);
        let now = revision(&central, &event).await;
        assert_eq!(now.config_revision, now.manifest.revision, "gates are told");
        let listed = central
            .app
            .wristband_rolls(event.event.id)
            .await
            .expect("rolls");
        let void: Vec<_> = listed
            .iter()
            .map(|one| (one.roll.name.as_str(), one.void))
            .collect();
        assert!(
            void.contains(&("B", 50)) && void.contains(&("A", 0)),
            "{void:?}"
        );
    }
}

#[tokio::test]
async fn case_33_a_hundred_thousand_codes_are_taken_in_at_once_and_withdrawn_again() {
    for engine in Engine::both() {
        let (central, event) = venue(engine).await;
        let list: String = (0..100_000).map(|n| format!("WB-{n:06}\r\n")).collect();
        let (app, id) = (&central.app, event.event.id);
        let roll = app.import_roll(id, "Elsewhere", list.as_bytes()).await;
        assert_eq!(roll.expect("a roll").count(), 100_000);
        let held = rows(&central, &event).await;
        assert_eq!(held.len(), 100_000);
        let last = wristband::of_text(id, "WB-099999");
        assert!(held.iter().any(|row| row.id == last));
        app.void_wristband(id, "wb-000007").await.expect("good");
        app.void_roll(id, "Elsewhere").await.expect("good");
        let held = rows(&central, &event).await;
        assert!(held.iter().all(|row| row.status == WristbandStatus::Void));
    }
}

#[tokio::test]
async fn case_33_a_list_with_a_wrong_line_is_not_taken_in_at_all() {
    for engine in Engine::both() {
        let (central, event) = venue(engine).await;
        let (app, id) = (&central.app, event.event.id);
        app.import_roll(id, "First", b"WB-1\nWB-2\n")
            .await
            .expect("good");
        let before = revision(&central, &event).await;
        let list = b"WB-3\n\nWB-2\nwb-3\n";
        let refused = app.import_roll(id, "Second", list).await;
        let Err(WristbandError::Roll(RollError::Lines(bad))) = &refused else {
            panic!("{refused:?}");
        };
        let bad_line = |line, why| BadLine { line, why };
        let want = [
            bad_line(2, LineFault::Empty),
            bad_line(3, LineFault::Known),
            bad_line(4, LineFault::SameAs(1)),
        ];
        assert_eq!(bad[..], want);
        for (name, list) in [("First", &b"WB-9"[..]), ("", b"WB-9"), ("Empty", b"")] {
            app.import_roll(id, name, list).await.expect_err(name);
        }
        assert_eq!(
            revision(&central, &event).await,
            before,
            "nothing was taken"
        );
        assert_eq!(rows(&central, &event).await.len(), 2);
        assert_eq!(app.wristband_rolls(id).await.expect("rolls").len(), 1);
        app.import_roll(id, "Second", b"WB-3")
            .await
            .expect("the name is free");
    }
}

#[tokio::test]
async fn case_33_every_act_has_its_row_in_the_trail_and_no_code_is_in_it() {
    for engine in Engine::both() {
        let (central, event) = venue(engine).await;
        let (app, id) = (&central.app, event.event.id);
        let roll = app.print_roll(id, "Roll 1", 10).await.expect("a roll");
        let codes: Vec<String> = app.roll_codes(id, &roll).map(|(_, code)| code).collect();
        central.clock.advance_ms(1);
        app.import_roll(id, "Other", b"WB-SECRET")
            .await
            .expect("a roll");
        for text in [codes[3].as_str(), "wb-secret\r\n"] {
            central.clock.advance_ms(1);
            app.void_wristband(id, text).await.expect("good");
            let again = app.void_wristband(id, text).await;
            assert!(
                matches!(again, Err(WristbandError::AlreadyVoid)),
                "{again:?}"
            );
        }
        central.clock.advance_ms(1);
        app.void_roll(id, "Roll 1").await.expect("good");
        let again = app.void_roll(id, "Roll 1").await;
        assert!(
            matches!(again, Err(WristbandError::AlreadyVoid)),
            "{again:?}"
        );
        let nobody = app.void_roll(id, "Nobody's").await;
        assert!(
            matches!(nobody, Err(WristbandError::UnknownRoll)),
            "{nobody:?}"
        );
        for text in ["WB-NEVER", &codes[0].replace(&codes[0][10..], "AAAAAA")] {
            let unknown = app.void_wristband(id, text).await;
            assert!(
                matches!(unknown, Err(WristbandError::UnknownWristband)),
                "{unknown:?}"
            );
        }
        let trail = trail(&central).await;
        let acts: Vec<&str> = trail.iter().map(|(action, _)| action.as_str()).collect();
        let want = ["roll", "import", "void", "void", "void_roll"];
        assert_eq!(acts, want.map(|act| format!("wristband.{act}")));
        let told = format!("{trail:?}");
        assert!(
            told.contains("command line") && told.contains("Roll 1"),
            "{told}"
        );
        assert!(
            !told.contains("SECRET") && !told.contains(&codes[3]),
            "{told}"
        );
        rows(&central, &event).await;
    }
}

#[tokio::test]
async fn an_event_that_binds_no_wristbands_has_no_rolls() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let event = central.festival().await;
    let before = revision(&central, &event).await;
    let refused = central.app.print_roll(event.event.id, "Roll", 1).await;
    assert_eq!(
        refused.map_err(|error| error.code()),
        Err("binds_no_wristbands")
    );
    assert_eq!(revision(&central, &event).await, before);
}

#[tokio::test]
async fn case_33_a_wristband_that_came_before_its_exchange_counts_once_the_exchange_is_heard_of() {
    for engine in Engine::both() {
        let (central, event) = venue(engine).await;
        let tickets = central.sell(&event, 1).await;
        let id = event.event.id;
        central
            .app
            .print_roll(id, "Roll 1", 10)
            .await
            .expect("a roll");
        let band = wristband::of_serial(id, 1);
        let mut north = central.enrol(&event, "Gate A", "north").await;
        let mut south = central.enrol(&event, "Gate B", "south").await;
        north.sync(&central).await;
        south.sync(&central).await;
        central.clock.advance_ms(60_000);
        let bound = north.write(&central, |record| {
            record.action = Action::Exchange;
            record.subject = Subject::Ticket(tickets[0]);
            record.wristband = Some(band);
        });
        central.clock.advance_ms(60_000);
        let entered = south.write(&central, |record| {
            record.subject = Subject::Wristband(band);
            record.provisional = true;
        });
        south.sync(&central).await;
        south.sync(&central).await;
        assert_eq!(south.ruling(entered), Some(Ruling::Unbound));
        north.sync(&central).await;
        south.sync(&central).await;
        for gate in [&mut north, &mut south] {
            gate.sync(&central).await;
            assert_eq!(gate.ruling(bound), Some(Ruling::Counted));
            assert_eq!(gate.ruling(entered), Some(Ruling::Counted));
            assert_eq!(gate.passages[&entered].ticket, Some(tickets[0]));
        }
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let trail = store::ruling::of_event(&mut tx, id).await.expect("rows");
        let [change] = &trail[..] else {
            panic!("one change: {trail:?}");
        };
        assert_eq!((change.scan, change.caused_by), (entered, north.id));
        assert_eq!((change.old, change.new), (Ruling::Unbound, Ruling::Counted));
        assert_eq!(change.ticket, Some(tickets[0]));
    }
}
