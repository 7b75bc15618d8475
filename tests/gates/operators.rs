//! Staff from central to the gate: accounts, secrets, roles, and what supervisors decide, with no network in between.
use central::{
    app::staff::{NewStaff, Secret},
    store,
};
use edge_node::operator::{Session, SessionState};
use support::{central::Engine, festival::festival, real_gate::RealGate};
use sync_protocol::{
    decision::Choice,
    id::{EventId, OperatorId},
    merge::Ruling,
    operator::Role,
    scan::{Action, ScanId},
};

use crate::venue::Venue;

async fn add(venue: &Venue, login: &str, role: Role, event: EventId) -> Secret {
    let wish = NewStaff {
        name: format!("{login} Wijaya"),
        login: login.to_owned(),
        email: format!("{login}@example.id"),
        role,
        events: vec![event],
    };
    venue.central.app.add_staff(&wish).await.expect("taken in")
}

async fn hire(venue: &Venue, login: &str, role: Role) -> Secret {
    add(venue, login, role, venue.event.event.id).await
}

fn sign_in(gate: &RealGate, login: &str, secret: &Secret) -> Session {
    let session = gate.node.operators().sign_in(login, secret);
    session.expect("name and secret are right")
}

fn refused(gate: &RealGate, login: &str, secret: &Secret) -> &'static str {
    let session = gate.node.operators().sign_in(login, secret);
    session.expect_err("it is refused").code()
}

fn said(gate: &RealGate, code: &str, action: Action, who: OperatorId) -> &'static str {
    gate.node
        .scan(code, action, Some(who))
        .verdict
        .reason
        .name()
}

#[tokio::test]
async fn case_17_roles_from_central_hold_at_a_gate_without_a_network() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        assert_eq!(
            venue.north.enter(venue.code(1)),
            "admitted",
            "before there are operators"
        );
        let officer = hire(&venue, "siti", Role::ExchangeOfficer).await;
        let validator = hire(&venue, "budi", Role::Validator).await;
        venue.sync().await;
        assert_eq!(venue.north.enter(venue.code(0)), "sign_in_first");
        let officer = sign_in(&venue.north, "siti", &officer).who.id;
        let validator = sign_in(&venue.north, "budi", &validator).who.id;
        for (who, action, reason) in [
            (validator, Action::Exchange, "not_allowed"),
            (officer, Action::Entry, "not_allowed"),
            (officer, Action::Exchange, "exchanged"),
            (validator, Action::Entry, "admitted"),
        ] {
            assert_eq!(
                said(&venue.north, venue.code(0), action, who),
                reason,
                "{action}"
            );
        }
        venue.sync().await;
        let named = "SELECT COUNT(*) FROM scans WHERE operator_id IS NOT NULL";
        assert_eq!(venue.number(named).await, 4);
    }
}

#[tokio::test]
async fn case_17_a_revoked_operator_is_refused_after_the_next_sync_and_a_reset_secret_at_once() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let first = hire(&venue, "budi", Role::Validator).await;
        venue.sync().await;
        let session = sign_in(&venue.north, "budi", &first);
        let second = venue.central.app.reset_staff("budi").await.expect("known");
        assert_ne!(*first, *second);
        venue.sync().await;
        let state = |session: &Session| venue.north.node.operators().state(&session.token);
        assert_eq!(state(&session).expect("known"), SessionState::Over);
        assert_eq!(refused(&venue.north, "budi", &first), "sign_in_wrong");
        venue.pass(1_000);
        let session = sign_in(&venue.north, "budi", &second);
        let app = &venue.central.app;
        app.set_staff_active("budi", false).await.expect("known");
        let who = session.who.id;
        let unheard = said(&venue.north, venue.code(0), Action::Exchange, who);
        assert_eq!(unheard, "not_allowed", "the gate has not heard of it");
        venue.sync().await;
        assert_eq!(state(&session).expect("known"), SessionState::Over);
        assert_eq!(
            said(&venue.north, venue.code(0), Action::Entry, who),
            "sign_in_first"
        );
        assert_eq!(
            venue.north.enter(venue.code(0)),
            "sign_in_first",
            "nor does it open to all"
        );
        app.open_gates_to_all(venue.event.event.id)
            .await
            .expect("it had");
        venue.sync().await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
    }
}

