//! Each list of letters is a range of an index: asked of SQLite, which says how it would find the answer.

use super::*;
use crate::store::Store;

async fn plan(filter: &LetterFilter) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("central.db").display());
    let store = Store::open(&url).await.expect("a database");
    let mut tx = store.read().await.expect("a snapshot");
    let place = Place {
        value: 5,
        id: Uuid::from_u128(7),
    };
    let source = source(&mut tx, filter).await.expect("reads");
    let question = question(&source, filter, Some(&place));
    let plan = question.plan(&mut tx, &turn(filter).order()).await;
    plan.join("; ")
}

#[tokio::test]
async fn letters_that_have_not_left_are_a_range_of_an_index() {
    let plan = plan(&LetterFilter::default()).await;
    let range = "SEARCH x USING INDEX outbox_unsent (done_at=? AND created_at<?)";
    assert!(plan.starts_with(range), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn what_few_letters_are_is_found_by_an_index_of_its_own() {
    let all = LetterFilter::default;
    for (filter, range) in [
        (
            LetterFilter {
                state: Some(LetterState::GivenUp),
                ..all()
            },
            "SEARCH x USING INDEX outbox_failed (failed_at>?)",
        ),
        (
            LetterFilter {
                kind: Some(LetterKind::Refund),
                ..all()
            },
            "SEARCH x USING INDEX outbox_due (kind=? AND done_at=?)",
        ),
        (
            LetterFilter {
                search: LetterSearch::of("GRB-7"),
                ..all()
            },
            "SEARCH o USING INDEX sqlite_autoindex_orders_2 (number>? AND number<?); \
             SEARCH x USING INDEX outbox_by_order (order_id=?)",
        ),
        (
            LetterFilter {
                search: LetterSearch::of("siti@"),
                ..all()
            },
            "SEARCH o USING INDEX orders_by_email (email>? AND email<?); \
             SEARCH x USING INDEX outbox_by_order (order_id=?)",
        ),
    ] {
        let plan = plan(&filter).await;
        assert!(plan.starts_with(range), "{plan}");
    }
}
