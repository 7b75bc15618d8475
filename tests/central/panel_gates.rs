//! Nodes at the panel: how they stand, how they come in, where they are put, and whose they are.
use central::domain::node::NodeStatus;
use ed25519_dalek::SigningKey;
use support::{
    central::{Engine, TestCentral},
    festival::{festival, gate},
    panel::Desk,
};
use sync_protocol::{enrol_code::EnrolCode, id::NodeId, scan::Action, wire::v1::EnrolRequest};

/// What stands between two texts of a page.
pub fn between<'p>(page: &'p str, before: &str, after: &str) -> &'p str {
    let rest = page.split_once(before).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| rest.split_once(after));
    found.map_or("", |(found, _)| found)
}

async fn status(central: &TestCentral, node: NodeId) -> NodeStatus {
    let nodes = central.app.nodes(None).await.expect("nodes");
    let found = nodes.into_iter().find(|one| one.id == node);
    found.expect("it is there").status
}

#[tokio::test]
async fn the_list_tells_how_a_node_stands_in_words() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        let sold = central.sell_to(&event, 0, 2, &["Ayu Lestari"]).await;
        let north = central.open_gate(&event, "Gate A", "north").await;
        let mut desk = central.admin().await;
        let page = desk.get("/panel/events/festival/nodes").await.page;
        assert!(page.contains("never heard of"), "{page}");
        north.sync(&central).await;
        north.clock.set_skew_ms(7 * 60_000);
        north.sync(&central).await;
        let page = desk.get("/panel/nodes").await.page;
        for told in ["in contact", "7 min ahead", "up to date", "protocol 1"] {
            assert!(page.contains(told), "{told}:\n{page}");
        }
        // A scan that it keeps to itself, and changes that it has not heard of.
        assert_eq!(north.enter(&sold[0].code), "admitted");
        let mut request = north.request();
        request.records.clear();
        request.upto = north.node.next_request(1, 0).expect("a request").upto;
        let answered = central.app.sync(north.id(), &request, central.now()).await;
        answered.expect("a round without its records");
        central.sell_to(&event, 0, 3, &["Budi Santoso"]).await;
        central.clock.advance_ms(5 * 60_000);
        let page = desk.get("/panel/nodes?q=north").await.page;
        for told in [
            "silent · 5 min ago",
            "1 change behind",
            "p-mark-wait\">1</span>",
        ] {
            assert!(page.contains(told), "{told}:\n{page}");
        }
        let file = desk.get("/panel/nodes.csv?q=north").await.page;
        assert!(file.lines().count() == 2 && file.contains("1 change behind"));
        assert_eq!(desk.get("/panel/nodes.xlsx").await.status, 200);
        let page = desk.get("/panel/nodes?status=revoked").await.page;
        assert!(page.contains("Nothing fits these filters"), "{page}");
    }
}

#[tokio::test]
async fn a_code_is_shown_once_and_its_page_turns_to_connected() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        let mut desk = central.admin().await;
        desk.get("/panel/events/festival/nodes").await;
        let place = gate(&event, "Gate A").to_string();
        let fields = [
            ("name", "East 1"),
            ("gate", place.as_str()),
            ("may", "entry"),
            ("may", "exit"),
            ("minutes", "15"),
        ];
        let codes = "/panel/events/festival/nodes/codes";
        let page = desk.post(codes, &fields).await.page;
        let command = between(&page, "id=\"command\">", "<").to_owned();
        let code = command.rsplit(' ').next().expect("a code").to_owned();
        assert!(
            command.starts_with("edge-node enrol https://central.test:8443 "),
            "{command}"
        );
        assert!(page.contains("15 min 0 s"), "{page}");
        assert!(
            page.contains("hx-headers='{\"gerbang-waits\": \"1\"}'"),
            "its looks are no sign of life: {page}"
        );
        let follow = between(&page, "hx-get=\"", "\"").to_owned();
        let waiting = desk.get(&follow).await.page;
        assert!(waiting.contains("data-state=\"waiting\"") && !waiting.contains(&code));
        let key = SigningKey::from_bytes(&[3; 32]);
        let request = EnrolRequest {
            code: EnrolCode::parse(&code).expect("a code").secret_text(),
            public_key: key.verifying_key().to_bytes(),
            program: "0.2".into(),
        };
        let node = central.app.enrol(&request).await.expect("taken in");
        let connected = desk.get(&follow).await.page;
        assert!(
            connected.contains("data-state=\"connected\""),
            "{connected}"
        );
        assert!(connected.contains(&format!("/panel/nodes/{}", node.node)));
        let rights = central.app.nodes(None).await.expect("nodes")[0].rights;
        assert_eq!(rights.names(), ["entry", "exit"]);
        // What was typed stays when it is refused.
        let seen = desk
            .post(codes, &[("name", "West"), ("gate", &place)])
            .await;
        assert_eq!(seen.status, 422);
        assert!(seen.page.contains("value=\"West\"") && seen.page.contains("at least one thing"));
        // A code that is withdrawn takes nobody in.
        let page = desk.post(codes, &fields_of("West", &place)).await.page;
        let code = between(&page, "id=\"code\">", "<").to_owned();
        let id = between(&page, "code?id=", "\"").to_owned();
        let seen = desk
            .post("/panel/events/festival/nodes/code", &[("id", &id)])
            .await;
        assert!(seen.to().ends_with("done=code_withdrawn"), "{}", seen.page);
        let late = EnrolRequest {
            code: EnrolCode::parse(&code).expect("a code").secret_text(),
            ..request
        };
        let refused = central.app.enrol(&late).await.expect_err("withdrawn");
        assert_eq!(refused.code(), "enrol_code_expired");
    }
}

