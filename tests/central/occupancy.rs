//! How many are inside: the database's answer is the pure function's, and the range is true while gates are away.
use ambient::{Entropy, SeededEntropy};
use central::{
    app::occupancy::Inside,
    domain::{event::EventSetup, log_time::When},
    store::{self, occupancy::NodeRush, scan::ScanRow},
};
use support::{
    central::{Engine, START, TestCentral},
    festival::festival,
    naive_gate::NaiveGate,
};
use sync_protocol::{
    config::EntryRule,
    id::{EventId, GateId, NodeId, TicketId, WristbandId},
    merge::Ruling,
    moment::Interval,
    occupancy::{Pass, Reason, Tally, Window, rush, tally},
    scan::{Action, ScanId},
    wire::v1::PassageChange,
};

const MINUTE: i64 = 60_000;
const MOST: u32 = 2;

/// Random numbers.
struct Dice(SeededEntropy);

impl Dice {
    fn below(&self, most: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % most
    }

    fn ms(&self, most: u64) -> i64 {
        i64::try_from(self.below(most)).expect("small")
    }

    fn pick<T: Copy>(&self, of: &[T]) -> T {
        let place = self.below(of.len() as u64);
        of[usize::try_from(place).expect("small")]
    }

    fn id(&self, most: u64) -> u128 {
        u128::from(self.below(most)) + 1
    }

    /// Any admitted scan, as a merge might have left it.
    fn passage(&self, seq: u64) -> PassageChange {
        let node = NodeId::from_u128(self.id(3));
        let (blur, at) = (self.pick(&[0, 900, 90_000]), self.ms(9) * 20_000);
        let time = Interval {
            lo: START.plus_ms(at - blur),
            at: START.plus_ms(at),
            hi: START.plus_ms(at + blur),
        };
        let winner = ScanId { node, seq: 1 };
        let ruling = match self.below(8) {
            0 => Ruling::Stray,
            1 => Ruling::Unbound,
            2 => Ruling::Double {
                winner,
                undecidable: false,
            },
            _ => Ruling::Counted,
        };
        let ticket = TicketId::from_u128(self.id(6));
        PassageChange {
            scan: ScanId { node, seq },
            ticket: (ruling != Ruling::Unbound).then_some(ticket),
            action: self.pick(&[Action::Entry, Action::Entry, Action::Exit, Action::Exchange]),
            gate: GateId::from_u128(self.id(2)),
            time,
            day: 0,
            ruling,
            revision: seq,
            wristband: Some(WristbandId::from_u128(self.id(3))),
            flag: None,
        }
    }
}

fn row(event: EventId, told: PassageChange) -> ScanRow<'static> {
    let when = When {
        time: told.time,
        day: 0,
    };
    ScanRow {
        wristband: told.wristband,
        told: Some(told),
        ..ScanRow::changed(told.scan, event, told.gate, told.action, when)
    }
}

fn pass(told: &PassageChange) -> Option<Pass> {
    let passes = matches!(told.action, Action::Entry | Action::Exit);
    Some(Pass {
        scan: told.scan,
        ticket: told.ticket.filter(|_| passes)?,
        action: told.action,
        time: told.time,
        counted: told.ruling == Ruling::Counted,
    })
}

#[tokio::test]
async fn case_29_the_database_counts_as_the_pure_function_does() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut seen = [0; 4];
        for seed in 0..40 {
            let dice = Dice(SeededEntropy::new(seed));
            let event = EventId::from_u128(u128::from(seed) + 1);
            let first = seed * 1_000 + 1;
            let told: Vec<_> = (first..first + 60).map(|seq| dice.passage(seq)).collect();
            let rows: Vec<_> = told.iter().map(|told| row(event, *told)).collect();
            let mut tx = central.app.store.begin().await.expect("a transaction");
            store::scan::insert(&mut tx, &rows).await.expect("stored");
            tx.commit().await.expect("committed");
            for check_out in [-MINUTE, 30_000, 100_000] {
                let moments = [START.plus_ms(check_out)];
                let window = Window::at(&moments, START.plus_ms(dice.ms(200_000)));
                let found = counted(&central, event, &window).await;
                let passes: Vec<_> = told.iter().filter_map(pass).collect();
                assert_eq!(found, tally(&window, &passes), "seed {seed}, {window:?}");
                seen[0] += found.inside;
                seen[1] += found.unsure_inside;
                seen[2] += found.unsure_outside;
            }
            seen[3] += rushes_agree(&central, event, &told).await;
        }
        assert!(
            seen.iter().all(|count| *count > 50),
            "all that can be was: {seen:?}"
        );
    }
}

async fn counted(central: &TestCentral, event: EventId, window: &Window) -> Tally {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let types = store::occupancy::by_type(&mut tx, event, window).await;
    let mut sum = Tally::default();
    types
        .expect("rows")
        .iter()
        .for_each(|kind| sum += kind.tally);
    sum
}

