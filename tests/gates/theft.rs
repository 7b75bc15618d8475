//! A stolen gate: what its disk tells, and how long it works.
use std::collections::HashMap;

use ambient::SeededEntropy;
use support::{
    central::Engine,
    real_gate::{RealGate, Sold},
};
use sync_protocol::{code::TicketCode, scan::Action};

use crate::venue::{HOUR, Venue};

/// Real names, real codes, and every byte that the gate leaves on its disk.
#[tokio::test]
async fn case_30_a_stolen_disk_holds_no_name_and_nothing_that_prints_a_ticket() {
    let names = ["Zainuddin Prakoso", "Wirjawan Hapsari"];
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 1).await;
        let sold = venue.central.sell_to(&venue.event, 0, 40, &names).await;
        venue.sync().await;
        let shown = venue.north.show(&sold[0].code, Action::Entry);
        let name = shown.attendee.expect("with the ticket in hand");
        assert!(names.contains(&name.as_str()));
        for one in &sold[1..20] {
            assert_eq!(venue.north.enter(&one.code), "admitted");
            assert_eq!(venue.north.enter(&one.code), "already_used");
        }
        let spoilt = format!("{}{}", &sold[30].code[..100], &sold[31].code[100..]);
        for (text, reason) in [
            (&spoilt, "bad_signature"),
            (&sold[31].number, "typed_number"),
            (&sold[32].code[..142].to_owned(), "unreadable"),
        ] {
            assert_eq!(venue.north.enter(text), reason);
        }
        let traces = Traces::of(&names, &sold);
        assert!(
            traces
                .found_in(sold[3].code.to_lowercase().as_bytes())
                .is_some()
        );
        for moment in ["while it runs", "after a restart"] {
            let files = files(&venue.north);
            assert!(
                files.iter().any(|(name, _)| name == "log.db-wal"),
                "{moment}"
            );
            for (file, bytes) in &files {
                assert_eq!(traces.found_in(bytes), None, "in {file}, {moment}");
            }
            venue.north.restart();
        }
    }
}

/// All files of a gate's folder.
pub fn files(gate: &RealGate) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(gate.home.path()).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let read = paths.map(|path| {
        let name = path.file_name().expect("a name").to_string_lossy();
        (name.into_owned(), std::fs::read(&path).expect("readable"))
    });
    read.collect()
}

/// Length of the pieces that are looked up.
const PIECE: usize = 6;

/// What must not be found, by its first bytes, letters in lower case.
pub struct Traces {
    by_start: HashMap<[u8; PIECE], Vec<(String, Vec<u8>)>>,
    /// Whether any begins with this byte: most places of a file need no more than that.
    begins: [bool; 256],
}

impl Traces {
    /// Every word of every name; every quarter of every signature, as bytes and as the text of the QR.
    pub fn of(names: &[&str], sold: &[Sold]) -> Self {
        let mut all = Self {
            by_start: HashMap::new(),
            begins: [false; 256],
        };
        for name in names.iter().flat_map(|name| name.split(' ')) {
            all.add(format!("the name {name}"), name.as_bytes());
        }
        for one in sold {
            let code = TicketCode::parse(&one.code).expect("ours");
            for part in code.signature().chunks(16) {
                all.add(format!("the signature of {}", one.number), part);
            }
            // The first 40 characters name the ticket and are no secret.
            for at in [48, 80, 112] {
                let part = &one.code.as_bytes()[at..at + 24];
                all.add(format!("the code of {}", one.number), part);
            }
        }
        all
    }

    fn add(&mut self, what: String, trace: &[u8]) {
        let trace = trace.to_ascii_lowercase();
        let start = trace[..PIECE].try_into().expect("long enough");
        self.begins[usize::from(trace[0])] = true;
        self.by_start.entry(start).or_default().push((what, trace));
    }

    /// The first thing that is found.
    pub fn found_in(&self, bytes: &[u8]) -> Option<&str> {
        let bytes = bytes.to_ascii_lowercase();
        let places = bytes.windows(PIECE).enumerate();
        let places = places.filter(|(_, start)| self.begins[usize::from(start[0])]);
        let mut found = places.filter_map(|(at, start)| {
            let traces = self.by_start.get(start)?;
            let here = traces
                .iter()
                .find(|(_, trace)| bytes[at..].starts_with(trace))?;
            Some(here.0.as_str())
        });
        found.next()
    }
}

#[tokio::test]
async fn case_30_a_gate_whose_lease_is_over_decides_nothing_until_central_is_heard_again() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 2).await;
        venue.pass(23 * HOUR);
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        venue.pass(HOUR);
        for action in [Action::Entry, Action::Exit, Action::Exchange] {
            let scan = venue.north.show(venue.code(1), action);
            assert_eq!(scan.verdict.reason.name(), "node_locked");
            assert!(venue.north.status().locked);
            venue.north.restart();
        }
        venue.north.sync(&venue.central).await;
        assert_eq!(
            venue.north.enter(venue.code(1)),
            "admitted",
            "on the second day"
        );
    }
}

#[tokio::test]
async fn case_30_a_lease_that_is_over_stays_over_when_the_clock_is_set_back() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 2).await;
        venue.pass(30 * HOUR);
        let entropy = SeededEntropy::new(5);
        venue.north.clock.reboot(&entropy);
        assert_eq!(venue.north.enter(venue.code(0)), "node_locked");
        // A thief takes the network away, sets the clock back to the day of the last sync, and starts it anew.
        venue.north.clock.reboot(&entropy);
        venue.north.clock.set_skew_ms(-30 * HOUR);
        venue.north.restart();
        assert_eq!(venue.north.enter(venue.code(0)), "node_locked");
        venue.north.clock.set_skew_ms(0);
        venue.north.sync(&venue.central).await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
    }
}
