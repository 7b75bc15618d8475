//! The reader that remembers every verdict it has seen at a gate, and looks for it in the log.
use std::collections::BTreeSet;

use sync_protocol::scan::ScanRecord;

use crate::{gate::Seen, logbook::Logbook};

/// What was seen at one gate.
#[derive(Default)]
pub struct Witness {
    seen: Vec<Seen>,
    places: BTreeSet<u64>,
    longest: u64,
}

impl Witness {
    /// One more verdict. Green without a place in the log is a lie at once.
    pub fn saw(&mut self, seen: Seen) {
        match seen.seq {
            Some(seq) => assert!(self.places.insert(seq), "two scans at place {seq}"),
            None => {
                let is_refusal = seen.verdict == "refuse" && seen.reason == "cannot_store";
                assert!(is_refusal && seen.cause.is_some(), "{seen:?}");
            }
        }
        self.seen.push(seen);
    }

    /// More of them.
    pub fn saw_all(&mut self, all: impl IntoIterator<Item = Seen>) {
        all.into_iter().for_each(|seen| self.saw(seen));
    }

    /// How many were green.
    pub fn greens(&self) -> usize {
        self.seen.iter().filter(|seen| seen.is_green()).count()
    }

    /// Everything that was ever seen is in the log, as it was seen, and the log never became shorter.
    pub fn check(&mut self, log: &Logbook) {
        assert!(log.len() >= self.longest, "the log lost its end");
        self.longest = log.len();
        for seen in &self.seen {
            let Some(seq) = seen.seq else { continue };
            let place = usize::try_from(seq - 1).expect("small");
            let stored = log.records.get(place);
            let (_, record) = stored.unwrap_or_else(|| panic!("lost: {seen:?}"));
            check_one(seen, record);
        }
    }
}

fn check_one(seen: &Seen, record: &ScanRecord) {
    assert_eq!(record.decision.name(), seen.verdict, "{seen:?}");
    assert_eq!(record.reason.name(), seen.reason, "{seen:?}");
    if let Some(ticket) = &seen.ticket {
        let stored = record.subject.ticket().map(|ticket| ticket.to_string());
        assert_eq!(stored.as_deref(), Some(ticket.id.as_str()), "{seen:?}");
    }
}