async fn rushes_agree(central: &TestCentral, event: EventId, told: &[PassageChange]) -> u64 {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let rushes = store::occupancy::rushes(&mut tx, event, MOST)
        .await
        .expect("rows");
    for number in 1..=3 {
        let node = NodeId::from_u128(number);
        let own = told.iter().filter(|told| told.scan.node == node);
        let first = rushes.iter().find(|rush| rush.node == node);
        let first = first.map(
            |NodeRush {
                 from,
                 until,
                 passes,
                 ..
             }| (*from, *until, *passes),
        );
        let pure = rush(own.map(|told| told.time), MOST);
        assert_eq!(first, pure.map(|rush| (rush.from, rush.until, rush.passes)));
    }
    rushes.len() as u64
}

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
        wish.rules.most_per_minute = MOST;
        wish.rules.entry_rule = EntryRule::ReEntry;
        wish.check_outs = vec![START.plus_ms(120 * MINUTE)];
        let event = central.publish(&wish).await;
        let tickets = central.sell(&event, 30).await;
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
        for gate in [&mut self.north, &mut self.south] {
            gate.sync(&self.central).await;
            gate.sync(&self.central).await;
        }
    }

    async fn inside(&self) -> Inside {
        let inside = self.central.app.occupancy(self.event.event.id).await;
        inside.expect("it counts")
    }

    async fn range(&self) -> (u64, u64, u64) {
        let range = self.inside().await.range;
        (range.low, range.inside, range.high)
    }

    fn pass(&self, ms: i64) {
        self.central.clock.advance_ms(ms);
    }
}

#[tokio::test]
async fn case_29_a_gate_that_is_away_widens_the_number_until_its_log_is_here() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine).await;
        for n in 0..6 {
            venue.pass(20_000);
            venue.north.admit(&venue.central, venue.tickets[n]);
            venue.north.sync(&venue.central).await;
            venue.south.sync(&venue.central).await;
        }
        venue.pass(10_000);
        venue.sync().await;
        venue.pass(8_000);
        venue.sync().await;
        let calm = venue.inside().await;
        assert_eq!(venue.range().await, (6, 6, 6), "{calm:?}");
        assert_eq!(calm.types.len(), 1);
        assert_eq!(
            (calm.types[0].number, calm.types[0].tally.inside),
            (Some(1), 6)
        );
        assert_eq!((calm.gates[0].entries, calm.gates[0].exits), (6, 0));
        // South is cut off, lets two out and one in; north goes on.
        for (n, action) in [(0, Action::Exit), (7, Action::Entry), (1, Action::Exit)] {
            venue.pass(MINUTE);
            let ticket = venue.tickets[n];
            venue.south.write(&venue.central, |record| {
                record.subject = sync_protocol::scan::Subject::Ticket(ticket);
                record.action = action;
            });
            venue.north.sync(&venue.central).await;
        }
        let split = venue.inside().await.range;
        assert!(
            split.low <= 5 && split.high >= 5 && split.low < split.high,
            "{split:?}"
        );
        let [Reason::Silent { node, at_most, .. }] = split.reasons[..] else {
            panic!("south is silent: {split:?}");
        };
        assert_eq!(node, venue.south.id);
        assert!(at_most >= 3, "{at_most}");
        // Two of its three records fit into the first round.
        let request = venue.south.request_of(0, 2);
        let answer = venue
            .central
            .app
            .sync(venue.south.id, &request, venue.central.now())
            .await;
        venue.south.take_in(&venue.central, &answer.expect("taken"));
        venue.pass(8_000);
        venue.north.sync(&venue.central).await;
        let lagging = venue.inside().await.range;
        let unsent = Reason::Unsent {
            node: venue.south.id,
            records: 1,
        };
        assert!(lagging.reasons.contains(&unsent), "{lagging:?}");
        venue.sync().await;
        venue.pass(8_000);
        venue.sync().await;
        assert_eq!(venue.range().await, (5, 5, 5));
        venue.pass(120 * MINUTE);
        venue.sync().await;
        venue.pass(8_000);
        venue.sync().await;
        assert_eq!(venue.range().await, (0, 0, 0), "everybody was checked out");
    }
}

#[tokio::test]
async fn case_29_a_gate_that_was_faster_than_assumed_is_a_conflict_of_its_own() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine).await;
        let event = venue.event.event.id;
        let kinds = async |venue: &Venue| -> Vec<&'static str> {
            let feed = venue
                .central
                .app
                .conflict_feed(event, &Default::default(), 50)
                .await;
            let conflicts = feed.expect("a feed").conflicts;
            conflicts
                .iter()
                .map(|conflict| conflict.kind.name())
                .collect()
        };
        for ticket in &venue.tickets[..MOST as usize] {
            venue.south.admit(&venue.central, *ticket);
        }
        venue.south.sync(&venue.central).await;
        assert!(kinds(&venue).await.is_empty(), "as fast as assumed");
        for ticket in &venue.tickets[5..12] {
            venue.pass(1_000);
            venue.south.admit(&venue.central, *ticket);
        }
        venue.sync().await;
        assert_eq!(kinds(&venue).await, ["faster_than_assumed"]);
    }
}
