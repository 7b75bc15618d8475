//! Who works at a page, and what may be done there: the operator of the browser's session, or the node itself where the
//! event has no operators. What a role may not do is not offered, and refused where it is asked for all the same.

use axum::http::{HeaderMap, HeaderValue};
use sync_protocol::{id::OperatorId, rights::Rights, scan::Action};

use super::choice::cookie;
use crate::{
    door::desk::offered,
    error::NodeError,
    node::Node,
    operator::{SessionState, SignedIn},
};

/// At one page.
#[derive(Clone, Debug)]
pub struct Crew {
    /// The event has operators.
    pub is_needed: bool,
    /// How the session stands.
    pub session: SessionState,
    /// What the node may do by itself.
    node: Rights,
    /// The event has wristbands.
    binds: bool,
}

impl Crew {
    /// Of the session with this token.
    pub(super) fn of(node: &Node, token: Option<&str>) -> Result<Self, NodeError> {
        let operators = node.operators();
        let session = match token {
            Some(token) => operators.state(token)?,
            None => SessionState::Over,
        };
        let config = node.config()?;
        Ok(Self {
            is_needed: operators.are_needed()?,
            session,
            node: node.contact()?.rights,
            binds: config.is_some_and(|config| config.wristbands.is_some()),
        })
    }

    /// Who is signed in.
    #[must_use]
    pub const fn who(&self) -> Option<&SignedIn> {
        match &self.session {
            SessionState::Open(who) => Some(who),
            SessionState::Over | SessionState::Locked { .. } => None,
        }
    }

    /// Who that is, for telling one session from the next.
    #[must_use]
    pub fn operator(&self) -> Option<OperatorId> {
        self.who().map(|who| who.id)
    }

    /// Somebody must sign in before anything is done here.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        self.is_needed && self.who().is_none()
    }

    /// What may be done here.
    #[must_use]
    pub fn rights(&self) -> Rights {
        match (self.is_needed, self.who()) {
            (false, _) => self.node,
            (true, Some(who)) => who.rights,
            (true, None) => Rights::from_bits(0),
        }
    }

    /// The actions to choose from.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        offered(self.rights(), self.binds)
    }

    /// Decides and takes back without being asked for a name. Without operators nobody can: a decision has a name.
    #[must_use]
    pub fn supervises(&self) -> bool {
        self.who().is_some_and(|who| who.rights.allow_override())
    }
}

/// The token of this browser's session.
pub(super) fn token(headers: &HeaderMap, port: u16) -> Option<&str> {
    cookie(headers, &format!("operator-{port}")).filter(|token| !token.is_empty())
}

/// The cookie that holds it for as long as the browser is open; an empty one ends it.
pub(super) fn token_cookie(token: &str, port: u16) -> Option<HeaderValue> {
    let life = if token.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("operator-{port}={token}; Path=/; HttpOnly; SameSite=Strict{life}");
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
