//! What the operator may know at any time: who the node is, how far its replica and its log have come, what its
//! clock is worth, and which of its scans are in conflict with what others know.
//!
//! Called by `status`, by the screen and by tests. It asks for counts that are kept anyway, so it costs the same
//! with a million tickets as with none.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde::Serialize;
use sync_protocol::{
    config::EventConfig,
    id::{EventId, GateId, NodeId, TicketId, WristbandId},
    receipt::Receipt,
    scan::Action,
    ticket::{Revision, TicketStatus},
    time::Timestamp,
};

use crate::{
    database::lock,
    error::NodeError,
    log::contact::Contact,
    moment_text,
    node::Node,
    replica::{
        View,
        conflict::{Conflict, Kind, Place},
        state::State,
    },
    search::SearchStatus,
};

/// Most conflicts that are told at once.
pub const MOST_CONFLICTS: usize = 500;

/// All of it, as `status --json` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The node.
    pub node: NodeId,
    /// What people call it.
    pub name: String,
    /// The event.
    pub event: EventId,
    /// What people call the event, once synced.
    pub event_name: Option<String>,
    /// The gate.
    pub gate: GateId,
    /// What people call the gate.
    pub gate_name: String,
    /// Central's address.
    pub central: String,
    /// The replica.
    pub replica: ReplicaStatus,
    /// How many attempts the log holds.
    pub scans: u64,
    /// How many of them central has not acknowledged.
    pub unsent: u64,
    /// How many central put aside.
    pub parked: u64,
    /// Central has every record up to this place.
    pub acknowledged: u64,
    /// How many it once acknowledged beyond that: it was restored from an older copy, and they are sent again.
    pub lost_by_central: u64,
    /// Central's latest signed word for what it has.
    pub receipt: Option<ReceiptStatus>,
    /// Central's time of the last round.
    #[serde(serialize_with = "moment_text::serialize_option")]
    pub last_sync_at: Option<Timestamp>,
    /// Best estimate of the time.
    #[serde(serialize_with = "moment_text::serialize")]
    pub now: Timestamp,
    /// The wall clock against central's, if central was heard of in this boot.
    pub clock: Option<ClockStatus>,
    /// The node may decide until then.
    #[serde(serialize_with = "moment_text::serialize_option")]
    pub lease_until: Option<Timestamp>,
    /// It may decide no longer.
    pub locked: bool,
    /// Why: `copy`, `revoked` or `lease_over`.
    pub locked_because: Option<&'static str>,
    /// The search by name in this program.
    pub search: SearchStatus,
    /// Doubles that this node lost or won, the newest first.
    pub doubles: Vec<DoubleNotice>,
    /// Doubles, wristbands without a ticket, and admissions of tickets that were not valid any more, the newest first.
    pub conflicts: Vec<ConflictNotice>,
}

/// How far the replica has come.
#[derive(Clone, Debug, Serialize)]
pub struct ReplicaStatus {
    /// Equal to central's at the last proof.
    pub complete: bool,
    /// `complete`, `empty`, `receiving`, or what is wrong: `37 missing`.
    pub state: String,
    /// Revision of the last proof.
    pub revision: Revision,
    /// Central's time of the last proof.
    #[serde(serialize_with = "moment_text::serialize_option")]
    pub as_of: Option<Timestamp>,
    /// Tickets per status; while receiving, those that came so far.
    pub tickets: BTreeMap<&'static str, u64>,
    /// Their sum.
    pub total: u64,
}

/// What central signed.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptStatus {
    /// Every record up to this place is durable at central.
    pub seq: u64,
    /// The hash of that record, in hexadecimal.
    pub hash: String,
    /// When central said so.
    #[serde(serialize_with = "moment_text::serialize")]
    pub at: Timestamp,
}

/// How wrong the wall clock is.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ClockStatus {
    /// The wall clock is ahead of central's by this much.
    pub offset_ms: i64,
    /// ± this much.
    pub error_ms: i64,
}

/// A double that concerns this node, in words for a screen.
#[derive(Clone, Debug, Serialize)]
pub struct DoubleNotice {
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// Its printed number.
    pub number: Option<String>,
    /// What the guests wanted.
    pub action: Action,
    /// This node's scan is the one that won.
    pub won_here: bool,
    /// The scan that lost.
    pub lost: PlaceNotice,
    /// The scan that won.
    pub won: Option<PlaceNotice>,
    /// The clocks cannot tell which was first.
    pub undecidable: bool,
}

/// A conflict that concerns this node, in words for a screen.
#[derive(Clone, Debug, Serialize)]
pub struct ConflictNotice {
    /// `double`, `unbound`, `after_revocation` or `not_valid`.
    pub kind: &'static str,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// Its printed number.
    pub number: Option<String>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
    /// What the guest wanted.
    pub action: Action,
    /// The scan; of a double the one that lost.
    pub scan: PlaceNotice,
    /// Of a double: the scan that won.
    pub won: Option<PlaceNotice>,
    /// Of a double: this node's scan is the one that won.
    pub won_here: bool,
    /// Of a double: the clocks cannot tell which was first.
    pub undecidable: bool,
}

/// A scan, where and when.
#[derive(Clone, Debug, Serialize)]
pub struct PlaceNotice {
    /// The node.
    pub node: NodeId,
    /// Place in its log.
    pub seq: u64,
    /// The gate's name.
    pub gate: String,
    /// Corrected time.
    #[serde(serialize_with = "moment_text::serialize")]
    pub at: Timestamp,
    /// The supervisor who let in where the gate had asked or refused.
    pub overridden_by: Option<String>,
}

