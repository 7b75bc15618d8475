//! Rounds with central: ask, take in, ask again until nothing is unsent and the last page is here.
//!
//! Invariant: the clock is read before the request's head is signed and after its answer is there, so whatever was
//! scanned in between lies inside the round trip and no mark at central can claim otherwise. While a page is
//! written to the replica the next one is already on its way, when no scans have to go up.
//!
//! Called by `driver`, by `command` and by tests. When to ask is `schedule`'s affair; a failure leaves everything
//! as it was, to be asked for again.

use std::sync::Arc;

use minicbor::bytes::ByteVec;
use serde::Serialize;
use sync_protocol::{
    moment::Trip,
    ticket::Revision,
    wire::v1::{RoundTrip, SyncAnswer, SyncRequest},
};

use super::{
    call::{SYNC, call},
    error::SyncError,
    pace::Took,
    session::Session,
    transport::Transport,
};
use crate::{error::NodeError, node::Node, round::Applied};

/// What some rounds came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many rounds.
    pub rounds: u32,
    /// How many records went up.
    pub sent: usize,
    /// Central has every record up to this place.
    pub acknowledged: u64,
    /// How many ticket rows came.
    pub tickets: usize,
    /// How many records central put aside.
    pub parked: usize,
    /// The replica does not equal central's: `37 missing`. The next sync fetches all again.
    pub gap: Option<String>,
    /// Central revoked this node, and its replica is erased.
    pub erased: bool,
}

/// A request that was answered.
struct Answer {
    request: SyncRequest,
    answer: SyncAnswer,
    trip: Trip,
}

/// Where the replica will stand once an answer is taken in: the next page is asked from there.
struct Ahead {
    position: ByteVec,
    previous: RoundTrip,
    config_revision: Option<Revision>,
}

/// One round.
///
/// # Errors
/// [`SyncError`]; what was not taken in comes again.
pub async fn round(
    node: &Arc<Node>,
    transport: &dyn Transport,
    session: &mut Session,
) -> Result<Applied, SyncError> {
    let answer = ask(node, transport, session, None).await?;
    take_in(node, answer).await
}

/// Rounds until nothing is unsent and the last page is here.
///
/// # Errors
/// [`SyncError`]; what came before it is kept.
pub async fn until_current(
    node: &Arc<Node>,
    transport: &dyn Transport,
) -> Result<Summary, SyncError> {
    rounds(node, transport, &mut Session::default(), &mut |_| {}).await
}

/// The same with the session of earlier rounds, telling after every round how far it is.
///
/// # Errors
/// [`SyncError`]; what came before it is kept.
pub async fn rounds(
    node: &Arc<Node>,
    transport: &dyn Transport,
    session: &mut Session,
    progress: &mut (dyn FnMut(&Summary) + Send),
) -> Result<Summary, SyncError> {
    let mut summary = Summary::default();
    let mut answer = ask(node, transport, session, None).await?;
    loop {
        let sent = answer.request.records.len();
        let (applied, next) = match answer.ahead() {
            Some(ahead) => {
                let next = ask(node, transport, session, Some(ahead));
                let (applied, next) = tokio::join!(take_in(node, answer), next);
                (applied?, Some(next))
            }
            None => (take_in(node, answer).await?, None),
        };
        summary.add(&applied, sent);
        progress(&summary);
        answer = match next {
            Some(next) => next?,
            None if applied.more => ask(node, transport, session, None).await?,
            None => return Ok(summary),
        };
    }
}

/// Asks once; a token that central no longer knows is renewed once, and where central has less of the log than it
/// acknowledged the records before are sent first.
async fn ask(
    node: &Arc<Node>,
    transport: &dyn Transport,
    session: &mut Session,
    ahead: Option<Ahead>,
) -> Result<Answer, SyncError> {
    let mut answer = try_ask(node, transport, session, ahead.as_ref()).await;
    if let Err(SyncError::Refused { status: 401, .. }) = &answer {
        session.forget();
        answer = try_ask(node, transport, session, ahead.as_ref()).await;
    }
    if let Err(error) = &answer
        && let Some(has) = error.central_has()
        && blocking(node, move |node| node.send_again_from(has)).await?
    {
        answer = try_ask(node, transport, session, None).await;
    }
    match &answer {
        Err(error) if error.means_copy() => blocking(node, Node::lock_as_copy).await?,
        // Also a server on the way that lost patience: what was asked for took too long.
        Err(error) if error.can_retry() => session.pace = session.pace.failed(),
        _ => {}
    }
    answer
}

