//! Each list of refunds is a range of an index: asked of SQLite, which says how it would find the answer.

use super::*;
use crate::store::Store;

const PLACE: Place = Place {
    value: 5,
    id: Uuid::from_u128(7),
};

/// How a part after a place would be found.
async fn plan(newest_first: bool, statuses: &[RefundStatus], events: Option<u128>) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("central.db").display());
    let store = Store::open(&url).await.expect("a database");
    let mut tx = store.read().await.expect("a snapshot");
    let filter = RefundFilter {
        newest_first,
        ..RefundFilter::default()
    };
    let part = Part {
        statuses: statuses.to_vec(),
        events: events.map(|count| (0..count).map(EventId::from_u128).collect()),
        after: Some(PLACE),
    };
    let order = turn("r.requested_at", "r.id", &filter).order();
    let question = question(&tx, &filter, &part, (None, 51));
    question.plan(&mut tx, &order).await.join("; ")
}

#[tokio::test]
async fn lists_of_refunds_are_ranges_of_an_index() {
    for (events, index) in [
        (None, "refunds_waiting (status=?"),
        (Some(1), "refunds_by_event (event_id=? AND status=?"),
    ] {
        for (newest_first, than) in [(false, ">"), (true, "<")] {
            let plan = plan(newest_first, &[RefundStatus::Done], events).await;
            let range = format!("SEARCH r USING INDEX {index} AND requested_at{than}?)");
            assert!(plan.starts_with(&range), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}

#[tokio::test]
async fn refunds_of_very_many_events_are_chosen_within_the_index() {
    let plan = plan(false, RefundStatus::ALL, Some(2_000)).await;
    let range = "SEARCH f USING COVERING INDEX refunds_by_event (event_id=? AND status=?";
    assert!(plan.contains(range), "{plan}");
    assert!(
        !plan.contains("SCAN r") && !plan.contains("SCAN o"),
        "{plan}"
    );
}

#[test]
fn few_ranges_are_asked_one_by_one_and_very_many_at_once() {
    let filter = RefundFilter {
        statuses: vec![RefundStatus::Requested, RefundStatus::Failed],
        ..RefundFilter::default()
    };
    let events = |count: u128| Some((0..count).map(EventId::from_u128).collect::<Vec<_>>());
    for (events, questions) in [
        (None, 2),
        (events(0), 0),
        (events(3), 6),
        (events(24), 48),
        (events(25), 1),
    ] {
        let parts = Part::all(events.clone(), &filter, None);
        assert_eq!(parts.len(), questions, "{events:?}");
    }
}

#[tokio::test]
async fn refunds_of_a_few_orders_are_found_by_their_orders_whatever_else_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("central.db").display());
    let store = Store::open(&url).await.expect("a database");
    let mut tx = store.read().await.expect("a snapshot");
    let many: Vec<EventId> = (0..99).map(EventId::from_u128).collect();
    for events in [None, Some(&many[..1]), Some(&many[..])] {
        let filter = RefundFilter {
            statuses: RefundStatus::ALL.to_vec(),
            order: Some("GRB-7K".to_owned()),
            ..RefundFilter::default()
        };
        let walk = Walk::begin(events, &filter, Some(&PLACE));
        let begun = walk.questions(&mut tx).await.expect("reads");
        assert_eq!(begun.parts.len(), 1, "one question");
        let first = (begun.orders.as_deref(), 51);
        let question = question(&tx, &filter, &begun.parts[0], first);
        let order = turn("r.requested_at", "r.id", &filter).order();
        let plan = question.plan(&mut tx, &order).await.join("; ");
        let range = "SEARCH o USING INDEX sqlite_autoindex_orders_2 (number>? AND number<?); \
            SEARCH r USING INDEX refunds_by_order (order_id=?)";
        assert!(plan.starts_with(range), "{plan}");
    }
}
