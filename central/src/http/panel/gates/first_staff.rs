//! Events whose gates stop when they get their first operator: what is said before that.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::id::EventId;

use super::super::door::Here;
use crate::{
    domain::{event::Event, node::NodeStatus},
    store::{self, StoreError},
};

/// The events with working nodes at which nobody signs in yet, and how many nodes that are.
pub(super) async fn without(here: &Here) -> Result<BTreeMap<EventId, usize>, StoreError> {
    let staff = here.app().staff(None).await?;
    let with: BTreeSet<EventId> = staff
        .iter()
        .flat_map(|member| member.roles.iter().map(|(at, _)| *at))
        .collect();
    let mut tx = here.app().store.read().await?;
    let mut without = BTreeMap::new();
    for node in store::node::all(&mut tx).await? {
        if node.status == NodeStatus::Active && !with.contains(&node.event) {
            *without.entry(node.event).or_default() += 1;
        }
    }
    Ok(without)
}

/// What happens with the first operator of an event; empty where nothing does.
pub(super) fn words(here: &Here, event: &Event, without: &BTreeMap<EventId, usize>) -> String {
    let Some(nodes) = without.get(&event.id) else {
        return String::new();
    };
    let name = &event.name;
    let says = here.say(
        "The gates work without signing in so far. With the first of the gate staff they stop within seconds and let nobody in until somebody signs in at each. Have the slip at the gates first. Running nodes:",
        "Sejauh ini gerbang bekerja tanpa login. Dengan petugas pertama, gerbang berhenti dalam hitungan detik dan tidak memasukkan siapa pun sampai ada petugas yang masuk di setiap gerbang. Bawa slipnya ke gerbang dahulu. Perangkat berjalan:",
    );
    format!("{name}: {says} {nodes}")
}