#[tokio::test]
async fn case_17_an_operator_of_another_event_is_nobody_here() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let mut wish = festival();
        wish.slug = "other-fest".into();
        let other = venue.central.publish(&wish).await;
        let stranger = add(&venue, "dewi", Role::Supervisor, other.event.id).await;
        venue.sync().await;
        assert_eq!(
            refused(&venue.north, "dewi", &stranger),
            "operators_not_offered"
        );
        hire(&venue, "budi", Role::Validator).await;
        venue.sync().await;
        assert_eq!(refused(&venue.north, "dewi", &stranger), "sign_in_wrong");
        let staff = venue
            .central
            .app
            .staff(Some(other.event.id))
            .await
            .expect("staff");
        let dewi = staff[0].account.id;
        assert_eq!(
            said(&venue.north, venue.code(0), Action::Entry, dewi),
            "sign_in_first"
        );
        let app = &venue.central.app;
        let here = [venue.event.event.id];
        app.assign_staff("dewi", Role::Validator, &here)
            .await
            .expect("known");
        venue.sync().await;
        let session = sign_in(&venue.north, "dewi", &stranger);
        assert_eq!(
            session.who.role,
            Role::Validator,
            "another role at another event"
        );
        app.withdraw_staff("dewi", here[0]).await.expect("known");
        venue.sync().await;
        assert_eq!(
            said(&venue.north, venue.code(0), Action::Entry, dewi),
            "sign_in_first"
        );
    }
}

#[tokio::test]
async fn a_gate_secret_is_in_no_table_and_no_trail() {
    let venue = Venue::open(Engine::Sqlite, 1).await;
    let secret = hire(&venue, "budi", Role::Validator).await;
    let second = venue.central.app.reset_staff("budi").await.expect("known");
    venue.sync().await;
    let session = sign_in(&venue.north, "budi", &second);
    let database = venue.central.database_url.trim_start_matches("sqlite:");
    let mut files = vec![database.into(), format!("{database}-wal").into()];
    let home = std::fs::read_dir(venue.north.home.path()).expect("the folder");
    files.extend(home.map(|entry| entry.expect("an entry").path()));
    for file in files {
        let bytes = std::fs::read(&file).unwrap_or_default();
        for text in [&*secret, &*second, &*session.token] {
            let bare = text.replace('-', "");
            let holds = |text: &str| {
                bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            };
            assert!(
                !holds(text) && !holds(&bare),
                "{}",
                std::path::Path::display(&file)
            );
        }
    }
    let trail = "SELECT COUNT(*) FROM audit_log WHERE action IN ('staff.add', 'staff.reset')";
    assert_eq!(venue.number(trail).await, 2);
    let panel = "SELECT COUNT(*) FROM users WHERE password_hash <> '!'";
    assert_eq!(
        venue.number(panel).await,
        0,
        "no panel opens by a gate secret"
    );
}

/// Both gates staffed by one supervisor.
async fn supervised(engine: Engine, tickets: u32) -> (Venue, OperatorId) {
    let venue = Venue::open(engine, tickets).await;
    let secret = hire(&venue, "ratna", Role::Supervisor).await;
    venue.sync().await;
    let who = sign_in(&venue.north, "ratna", &secret).who.id;
    (venue, who)
}

async fn holds(venue: &Venue) {
    let app = &venue.central.app;
    for log in app.verify_logs().await.expect("read") {
        assert_eq!(log.fault, None, "{}", log.name);
    }
    let event = app.verify_event(venue.event.event.id).await.expect("read");
    assert!(event.faults.is_empty(), "{:?}", event.faults);
}

async fn told(venue: &Venue, scan: ScanId) -> Option<Ruling> {
    let mut tx = venue.central.app.store.read().await.expect("a snapshot");
    let start = central::domain::position::ScanPlace::default();
    let rows = store::change::passages(&mut tx, venue.event.event.id, &start, 1_000).await;
    let rows = rows.expect("rows");
    rows.iter()
        .find(|row| row.scan == scan)
        .map(|row| row.ruling)
}

#[tokio::test]
async fn an_override_counts_everywhere_and_names_who_decided() {
    for engine in Engine::both() {
        let (venue, ratna) = supervised(engine, 1).await;
        let number = venue.sold[0].number.clone();
        let asked = venue.north.node.scan(&number, Action::Entry, Some(ratna));
        assert_eq!(asked.verdict.reason.name(), "typed_number");
        let seq = asked.seq.expect("recorded");
        let said_yes = venue.north.node.decide_for(seq, Choice::Admit, Some(ratna));
        let said_yes = said_yes.expect("it may be decided");
        assert_eq!(said_yes.verdict.reason.name(), "overridden");
        venue.sync().await;
        assert_eq!(
            said(&venue.south, venue.code(0), Action::Entry, ratna),
            "already_used"
        );
        let event = venue.event.event.id;
        let listed = venue.central.app.decisions(event).await.expect("listed");
        let [one] = &listed[..] else {
            panic!("one decision: {listed:?}");
        };
        assert_eq!(one.operator_name.as_deref(), Some("ratna Wijaya"));
        assert_eq!(one.answers, seq);
        let before = one
            .before
            .map(|(decision, reason)| (decision.name(), reason.name()));
        assert_eq!(before, Some(("ask", "typed_number")));
        assert_eq!(one.rulings[0].as_deref(), Some("counted"));
        venue.pass(10_000);
        venue.sync().await;
        let inside = venue.central.app.occupancy(event).await.expect("a count");
        assert_eq!(inside.range.inside, 1);
        holds(&venue).await;
    }
}

