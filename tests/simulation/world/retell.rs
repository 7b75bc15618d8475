//! The same facts in another order: a fresh central hears what this one heard, each log in its own order and at its
//! own times, but the nodes among each other in any order, and must rule the same.

use super::{
    World,
    broken::{Held, demand},
    chance::Chance,
    checks::{self, Row, Said},
    hall::{Hall, Heard},
};

/// Tells it and compares.
pub async fn in_another_order(world: &World, rows: &[Row]) -> Held {
    let chance = Chance::new(world.plan.seed, 3);
    let mut other = Hall::open(&world.plan).await;
    other.crash(&world.first_day).await;
    for heard in reordered(&world.hall.heard, &chance) {
        other.central.clock.set(heard.answered_at);
        let app = &other.central.app;
        let told = app
            .sync(heard.node, &heard.request, heard.received_at)
            .await;
        demand(told.is_ok(), RULE, || {
            format!("{:?} is refused: {told:?}", heard.request)
        })?;
    }
    let other = checks::rows(&other).await;
    demand(other.len() == rows.len(), RULE, || {
        format!("{} scans, not {}", other.len(), rows.len())
    })?;
    for (one, other) in rows.iter().zip(&other) {
        let (one, other) = (without_history(one), without_history(other));
        demand(one == other, RULE, || format!("{one:?} became {other:?}"))?;
    }
    Ok(())
}

/// Revisions tell of the order in which things became known, flags of the tickets as they stood then.
fn without_history(row: &Row) -> Row {
    let told = row.told.clone().map(|told| Said {
        revision: 0,
        flag: None,
        ..told
    });
    Row {
        told,
        ..row.clone()
    }
}

const RULE: &str = "facts in another order give the same rulings";

/// The nodes take turns anew; each keeps its own order.
fn reordered(heard: &[Heard], chance: &Chance) -> Vec<Heard> {
    let mut turns: Vec<_> = heard.iter().map(|heard| heard.node).collect();
    chance.shuffle(&mut turns);
    let mut told = vec![false; heard.len()];
    let next = |node| {
        let at = (0..heard.len()).find(|at| !told[*at] && heard[*at].node == node);
        let at = at.expect("as many turns as messages");
        told[at] = true;
        heard[at].clone()
    };
    turns.into_iter().map(next).collect()
}
