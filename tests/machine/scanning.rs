//! A gate that scans ticket after ticket inside the guest, as a USB scanner would feed it: the next code is typed before
//! the last verdict is seen, so that the gate is never idle.
use std::collections::{BTreeSet, VecDeque};

use serde::Deserialize;
use sync_protocol::id::TicketId;

use crate::{disk::Disk, guest::Guest, venue::Sold};

/// Scans that are on their way at once.
const AHEAD: usize = 3;
/// Where the node lives inside the guest.
pub const HOME: &str = "/gate/node";

/// A verdict that left the machine: somebody saw the colour.
#[derive(Clone, Debug, Deserialize)]
pub struct Seen {
    /// Colour.
    pub verdict: String,
    /// Why.
    pub reason: String,
    /// What was shown.
    pub ticket: Option<SeenTicket>,
    /// Place in the log.
    pub seq: Option<u64>,
}

/// A ticket, as a verdict names it.
#[derive(Clone, Debug, Deserialize)]
pub struct SeenTicket {
    /// Its id.
    pub id: String,
}

impl Seen {
    /// Reads a line of `scan --json`.
    pub fn of(line: &str) -> Self {
        serde_json::from_str(line).unwrap_or_else(|_| panic!("no verdict: {line}"))
    }
}

/// The scanning, from one start of the machine to the cut.
pub struct Scanning {
    /// To be shown.
    pub plan: VecDeque<Sold>,
    /// Shown, and not answered as far as anybody saw.
    pub open: VecDeque<Sold>,
    /// Answered last.
    pub last: Option<Sold>,
    /// All answers, each with what the disk had been told when somebody saw it.
    pub seen: Vec<(Seen, usize)>,
    used: BTreeSet<TicketId>,
    next_seq: u64,
}

impl Scanning {
    /// These tickets are to be shown at a gate whose log has so many records and admitted those.
    pub fn new(plan: Vec<Sold>, records: usize, used: BTreeSet<TicketId>) -> Self {
        Self {
            plan: plan.into(),
            open: VecDeque::new(),
            last: None,
            seen: Vec::new(),
            used,
            next_seq: u64::try_from(records).expect("few") + 1,
        }
    }

    /// Waits for the machine and starts the program.
    pub async fn start(&self, guest: &mut Guest) {
        guest.boot().await;
        let scan = format!("edge-node --home {HOME} scan --stdin --json");
        guest.say(&scan).await;
    }

    /// Shows tickets until enough are on their way, and takes one verdict.
    pub async fn step(&mut self, guest: &mut Guest, disk: &Disk) {
        while self.open.len() < AHEAD
            && let Some(sold) = self.plan.pop_front()
        {
            self.open.push_back(sold.clone());
            guest.say(&sold.code).await;
        }
        let line = guest.hear().await;
        self.take(&line, disk.written());
    }

    /// Takes in a verdict, which must be the right one: a ticket is admitted once, whatever was cut in between, and the
    /// log goes on where it ended.
    pub fn take(&mut self, line: &str, written: usize) {
        let seen = Seen::of(line);
        let shown = self.open.pop_front().expect("it was asked");
        let id = seen.ticket.as_ref().map(|ticket| ticket.id.clone());
        assert_eq!(id, Some(shown.ticket.to_string()), "{line}");
        assert_eq!(seen.seq, Some(self.next_seq), "{line}");
        let right = match self.used.insert(shown.ticket) {
            true => ("admit", "admitted"),
            false => ("refuse", "already_used"),
        };
        let answer = (seen.verdict.as_str(), seen.reason.as_str());
        assert_eq!(answer, right, "{line}");
        self.next_seq += 1;
        self.last = Some(shown);
        self.seen.push((seen, written));
    }

    /// Whether somebody was let in.
    pub fn has_green(&self) -> bool {
        self.seen.iter().any(|(seen, _)| seen.verdict == "admit")
    }
}
