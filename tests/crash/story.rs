//! An evening at two gates whose programs are killed again and again.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    dice::Dice,
    gate::{Gate, Seen},
    ledger::{Ledger, Ruled, look_into},
    logbook::Logbook,
    replica::Replica,
    venue::{GATES, Venue},
    witness::Witness,
};

/// Three pages.
const TICKETS: u32 = 14_000;

/// The evening.
pub struct Story {
    /// Central.
    pub venue: Venue,
    /// Both gates.
    pub gates: [Gate; 2],
    /// Where to strike.
    pub dice: Dice,
    witnesses: [Witness; 2],
    codes: Vec<String>,
    /// Kills between sending and acknowledgement.
    pub unheard: u64,
    /// Records that were durable when a gate died before it showed them.
    pub stored_unseen: u64,
}

/// What became of all of it.
#[derive(Debug)]
pub struct Totals {
    /// Records of both gates.
    pub scans: usize,
    /// Green verdicts that were seen.
    pub greens: usize,
    /// Tickets that both gates let in.
    pub doubles: usize,
}

impl Story {
    /// Opens both gates with all tickets; `shown` of them come, few enough that both gates meet many.
    pub async fn open(seed: u64, shown: usize) -> Self {
        let venue = Venue::open(TICKETS).await;
        let gates = [
            venue.enrol_here(GATES[0]).await,
            venue.enrol_here(GATES[1]).await,
        ];
        let mut codes = venue.codes();
        codes.truncate(shown);
        Self {
            venue,
            gates,
            dice: Dice::new(seed),
            witnesses: [Witness::default(), Witness::default()],
            codes,
            unheard: 0,
            stored_unseen: 0,
        }
    }

    /// What guests show next: mostly tickets, now and then a text that is none.
    pub fn guests(&self, count: usize) -> Vec<String> {
        let guest = |_| match self.dice.below(12) {
            0 => format!("NO TICKET {}", self.dice.below(1_000)),
            _ => self.dice.one(&self.codes).clone(),
        };
        (0..count).map(guest).collect()
    }

    /// Somebody saw this at a gate.
    pub fn saw(&mut self, gate: usize, seen: Vec<Seen>) {
        self.witnesses[gate].saw_all(seen);
    }

    /// Scans at a gate, undisturbed and unsent.
    pub async fn scan(&mut self, gate: usize, count: usize) {
        let seen = self.gates[gate].scan(&self.guests(count)).await;
        self.saw(gate, seen);
    }

    /// How many records of a gate have arrived.
    pub fn arrived(&self, gate: usize) -> u64 {
        let node = self.gates[gate].node().parse().expect("an id");
        self.venue.ledger().acknowledged(node)
    }

    /// How many of them the gate knows to have arrived.
    pub fn heard(&self, gate: usize) -> u64 {
        Logbook::read(&self.gates[gate]).acknowledged
    }

    /// How many records a gate has.
    pub fn stored(&self, gate: usize) -> u64 {
        Logbook::read(&self.gates[gate]).len()
    }

    /// Looks for everything that was ever seen, at both gates and at central.
    pub fn check(&mut self) {
        let ledger = self.venue.ledger();
        for (gate, witness) in self.gates.iter().zip(&mut self.witnesses) {
            let log = Logbook::read(gate);
            witness.check(&log);
            log.check_against(&ledger);
            let replica = Replica::read(gate);
            let is_whole = replica.tickets == TICKETS;
            assert!(is_whole || !replica.is_complete, "{replica:?}");
        }
    }

    /// How long one undisturbed fetch of all tickets takes.
    pub async fn time_a_fetch(&self, slow: Duration) -> Duration {
        self.venue.wire.slow(slow);
        let gate = &self.gates[0];
        gate.lose_replica();
        let start = tokio::time::Instant::now();
        assert_eq!(gate.sync().await.status, 0);
        start.elapsed()
    }

    /// Lets everything arrive, and checks that it arrived once and is ruled right.
    pub async fn rest(&mut self) -> Totals {
        self.venue.wire.slow(Duration::ZERO);
        // Twice: what one gate sends after the other has fetched comes with the next fetch.
        for gate in [0, 1, 0, 1] {
            let ended = self.gates[gate].sync().await;
            assert_eq!(ended.status, 0, "{}", ended.complaint);
        }
        self.check();
        let ledger = self.venue.ledger();
        let logs = [0, 1].map(|gate| Logbook::read(&self.gates[gate]));
        for (log, gate) in logs.iter().zip(&self.gates) {
            assert_eq!(log.acknowledged, log.len(), "everything was acknowledged");
            check_rest(gate, &ledger).await;
        }
        let scans = logs.iter().map(|log| log.records.len()).sum();
        assert_eq!(ledger.scans(), scans, "each scan is at central once");
        assert_eq!(ledger.parked(), 0, "central set scans aside");
        self.check_audit(scans).await;
        let doubles = check_rulings(&ledger);
        assert_eq!(self.venue.conflicts().await.len(), doubles);
        Totals {
            scans,
            greens: self.witnesses.iter().map(Witness::greens).sum(),
            doubles,
        }
    }

    async fn check_audit(&self, scans: usize) {
        let checks = self.venue.ask_json(&["audit", "verify", "--json"]).await;
        let records = checks.iter().filter_map(|check| check["records"].as_u64());
        assert_eq!(records.sum::<u64>(), scans as u64);
        assert!(checks.iter().all(|check| check["fault"].is_null()));
    }
}

/// A gate at rest: nothing unsent, every ticket and every passage of central.
async fn check_rest(gate: &Gate, ledger: &Ledger) {
    let status = gate.status().await;
    assert_eq!(status["unsent"], 0, "{status}");
    assert_eq!(status["replica"]["complete"], true, "{status}");
    assert_eq!(status["replica"]["total"], TICKETS, "{status}");
    let db = look_into(&gate.home.join("replica.db"));
    let mut ask = db
        .prepare("SELECT node, seq FROM passages")
        .expect("a question");
    let rows = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let here: BTreeSet<_> = rows.expect("rows").map(|row| row.expect("a row")).collect();
    let there: BTreeSet<_> = ledger.rulings().iter().map(|scan| scan.place).collect();
    assert_eq!(here, there, "the replica's passages are not central's");
}

/// Each ticket counts once a day, for the earliest scan; all others are doubles of that one, and of another gate.
/// Gives how many doubles there are.
fn check_rulings(ledger: &Ledger) -> usize {
    let mut tickets: BTreeMap<_, Vec<Ruled>> = BTreeMap::new();
    for ruled in ledger.rulings() {
        tickets.entry(ruled.what).or_default().push(ruled);
    }
    let mut doubles = 0;
    for scans in tickets.values_mut() {
        scans.sort_by_key(|scan| (scan.at_ms, scan.place));
        let first = &scans[0];
        assert_eq!(first.ruling.as_deref(), Some("counted"), "{scans:?}");
        assert_eq!(first.winner, None, "{scans:?}");
        for later in &scans[1..] {
            let ruling = later.ruling.as_deref().unwrap_or_default();
            assert!(ruling.starts_with("double"), "{scans:?}");
            assert_eq!(later.winner, Some(first.place), "{scans:?}");
            assert_ne!(later.place.0, first.place.0, "one gate, twice: {scans:?}");
            doubles += 1;
        }
    }
    doubles
}
