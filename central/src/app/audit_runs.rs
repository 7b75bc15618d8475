//! Checks that somebody asks for at the panel: they run beside everything else, one at a time, and what they find is
//! kept.
//!
//! Invariant: whoever runs a check holds the one turn there is (a row), whichever server it is, and says every second
//! that it is alive; a turn whose holder has died is taken over. The check itself is `app::audit`'s, writes nothing, and is a
//! task of its own, so that no piece of it holds up the sign of life.

use std::{
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::json;
use sync_protocol::{
    id::{EventId, NodeId},
    time::Timestamp,
};
use tokio::task::JoinError;
use uuid::Uuid;

use super::{App, events::EventError, users::By};
pub use crate::store::audit_run::{AuditRun, Scope};
use crate::{
    domain::node::Node,
    store::{self, StoreError, Transient, tx::transact},
};

/// Whoever gave no sign of life for so long is dead.
pub const DEAD_MS: i64 = 30_000;
const BEAT: Duration = Duration::from_secs(1);

/// Why a check does not begin.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Another one runs.
    #[error("another check is running: wait until it is finished")]
    Busy,
    /// No such node or event.
    #[error("there is nothing of this name to check")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Transient for CheckError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// What was found of one log or one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Whether it is a log; else an event.
    pub is_log: bool,
    /// The node's or event's name.
    pub name: String,
    /// How many records or rulings hold.
    pub count: u64,
    /// Records that were set aside.
    pub parked: u64,
    /// What does not hold, one sentence each.
    pub faults: Vec<String>,
}

/// How far a check is.
#[derive(Default)]
struct Place {
    done: AtomicU64,
}

impl App {
    /// Begins a check and gives its id; what it finds is read later.
    ///
    /// # Errors
    /// [`CheckError::Busy`] or [`CheckError::Unknown`].
    pub async fn start_check(&self, by: &By, scope: Scope) -> Result<Uuid, CheckError> {
        let now = self.clock.now();
        let nodes = self.nodes_to_check(scope).await?;
        let events = self.events_to_check(scope).await?;
        let run = AuditRun {
            id: self.new_id(now),
            scope,
            author: by.name().to_owned(),
            started_at: now,
            beat_at: now,
            finished_at: None,
            done: 0,
            total: nodes.iter().map(|node| node.log_seq).sum::<u64>() + events.len() as u64,
            holds: None,
            findings: None,
        };
        transact!(self.store, |tx| {
            let stale = now.plus_ms(-DEAD_MS);
            if !store::audit_run::take_turn(tx, run.id, now, stale).await? {
                return Err(CheckError::Busy);
            }
            store::audit_run::insert(tx, &run).await?;
            let detail = json!({"event": scope.event, "node": scope.node});
            let subject = ("check", run.id);
            self.note_by(tx, by, "audit.check", subject, now, detail)
                .await?;
            Ok(())
        })?;
        let (app, id, total) = (self.clone(), run.id, run.total);
        tokio::spawn(async move { app.run_check(id, total, nodes, events).await });
        Ok(id)
    }

    async fn nodes_to_check(&self, scope: Scope) -> Result<Vec<Node>, CheckError> {
        let mut nodes = self.nodes(scope.event).await?;
        if let Some(node) = scope.node {
            nodes.retain(|one| one.id == node);
            if nodes.is_empty() {
                return Err(CheckError::Unknown);
            }
        }
        Ok(nodes)
    }

    async fn events_to_check(&self, scope: Scope) -> Result<Vec<(EventId, String)>, CheckError> {
        if scope.node.is_some() {
            return Ok(Vec::new());
        }
        let mut tx = self.store.read().await?;
        let mut events = store::event::all(&mut tx).await?;
        if let Some(event) = scope.event {
            events.retain(|one| one.id == event);
            if events.is_empty() {
                return Err(CheckError::Unknown);
            }
        }
        Ok(events
            .into_iter()
            .map(|event| (event.id, event.name))
            .collect())
    }

    async fn run_check(
        &self,
        id: Uuid,
        total: u64,
        nodes: Vec<Node>,
        events: Vec<(EventId, String)>,
    ) {
        let (app, place) = (self.clone(), Arc::new(Place::default()));
        let told = Arc::clone(&place);
        let mut look = tokio::spawn(async move { app.look_at_all(&nodes, &events, &told).await });
        let mut beat = tokio::time::interval(BEAT);
        let found = loop {
            tokio::select! {
                found = &mut look => match found.map_err(JoinError::try_into_panic) {
                    Ok(found) => break found,
                    Err(Ok(panic)) => resume_unwind(panic),
                    // The runtime ends; whoever asks next finds a check without a beat.
                    Err(Err(_cancelled)) => return,
                },
                _ = beat.tick() => {
                    let done = place.done.load(Ordering::Relaxed);
                    match self.tell_place(id, done, total).await {
                        Ok(true) => {}
                        // Somebody believes that this check has died and has begun another.
                        Ok(false) => return look.abort(),
                        Err(error) => tracing::warn!(%error, "the place of a check is not kept"),
                    }
                }
            }
        };
        if let Err(error) = &found {
            tracing::error!(%error, "a check failed");
        }
        let kept = self.keep_findings(id, total, found.ok()).await;
        if let Err(error) = kept {
            tracing::error!(%error, "what a check found is not kept");
        }
    }

    async fn look_at_all(
        &self,
        nodes: &[Node],
        events: &[(EventId, String)],
        place: &Place,
    ) -> Result<Vec<Finding>, EventError> {
        let mut found = Vec::new();
        let mut before = 0;
        for node in nodes {
            let mut progress = |at: u64, _| place.done.store(before + at, Ordering::Relaxed);
            found.push(self.look_at_log(node.id, &mut progress).await?);
            before += node.log_seq;
        }
        for (event, name) in events {
            let check = self.verify_event(*event).await?;
            found.push(Finding {
                is_log: false,
                name: name.clone(),
                count: check.rulings as u64,
                parked: 0,
                faults: check.faults.iter().map(ToString::to_string).collect(),
            });
            place.done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(found)
    }

    async fn look_at_log(
        &self,
        node: NodeId,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Finding, StoreError> {
        let check = self.verify_log(node, progress).await?;
        Ok(Finding {
            is_log: true,
            name: check.name,
            count: check.records,
            parked: check.parked as u64,
            faults: check.fault.iter().map(ToString::to_string).collect(),
        })
    }

    async fn tell_place(&self, id: Uuid, done: u64, total: u64) -> Result<bool, StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            store::audit_run::beat(tx, id, done, total, now).await
        })
    }

    async fn keep_findings(
        &self,
        id: Uuid,
        total: u64,
        found: Option<Vec<Finding>>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let holds = found
            .as_ref()
            .map(|found| found.iter().all(|one| one.faults.is_empty()));
        let findings = serde_json::to_vec(&found.unwrap_or_default()).unwrap_or_default();
        transact!(self.store, |tx| {
            store::audit_run::beat(tx, id, total, total, now).await?;
            store::audit_run::finish(tx, id, holds, &findings, now).await?;
            store::audit_run::give_turn(tx, id).await
        })
    }
}

impl AuditRun {
    /// What was found; nothing while it runs.
    #[must_use]
    pub fn found(&self) -> Vec<Finding> {
        let findings = self.findings.as_deref().unwrap_or_default();
        serde_json::from_slice(findings).unwrap_or_default()
    }

    /// It was not finished, and whoever ran it is gone.
    #[must_use]
    pub fn is_dead(&self, now: Timestamp) -> bool {
        self.finished_at.is_none() && now.ms_since(self.beat_at) > DEAD_MS
    }
}
