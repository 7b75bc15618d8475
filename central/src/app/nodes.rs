//! Nodes: taken in by a one-time code ([`super::enrolments`]) and proven by a signed challenge. What people do to them
//! stands in [`super::node_acts`].
//!
//! Codes and tokens are found by their keyed digest, so neither a stolen database nor the time an answer takes
//! tells anything of a good one. A code that was used answers once more to the very key that used it: the first
//! answer may have been lost on the way.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use minicbor::bytes::ByteVec;
use serde_json::json;
use sync_protocol::{
    enrol_code::{EnrolCode, EnrolCodeError},
    id::{EventId, NodeId},
    scan::Head,
    time::Timestamp,
    wire::v1::{Challenge, EnrolAnswer, EnrolRequest, Session, SessionRequest},
};

use super::App;
pub use super::enrolments::NewEnrolment;
use crate::{
    domain::node::{Enrolment, Node, NodeStatus},
    store::{self, StoreError, Transient, Tx, tx::transact},
};

/// A challenge is good for a minute.
const CHALLENGE_MS: i64 = 60_000;
/// A session lasts a quarter of an hour.
const SESSION_MS: i64 = 15 * 60_000;
const CODE_PURPOSE: &str = "enrolment code";
const TOKEN_PURPOSE: &str = "node token";