impl Node {
    /// What the operator may know now.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn status(&self) -> Result<Status, NodeError> {
        let view = self.replica.view()?;
        let (contact, scans, parked) = self.log_status()?;
        let reading = self.clock.reading();
        let now = contact.estimate(&reading);
        let clock = contact.central_time(&reading).map(|time| ClockStatus {
            offset_ms: reading.wall.ms_since(time.at),
            error_ms: time.error_ms(),
        });
        let answer = &self.identity.answer;
        let conflicts = self.conflicts()?;
        Ok(Status {
            node: answer.node,
            name: self.name(&contact).to_owned(),
            event: answer.event,
            event_name: view.config.as_ref().map(|config| config.name.clone()),
            gate: self.gate(&contact),
            gate_name: self.known_event(&view).gate_name(self.gate(&contact)),
            central: self.identity.central.clone(),
            replica: replica_status(&view.state),
            scans,
            unsent: scans - contact.acknowledged.min(scans),
            parked,
            acknowledged: contact.acknowledged,
            lost_by_central: lost(&contact),
            receipt: contact.receipt.as_ref().map(receipt_status),
            last_sync_at: contact.central_seen,
            now,
            clock,
            lease_until: contact.lease_until,
            locked: contact.is_locked(now),
            locked_because: contact.locked_because(now),
            search: self.search_status(&view, &contact),
            doubles: conflicts.iter().filter_map(DoubleNotice::of).collect(),
            conflicts,
        })
    }

    /// How many records central has not acknowledged.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn unsent(&self) -> Result<u64, NodeError> {
        let (contact, scans, _) = self.log_status()?;
        Ok(scans - contact.acknowledged.min(scans))
    }

    /// Conflicts that concern this node, the newest first.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn conflicts(&self) -> Result<Vec<ConflictNotice>, NodeError> {
        let view = self.replica.view()?;
        let config = self.known_event(&view);
        let conflicts = self.replica.conflicts(self.id(), MOST_CONFLICTS)?;
        conflicts
            .iter()
            .map(|conflict| self.notice(config, conflict))
            .collect()
    }

    fn notice(
        &self,
        config: &EventConfig,
        conflict: &Conflict,
    ) -> Result<ConflictNotice, NodeError> {
        let ticket = conflict
            .ticket
            .map(|id| self.replica.ticket(id))
            .transpose()?;
        let won = conflict.won.as_ref();
        let won = won.map(|place| self.place_notice(config, place));
        Ok(ConflictNotice {
            kind: conflict.kind.name(),
            ticket: conflict.ticket,
            number: ticket.flatten().map(|ticket| ticket.number.to_string()),
            wristband: conflict.wristband,
            action: conflict.action,
            scan: self.place_notice(config, &conflict.scan)?,
            won: won.transpose()?,
            // A scan of others is told here because it lost to one of this node's.
            won_here: conflict.scan.scan.node != self.id(),
            undecidable: conflict.undecidable,
        })
    }

    fn place_notice(&self, config: &EventConfig, place: &Place) -> Result<PlaceNotice, NodeError> {
        let scan = place.scan;
        let by = match scan.node == self.id() {
            true => lock(&self.log).overridden_by(scan.seq)?,
            false => self.replica.overridden_by(scan)?,
        };
        let rules = config.operators.as_ref();
        let name = |id| {
            let known = rules.and_then(|rules| rules.operator(id));
            known.map_or_else(|| id.to_string(), |operator| operator.name.clone())
        };
        Ok(PlaceNotice {
            node: scan.node,
            seq: scan.seq,
            gate: config.gate_name(place.gate),
            at: place.at,
            overridden_by: by.map(name),
        })
    }

    fn log_status(&self) -> Result<(Contact, u64, u64), NodeError> {
        let log = lock(&self.log);
        Ok((log.contact()?, log.head()?.seq, log.parked()?))
    }

    fn known_event<'a>(&'a self, view: &'a View) -> &'a EventConfig {
        view.config.as_ref().unwrap_or(&self.unknown_event)
    }
}

impl ConflictNotice {
    /// The supervisors who let in over what their gate had said.
    #[must_use]
    pub fn supervisors(&self) -> Vec<String> {
        let places = [Some(&self.scan), self.won.as_ref()];
        let places = places.into_iter().flatten();
        places
            .filter_map(|place| place.overridden_by.clone())
            .collect()
    }
}

impl DoubleNotice {
    /// A conflict that is a double.
    fn of(conflict: &ConflictNotice) -> Option<Self> {
        (conflict.kind == Kind::Double.name()).then(|| Self {
            ticket: conflict.ticket,
            number: conflict.number.clone(),
            action: conflict.action,
            won_here: conflict.won_here,
            lost: conflict.scan.clone(),
            won: conflict.won.clone(),
            undecidable: conflict.undecidable,
        })
    }
}

fn lost(contact: &Contact) -> u64 {
    let promised = contact.receipt.map_or(0, |receipt| receipt.head.seq);
    promised.saturating_sub(contact.acknowledged)
}

fn receipt_status(receipt: &Receipt) -> ReceiptStatus {
    ReceiptStatus {
        seq: receipt.head.seq,
        hash: HEXLOWER.encode(receipt.head.hash.as_bytes()),
        at: receipt.at,
    }
}

fn replica_status(state: &State) -> ReplicaStatus {
    let counts = state.running.counts;
    let tickets = TicketStatus::ALL.iter().map(|s| s.name()).zip(counts);
    let said = match (&state.gap, state.pass) {
        _ if state.is_complete => "complete",
        (Some(gap), _) => gap,
        (None, 0) => "empty",
        (None, _) => "receiving",
    };
    ReplicaStatus {
        complete: state.is_complete,
        state: said.to_owned(),
        revision: state.revision,
        as_of: state.as_of,
        tickets: tickets.collect(),
        total: state.running.total(),
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
