//! What an organiser puts in another order is in that order in the shop, and a gate goes only while nothing knows it.
use central::domain::event::EventStatus;
use support::{central::Engine, panel::Desk, panel_world::PanelWorld, shop::Shop, visit::Seen};

use crate::panel_setup::{TYPE, URL, draft, hidden, post, set_up, wrong};

const FESTIVAL: &str = "/panel/events/festival";

/// Which of these texts comes first on a page.
fn first<'a>(page: &str, texts: [&'a str; 2]) -> &'a str {
    let places = texts.map(|text| page.find(text).expect(text));
    if places[0] < places[1] {
        texts[0]
    } else {
        texts[1]
    }
}

async fn send(desk: &mut Desk, form: &str, fields: &[(&str, &str)]) -> Seen {
    desk.get(&format!("{FESTIVAL}/setup/types")).await;
    desk.post(&format!("{FESTIVAL}/setup/{form}"), fields).await
}

#[tokio::test]
async fn types_stand_in_the_shop_as_somebody_put_them() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        let names = ["Regular", "VIP"];
        let old = desk.get(&format!("{FESTIVAL}/setup/types")).await.page;
        let seen = hidden(&old, "seen");
        let up = [("step", "up"), ("seen", seen.as_str())];
        let moved = send(&mut desk, "types/2/move", &up).await;
        assert_eq!(moved.status, 303, "{}", wrong(&moved.page));
        let page = String::from_utf8(shop.get("/events/festival").await.1).expect("text");
        let (_, chosen_from) = page.split_once("<fieldset class=\"group\"").expect("types");
        assert_eq!(first(chosen_from, names), "VIP");
        let page = desk.get(&format!("{FESTIVAL}/setup/types")).await.page;
        let links = ["setup/types/1\"", "setup/types/2\""];
        assert_eq!(first(&page, links), links[1]);
        // The page that was open before shows another order: what it asks for is not what is meant.
        let stale = send(&mut desk, "types/1/move", &up).await;
        assert_eq!(stale.status, 422);
        assert!(wrong(&stale.page).contains("look again"));
        // The first goes no further, and there is no other way to go.
        for step in ["up", "left", ""] {
            let refused = send(&mut desk, "types/2/move", &[("step", step)]).await;
            assert_eq!(refused.status, 422, "{step}");
        }
        let trail = "SELECT COUNT(*) FROM audit_log WHERE action = 'type.order'";
        assert_eq!(shop.number(trail).await, 1);
    }
}

#[tokio::test]
async fn categories_pass_those_of_their_own_parent() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (app, event) = (&shop.central.app, shop.event.event.id);
    let mut desk = shop.central.admin().await;
    let by = central::app::trail::Actor::System;
    for name in ["Seats", "Camping"] {
        app.add_category(event, name, None, &by).await.expect(name);
    }
    let of_event = async || app.offer_of(event).await.expect("an offer").categories;
    let names = async || {
        of_event()
            .await
            .into_iter()
            .map(|one| one.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Tickets", "Seats", "Camping"]);
    let id = of_event().await[2].id.to_string();
    let fields = [("do", "order"), ("id", id.as_str()), ("step", "up")];
    assert_eq!(send(&mut desk, "categories", &fields).await.status, 303);
    assert_eq!(names().await, ["Tickets", "Camping", "Seats"]);
    // Alone below its parent, a part has nobody to pass.
    let parent = Some(of_event().await[0].id);
    let part = app.add_category(event, "Front", parent, &by).await;
    let id = part.expect("a part").to_string();
    let fields = [("do", "order"), ("id", id.as_str()), ("step", "down")];
    assert_eq!(send(&mut desk, "categories", &fields).await.status, 422);
    // No form has both: a step would drop the name that was just typed, and say that it is saved.
    let page = desk.get(&format!("{FESTIVAL}/setup/types")).await.page;
    let forms: Vec<_> = page.split("<form").collect();
    let with = |all: &[&str]| {
        let has = |form: &&&str| all.iter().all(|what| form.contains(what));
        forms.iter().filter(has).count()
    };
    assert_eq!(with(&["value=\"order\"", "name=\"step\""]), 3, "{page}");
    assert_eq!(with(&["name=\"name\"", "name=\"step\""]), 0);
    let both = [
        ("do", "rename"),
        ("id", id.as_str()),
        ("name", "Front row"),
        ("step", "up"),
    ];
    assert_eq!(send(&mut desk, "categories", &both).await.status, 303);
    assert!(names().await.contains(&"Front row".to_owned()));
}

#[tokio::test]
async fn a_gate_goes_while_nothing_knows_it() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        set_up(&mut desk, "").await;
        post(&mut desk, "gates", &[("name", "South")]).await;
        let gates = draft(&shop.central).await.gates;
        let id = |name: &str| {
            let gate = gates.iter().find(|gate| gate.name == name);
            gate.expect(name).id.to_string()
        };
        post(&mut desk, "gates/remove", &[("gate", &id("South"))]).await;
        let left = draft(&shop.central).await.gates;
        assert_eq!(left.len(), 1);
        let trail = "SELECT COUNT(*) FROM audit_log WHERE action = 'event.gate_removed'";
        assert_eq!(shop.number(trail).await, 1);
        // A second time it is not there.
        let url = format!("{URL}/setup/gates/remove");
        let again = desk.post(&url, &[("gate", &id("South"))]).await;
        assert_eq!(again.status, 404);
        // An event that is open keeps its last one.
        assert_eq!(desk.post(&format!("{URL}/publish"), &[]).await.status, 303);
        assert_eq!(
            draft(&shop.central).await.event.status,
            EventStatus::Published
        );
        desk.get(&format!("{URL}/setup/gates")).await;
        let last = desk.post(&url, &[("gate", &id("North"))]).await;
        assert_eq!(last.status, 422);
        assert!(wrong(&last.page).contains("add another one"));
    }
}

