//! The feed of conflicts: all kinds, paged, followed, with what was said before and what people remark.
use central::{
    app::conflicts::{Conflict, Feed, Matter},
    domain::{conflict::Cursor, event::EventSetup},
    store,
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    naive_gate::NaiveGate,
};
use sync_protocol::{
    config::Policy,
    id::{TicketId, WristbandId},
    scan::{Action, ScanId, Subject},
    ticket::TicketStatus,
};

const MINUTE: i64 = 60_000;

struct Venue {
    central: TestCentral,
    event: EventSetup,
    tickets: Vec<TicketId>,
    north: NaiveGate,
    south: NaiveGate,
}

impl Venue {
    async fn open(engine: Engine) -> Self {
        let central = TestCentral::new(engine).await;
        let mut wish = festival();
        wish.wristbands = Some(Policy::Admit);
        let event = central.publish(&wish).await;
        let tickets = central.sell(&event, 8).await;
        let north = central.enrol(&event, "Gate A", "north").await;
        let south = central.enrol(&event, "Gate B", "south").await;
        let mut venue = Self {
            central,
            event,
            tickets,
            north,
            south,
        };
        venue.sync().await;
        venue
    }

    async fn sync(&mut self) {
        for gate in [&mut self.south, &mut self.north] {
            gate.sync(&self.central).await;
            gate.sync(&self.central).await;
        }
    }

    fn pass(&self, ms: i64) {
        self.central.clock.advance_ms(ms);
    }

    async fn feed(&self, after: &Cursor, most: usize) -> Feed {
        let event = self.event.event.id;
        let feed = self.central.app.conflict_feed(event, after, most).await;
        feed.expect("a feed")
    }

    async fn all(&self) -> Vec<Conflict> {
        let feed = self.feed(&Cursor::default(), 1_000).await;
        assert!(!feed.has_more);
        feed.conflicts
    }

    /// A wristband is let in of which nobody knows an exchange.
    fn wristband(&mut self) -> ScanId {
        self.south.write(&self.central, |record| {
            record.subject = Subject::Wristband(WristbandId::from_u128(5));
        })
    }
}

fn kinds(conflicts: &[Conflict]) -> Vec<&'static str> {
    conflicts.iter().map(|one| one.kind.name()).collect()
}

#[tokio::test]
async fn case_28_every_kind_of_conflict_is_raised_once_and_pages_give_the_same() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine).await;
        let central = &venue.central;
        central
            .set_status(&venue.event, venue.tickets[0], TicketStatus::Refunded)
            .await;
        venue.pass(MINUTE);
        venue.north.admit(&venue.central, venue.tickets[0]);
        venue.north.admit(&venue.central, venue.tickets[1]);
        venue.pass(MINUTE);
        venue.south.admit(&venue.central, venue.tickets[1]);
        venue.wristband();
        venue.north.append(b"no record at all".to_vec());
        venue.sync().await;
        let knowing = venue.south.admit(&venue.central, venue.tickets[0]);
        venue.sync().await;
        // A copy of south's disk goes another way.
        let seq = usize::try_from(knowing.seq).expect("small");
        let copied = (
            venue.south.log.split_off(seq - 1),
            venue.south.heads.split_off(seq),
        );
        venue.pass(1_000);
        venue.south.admit(&venue.central, venue.tickets[2]);
        venue.south.acknowledged = knowing.seq - 1;
        let forked = venue.south.try_round(&venue.central).await;
        assert_eq!(forked.expect_err("a fork").code(), "log_forked");
        drop(copied);
        let all = venue.all().await;
        let mut found = kinds(&all);
        found.sort_unstable();
        // Ticket 0 was refunded, entered at north and again at south: flagged, and a double.
        let want = [
            "after_revocation",
            "double",
            "double",
            "parked",
            "parked",
            "quarantined",
            "unbound",
        ];
        assert_eq!(found, want, "{all:#?}");
        let mut paged = Vec::new();
        let mut cursor = Cursor::default();
        loop {
            let feed = venue.feed(&cursor, 1).await;
            paged.extend(feed.conflicts);
            cursor = feed.cursor.to_string().parse().expect("it reads back");
            if !feed.has_more {
                break;
            }
        }
        let sorted = |mut list: Vec<Conflict>| {
            list.sort_by_key(|one| one.id);
            list
        };
        assert_eq!(sorted(paged), sorted(all));
    }
}

