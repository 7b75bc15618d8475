//! Waiting for news: a request that central answers when something changed, or after a while.
//!
//! It carries a revision there and back and little else, so a gate on a thin link hears of a change in less than a
//! second and still sends next to nothing. What the answer says is only a hint: the round that follows brings and
//! proves the change. When to wait is `schedule`'s affair; called by `driver`.

use std::time::Duration;

use sync_protocol::wire::v1::{WaitAnswer, WaitRequest};

use super::{
    call::{WAIT, call},
    error::SyncError,
    session::Session,
    transport::{Transport, TransportError},
};
use crate::node::Node;

/// The answer may take this much longer than the wait itself.
const MARGIN: Duration = Duration::from_secs(8);

/// Waits at most `longest_ms`; whether there is news.
///
/// # Errors
/// [`SyncError`]; then the interval of rounds has to do.
pub(super) async fn wait(
    node: &Node,
    transport: &dyn Transport,
    session: &mut Session,
    longest_ms: u32,
) -> Result<bool, SyncError> {
    let revision = node.revision()?;
    let request = WaitRequest {
        event: node.identity().answer.event,
        revision,
        longest_ms,
    };
    let token = session.token(node, transport).await?;
    let limit = Duration::from_millis(longest_ms.into()) + MARGIN;
    let asked = call::<WaitAnswer>(transport, WAIT, &request, Some(&token));
    let answer = match tokio::time::timeout(limit, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(TransportError::Unreachable("no answer in time".to_owned()).into()),
    };
    if let Err(SyncError::Refused { status: 401, .. }) = &answer {
        session.forget();
    }
    Ok(answer?.revision > revision)
}
