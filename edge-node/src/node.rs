//! The node: one folder, one identity, one log, one replica, one clock.
//!
//! Invariant: what a node was, it is again after any crash: everything it knows is in its folder. Several
//! programs may open one folder at once (a running gate and `status`); SQLite's locks keep them apart.
//!
//! What it does stands beside it: [`crate::scan`] decides, [`crate::round`] exchanges with central,
//! [`crate::status`] tells. It never waits for a network: that is `sync`, which calls it.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use ambient::Clock;
use ed25519_dalek::SigningKey;
use sync_protocol::{
    config::{EntryRule, EventConfig, Policy},
    id::{EventId, GateId, NodeId},
    keyring::Keyring,
    ticket::Revision,
    time::Timestamp,
};

use crate::{
    database::lock,
    error::NodeError,
    home::Home,
    identity::Identity,
    log::{Log, contact::Contact},
    operator::Desk,
    replica::Replica,
    search::Search,
};

/// An enrolled scanning device.
pub struct Node {
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) log: Mutex<Log>,
    pub(crate) replica: Replica,
    pub(crate) search: Search,
    pub(crate) desk: Desk,
    /// Stands in for the event's rules until the first sync brings them: it knows no key.
    pub(crate) unknown_event: EventConfig,
    pub(crate) unknown_keys: Keyring,
}

impl Node {
    /// Makes a node's folder out of what enrolment gave.
    ///
    /// # Errors
    /// [`NodeError::AlreadyEnrolled`], or what the disk refuses.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the key goes where it belongs"
    )]
    pub fn create(home: &Path, identity: Identity) -> Result<(), NodeError> {
        let home = Home::new(home);
        home.make()?;
        Log::create(&home.log(), identity.answer.node)?;
        identity.store(&home)
    }

    /// Whether the folder may become a new node's: an earlier node's scans, dealings or tickets would be taken
    /// for its own.
    ///
    /// # Errors
    /// [`NodeError::Remains`], or what is damaged.
    pub fn check_free(home: &Home) -> Result<(), NodeError> {
        let (log, replica) = (home.log(), home.replica());
        let used = (log.exists() && Log::open(&log, NodeId::from_u128(0))?.is_used()?)
            || (replica.exists() && Replica::open(&replica)?.event()?.is_some());
        match used {
            true => Err(NodeError::Remains(home.root().to_owned())),
            false => Ok(()),
        }
    }

    /// Opens the node that lives in `home`.
    ///
    /// # Errors
    /// [`NodeError::NotEnrolled`], [`NodeError::KeyRights`], [`NodeError::LogMissing`],
    /// [`NodeError::ForeignReplica`], [`NodeError::NewerDatabase`], or what is damaged.
    pub fn open(home: &Path, clock: Arc<dyn Clock>) -> Result<Self, NodeError> {
        let home = Home::new(home);
        let identity = Identity::load(&home)?;
        let log = Log::open(&home.log(), identity.answer.node)?;
        let replica = Replica::open(&home.replica())?;
        // Perhaps the power went before it was done.
        if log.contact()?.is_erased {
            replica.erase()?;
        }
        let event = identity.answer.event;
        if let Some(found) = replica.event()?
            && found != event
        {
            return Err(NodeError::ForeignReplica {
                path: home.replica(),
                event: found,
            });
        }
        let unknown_event = unknown_event(event);
        Ok(Self {
            unknown_keys: Keyring::new(&unknown_event),
            unknown_event,
            log: Mutex::new(log),
            identity,
            clock,
            replica,
            search: Search::default(),
            desk: Desk::default(),
        })
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> NodeId {
        self.identity.answer.node
    }

    /// The gate it stands at: where it was enrolled, or where central put it since.
    #[must_use]
    pub fn gate(&self, contact: &Contact) -> GateId {
        let enrolled = self.identity.answer.gate;
        let assigned = contact.assignment.as_ref();
        assigned.map_or(enrolled, |assigned| assigned.gate)
    }

    /// What people call it, likewise.
    #[must_use]
    pub fn name<'a>(&'a self, contact: &'a Contact) -> &'a str {
        let enrolled = &self.identity.answer.name;
        let assigned = contact.assignment.as_ref();
        assigned.map_or(enrolled, |assigned| &assigned.name)
    }

    /// Its key.
    #[must_use]
    pub const fn key(&self) -> &SigningKey {
        &self.identity.key
    }

    /// What enrolment gave.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The event's rules as of the last sync; `None` before the first.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn config(&self) -> Result<Option<EventConfig>, NodeError> {
        Ok(self.replica.view()?.config.clone())
    }

    /// Whether its event binds wristbands to tickets.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn binds_wristbands(&self) -> Result<bool, NodeError> {
        let view = self.replica.view()?;
        let config = view.config.as_ref();
        Ok(config.is_some_and(|config| config.wristbands.is_some()))
    }

    /// The event's revision that the replica was last proven at.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn revision(&self) -> Result<Revision, NodeError> {
        Ok(self.replica.view()?.state.revision)
    }

    /// The clock it reads.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The best estimate of central's time.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn now_estimate(&self) -> Result<Timestamp, NodeError> {
        Ok(self.contact()?.estimate(&self.clock.reading()))
    }

    /// Recomputes the replica's sum from its rows; where it does not match, the next sync fetches all again.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn verify_replica(&self) -> Result<(), NodeError> {
        if let Some(gap) = self.replica.verify()? {
            tracing::warn!(%gap, "the replica is damaged: the next sync fetches all of it again");
        }
        Ok(())
    }

    /// Its dealings with central: acknowledged place, clock sample, lease.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn contact(&self) -> Result<Contact, NodeError> {
        lock(&self.log).contact()
    }
}

pub(crate) fn unknown_event(event: EventId) -> EventConfig {
    EventConfig {
        event,
        name: String::new(),
        time_zone: "UTC".to_owned(),
        revision: 0,
        days: Vec::new(),
        types: Vec::new(),
        gates: Vec::new(),
        keys: Vec::new(),
        entry_rule: EntryRule::Single,
        exchange_required: false,
        sold_after_sync: Policy::Refuse,
        repeat_ms: 0,
        check_outs: Vec::new(),
        wristbands: None,
        search: None,
        operators: None,
    }
}
