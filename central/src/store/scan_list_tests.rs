//! Each list of scans that is limited to what is rare is a range of an index of its own: asked of SQLite, which says how it
//! would find the answer.

use super::*;
use crate::store::Store;

const EVENT: EventId = EventId::from_u128(1);
const PLACE: ScanMoment = ScanMoment {
    at: Timestamp(5),
    scan: ScanId {
        node: NodeId::from_u128(7),
        seq: 3,
    },
};

fn everything() -> ScanFilter {
    ScanFilter {
        event: EVENT,
        gate: None,
        node: None,
        operator: None,
        decision: None,
        reason: None,
        ruled: None,
        ticket: None,
        from: None,
        until: None,
    }
}

/// The steps of each question; what is joined to the scans comes by ids, and last.
async fn plans(tx: &mut Tx, filter: &ScanFilter) -> Vec<Vec<String>> {
    let questions = questions(tx, filter, Some(&PLACE)).await;
    let mut plans = Vec::new();
    for question in questions.expect("questions") {
        plans.push(question.plan(tx, ORDER).await);
    }
    plans
}

#[tokio::test]
async fn lists_of_rare_scans_are_ranges_of_an_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("central.db").display());
    let store = Store::open(&url).await.expect("a database");
    let mut tx = store.read().await.expect("a snapshot");
    let by_node = ScanFilter {
        node: Some(NodeId::from_u128(2)),
        ..everything()
    };
    for (filter, range) in [
        (
            by_node.clone(),
            "SEARCH s USING INDEX scans_by_node (node_id=? AND at_ms<?)",
        ),
        (
            // Whatever else is asked for: one node's scans are fewer than the event's.
            ScanFilter {
                ruled: Some(Ruled::Changed),
                ..by_node
            },
            "SEARCH s USING INDEX scans_by_node (node_id=? AND at_ms<?)",
        ),
        (
            everything(),
            "SEARCH s USING INDEX scans_by_moment (event_id=? AND at_ms<?)",
        ),
    ] {
        let plans = plans(&mut tx, &filter).await;
        assert_eq!(plans[0][0], range, "{filter:?}: {plans:?}");
        let is_sorted = |step: &String| step.contains("TEMP B-TREE FOR ORDER BY");
        assert!(!plans[0].iter().any(is_sorted), "{filter:?}: {plans:?}");
    }
    let of_ticket = ScanFilter {
        ticket: Some(TicketId::from_u128(3)),
        ..everything()
    };
    let plans = plans(&mut tx, &of_ticket).await;
    let first = "SEARCH s USING INDEX scans_by_ticket (ticket_id=?)";
    assert_eq!(plans[0][0], first, "{plans:?}");
}

#[tokio::test]
async fn what_was_ruled_otherwise_is_found_by_the_changes_where_they_are_few() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("central.db").display());
    let store = Store::open(&url).await.expect("a database");
    let mut tx = store.read().await.expect("a snapshot");
    let changed = ScanFilter {
        ruled: Some(Ruled::Changed),
        ..everything()
    };
    let plans = plans(&mut tx, &changed).await;
    let steps = &plans[0];
    let has = |wanted: &str| steps.iter().any(|step| step.contains(wanted));
    assert!(
        has("SEARCH c USING COVERING INDEX ruling_changes_of_event (event_id=?)"),
        "{steps:?}"
    );
    assert!(
        has("SEARCH s USING INDEX sqlite_autoindex_scans_1 (node_id=? AND seq=?)"),
        "{steps:?}"
    );
    assert!(!has("scans_by_moment"), "{steps:?}");
}
