//! The app: every use of central as one public function, load → decide → save.
//!
//! Invariant: only here does a write transaction begin and end (`transact!`), and only here is the clock read,
//! once per use. A function loads values, asks one pure function of `domain` or `sync-protocol`, stores the
//! result. One file per subject; handlers and workers hold a cheap clone of [`App`].

mod aside;
pub mod attention;
pub mod audit;
pub mod audit_runs;
pub mod authority;
pub mod backup;
pub mod bulk;
pub mod bundle;
pub mod bundle_refusals;
pub mod calendar;
pub mod catalog;
pub mod combine;
mod command_line;
pub mod conflict_decisions;
pub mod conflict_notes;
pub mod conflicts;
mod credit_notes;
pub mod decisions;
pub mod desk;
pub mod dispute_notes;
pub mod disputes;
pub mod enrolments;
pub mod events;
pub mod gate_config;
pub mod holds;
pub mod invoices;
pub mod letters;
pub mod listings;
pub mod live;
pub mod node_acts;
pub mod node_trail;
pub mod nodes;
pub mod notices;
pub mod occupancy;
pub mod offers;
pub mod openings;
pub mod order_acts;
pub mod order_address;
pub mod orders;
pub mod panel_acts;
pub mod payments;
pub mod promos;
pub mod pulse;
pub mod receipts;
pub mod refunds;
pub mod rehearsal;
pub mod reports;
pub mod rushes;
pub mod sample;
pub mod saved_filters;
pub mod search;
pub mod search_runs;
mod sessions;
pub mod staff;
pub mod stock;
pub mod sync;
pub mod tickets;
pub mod together;
pub mod tracking;
pub mod trail;
pub mod users;
pub mod vault;
pub mod wait;
pub mod wristbands;

use std::sync::Arc;

use ambient::{Clock, Entropy, uuid_v7};
use sync_protocol::time::Timestamp;

use crate::{app::vault::Vault, mail::Mailer, payments::PaymentProvider, store::Store};

/// What every use needs; built once, cloned cheaply.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The master key.
    pub vault: Vault,
    /// Who takes the money.
    pub provider: Arc<dyn PaymentProvider>,
    /// Address under which buyers reach central, without a slash at the end.
    pub public_url: Arc<str>,
    /// Address under which gates reach central.
    pub node_url: Arc<str>,
    /// Central's own certificate authority as DER, which nodes are to trust; `None` = the public web PKI.
    pub authority: Option<Arc<[u8]>>,
    /// Events' configs by revision.
    pub gates: gate_config::GateConfigs,
    /// Gates that wait for news.
    pub waits: wait::Waits,
    /// Doors that somebody watches.
    pub doors: live::Doors,
    /// Times in which nodes were faster than counts assume, by event.
    pub rushes: rushes::Rushes,
    /// What is sold, by event.
    pub offers: offers::Offers,
    /// Requests that are made together.
    pub together: together::Together,
    /// When the worker's steps last did something.
    pub pulse: pulse::Pulse,
    /// Reports under way, and those just made.
    pub reports: reports::Reports,
    /// How letters leave; `None` = they wait in the outbox.
    pub mailer: Option<Arc<dyn Mailer>>,
}

impl App {
    /// A fresh id, sorted by `now`.
    #[must_use]
    pub fn new_id(&self, now: Timestamp) -> uuid::Uuid {
        uuid_v7(now, &*self.entropy)
    }
}
