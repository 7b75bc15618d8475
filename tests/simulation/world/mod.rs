//! A whole world from one seed: an event, its buyers, its guests, its gates, central, and everything between them that
//! can go wrong. One actor moves at a time, so a seed repeats to the letter.
//!
//! What is simulated is what lies outside the programs: clocks, networks, disks, money, people. The programs are the
//! real ones: `central::app::App` behind its routes and `edge_node::Node` with its sync rounds, on real SQLite files.
//!
//! [`run`] plays one seed. `plan` draws what the world will be like, `steps` moves it, `checks` looks after every
//! step, `rest` lets everything meet again at the end, and `retell` tells the same facts to a fresh central in
//! another order.

mod bank;
mod booth;
mod broken;
mod chance;
mod checks;
mod clock;
mod device;
mod disk;
mod entropy;
mod flight;
mod guests;
mod hall;
mod market;
mod oracle;
mod plan;
mod rare;
mod rest;
mod retell;
mod room;
mod rounds;
mod run;
mod steps;
mod till;
mod trace;

pub use run::run;

use std::{collections::BTreeMap, io::Write as _};

use bank::Bank;
use booth::Booth;
use chance::Chance;
use checks::Seen;
use device::Device;
use disk::Image;
use flight::Flight;
use hall::Hall;
use market::Market;
use plan::Plan;
use rounds::Echo;
use trace::Trace;

/// Everything there is.
pub struct World {
    plan: Plan,
    chance: Chance,
    trace: Trace,
    hall: Hall,
    devices: Vec<Device>,
    flights: Vec<Flight>,
    /// Copies of requests that are still on their way.
    echoes: Vec<Echo>,
    market: Market,
    bank: Bank,
    /// Who decides where gates ask, in worlds that have somebody.
    booth: Option<Booth>,
    /// What a gate could see, at every revision at which it could. A central that went back shows something else at the
    /// same revision.
    revisions: BTreeMap<u64, Vec<Seen>>,
    /// Central's disk before the first scan.
    first_day: Image,
    /// A copy of central's disk.
    backup: Option<Image>,
    scans: u32,
    /// In the end: doubles, and those of them that nobody can decide.
    doubles: (usize, usize),
}

/// Writes a line to the person who runs the tests, past the capture of output.
pub fn terminal(line: &str) {
    // A terminal that went away is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{line}");
}