#[tokio::test]
async fn case_27_a_conflict_comes_again_when_its_ruling_changes_with_who_when_and_why() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine).await;
        venue.pass(MINUTE);
        let early = venue.south.admit(&venue.central, venue.tickets[0]);
        venue.pass(MINUTE);
        let late = venue.north.admit(&venue.central, venue.tickets[0]);
        let waiting = venue.north.write(&venue.central, |record| {
            record.subject = Subject::Wristband(WristbandId::from_u128(5));
        });
        venue.north.sync(&venue.central).await;
        let before = venue.feed(&Cursor::default(), 100).await;
        assert_eq!(kinds(&before.conflicts), ["unbound"]);
        // South's log comes three days later: the ticket was used, and the wristband belongs to another one.
        let ticket = venue.tickets[1];
        venue.south.write(&venue.central, |record| {
            record.action = Action::Exchange;
            record.subject = Subject::Ticket(ticket);
            record.wristband = Some(WristbandId::from_u128(5));
        });
        venue.pass(3 * 24 * 60 * MINUTE);
        venue.sync().await;
        let after = venue.feed(&before.cursor, 100).await.conflicts;
        let of = |scan: ScanId| {
            let found = after
                .iter()
                .find(|one| one.id.to_string() == format!("scan.{}.{}", scan.node, scan.seq));
            found.unwrap_or_else(|| panic!("{scan:?}: {after:#?}"))
        };
        let (double, bound) = (of(late), of(waiting));
        assert!(
            double.is_open && !bound.is_open,
            "the wristband has a ticket now"
        );
        assert_eq!(
            (double.kind.name(), bound.kind.name()),
            ("double", "unbound")
        );
        let Matter::Scan {
            winner: Some(winner),
            ..
        } = &double.matter
        else {
            panic!("{double:?}");
        };
        assert_eq!((winner.scan, winner.node_name.as_str()), (early, "south"));
        for (one, cause) in [(double, "late_log"), (bound, "binding")] {
            let [change] = &one.history[..] else {
                panic!("one change: {one:?}");
            };
            assert_eq!(
                (change.caused_by, change.cause.name()),
                (venue.south.id, cause)
            );
            assert_eq!(change.changed_at, venue.central.now());
        }
        assert!(
            venue
                .feed(&venue.feed(&before.cursor, 100).await.cursor, 100)
                .await
                .conflicts
                .is_empty()
        );
    }
}

#[tokio::test]
async fn case_27_a_clock_sample_that_turns_a_winner_around_is_named_as_the_cause() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine).await;
        // South restarts without a clock, scans first, and its first round after that says nothing of its clock.
        let boot = sync_protocol::id::BootId::from_u128(77);
        venue.south.boot = boot;
        venue.south.skew_ms = 10 * MINUTE;
        venue.pass(MINUTE);
        let first = venue.south.admit(&venue.central, venue.tickets[0]);
        venue.pass(MINUTE);
        let second = venue.north.admit(&venue.central, venue.tickets[0]);
        venue.pass(MINUTE);
        venue.north.sync(&venue.central).await;
        venue.north.sync(&venue.central).await;
        venue.south.try_round(&venue.central).await.expect("taken");
        let before = venue.all().await;
        assert_eq!(
            before[0].id.to_string(),
            format!("scan.{}.{}", first.node, first.seq)
        );
        venue.south.sync(&venue.central).await;
        venue.north.sync(&venue.central).await;
        let after = venue.all().await;
        let open: Vec<_> = after.iter().filter(|one| one.is_open).collect();
        assert_eq!(open.len(), 1);
        assert_eq!(
            open[0].id.to_string(),
            format!("scan.{}.{}", second.node, second.seq)
        );
        assert_eq!(open[0].history[0].cause.name(), "clock_sample");
    }
}

#[tokio::test]
async fn what_people_remark_stays_with_the_conflict_and_in_the_audit_trail() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine).await;
        let scan = venue.wristband();
        venue.sync().await;
        let (app, event) = (&venue.central.app, venue.event.event.id);
        let id = venue.all().await[0].id;
        app.note_conflict(event, id, "Sari", "Lost at the beach")
            .await
            .expect("noted");
        venue.pass(1_000);
        app.note_conflict(event, id, "Budi", "Found again")
            .await
            .expect("noted");
        let said: Vec<_> = venue.all().await[0]
            .notes
            .iter()
            .map(|note| (note.author.clone(), note.text.clone()))
            .collect();
        let want = [("Sari", "Lost at the beach"), ("Budi", "Found again")];
        assert_eq!(
            said,
            want.map(|(who, what)| (who.to_owned(), what.to_owned()))
        );
        let unknown = format!("scan.{}.{}", scan.node, scan.seq + 1)
            .parse()
            .expect("a name");
        for (id, author, text, code) in [
            (unknown, "Sari", "?", "unknown_conflict"),
            (id, "Sari", " ", "bad_note"),
            (id, "", "text", "bad_note"),
        ] {
            let refused = app.note_conflict(event, id, author, text).await;
            assert_eq!(refused.expect_err("refused").code(), code);
        }
        assert_eq!(audited(&venue.central).await, 2);
    }
}

async fn audited(central: &TestCentral) -> i64 {
    let sql = "SELECT COUNT(*) FROM audit_log WHERE action = 'conflict.note'";
    match &central.app.store {
        store::Store::Sqlite { reader, .. } => sqlx::query_scalar(sql)
            .fetch_one(reader)
            .await
            .expect("a row"),
        store::Store::MySql { reader, .. } => sqlx::query_scalar(sql)
            .fetch_one(reader)
            .await
            .expect("a row"),
    }
}
