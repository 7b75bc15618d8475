//! Rules of doubles: both gates hear of each, and of none that is not.

use std::collections::{BTreeMap, BTreeSet};

use central::{app::conflicts::Matter, domain::conflict::Cursor};
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
    let told = device.node().conflicts().expect("conflicts");
    let place = |place: &edge_node::status::PlaceNotice| ScanId {
        node: place.node,
        seq: place.seq,
    };
    let told: BTreeSet<Pair> = told
        .iter()
        .filter_map(|double| Some((place(&double.scan), place(double.won.as_ref()?))))
        .collect();
    demand(
        told == wanted,
        "every double is told to both gates, and none is invented",
        || format!("{} tells of {told:?}, central of {wanted:?}", device.name),
    )
}

/// At rest: the venue manager sees exactly the doubles, in the list and in the feed, however it is paged.
pub async fn the_manager_sees_every_double(hall: &Hall, rows: &[Row]) -> Held {
    let (app, event) = (&hall.central.app, hall.event.event.id);
    let wanted: BTreeSet<Pair> = doubles(rows).collect();
    let listed = app.doubles(event).await.expect("doubles");
    let listed: BTreeSet<Pair> = listed
        .iter()
        .map(|double| (double.double.scan, double.winner.scan))
        .collect();
    demand(
        listed == wanted,
        "the venue manager sees every double",
        || format!("the list has {listed:?}, the rulings {wanted:?}"),
    )?;
    let fed = fed(hall).await;
    demand(fed == wanted, "the feed tells every double", || {
        format!("the feed has {fed:?}, the rulings {wanted:?}")
    })
}

/// What the feed comes to for somebody who follows it in short pages.
async fn fed(hall: &Hall) -> BTreeSet<Pair> {
    let (app, event) = (&hall.central.app, hall.event.event.id);
    let mut cursor = Cursor::default();
    let mut fed = BTreeMap::new();
    loop {
        let feed = app.conflict_feed(event, &cursor, 2).await.expect("a feed");
        for conflict in feed.conflicts {
            let Matter::Scan {
                admission, winner, ..
            } = conflict.matter
            else {
                continue;
            };
            let winner = winner.filter(|_| conflict.is_open);
            fed.insert(admission.scan, winner.map(|winner| winner.scan));
        }
        if !feed.has_more {
            break;
        }
        cursor = feed.cursor;
    }
    let open = fed.into_iter().filter_map(|(lost, won)| Some((lost, won?)));
    open.collect()
}

fn doubles(rows: &[Row]) -> impl Iterator<Item = Pair> + '_ {
    rows.iter()
        .filter_map(|row| Some((row.scan, row.told.as_ref()?.winner?)))
}
