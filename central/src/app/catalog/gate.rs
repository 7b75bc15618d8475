//! Gates that an event gets, what people call them, and how they decide.
//!
//! Invariant: wristbands that were bound stay bound, so binding them is turned off in drafts alone.

use sync_protocol::{config::Policy, id::EventId, id::GateId, time::Timestamp};

use super::{Actor, App, CatalogError};
use crate::{
    domain::{
        event::{EventSetup, EventStatus, Gate, GateRules, entry_rule_columns},
        new_event::{NewEventError, check_rules, demand},
    },
    store::{self, Tx, gate::GateUses, tx::transact},
};

/// How gates are to decide from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesChange {
    /// How often a ticket lets in, and the rest.
    pub rules: GateRules,
    /// What gates answer to a wristband whose exchange they have not heard of; `None` = none is bound.
    pub wristbands: Option<Policy>,
    /// When everybody counts as outside again, ascending.
    pub check_outs: Vec<Timestamp>,
}

impl App {
    /// Adds a gate.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::NameTaken`].
    pub async fn add_gate(
        &self,
        event: EventId,
        name: &str,
        by: &Actor,
    ) -> Result<GateId, CatalogError> {
        let id = GateId(self.new_id(self.clock.now()));
        let name = name.trim();
        check_name(name)?;
        let added = transact!(self.store, |tx| {
            let (revision, setup) = self.begin_change(tx, event).await?;
            check_free(&setup, name, id)?;
            let gate = Gate {
                id,
                name: name.to_owned(),
            };
            store::gate::insert(tx, event, &gate).await?;
            let detail = serde_json::json!({"gate": name});
            self.end_change(tx, revision, by, (event, "event.gate_added", detail))
                .await?;
            Ok(id)
        });
        self.waits.changed(event);
        added
    }

    /// Calls a gate something else.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`], [`CatalogError::Invalid`], [`CatalogError::NameTaken`].
    pub async fn rename_gate(
        &self,
        event: EventId,
        gate: GateId,
        name: &str,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let name = name.trim();
        check_name(name)?;
        let renamed = transact!(self.store, |tx| {
            let (revision, setup) = self.begin_change(tx, event).await?;
            let old = setup.gates.iter().find(|one| one.id == gate);
            let old = old.ok_or(CatalogError::Unknown)?;
            check_free(&setup, name, gate)?;
            store::gate::rename(tx, gate, name).await?;
            let detail = serde_json::json!({"from": old.name, "to": name});
            self.end_change(tx, revision, by, (event, "event.gate_renamed", detail))
                .await
        });
        self.waits.changed(event);
        renamed
    }

    /// Takes a gate away at which nothing ever happened.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`]; [`CatalogError::InUse`] where types are taken at it alone;
    /// [`CatalogError::GateHasNode`], [`CatalogError::GateHasCode`], [`CatalogError::GateWasUsed`],
    /// [`CatalogError::LastGate`].
    pub async fn remove_gate(
        &self,
        event: EventId,
        gate: GateId,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let now = self.clock.now();
        // Before the event's lock, which sales wait for: only a node that is or was at the gate could add one, and there must
        // be none.
        if store::gate::has_scans(&mut self.store.read().await?, event, gate).await? {
            return Err(CatalogError::GateWasUsed);
        }
        let removed = transact!(self.store, |tx| {
            let (revision, setup) = self.begin_change(tx, event).await?;
            let old = setup.gates.iter().find(|one| one.id == gate);
            let old = old.ok_or(CatalogError::Unknown)?;
            check_needed(&setup, gate)?;
            check_unused(&store::gate::uses(tx, event, gate, now).await?)?;
            store::gate::delete(tx, gate).await?;
            let detail = serde_json::json!({"gate": old.name});
            self.end_change(tx, revision, by, (event, "event.gate_removed", detail))
                .await
        });
        self.waits.changed(event);
        removed
    }

    /// Changes how gates decide, in the caller's transaction; they follow at their next contact.
    /// [`CatalogError::NotDraft`] where wristbands would be bound no more.
    pub(super) async fn put_gate_rules(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        change: &RulesChange,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        check_rules(&change.rules)?;
        let event = setup.event.id;
        put_wristbands(tx, setup, change.wristbands).await?;
        store::event::put_rules(tx, event, &change.rules).await?;
        let (mut check_outs, old) = (change.check_outs.clone(), setup.event.rules);
        check_outs.sort_unstable();
        check_outs.dedup();
        store::event_day::replace_check_outs(tx, event, &check_outs).await?;
        let told = |rules: &GateRules| {
            let (rule, limit) = entry_rule_columns(rules.entry_rule);
            serde_json::json!({"entry": rule, "limit": limit, "exchange": rules.exchange_required,
                "sold_after_sync": rules.sold_after_sync.name(), "repeat_ms": rules.repeat_ms,
                "lease_ms": rules.lease_ms, "most_per_minute": rules.most_per_minute})
        };
        let detail = serde_json::json!({"from": told(&old), "to": told(&change.rules),
            "wristbands": change.wristbands.map(Policy::name), "check_outs": check_outs.len()});
        self.note_setup(tx, by, (event, "event.rules", detail))
            .await
    }

    /// What gates answer to a wristband whose exchange they have not heard of; `None` = none is bound.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wristband_policy(
        &self,
        event: EventId,
    ) -> Result<Option<Policy>, store::StoreError> {
        let mut tx = self.store.read().await?;
        store::wristband::unbound(&mut tx, event).await
    }
}

async fn put_wristbands(
    tx: &mut Tx,
    setup: &EventSetup,
    wanted: Option<Policy>,
) -> Result<(), CatalogError> {
    let event = setup.event.id;
    let old = store::wristband::unbound(tx, event).await?;
    if old == wanted {
        return Ok(());
    }
    if wanted.is_none() && setup.event.status != EventStatus::Draft {
        return Err(CatalogError::NotDraft);
    }
    store::wristband::clear_unbound(tx, event).await?;
    if let Some(wanted) = wanted {
        store::wristband::set_unbound(tx, event, wanted).await?;
    }
    Ok(())
}

/// What of the event needs the gate.
fn check_needed(setup: &EventSetup, gate: GateId) -> Result<(), CatalogError> {
    // A type that is taken at no gate any more would be taken at all of them.
    if setup.types.iter().any(|kind| kind.gates.contains(&gate)) {
        return Err(CatalogError::InUse);
    }
    if setup.gates.len() == 1 && setup.event.status != EventStatus::Draft {
        return Err(CatalogError::LastGate);
    }
    Ok(())
}

fn check_unused(uses: &GateUses) -> Result<(), CatalogError> {
    match uses {
        GateUses { has_node: true, .. } => Err(CatalogError::GateHasNode),
        GateUses { has_code: true, .. } => Err(CatalogError::GateHasCode),
        GateUses { took_in: true, .. } | GateUses { had_node: true, .. } => {
            Err(CatalogError::GateWasUsed)
        }
        _ => Ok(()),
    }
}

fn check_name(name: &str) -> Result<(), NewEventError> {
    let fits = (1..=100).contains(&name.chars().count());
    demand(fits, "gates", "names have 1 to 100 characters")
}

fn check_free(setup: &EventSetup, name: &str, own: GateId) -> Result<(), CatalogError> {
    let mut others = setup.gates.iter().filter(|gate| gate.id != own);
    match others.any(|gate| gate.name == name) {
        true => Err(CatalogError::NameTaken),
        false => Ok(()),
    }
}
