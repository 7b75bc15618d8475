//! The trail of an area is asked for act by act, and comes merged.

use super::*;
use crate::store::{Store, audit, tx::transact};

/// Somewhere in the list.
const PLACE: Place = Some((Timestamp(50), Uuid::from_u128(50)));

async fn store(folder: &tempfile::TempDir) -> Store {
    let url = format!("sqlite:{}", folder.path().join("central.db").display());
    Store::open(&url).await.expect("a database")
}

fn entry(at: i64, action: &str) -> audit::AuditEntry<'_> {
    audit::AuditEntry {
        id: Uuid::from_u128(u128::try_from(at).expect("after the beginning")),
        now: Timestamp(at),
        actor_kind: "staff",
        action,
        subject_kind: "event",
        subject: Uuid::from_u128(9),
        detail: "{}",
    }
}

#[tokio::test]
async fn an_act_is_a_range_of_its_index_from_the_place_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(&folder).await;
    let mut tx = store.read().await.expect("a snapshot");
    for (is_oldest_first, side) in [(false, '<'), (true, '>')] {
        let filter = TrailFilter {
            is_oldest_first,
            ..TrailFilter::default()
        };
        let plan = of_act(&tx, &filter, PLACE, "event.publish");
        let plan = plan.plan(&mut tx, filter.order()).await;
        let range = format!(
            "SEARCH audit_log USING INDEX audit_log_by_action (action=? AND happened_at{side}?)"
        );
        assert_eq!(plan[0], range, "{plan:?}");
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorts, "{plan:?}");
    }
}

#[tokio::test]
async fn the_acts_of_an_area_come_in_one_order_page_by_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(&folder).await;
    let acts = [
        "event.edit",
        "node.import",
        "event.publish",
        "event.close",
        "events",
    ];
    let entries: Vec<_> = (1..=100)
        .map(|at| entry(at, acts[usize::try_from(at).expect("small") % acts.len()]))
        .collect();
    let put: Result<(), StoreError> = transact!(store, |tx| { audit::put_all(tx, &entries).await });
    put.expect("stored");
    let mut tx = store.read().await.expect("a snapshot");
    let wanted = entries.iter();
    let wanted = wanted.filter(|one| one.action.starts_with("event."));
    let mut wanted: Vec<_> = wanted
        .map(|one| (one.now.0, one.action.to_owned()))
        .collect();
    for is_oldest_first in [true, false] {
        let filter = TrailFilter {
            action: "event.".to_owned(),
            is_oldest_first,
            ..TrailFilter::default()
        };
        let (mut place, mut seen) = (None, Vec::new());
        loop {
            let rows = page(&mut tx, &filter, place, 7).await.expect("a page");
            seen.extend(rows.iter().map(|row| (row.at.0, row.action.clone())));
            match rows.last() {
                Some(last) => place = Some((last.at, last.id)),
                None => break,
            }
        }
        assert_eq!(seen, wanted);
        wanted.reverse();
    }
}