fn fields_of<'a>(name: &'a str, gate: &'a str) -> [(&'a str, &'a str); 3] {
    [("name", name), ("gate", gate), ("may", "entry")]
}

#[tokio::test]
async fn a_node_is_put_at_another_gate_and_scans_there_from_its_next_round() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        let sold = central.sell_to(&event, 0, 3, &["Ayu Lestari"]).await;
        let north = central.open_gate(&event, "Gate A", "north").await;
        north.sync(&central).await;
        let mut desk = central.admin().await;
        let path = format!("/panel/nodes/{}", north.id());
        desk.get(&path).await;
        let other = gate(&event, "Gate B");
        let mut fields = fields_of("north two", "").to_vec();
        let chosen = other.to_string();
        fields[1].1 = &chosen;
        let seen = desk.post(&path, &fields).await;
        assert!(seen.to().ends_with("done=node_changed"), "{}", seen.page);
        let before = north.enter(&sold[0].code);
        assert_eq!(before, "admitted");
        assert_eq!(north.status().gate, gate(&event, "Gate A"));
        north.sync(&central).await;
        let status = north.status();
        assert_eq!((status.gate, status.name.as_str()), (other, "north two"));
        assert_eq!(north.enter(&sold[1].code), "admitted");
        assert_eq!(
            north
                .show(&sold[1].code, Action::Exit)
                .verdict
                .reason
                .name(),
            "not_allowed",
            "it may let in alone"
        );
        north.sync(&central).await;
        let at = |place: &str| gate(&event, place);
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let window = sync_protocol::occupancy::Window {
            since: sync_protocol::time::Timestamp(0),
            as_of: central.now().plus_ms(60_000),
        };
        let tallies = central::store::occupancy::by_gate(&mut tx, event.event.id, &window).await;
        let mut gates: Vec<_> = tallies
            .expect("reads")
            .into_iter()
            .map(|tally| (tally.gate, tally.entries))
            .collect();
        gates.sort_unstable();
        let mut want = vec![(at("Gate A"), 1), (at("Gate B"), 1)];
        want.sort_unstable();
        assert_eq!(gates, want, "each scan at the gate where it was made");
        let page = desk.get(&path).await.page;
        assert!(
            page.contains("Node changed") && page.contains("Ayu Admin"),
            "{page}"
        );
    }
}

/// A venue manager of one event, and a node of another.
async fn neighbours(central: &TestCentral) -> (Desk, NodeId, NodeId) {
    let own = central.publish(&festival()).await;
    let mut other = festival();
    other.slug = "elsewhere".into();
    other.client.slug = "competitor".into();
    let other = central.publish(&other).await;
    let mine = central.enrol(&own, "Gate A", "mine").await.id;
    let theirs = central.enrol(&other, "Gate A", "theirs").await.id;
    central.admin().await;
    let events = [own.event.id];
    let desk = central
        .person("vina@example.id", "venue_manager", None, &events)
        .await;
    (desk, mine, theirs)
}

#[tokio::test]
async fn nodes_of_others_are_neither_revoked_nor_seen_by_naming_them() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let (mut desk, mine, theirs) = neighbours(&central).await;
        let page = desk.get("/panel/nodes").await.page;
        assert!(page.contains(">mine</a>") && !page.contains(">theirs</a>"));
        let (own, foreign) = (mine.to_string(), theirs.to_string());
        let fields = [("row", foreign.as_str()), ("row", own.as_str())];
        let seen = desk.post("/panel/nodes/revoke", &fields).await;
        // Each by itself: what is another's is one that does not exist.
        assert!(
            seen.page.contains("There is no such node.") && seen.page.contains("1 done, of 2"),
            "{}",
            seen.page
        );
        assert!(!seen.page.contains(">theirs<"));
        assert_eq!(status(&central, mine).await, NodeStatus::Revoked);
        assert_eq!(status(&central, theirs).await, NodeStatus::Active);
        let seen = desk.post("/panel/nodes/revoke", &fields[1..]).await;
        assert!(
            seen.page.contains("It was revoked before."),
            "{}",
            seen.page
        );
        // A gate of another event is no place for a node of this one.
        let elsewhere = central.app.event_by_slug("elsewhere").await.expect("there");
        let place = gate(&elsewhere, "Gate B").to_string();
        let seen = desk
            .post(
                "/panel/events/festival/nodes/codes",
                &fields_of("x", &place),
            )
            .await;
        assert_eq!(seen.status, 422, "{}", seen.page);
        // Nor does an enrolment of another event tell anything here.
        let wish = central::app::nodes::NewEnrolment {
            event: elsewhere.event.id,
            gate: gate(&elsewhere, "Gate B"),
            node_name: "secret".into(),
            rights: sync_protocol::rights::Rights::ALL,
            valid_for_ms: 60_000,
        };
        let by = central::app::users::By::CommandLine;
        let (id, _) = central
            .app
            .create_enrolment_by(&by, &wish)
            .await
            .expect("a code");
        let seen = desk
            .get(&format!("/panel/events/festival/nodes/code?id={id}"))
            .await;
        assert_eq!(seen.status, 404);
    }
}
