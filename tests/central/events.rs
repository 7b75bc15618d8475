//! Setting up an event.
use central::{
    app::{events::EventError, trail::Actor},
    domain::event::EventStatus,
    store,
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
};

#[tokio::test]
async fn an_event_is_set_up_and_published_once() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let setup = central.festival().await;
        assert_eq!(setup.event.status, EventStatus::Published);
        assert_eq!(
            (setup.days.len(), setup.gates.len(), setup.types.len()),
            (2, 2, 2)
        );
        assert_eq!(
            (setup.types[0].day_mask, setup.types[1].day_mask),
            (0b11, 0b01)
        );
        assert_eq!(setup.types[1].gates, [setup.gates[0].id]);

        let again = central.app.create_event(&festival(), &Actor::System).await;
        assert!(matches!(again, Err(EventError::SlugTaken)), "{again:?}");
        let published = central
            .app
            .publish_event(setup.event.id, &Actor::System)
            .await;
        assert_eq!(
            published.expect_err("published twice").code(),
            "illegal_move"
        );
    }
}

#[tokio::test]
async fn the_signing_key_opens_and_gates_know_its_public_half() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await.event.id;
        let mut other = festival();
        other.slug = "other".into();
        let other = central.publish(&other).await.event.id;

        let mut tx = central.app.store.begin().await.expect("a transaction");
        let (slot, key) = central
            .app
            .signing_key(&mut tx, event)
            .await
            .expect("a key");
        let again = central.app.key_in_slot(&mut tx, event, slot).await;
        assert_eq!(again.expect("the same slot").to_bytes(), key.to_bytes());
        let revision = store::revision::read(&mut tx, event).await.expect("a row");
        let config =
            central::app::events::load_config(&mut tx, event, revision.config_revision).await;
        let config = config.expect("a config");
        assert_eq!(
            revision.config_revision, 2,
            "the organiser's second event changed it"
        );
        let known = config
            .keys
            .iter()
            .find(|k| k.event == event)
            .expect("its own key");
        assert_eq!((known.slot, known.key), (0, key.verifying_key().to_bytes()));
        assert_eq!(config.other_events().collect::<Vec<_>>(), [other]);
    }
}
