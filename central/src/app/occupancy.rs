//! How many are inside now: counted by the database, bounded by what silent and lagging nodes may hold back.

use std::collections::BTreeMap;

use sync_protocol::{
    id::{EventId, NodeId},
    occupancy::{self, Occupancy, Premises, Reporter, Tally, Window},
    time::Timestamp,
};

use super::{
    App,
    events::{EventError, load_setup},
};
use crate::{
    domain::{
        event::EventSetup,
        node::{Node, NodeStatus},
    },
    store::{
        self, Tx,
        occupancy::{GateTally, TypeTally, Uncounted},
    },
};

/// How many are inside, and how that comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The number, its range and why it is one.
    pub range: Occupancy,
    /// Everybody was outside then; 0 = never.
    pub since: Timestamp,
    /// By ticket type.
    pub types: Vec<TypeTally>,
    /// By gate: counted in and out since everybody was outside.
    pub gates: Vec<GateTally>,
    /// What is in the building and not in the number.
    pub uncounted: Uncounted,
    /// Names of the nodes that the reasons speak of.
    pub nodes: BTreeMap<NodeId, String>,
    /// The premise of the range.
    pub most_per_minute: u32,
}

impl App {
    /// How many are inside, as of the last moment of which all nodes in contact have told.
    ///
    /// # Errors
    /// [`EventError::Unknown`], or when the database fails.
    pub async fn occupancy(&self, event: EventId) -> Result<Inside, EventError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let setup = load_setup(&mut tx, event).await?;
        let nodes = store::node::of_event(&mut tx, event).await?;
        let reporters = reporters(&mut tx, event, &nodes).await?;
        let as_of = occupancy::as_of(&reporters, now);
        let window = Window::at(&setup.check_outs, as_of);
        let types = store::occupancy::by_type(&mut tx, event, &window).await?;
        let uncounted = store::occupancy::uncounted(&mut tx, event, &window).await?;
        let premises = premises(&mut tx, &setup, &uncounted).await?;
        let mut tally = Tally::default();
        types.iter().for_each(|kind| tally += kind.tally);
        Ok(Inside {
            range: occupancy::range(&window, &tally, &reporters, &premises),
            since: window.since,
            gates: store::occupancy::by_gate(&mut tx, event, &window).await?,
            types,
            uncounted,
            nodes: nodes.into_iter().map(|node| (node.id, node.name)).collect(),
            most_per_minute: premises.most_per_minute,
        })
    }
}

async fn premises(
    tx: &mut Tx,
    setup: &EventSetup,
    uncounted: &Uncounted,
) -> Result<Premises, EventError> {
    let event = setup.event.id;
    Ok(Premises {
        most_per_minute: setup.event.rules.most_per_minute,
        tickets: store::occupancy::tickets(tx, event).await?,
        binds_wristbands: store::wristband::unbound(tx, event).await?.is_some(),
        lost_bindings: uncounted.lost_bindings,
        unbound: uncounted.unbound,
    })
}

async fn reporters(
    tx: &mut Tx,
    event: EventId,
    nodes: &[Node],
) -> Result<Vec<Reporter>, EventError> {
    let set_aside: BTreeMap<_, _> = store::occupancy::set_aside(tx, event)
        .await?
        .into_iter()
        .collect();
    let reporter = |node: &Node| Reporter {
        node: node.id,
        last_contact_at: node.last_contact_at,
        unsent: node.claimed_seq.saturating_sub(node.log_seq),
        unusable: set_aside.get(&node.id).copied().unwrap_or_default(),
        is_stopped: is_stopped(node),
    };
    Ok(nodes.iter().map(reporter).collect())
}

/// A revoked node that was heard of since was told to erase: the lease it got then was over at once.
fn is_stopped(node: &Node) -> bool {
    let told = node
        .last_contact_at
        .is_some_and(|at| node.lease_until <= at);
    node.status == NodeStatus::Revoked && told
}
