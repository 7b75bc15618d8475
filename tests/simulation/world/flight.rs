//! A flight: one sync round of a device under way. The device's own code runs in a task of its own and stops at every
//! message; the world carries each request and each answer on when it likes, or loses it.
//!
//! Only one task moves at a time, because the world waits until it stops again.

use std::sync::Arc;

use edge_node::{
    Node,
    round::Applied,
    sync::{Answered, Session, SyncError, Transport, TransportError, round},
};
use futures_util::{FutureExt as _, future::BoxFuture};
use sync_protocol::time::Timestamp;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// What a message came to.
type Reply = oneshot::Sender<Result<Answered, TransportError>>;

/// A request on its way to central.
pub struct Parcel {
    /// Where to.
    pub path: String,
    /// What.
    pub body: Vec<u8>,
    /// Who says he is.
    pub bearer: Option<String>,
    reply: Reply,
}

/// The device's end of the wire.
struct Wire(mpsc::UnboundedSender<Parcel>);

/// What a round came to.
pub type Landed = (Session, Result<Applied, SyncError>);

/// Where the message is.
pub enum Stage {
    /// On the way to central.
    Asked(Parcel),
    /// On the way back.
    Answered(Reply, Answered),
    /// Handed over; the device's code runs.
    Running,
}

/// A round under way.
pub struct Flight {
    /// Whose.
    pub device: usize,
    /// When the message left the device.
    pub asked_at: Timestamp,
    /// Where the message is.
    pub stage: Stage,
    /// What was asked last.
    pub path: String,
    task: JoinHandle<Landed>,
    parcels: mpsc::UnboundedReceiver<Parcel>,
}

impl Transport for Wire {
    fn call<'a>(
        &'a self,
        path: &'a str,
        body: Vec<u8>,
        bearer: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Answered, TransportError>> {
        async move {
            let (reply, answer) = oneshot::channel();
            let parcel = Parcel {
                path: path.to_owned(),
                body,
                bearer: bearer.map(str::to_owned),
                reply,
            };
            let gone = |_| TransportError::Unreachable("the world ended".to_owned());
            self.0.send(parcel).map_err(|_| gone(()))?;
            answer.await.map_err(|_| gone(()))?
        }
        .boxed()
    }
}

impl Flight {
    /// Starts a round.
    pub fn start(device: usize, node: Arc<Node>, mut session: Session, now: Timestamp) -> Self {
        let (out, parcels) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let wire = Wire(out);
            let done = round(&node, &wire, &mut session).await;
            (session, done)
        });
        Self {
            device,
            asked_at: now,
            stage: Stage::Running,
            path: String::new(),
            task,
            parcels,
        }
    }

    /// Lets the device's code run until it asks central something or is done.
    pub async fn run(&mut self, now: Timestamp) -> Option<Landed> {
        match self.parcels.recv().await {
            Some(parcel) => {
                self.asked_at = now;
                self.path.clone_from(&parcel.path);
                self.stage = Stage::Asked(parcel);
                None
            }
            None => Some((&mut self.task).await.expect("a round does not panic")),
        }
    }

    /// The request is with central, which answered.
    pub fn answered(&mut self, parcel: Parcel, answered: Answered) {
        self.stage = Stage::Answered(parcel.reply, answered);
    }

    /// Hands the answer to the device.
    pub fn hand_over(&mut self) {
        if let Stage::Answered(reply, answered) = std::mem::replace(&mut self.stage, Stage::Running)
        {
            // The device's code waits for it; if it were gone there would be nobody to tell.
            let _ = reply.send(Ok(answered));
        }
    }

    /// The message is lost, wherever it was.
    pub fn lose(&mut self) {
        let reply = match std::mem::replace(&mut self.stage, Stage::Running) {
            Stage::Asked(parcel) => parcel.reply,
            Stage::Answered(reply, _) => reply,
            Stage::Running => return,
        };
        let _ = reply.send(Err(TransportError::Unreachable("lost".to_owned())));
    }

    /// The device is gone in the middle of it.
    pub async fn abort(self) {
        self.task.abort();
        // It was asked to end, and how it ended is of no interest.
        let _ = self.task.await;
    }
}