/// Why a node is not taken in, not believed, or not changed.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The text is no code.
    #[error(transparent)]
    MalformedCode(#[from] EnrolCodeError),
    /// Central never printed this code.
    #[error("central does not know this enrolment code: compare it with the panel")]
    UnknownCode,
    /// The code is too old.
    #[error("this enrolment code has expired: ask for a new one in the panel")]
    ExpiredCode,
    /// Another node has used it.
    #[error("this enrolment code was used by another node: ask for a new one in the panel")]
    UsedCode,
    /// The node's key is none.
    #[error("the node's public key is not valid: delete the node's key and enrol again")]
    BadKey,
    /// The event has a node of this name.
    #[error("the event has a node of this name already: choose another name")]
    NameTaken,
    /// Not 1 to 100 characters.
    #[error("a node's name has 1 to 100 characters")]
    BadName,
    /// The event has no such gate.
    #[error("the event has no such gate")]
    UnknownGate,
    /// No such node.
    #[error("there is no such node")]
    UnknownNode,
    /// It was told to erase, and stays so.
    #[error("the node is revoked for good: enrol it again with a new code")]
    Revoked,
    /// Nothing to end.
    #[error("the node is not quarantined")]
    NotQuarantined,
    /// Not 1 to 200 characters.
    #[error("say why in 1 to 200 characters")]
    BadReason,
    /// The challenge was used, is too old, or was never given to this node.
    #[error("the challenge is not good any more: ask for a new one")]
    UnknownChallenge,
    /// The signature is not the node's.
    #[error("the signature under the challenge is not this node's")]
    BadSignature,
    /// No session has this token.
    #[error("the session is over or was never opened: open a new one")]
    UnknownToken,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NodeError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MalformedCode(_) => "enrol_code_malformed",
            Self::UnknownCode => "enrol_code_unknown",
            Self::ExpiredCode => "enrol_code_expired",
            Self::UsedCode => "enrol_code_used",
            Self::BadKey => "bad_public_key",
            Self::NameTaken => "node_name_taken",
            Self::BadName => "node_name",
            Self::UnknownGate => "unknown_gate",
            Self::UnknownNode => "unknown_node",
            Self::Revoked => "node_revoked",
            Self::NotQuarantined => "node_not_quarantined",
            Self::BadReason => "release_reason",
            Self::UnknownChallenge => "unknown_challenge",
            Self::BadSignature => "bad_signature",
            Self::UnknownToken => "unknown_token",
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for NodeError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

impl App {
    /// Takes a node in.
    ///
    /// # Errors
    /// Which part of the request is wrong.
    pub async fn enrol(&self, request: &EnrolRequest) -> Result<EnrolAnswer, NodeError> {
        let now = self.clock.now();
        let digest = self.code_digest(&EnrolCode::parse(&request.code)?);
        let key = VerifyingKey::from_bytes(&request.public_key);
        if !key.is_ok_and(|key| !key.is_weak()) {
            return Err(NodeError::BadKey);
        }
        let id = NodeId(self.new_id(now));
        let node: Result<Node, NodeError> = transact!(self.store, |tx| {
            let found = store::enrolment::by_code(tx, &digest).await?;
            let enrolment = found.ok_or(NodeError::UnknownCode)?;
            if let Some(user) = enrolment.node {
                return same_node_again(tx, user, &request.public_key).await;
            }
            if enrolment.expires_at <= now {
                return Err(NodeError::ExpiredCode);
            }
            if !store::enrolment::use_up(tx, enrolment.id, id, now).await? {
                return Err(NodeError::UsedCode);
            }
            let node = new_node(id, &enrolment, request, now);
            match store::node::insert(tx, &node, now).await {
                Err(StoreError::Duplicate) => return Err(NodeError::NameTaken),
                stored => stored?,
            }
            let detail = json!({"code": enrolment.id, "name": node.name, "program": node.program});
            self.note_node(tx, "node.enrol", "node", id.0, now, &detail)
                .await?;
            Ok(node)
        });
        let node = node?;
        Ok(EnrolAnswer {
            node: node.id,
            name: node.name,
            event: node.event,
            gate: node.gate,
            authority: self
                .authority
                .as_deref()
                .map(|der| ByteVec::from(der.to_vec())),
            now,
        })
    }

    /// Gives a node something to sign. Who asks for an unknown node gets a challenge too, so that nobody learns
    /// which nodes there are; it is not stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn challenge(&self, node: NodeId) -> Result<Challenge, NodeError> {
        let now = self.clock.now();
        let mut nonce = [0; 32];
        self.entropy.fill(&mut nonce);
        let challenge = Challenge { nonce };
        // Strangers must not queue at the one writer of an embedded database.
        if !self.is_known(node).await? {
            return Ok(challenge);
        }
        let expires_at = now.plus_ms(CHALLENGE_MS);
        let stored: Result<(), NodeError> = transact!(self.store, |tx| {
            Ok(store::node::insert_challenge(tx, node, &nonce, expires_at).await?)
        });
        stored.map(|()| challenge)
    }

    async fn is_known(&self, node: NodeId) -> Result<bool, NodeError> {
        let mut tx = self.store.read().await?;
        Ok(store::node::by_id(&mut tx, node).await?.is_some())
    }

    /// Opens a session for a node that signed its challenge. A revoked node gets one too: it must hear that it is
    /// revoked, and its last scans are wanted.
    ///
    /// # Errors
    /// [`NodeError::UnknownChallenge`] or [`NodeError::BadSignature`].
    pub async fn open_session(&self, request: &SessionRequest) -> Result<Session, NodeError> {
        let now = self.clock.now();
        let node: Result<Option<Node>, NodeError> = transact!(self.store, |tx| {
            if !store::node::use_challenge(tx, request.node, &request.nonce, now).await? {
                return Ok(None);
            }
            Ok(store::node::by_id(tx, request.node).await?)
        });
        let node = node?.ok_or(NodeError::UnknownChallenge)?;
        let key = VerifyingKey::from_bytes(&node.public_key).map_err(|_| NodeError::BadKey)?;
        if !request.is_signed_by(&key) {
            return Err(NodeError::BadSignature);
        }
        let mut token = [0; 32];
        self.entropy.fill(&mut token);
        let token = BASE64URL_NOPAD.encode(&token);
        let digest = self.token_digest(&token);
        let stored: Result<(), NodeError> = transact!(self.store, |tx| {
            let expires_at = now.plus_ms(SESSION_MS);
            store::node::insert_session(tx, node.id, &digest, expires_at).await?;
            Ok(())
        });
        let lasts_ms = SESSION_MS;
        stored.map(|()| Session { token, lasts_ms })
    }

    /// The node that a token belongs to.
    ///
    /// # Errors
    /// [`NodeError::UnknownToken`].
    pub async fn node_of_token(&self, token: &str) -> Result<Node, NodeError> {
        let (now, digest) = (self.clock.now(), self.token_digest(token));
        let mut tx = self.store.read().await?;
        let node = store::node::of_session(&mut tx, &digest, now).await?;
        node.ok_or(NodeError::UnknownToken)
    }

    /// The nodes of an event, or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nodes(&self, event: Option<EventId>) -> Result<Vec<Node>, StoreError> {
        let mut tx = self.store.read().await?;
        match event {
            Some(event) => store::node::of_event(&mut tx, event).await,
            None => store::node::all(&mut tx).await,
        }
    }

    /// Forgets challenges and sessions that are over; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_sessions(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let swept = store::node::sweep(tx, now).await?;
            Ok::<_, StoreError>(usize::try_from(swept).unwrap_or(usize::MAX))
        })
    }

    pub(super) fn code_digest(&self, code: &EnrolCode) -> [u8; 32] {
        self.vault.digest(CODE_PURPOSE, &code.secret)
    }

    fn token_digest(&self, token: &str) -> [u8; 32] {
        self.vault.digest(TOKEN_PURPOSE, token.as_bytes())
    }
}

/// The node that used the code, if it is the one that asks again.
async fn same_node_again(
    tx: &mut Tx,
    user: NodeId,
    public_key: &[u8; 32],
) -> Result<Node, NodeError> {
    let node = store::node::by_id(tx, user).await?;
    node.filter(|node| node.public_key == *public_key)
        .ok_or(NodeError::UsedCode)
}

/// A node's first lease comes with its first sync.
fn new_node(id: NodeId, enrolment: &Enrolment, request: &EnrolRequest, now: Timestamp) -> Node {
    let head = Head::empty(id);
    Node {
        id,
        event: enrolment.event,
        gate: enrolment.gate,
        name: enrolment.node_name.clone(),
        public_key: request.public_key,
        status: NodeStatus::Active,
        quarantine_reason: None,
        program: request.program.chars().take(50).collect(),
        lease_until: now,
        last_contact_at: None,
        log_seq: head.seq,
        log_hash: head.hash,
        claimed_seq: 0,
        round: 0,
        rights: enrolment.rights,
        report: None,
        is_assigned: false,
    }
}
