//! Each list of payments is a range of an index: asked of SQLite, which says how it would find the answer.

use super::*;
use crate::store::Store;

const PLACE: Place = Place {
    value: 5,
    id: Uuid::from_u128(7),
};

/// How a list after a place would be found.
async fn plan(asked: &PaymentFilter, events: Option<&[EventId]>) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("central.db").display());
    let store = Store::open(&url).await.expect("a database");
    let mut tx = store.read().await.expect("a snapshot");
    let way = Way::of(asked, events);
    let events = events.unwrap_or_default();
    let question = question(&tx, (way, asked), events, Some(&PLACE));
    question.plan(&mut tx, &way.turn(asked.sort).order()).await
}

fn is_sorted(plan: &[String]) -> bool {
    plan.iter()
        .any(|step| step == "USE TEMP B-TREE FOR ORDER BY")
}

fn filter(status: Option<PaymentStatus>, channel: Option<&str>) -> PaymentFilter {
    PaymentFilter {
        status,
        channel: channel.map(str::to_owned),
        ..PaymentFilter::default()
    }
}

#[tokio::test]
async fn lists_of_payments_are_ranges_of_an_index() {
    use PaymentStatus as P;
    let by_status = "SEARCH p USING INDEX payments_by_status (status=? AND created_at<?)";
    for (asked, range) in [
        (filter(Some(P::Pending), None), by_status),
        (filter(Some(P::Failed), None), by_status),
        (filter(Some(P::Expired), None), by_status),
        (filter(Some(P::Disputed), None), by_status),
        (
            filter(Some(P::Pending), Some("qris")),
            "SEARCH p USING INDEX payments_by_channel_status (channel=? AND status=? AND created_at<?)",
        ),
        (
            filter(None, Some("qris")),
            "SEARCH p USING INDEX payments_by_channel (channel=? AND created_at<?)",
        ),
    ] {
        let plan = plan(&asked, None).await;
        let first = plan.first().expect("a step");
        assert_eq!(first, range, "{asked:?}: {plan:?}");
        assert!(!is_sorted(&plan), "{asked:?}: {plan:?}");
    }
}

#[tokio::test]
async fn payments_of_a_rare_status_by_their_sum_are_a_range_of_an_index() {
    use PaymentStatus as P;
    let some = [EventId::from_u128(9)];
    for (status, sort, than, events) in [
        (P::Disputed, Sort::Dearest, "<", None),
        (P::Disputed, Sort::Cheapest, ">", None),
        (P::Review, Sort::Dearest, "<", Some(&some[..])),
        (P::Pending, Sort::Cheapest, ">", None),
    ] {
        let asked = PaymentFilter {
            sort,
            ..filter(Some(status), None)
        };
        let plan = plan(&asked, events).await;
        let range =
            format!("SEARCH p USING INDEX payments_by_sum (status=? AND amount_minor{than}?)");
        assert_eq!(plan.first(), Some(&range), "{asked:?}: {plan:?}");
        assert!(!is_sorted(&plan), "{asked:?}: {plan:?}");
    }
}

#[tokio::test]
async fn a_list_of_all_payments_goes_on_within_the_index_of_its_orders() {
    let plan = plan(&filter(None, None), None).await;
    let first = plan.first().expect("a step");
    assert!(
        first.starts_with("SEARCH o USING INDEX") && first.contains("created_at<?"),
        "{plan:?}"
    );
}
