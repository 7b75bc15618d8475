//! What signing in gives, how a session stands, and why somebody is not signed in.

use serde::Serialize;
use sync_protocol::{
    id::OperatorId,
    operator::{Role, SecretError},
    rights::Rights,
    scan::Action,
    time::Timestamp,
};
use zeroize::Zeroizing;

use crate::{error::NodeError, moment_text};

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The event has no operators.
    #[error("this event has no operators: its gates work without signing in")]
    NotOffered,
    /// Which of the two is wrong is not told, nor whether the account is disabled.
    #[error(
        "name and secret are not those of an operator of this event: compare them with the slip, or ask the venue manager for a new secret"
    )]
    Wrong,
    /// Too many wrong ones.
    #[error("after a wrong secret wait {} seconds more", wait_ms.saturating_add(999) / 1_000)]
    TooSoon {
        /// How long.
        wait_ms: i64,
    },
    /// The session is over.
    #[error("this session is over: sign in again")]
    NoSession,
    /// The hash, or this machine.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The node itself.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl SignInError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOffered => "operators_not_offered",
            Self::Wrong => "sign_in_wrong",
            Self::TooSoon { .. } => "sign_in_too_soon",
            Self::NoSession => "no_session",
            Self::Secret(_) => "gate_secret",
            Self::Node(error) => error.code(),
        }
    }
}

/// Somebody who is signed in, and what they may do here and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedIn {
    /// Who.
    pub id: OperatorId,
    /// The name to sign in with.
    pub login: String,
    /// What people call them.
    pub name: String,
    /// What they are at this event.
    pub role: Role,
    /// What both role and node allow.
    #[serde(serialize_with = "right_names")]
    pub rights: Rights,
    /// Since then.
    #[serde(serialize_with = "moment_text::serialize")]
    pub since: Timestamp,
    /// What they chose to do here, if they did.
    #[serde(skip)]
    pub chosen: Option<Action>,
    /// Left alone for this long from now, the session locks.
    pub locks_in_ms: i64,
}

/// A session that was just opened. The token is the browser's alone: only its digest stays here.
#[derive(Debug)]
pub struct Session {
    /// For a cookie.
    pub token: Zeroizing<String>,
    /// Whose it is.
    pub who: SignedIn,
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// There is none, or it is over.
    Over,
    /// It was locked, or left alone for too long: the same operator's secret opens it.
    Locked {
        /// The name to sign in with.
        login: String,
        /// What people call them.
        name: String,
    },
    /// Open.
    Open(SignedIn),
}

impl SessionState {
    /// Who is signed in, if the session is open.
    #[must_use]
    pub fn open(self) -> Option<SignedIn> {
        match self {
            Self::Open(who) => Some(who),
            Self::Over | Self::Locked { .. } => None,
        }
    }
}

fn right_names<S: serde::Serializer>(rights: &Rights, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(rights.names())
}
