//! Nodes that come, move and go: the list goes on where it was, and a gate stays as long as somebody may bring its scans.
use central::app::{catalog::CatalogError, node_acts::NodeChange, trail::Actor, users::By};
use support::{
    central::{Engine, TestCentral},
    festival::{festival, gate},
};
use sync_protocol::rights::Rights;

#[tokio::test]
async fn a_page_goes_on_where_it_was_when_its_last_node_has_gone() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        for n in 0..60 {
            central
                .enrol(&event, "Gate A", &format!("node.{n:02}"))
                .await;
        }
        let mut desk = central.admin().await;
        let page = desk.get("/panel/nodes").await.page;
        assert!(
            page.contains("node.49") && !page.contains("node.50"),
            "{page}"
        );
        let next = page.split("href=\"/panel/nodes?").find_map(|rest| {
            let query = rest.split('"').next()?;
            query
                .contains("after=")
                .then(|| query.replace("&amp;", "&"))
        });
        let next = format!("/panel/nodes?{}", next.expect("more pages"));
        for change in [
            "SELECT 1",
            "UPDATE nodes SET name = 'a-node' WHERE name = 'node.49'",
        ] {
            central.execute(change).await;
            let page = desk.get(&next).await.page;
            assert!(
                page.contains("node.50") && page.contains("node.59"),
                "{page}"
            );
            assert!(!page.contains("node.48"), "it does not begin anew: {page}");
        }
    }
}

#[tokio::test]
async fn a_gate_stays_while_a_node_that_left_it_may_bring_its_scans() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut wish = festival();
        wish.gates.extend(["Gate C".into(), "Gate D".into()]);
        let event = central.publish(&wish).await;
        let sold = central.sell(&event, 1).await;
        let mut north = central.enrol(&event, "Gate B", "north").await;
        north.sync(&central).await;
        let (back, other, free) = (
            gate(&event, "Gate B"),
            gate(&event, "Gate C"),
            gate(&event, "Gate D"),
        );
        let id = event.event.id;
        let to = async |gate| {
            let change = NodeChange {
                name: "north".into(),
                gate,
                rights: Rights::ALL,
            };
            let changed = central
                .app
                .change_node(&By::CommandLine, (id, north.id), &change);
            changed.await.expect("it moves");
        };
        let remove = async |gate| central.app.remove_gate(id, gate, &Actor::System).await;
        to(other).await;
        let seen = remove(other).await;
        assert!(matches!(seen, Err(CatalogError::GateHasNode)), "{seen:?}");
        // It works there without the network, and is moved back before it told of that.
        to(back).await;
        let seen = remove(other).await;
        assert!(
            matches!(seen, Err(CatalogError::GateWasUsed)),
            "{engine:?}: {seen:?}"
        );
        north.gate = other;
        north.admit(&central, sold[0]);
        north.sync(&central).await;
        let mut desk = central.admin().await;
        let page = desk.get("/panel/events/festival/scans").await.page;
        assert!(page.contains("Gate C"), "{page}");
        remove(free).await.expect("nobody was ever there");
    }
}