async fn try_ask(
    node: &Arc<Node>,
    transport: &dyn Transport,
    session: &mut Session,
    ahead: Option<&Ahead>,
) -> Result<Answer, SyncError> {
    let token = session.token(node, transport).await?;
    let sent = node.clock().reading();
    let (rows, records) = (session.pace.rows(), session.pace.records());
    let mut request = blocking(node, move |node| node.next_request(rows, records)).await?;
    if let Some(ahead) = ahead {
        ahead.put_into(&mut request);
    }
    let answer: SyncAnswer = call(transport, SYNC, &request, Some(&token)).await?;
    let got = node.clock().reading();
    check_headway(&request, &answer)?;
    transport.heard(answer.answered_at);
    let took = Took {
        ms: got.mono_ms - sent.mono_ms,
        has_more: answer.page.manifest.is_none(),
        sent: request.records.len(),
    };
    session.pace = session.pace.took(took);
    let trip = Trip {
        boot: got.boot,
        sent_ms: sent.mono_ms,
        got_ms: got.mono_ms,
    };
    Ok(Answer {
        request,
        answer,
        trip,
    })
}

/// A page that says "more" and leads nowhere would be asked for without end.
fn check_headway(request: &SyncRequest, answer: &SyncAnswer) -> Result<(), SyncError> {
    let stands = request.position.as_ref() == Some(&answer.page.position);
    if answer.page.manifest.is_none() && answer.order.is_none() && stands {
        return Err(SyncError::Protocol(
            "a page that is not the last one leads nowhere".to_owned(),
        ));
    }
    Ok(())
}

async fn take_in(node: &Arc<Node>, answer: Answer) -> Result<Applied, SyncError> {
    blocking(node, move |node| {
        node.apply(&answer.request, &answer.answer, answer.trip)
    })
    .await
}

/// Databases wait for disks, so they are kept off the threads that serve the screen.
async fn blocking<T: Send + 'static>(
    node: &Arc<Node>,
    work: impl FnOnce(&Node) -> Result<T, NodeError> + Send + 'static,
) -> Result<T, SyncError> {
    let node = Arc::clone(node);
    match tokio::task::spawn_blocking(move || work(&node)).await {
        Ok(done) => Ok(done?),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

impl Answer {
    /// Where to ask on from, if the next page can be asked for before this one is taken in: only when no scans
    /// are on their way up, because those are counted by the acknowledgement that is being taken in.
    fn ahead(&self) -> Option<Ahead> {
        let page = &self.answer.page;
        let is_plain = page.manifest.is_none()
            && self.answer.order.is_none()
            && self.request.records.is_empty();
        is_plain.then(|| Ahead {
            position: page.position.clone(),
            previous: RoundTrip {
                round: self.answer.round,
                trip: self.trip,
            },
            config_revision: page.config.as_ref().map(|config| config.revision),
        })
    }
}

impl Ahead {
    fn put_into(&self, request: &mut SyncRequest) {
        request.position = Some(self.position.clone());
        request.previous = Some(self.previous);
        request.config_revision = self.config_revision.unwrap_or(request.config_revision);
    }
}

impl Summary {
    fn add(&mut self, applied: &Applied, sent: usize) {
        self.rounds += 1;
        self.sent += sent;
        self.acknowledged = applied.acknowledged;
        self.tickets += applied.tickets;
        self.parked += applied.parked;
        self.gap = applied.gap.map(|gap| gap.to_string());
        self.erased |= applied.erased;
    }
}

#[cfg(test)]
#[path = "round_tests.rs"]
mod tests;
