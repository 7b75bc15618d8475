//! The trail of an area is asked for act by act, and comes merged.

use super::*;
use crate::store::{Store, audit, tx::transact};

const END: Before = (Timestamp(i64::MAX), Uuid::max());

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
    let filter = TrailFilter::default();
    let plan = of_act(&tx, &filter, END, "event.publish");
    let plan = plan.plan(&mut tx, ORDER).await;
    let range = "SEARCH audit_log USING INDEX audit_log_by_action (action=? AND happened_at<?)";
    assert_eq!(plan[0], range, "{plan:?}");
    assert!(
        !plan.iter().any(|step| step.contains("TEMP B-TREE")),
        "{plan:?}"
    );
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
    let filter = TrailFilter {
        action: "event.".to_owned(),
        ..TrailFilter::default()
    };
    let (mut place, mut seen) = (END, Vec::new());
    loop {
        let page = before(&mut tx, &filter, place, 7).await.expect("a page");
        seen.extend(page.iter().map(|row| (row.at.0, row.action.clone())));
        match page.last() {
            Some(last) => place = (last.at, last.id),
            None => break,
        }
    }
    let wanted = entries.iter().rev();
    let wanted: Vec<_> = wanted
        .filter(|one| one.action.starts_with("event."))
        .map(|one| (one.now.0, one.action.to_owned()))
        .collect();
    assert_eq!(seen, wanted);
}
