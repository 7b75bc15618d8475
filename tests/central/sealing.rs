//! Names that cannot be sealed: said once, on the page, and over when they can.
use central::{app::users::By, store};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
};
use sync_protocol::search::Passphrase;

#[tokio::test]
async fn an_event_whose_key_does_not_open_is_told_of_once_in_a_run() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        central.sell_to(&event, 0, 3, &["Ayu Lestari"]).await;
        let (app, id) = (&central.app, event.event.id);
        let passphrase = Passphrase::new("kopi tubruk pagi").expect("long enough");
        let on = app.ask_search_on_by(&By::CommandLine, id, passphrase);
        on.await.expect("it is turned on");
        let stuck = async || {
            let run = app.search_run(id).await.expect("reads");
            run.expect("it is open").stuck_at
        };
        assert_eq!(stuck().await, None);
        central
            .execute("UPDATE event_search SET sealed_index_key = X'00'")
            .await;
        let since = central.now();
        for _ in 0..3 {
            app.seal_names().await.expect("it holds up nobody");
            assert_eq!(stuck().await, Some(since), "{engine:?}: said once");
            central.clock.advance_ms(1_000);
        }
        let mut desk = central.admin().await;
        let page = desk.get("/panel/events/festival/gate-rules").await.page;
        assert!(page.contains("This stands still"), "{page}");
        let mut tx = app.store.read().await.expect("a snapshot");
        let open = store::search_run::open(&mut tx).await.expect("reads");
        assert_eq!(open, [id], "it goes on by itself when the key opens");
    }
}
