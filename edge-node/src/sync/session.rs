//! Session: the short right to sync that a signed challenge buys, and what the last rounds taught about the link.
//!
//! The token lives in memory alone. It is renewed a little before its end by the monotonic clock, and whenever
//! central no longer knows it.

use sync_protocol::{
    time::Reading,
    wire::v1::{Challenge, ChallengeRequest, Session as Granted, SessionRequest},
};

use super::{
    call::{CHALLENGE, SESSION, call},
    error::SyncError,
    pace::Pace,
    transport::Transport,
};
use crate::node::Node;

/// Renewed this long before its end.
const MARGIN_MS: i64 = 5_000;

/// What a node remembers between rounds. Begin with `Session::default()`.
#[derive(Default)]
pub struct Session {
    token: Option<Token>,
    pub(super) pace: Pace,
}

struct Token {
    text: String,
    granted: Reading,
    lasts_ms: i64,
}

impl Session {
    /// Central no longer knows the token.
    pub(super) fn forget(&mut self) {
        self.token = None;
    }

    /// A token that is good now.
    pub(super) async fn token(
        &mut self,
        node: &Node,
        transport: &dyn Transport,
    ) -> Result<String, SyncError> {
        let now = node.clock().reading();
        match &self.token {
            Some(token) if token.is_good(&now) => Ok(token.text.clone()),
            _ => self.renew(node, now, transport).await,
        }
    }

    async fn renew(
        &mut self,
        node: &Node,
        now: Reading,
        transport: &dyn Transport,
    ) -> Result<String, SyncError> {
        let asked = ChallengeRequest { node: node.id() };
        let challenge: Challenge = call(transport, CHALLENGE, &asked, None).await?;
        let signed = SessionRequest::sign(node.id(), challenge.nonce, node.key());
        let session: Granted = call(transport, SESSION, &signed, None).await?;
        self.token = Some(Token {
            text: session.token.clone(),
            granted: now,
            lasts_ms: session.lasts_ms,
        });
        Ok(session.token)
    }
}

impl Token {
    fn is_good(&self, now: &Reading) -> bool {
        now.boot == self.granted.boot
            && now.mono_ms - self.granted.mono_ms < self.lasts_ms - MARGIN_MS
    }
}