#[tokio::test]
async fn an_undone_scan_is_free_again_at_every_gate_whoever_reports_first() {
    for engine in Engine::both() {
        let (venue, ratna) = supervised(engine, 1).await;
        let code = venue.code(0);
        let first = venue.north.node.scan(code, Action::Entry, Some(ratna));
        let first_seq = first.seq.expect("recorded");
        // The other gate, which cannot know, lets the same ticket in; and reports first.
        venue.pass(60_000);
        let second = venue.south.node.scan(code, Action::Entry, Some(ratna));
        assert!(second.verdict.admits());
        venue.south.sync(&venue.central).await;
        venue.north.sync(&venue.central).await;
        let (one, other) = (
            ScanId {
                node: venue.north.id(),
                seq: first_seq,
            },
            ScanId {
                node: venue.south.id(),
                seq: second.seq.expect("recorded"),
            },
        );
        assert_eq!(told(&venue, one).await, Some(Ruling::Counted));
        let undone = venue
            .north
            .node
            .undo(first_seq, Some(ratna))
            .expect("it may be undone");
        assert_eq!(undone.verdict.reason.name(), "undone");
        venue.sync().await;
        assert_eq!(told(&venue, one).await, Some(Ruling::Undone));
        assert_eq!(
            told(&venue, other).await,
            Some(Ruling::Counted),
            "it is no double any more"
        );
        let changes = "SELECT COUNT(*) FROM ruling_changes WHERE cause = 'undo'";
        assert_eq!(venue.number(changes).await, 2, "the trail shows both");
        assert_eq!(
            venue
                .central
                .app
                .doubles(venue.event.event.id)
                .await
                .expect("listed"),
            []
        );
        venue
            .south
            .node
            .undo(second.seq.expect("recorded"), Some(ratna))
            .expect("it may be");
        venue.sync().await;
        venue.pass(10_000);
        venue.sync().await;
        let inside = venue
            .central
            .app
            .occupancy(venue.event.event.id)
            .await
            .expect("a count");
        assert_eq!(inside.range.inside, 0);
        assert_eq!(venue.north.node.inside().expect("a count").inside, 0);
        assert_eq!(said(&venue.north, code, Action::Entry, ratna), "admitted");
        venue.sync().await;
        assert_eq!(
            said(&venue.south, code, Action::Entry, ratna),
            "already_used"
        );
        holds(&venue).await;
    }
}

#[tokio::test]
async fn rehearsal_tickets_work_again_and_again_and_never_count() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let event = venue.event.event.id;
        let made = venue
            .central
            .app
            .make_rehearsals(event, 2, 1)
            .await
            .expect("a key");
        for _ in 0..3 {
            for (action, code) in [(Action::Entry, 0), (Action::Exchange, 1), (Action::Exit, 0)] {
                let scan = venue.north.show(&made.codes[code], action);
                assert_eq!(scan.verdict.reason.name(), "rehearsal");
                assert!(!scan.verdict.admits(), "the light is not green");
                assert_eq!(scan.rehearsal.map(|would| would.name()), Some("admit"));
            }
        }
        venue.pass(3_600_000);
        let over = venue.north.show(&made.codes[0], Action::Entry);
        assert_eq!(
            (over.verdict.reason.name(), over.rehearsal),
            ("rehearsal_over", None)
        );
        venue.sync().await;
        let kept =
            "SELECT COUNT(*) FROM scans WHERE reason = 37 AND ruling IS NULL AND ticket_id IS NULL";
        assert_eq!(
            venue.number(kept).await,
            9,
            "each is recorded as what it is"
        );
        let inside = venue.central.app.occupancy(event).await.expect("a count");
        assert_eq!(inside.range.inside, 0);
        assert_eq!(venue.north.node.inside().expect("a count").inside, 0);
        let other = venue
            .central
            .app
            .make_rehearsals(event, 1, 1)
            .await
            .expect("a key");
        assert!(!made.codes.contains(&other.codes[0]));
        assert_eq!(
            venue.north.enter(venue.code(0)),
            "admitted",
            "real ones are not touched"
        );
        holds(&venue).await;
    }
}
