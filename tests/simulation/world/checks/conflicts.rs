//! Rules of doubles: both gates hear of each, and of none that is not.

use std::collections::BTreeSet;

use sync_protocol::scan::ScanId;

use super::{
    super::{
        broken::{Held, demand},
        device::Device,
        hall::Hall,
    },
    Row,
};

type Pair = (ScanId, ScanId);

/// At rest: a gate is told of exactly the doubles that it lost or won.
pub fn both_gates_know_every_double(device: &Device, rows: &[Row]) -> Held {
    let concerns = |pair: &Pair| pair.0.node == device.id || pair.1.node == device.id;
    let wanted: BTreeSet<Pair> = doubles(rows).filter(concerns).collect();
    let told = device.node().doubles().expect("doubles");
    let place = |place: &edge_node::status::PlaceNotice| ScanId {
        node: place.node,
        seq: place.seq,
    };
    let told: BTreeSet<Pair> = told
        .iter()
        .filter_map(|double| Some((place(&double.lost), place(double.won.as_ref()?))))
        .collect();
    demand(
        told == wanted,
        "every double is told to both gates, and none is invented",
        || format!("{} tells of {told:?}, central of {wanted:?}", device.name),
    )
}

/// At rest: the venue manager sees exactly the doubles.
pub async fn the_manager_sees_every_double(hall: &Hall, rows: &[Row]) -> Held {
    let event = hall.event.event.id;
    let seen = hall.central.app.doubles(event).await.expect("conflicts");
    let seen: BTreeSet<Pair> = seen
        .iter()
        .map(|conflict| (conflict.double.scan, conflict.winner.scan))
        .collect();
    let wanted: BTreeSet<Pair> = doubles(rows).collect();
    demand(
        seen == wanted,
        "the venue manager sees every double",
        || format!("the list has {seen:?}, the rulings {wanted:?}"),
    )
}

fn doubles(rows: &[Row]) -> impl Iterator<Item = Pair> + '_ {
    rows.iter()
        .filter_map(|row| Some((row.scan, row.told.as_ref()?.winner?)))
}