#[tokio::test]
async fn a_gate_that_a_type_names_is_not_taken_from_it() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    set_up(&mut desk, "").await;
    post(&mut desk, "gates", &[("name", "South")]).await;
    let event = draft(&shop.central).await;
    let south = event.gates.iter().find(|gate| gate.name == "South");
    let south = south.expect("South").id.to_string();
    let category = event.types[0].category.to_string();
    let mut fields = TYPE.to_vec();
    fields.extend([("category", category.as_str()), ("gate", south.as_str())]);
    post(&mut desk, "types/1", &fields).await;
    let url = format!("{URL}/setup/gates/remove");
    let seen = desk.post(&url, &[("gate", &south)]).await;
    assert_eq!(seen.status, 422);
    assert!(wrong(&seen.page).contains("names it"));
    assert_eq!(draft(&shop.central).await.types[0].gates.len(), 1);
}

#[tokio::test]
async fn a_gate_with_a_node_a_code_or_a_scan_stays() {
    let mut world = PanelWorld::open().await;
    let mut desk = world.desks.remove(0).2;
    let central = &world.shop.central;
    let gates = &world.shop.event.gates;
    let url = format!("{FESTIVAL}/setup/gates/remove");
    // A type that is taken at the first gate alone would keep it, whatever else is there.
    central.execute("DELETE FROM ticket_type_gates").await;
    let (north, south) = (gates[0].id.to_string(), gates[1].id.to_string());
    for (change, gate, why) in [
        ("SELECT 1", &north, "stays on record"),
        ("DELETE FROM scans", &north, "move it to another gate"),
        (
            "UPDATE nodes SET gate_id = (SELECT MAX(id) FROM gates g WHERE g.event_id = nodes.event_id)",
            &north,
            "stays on record",
        ),
        (
            "UPDATE node_enrolments SET used_at = NULL, expires_at = 9000000000000000",
            &north,
            "withdraw it first",
        ),
    ] {
        central.execute(change).await;
        desk.get(&format!("{FESTIVAL}/setup/gates")).await;
        let seen = desk.post(&url, &[("gate", gate)]).await;
        assert_eq!(seen.status, 422, "{change}");
        let said = wrong(&seen.page);
        assert!(said.contains(why), "{change}: {said}");
    }
    // A code that nobody used in time keeps nothing.
    central
        .execute("UPDATE node_enrolments SET expires_at = 0")
        .await;
    desk.get(&format!("{FESTIVAL}/setup/gates")).await;
    let seen = desk.post(&url, &[("gate", &north)]).await;
    assert_eq!(seen.status, 303, "{}", wrong(&seen.page));
    let left = central
        .app
        .event(world.shop.event.event.id)
        .await
        .expect("an event");
    assert_eq!(
        left.gates
            .iter()
            .map(|gate| gate.id.to_string())
            .collect::<Vec<_>>(),
        [south]
    );
}
