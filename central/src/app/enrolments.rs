//! Codes with which nodes are taken in: made for a gate of an event, shown once, good for a while.
//!
//! Invariant: a code is stored as its keyed digest alone, so nobody can show it a second time. Called by the panel and
//! by `central node code`; a node uses it in [`super::nodes`].

use serde_json::json;
use sync_protocol::{
    enrol_code::{EnrolCode, Fingerprint},
    id::{EventId, GateId},
    rights::Rights,
};
use uuid::Uuid;

use super::{App, nodes::NodeError, users::By};
use crate::{
    domain::node::{Enrolment, Node},
    store::{self, StoreError, tx::transact},
};

/// A node to be taken in.
#[derive(Clone, Debug)]
pub struct NewEnrolment {
    /// The event.
    pub event: EventId,
    /// The gate.
    pub gate: GateId,
    /// What the node will be called.
    pub node_name: String,
    /// What it may do.
    pub rights: Rights,
    /// How long the code is good, milliseconds.
    pub valid_for_ms: i64,
}

/// What became of a code.
#[derive(Clone, Debug)]
pub struct EnrolmentFile {
    /// The code's enrolment.
    pub enrolment: Enrolment,
    /// The node that used it.
    pub node: Option<Node>,
}

impl App {
    /// Makes a code for one node; it is shown once and stored as a digest.
    ///
    /// # Errors
    /// [`NodeError::BadName`], [`NodeError::NameTaken`] or [`NodeError::UnknownGate`].
    pub async fn create_enrolment(&self, wish: &NewEnrolment) -> Result<EnrolCode, NodeError> {
        let made = self.create_enrolment_by(&By::CommandLine, wish).await;
        made.map(|(_, code)| code)
    }

    /// The same for somebody signed in; gives the enrolment's id too, by which its page asks what became of it.
    ///
    /// # Errors
    /// As [`App::create_enrolment`].
    pub async fn create_enrolment_by(
        &self,
        by: &By,
        wish: &NewEnrolment,
    ) -> Result<(Uuid, EnrolCode), NodeError> {
        let now = self.clock.now();
        let name = node_name(&wish.node_name)?;
        let code = self.new_code();
        let enrolment = Enrolment {
            rights: wish.rights,
            id: self.new_id(now),
            event: wish.event,
            gate: wish.gate,
            node_name: name.to_owned(),
            expires_at: now.plus_ms(wish.valid_for_ms),
            node: None,
        };
        transact!(self.store, |tx| {
            let gates = store::gate::of_event(tx, wish.event).await?;
            if !gates.iter().any(|gate| gate.id == wish.gate) {
                return Err(NodeError::UnknownGate);
            }
            let nodes = store::node::of_event(tx, wish.event).await?;
            if nodes.iter().any(|node| node.name == name) {
                return Err(NodeError::NameTaken);
            }
            let digest = self.code_digest(&code);
            store::enrolment::insert(tx, &enrolment, &digest, now).await?;
            let detail = json!({"name": name, "gate": wish.gate, "may": wish.rights.names()});
            let subject = ("enrolment", enrolment.id);
            self.note_by(tx, by, "node.code", subject, now, detail)
                .await?;
            Ok((enrolment.id, code))
        })
    }

    /// What became of a code of an event; `None` = the event has no such code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enrolment_file(
        &self,
        event: EventId,
        id: Uuid,
    ) -> Result<Option<EnrolmentFile>, StoreError> {
        let mut tx = self.store.read().await?;
        let found = store::enrolment::by_id(&mut tx, id).await?;
        let Some(enrolment) = found.filter(|found| found.event == event) else {
            return Ok(None);
        };
        let node = match enrolment.node {
            Some(node) => store::node::by_id(&mut tx, node).await?,
            None => None,
        };
        Ok(Some(EnrolmentFile { enrolment, node }))
    }

    /// Makes a code that nobody has used good for nothing.
    ///
    /// # Errors
    /// [`NodeError::UnknownCode`].
    pub async fn withdraw_enrolment(
        &self,
        by: &By,
        event: EventId,
        id: Uuid,
    ) -> Result<(), NodeError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            if !store::enrolment::withdraw(tx, event, id, now).await? {
                return Err(NodeError::UnknownCode);
            }
            let subject = ("enrolment", id);
            self.note_by(tx, by, "node.code_withdrawn", subject, now, json!({}))
                .await?;
            Ok(())
        })
    }

    fn new_code(&self) -> EnrolCode {
        let mut secret = [0; 10];
        self.entropy.fill(&mut secret);
        EnrolCode {
            secret,
            authority: self.authority.as_deref().map(Fingerprint::of),
        }
    }
}

/// A name as nodes bear it.
pub(super) fn node_name(typed: &str) -> Result<&str, NodeError> {
    let name = typed.trim();
    let is_good = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    is_good.then_some(name).ok_or(NodeError::BadName)
}
