//! What nodes read: pages, cuts between them, rows that change meanwhile, and the proof at the end.
use support::{
    central::{Engine, TestCentral},
    festival::festival,
};
use sync_protocol::{manifest::Gap, ticket::TicketStatus};

#[tokio::test]
async fn case_14_a_first_sync_that_is_cut_often_ends_proven() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        central.sell(&event, 95).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        gate.page_rows = 10;
        let mut answers = 0;
        let last = loop {
            answers += 1;
            let request = gate.request();
            let lost = central
                .app
                .sync(gate.id, &request, central.now())
                .await
                .expect("a page");
            // The answer is lost on the way; the same is asked again and is the same.
            let again = central
                .app
                .sync(gate.id, &request, central.now())
                .await
                .expect("a page");
            assert_eq!(lost.page, again.page);
            gate.take_in(&central, &again);
            if again.page.manifest.is_some() {
                break again;
            }
            assert_eq!(again.page.tickets.len(), 10);
        };
        assert_eq!((answers, gate.tickets.len()), (10, 95));
        let manifest = last.page.manifest.expect("the last page");
        assert_eq!(manifest.prove(&gate.manifest()), Ok(()));
        gate.tickets.pop_first();
        assert_eq!(manifest.prove(&gate.manifest()), Err(Gap::Missing(1)));
    }
}

#[tokio::test]
async fn case_14_a_row_that_changes_between_pages_comes_again() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 30).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        gate.page_rows = 10;
        gate.try_round(&central).await.expect("the first page");
        central
            .set_status(&event, tickets[0], TicketStatus::Transferred)
            .await;
        central
            .set_status(&event, tickets[29], TicketStatus::Revoked)
            .await;
        let last = gate.sync(&central).await;
        assert_eq!(
            last.page
                .manifest
                .expect("the last page")
                .prove(&gate.manifest()),
            Ok(())
        );
        assert_eq!(gate.tickets[&tickets[0]].status, TicketStatus::Transferred);
        assert_eq!(gate.tickets[&tickets[29]].status, TicketStatus::Revoked);
    }
}

#[tokio::test]
async fn case_8_tombstones_reach_every_gate_and_an_idle_round_carries_nothing() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 5).await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        gate.sync(&central).await;
        let idle = gate.sync(&central).await;
        assert!(idle.page.tickets.is_empty() && idle.page.config.is_none());
        assert!(idle.page.manifest.is_some(), "and is proven all the same");
        central
            .set_status(&event, tickets[2], TicketStatus::Revoked)
            .await;
        let delta = gate.sync(&central).await;
        assert_eq!(delta.page.tickets.len(), 1);
        assert_eq!(gate.tickets[&tickets[2]].status, TicketStatus::Revoked);
        assert_eq!(
            delta
                .page
                .manifest
                .expect("the last page")
                .prove(&gate.manifest()),
            Ok(())
        );
    }
}

#[tokio::test]
async fn the_config_comes_when_it_is_newer_and_the_lease_with_every_round() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        let answer = gate.sync(&central).await;
        assert_eq!(
            answer.lease_until,
            central.now().plus_ms(event.event.rules.lease_ms)
        );
        let config = gate.config.clone().expect("the first page has it");
        assert_eq!((config.days.len(), config.keys.len()), (2, 1));
        let mut second = festival();
        second.slug = "second".into();
        central.publish(&second).await;
        gate.sync(&central).await;
        let config = gate.config.expect("a newer one");
        assert_eq!(
            config.keys.len(),
            2,
            "the organiser's other event can be told apart now"
        );
    }
}
