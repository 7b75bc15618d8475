//! What the panel does about gates on paper: checks of logs, logs as files, who works there, the search, rehearsals.
use std::time::Duration;

use central::app::{
    audit_runs::{CheckError, Scope},
    users::By,
};
use edge_node::bundle::{
    export::{Options, export},
    import::import,
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    panel::Desk,
    real_gate::{RealGate, Sold},
};
use sync_protocol::{id::EventId, scan::Action};
use tokio::time::{sleep, timeout};

use crate::panel_gates::between;

/// A festival, its gate with two scans, and an administrator.
async fn open(engine: Engine) -> (TestCentral, EventId, RealGate, Vec<Sold>, Desk) {
    let central = TestCentral::new(engine).await;
    let event = central.publish(&festival()).await;
    let sold = central.sell_to(&event, 0, 3, &["Ayu Lestari"]).await;
    let north = central.open_gate(&event, "Gate A", "north").await;
    north.sync(&central).await;
    for one in &sold[..2] {
        assert_eq!(north.enter(&one.code), "admitted");
    }
    let desk = central.admin().await;
    (central, event.event.id, north, sold, desk)
}

/// The page once no check runs on it any more.
async fn finished(desk: &mut Desk, path: &str) -> String {
    let wait = async {
        loop {
            let page = desk.get(path).await.page;
            if !page.contains(">Running<") {
                return page;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), wait)
        .await
        .expect("it ends")
}

#[tokio::test]
async fn a_check_is_begun_by_a_click_and_names_what_was_altered() {
    for engine in Engine::both() {
        let (central, _, north, _, mut desk) = open(engine).await;
        north.sync(&central).await;
        let path = "/panel/events/festival/checks";
        desk.get(path).await;
        let seen = desk.post(path, &[]).await;
        assert!(seen.to().ends_with("done=check_started"), "{}", seen.page);
        let page = finished(&mut desk, path).await;
        assert!(page.contains("All holds together"), "{page}");
        assert!(page.contains("2 records hold together") && page.contains("Ayu Admin"));
        central
            .execute("UPDATE scans SET gate_id = node_id WHERE seq = 2")
            .await;
        desk.post(&format!("/panel/nodes/{}/check", north.id()), &[])
            .await;
        let page = finished(&mut desk, path).await;
        assert!(page.contains("Something does not hold"), "{page}");
        assert!(page.contains("record 2 was altered") && page.contains("Revoke this node"));
        let page = finished(&mut desk, "/panel/checks").await;
        assert!(page.contains("The log of north"), "{page}");
    }
}

#[tokio::test]
async fn one_check_runs_at_a_time_and_one_that_died_makes_room() {
    for engine in Engine::both() {
        let (central, ..) = open(engine).await;
        let (app, by, all) = (&central.app, &By::CommandLine, Scope::default());
        // A server that took the turn and was killed.
        central
            .execute("UPDATE audit_turns SET run_id = (SELECT id FROM nodes LIMIT 1), beat_at = 1796083200000")
            .await;
        let refused = app.start_check(by, all).await;
        assert!(matches!(refused, Err(CheckError::Busy)), "{refused:?}");
        central.clock.advance_ms(31_000);
        app.start_check(by, all).await.expect("the other is dead");
    }
}

fn file_of(gate: &RealGate) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("north.gerbang");
    let written = export(
        gate.home.path(),
        &*gate.clock,
        &path,
        Options::default(),
        &mut |_, _| {},
    );
    written.expect("written");
    std::fs::read(path).expect("a file")
}

#[tokio::test]
async fn a_gates_file_is_taken_in_and_its_answer_taken_back() {
    for engine in Engine::both() {
        let (central, _, north, _, mut desk) = open(engine).await;
        let event = central.app.event_by_slug("festival").await.expect("there");
        // Sold since the gate was last heard of.
        let late = central.sell_to(&event, 0, 1, &["Budi Santoso"]).await;
        let (path, file) = ("/panel/events/festival/bundles", file_of(&north));
        // A stick takes its time.
        central.clock.advance_ms(60_000);
        north.clock.advance_ms(60_000);
        desk.get(path).await;
        let seen = desk.bring(path, &file).await;
        assert!(seen.to().ends_with("done=imported"), "{}", seen.page);
        let seen = desk.bring(path, &file).await;
        assert!(
            seen.to().ends_with("done=imported"),
            "a second time is harmless"
        );
        let page = desk.get(path).await.page;
        let id = between(&page, "answer?id=", "\"").to_owned();
        let answer = desk.bytes(&format!("{path}/answer?id={id}")).await;
        import(&north.node, &answer, &mut |_, _| {}).expect("the gate takes it");
        assert_eq!(north.status().unsent, 0);
        let said = north
            .show(&late[0].code, Action::Entry)
            .verdict
            .reason
            .name();
        assert_eq!(said, "admitted", "it knows what was sold meanwhile");
        // Another event's page knows neither the node nor the import.
        let mut other = festival();
        other.slug = "elsewhere".into();
        central.publish(&other).await;
        let elsewhere = "/panel/events/elsewhere/bundles";
        desk.get(elsewhere).await;
        let seen = desk.bring(elsewhere, &file).await;
        assert_eq!(seen.status, 422);
        assert!(seen.page.contains("no such node"), "{}", seen.page);
        let seen = desk.get(&format!("{elsewhere}/answer?id={id}")).await;
        assert_eq!(seen.status, 404);
    }
}

#[tokio::test]
async fn a_wrong_file_is_refused_with_what_to_do_and_a_stranger_is_not_read() {
    let (central, event, north, _, mut desk) = open(Engine::Sqlite).await;
    let (path, file) = ("/panel/events/festival/bundles", file_of(&north));
    desk.get(path).await;
    let mut damaged = file.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let cut = file[..file.len() - 40].to_vec();
    for (bytes, said) in [
        (b"a picture of a cat".to_vec(), "This is no file of a gate"),
        (damaged, "damaged or cut off"),
        (cut, "damaged or cut off"),
        (Vec::new(), "Choose the file"),
    ] {
        let seen = desk.bring(path, &bytes).await;
        assert_eq!(seen.status, 422, "{said}");
        assert!(seen.page.contains(said), "{said}:\n{}", seen.page);
    }
    let seen = desk.bring(path, &vec![0; 33 * 1024 * 1024]).await;
    assert_eq!(seen.status, 413, "too long");
    // Whoever may not bring files is answered before anything is read: the same length is no matter.
    let organiser = central.app.all_events().await.expect("events");
    let client = organiser
        .iter()
        .find(|one| one.id == event)
        .map(|one| one.client);
    let mut citra = central
        .person("citra@example.id", "client", client, &[])
        .await;
    let seen = citra.bring(path, &vec![0; 33 * 1024 * 1024]).await;
    assert_eq!(seen.status, 403);
    // A form without its page's token changes nothing, file or not.
    desk.page = String::new();
    let seen = desk.bring(path, &file).await;
    assert_eq!(seen.status, 403, "{}", seen.page);
}

#[tokio::test]
async fn a_refused_file_stands_in_the_list_with_who_brought_it_and_why() {
    for engine in Engine::both() {
        let (central, event, north, _, mut desk) = open(engine).await;
        let (path, file) = ("/panel/events/festival/bundles", file_of(&north));
        desk.get(path).await;
        assert_eq!(desk.bring(path, b"a picture of a cat").await.status, 422);
        let page = desk.get(path).await.page;
        let row = between(&page, "<tbody>", "</tbody>");
        assert!(row.contains("This is no file of a gate"), "{page}");
        assert!(row.contains("Ayu Admin"), "{page}");
        assert!(
            !row.contains("answer?id="),
            "there is no answer to it: {row}"
        );
        central.clock.advance_ms(1_000);
        central
            .execute("UPDATE nodes SET status = 'quarantined', quarantine_reason = 'log_forked'")
            .await;
        assert_eq!(desk.bring(path, &file).await.status, 422);
        let page = desk.get(path).await.page;
        let rows = between(&page, "<tbody>", "</tbody>");
        let latest = rows.split("</tr>").next().unwrap_or_default();
        assert!(latest.contains(">north<"), "its seal is proven: {latest}");
        assert!(latest.contains("The node is in quarantine"), "{latest}");
        assert_eq!(rows.matches("</tr>").count(), 2);
        let page = desk.get(&format!("{path}?lang=id")).await.page;
        assert!(page.contains("Perangkat dikarantina"), "{page}");
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let nodes = central::store::node::of_event(&mut tx, event).await;
        let id = nodes.expect("reads")[0].id.0;
        let trail = central::store::audit::of_subject(&mut tx, "node", id).await;
        let trail = trail.expect("reads");
        let refused = trail.iter().find(|row| row.action == "node.import_refused");
        assert!(refused.expect("a row").detail.contains("node_quarantined"));
    }
}

#[tokio::test]
async fn an_operator_is_taken_in_signs_in_at_the_gate_and_is_let_go() {
    for engine in Engine::both() {
        let (central, event, north, sold, mut desk) = open(engine).await;
        let stops = "With the first of the gate staff they stop";
        let page = desk.get("/panel/operators/new").await.page;
        assert!(page.contains(stops), "asked before gates stop: {page}");
        let id = event.to_string();
        let fields = [
            ("name", "Budi Wijaya"),
            ("login", "budi"),
            ("email", "budi@example.id"),
            ("role", "wristband_validator"),
            ("event", id.as_str()),
        ];
        let slip = desk.post("/panel/operators", &fields).await.page;
        let secret = between(&slip, "id=\"secret\">", "<").to_owned();
        let page = desk.get("/panel/operators/new").await.page;
        assert!(!page.contains(stops), "only before the first: {page}");
        north.sync(&central).await;
        assert_eq!(north.enter(&sold[2].code), "sign_in_first");
        let session = north.node.operators().sign_in("budi", &secret);
        session.expect("name and secret are right");
        for page in ["/panel/operators", "/panel/operators/budi", "/panel/audit"] {
            let page = desk.get(page).await.page;
            assert!(page.contains("udi") && !page.contains(&secret), "told once");
        }
        // The same address again, and one that uses the panel.
        let seen = desk.post("/panel/operators", &fields).await;
        assert!(seen.page.contains("This login is taken"), "{}", seen.page);
        let mut fields = fields;
        fields[1].1 = "new";
        let seen = desk.post("/panel/operators", &fields).await;
        let is_kept = seen.page.contains("kept for a page of the panel");
        assert!(is_kept, "its address is the form's: {}", seen.page);
        (fields[1].1, fields[2].1) = ("ayu", support::panel::ADMIN);
        let seen = desk.post("/panel/operators", &fields).await;
        assert!(
            seen.page
                .contains("uses the panel, and whoever uses the panel works no gate")
        );
        assert!(seen.page.contains("value=\"ayu\""), "what was typed stays");
        let page = desk.post("/panel/operators/budi/reset", &[]).await.page;
        let second = between(&page, "id=\"secret\">", "<").to_owned();
        assert!(!second.is_empty() && second != secret);
        north.sync(&central).await;
        let old = north.node.operators().sign_in("budi", &secret);
        assert!(old.is_err(), "the old secret opens nothing");
        let seen = desk
            .post("/panel/operators/budi/active", &[("active", "0")])
            .await;
        assert!(seen.to().ends_with("done=operator_off"));
        north.sync(&central).await;
        assert!(north.node.operators().sign_in("budi", &second).is_err());
        let idle = "/panel/events/festival/gate-rules/idle";
        let seen = desk.post(idle, &[("idle", "0")]).await;
        assert!(seen.page.contains("1 to 720 minutes"), "{}", seen.page);
        let seen = desk.post(idle, &[("idle", "5")]).await;
        assert!(seen.to().ends_with("done=idle"), "{}", seen.page);
        let seen = desk
            .post("/panel/events/festival/gate-rules/open", &[])
            .await;
        assert!(seen.to().ends_with("done=open_to_all"), "{}", seen.page);
        north.sync(&central).await;
        assert_eq!(north.enter(&sold[2].code), "admitted");
        let page = desk.get("/panel/audit?action=staff").await.page;
        assert!(
            page.contains("staff.add") && page.contains("Ayu Admin"),
            "{page}"
        );
    }
}

/// What the worker does, until there is nothing left.
async fn work(central: &TestCentral) {
    while central.app.seal_names().await.expect("it works") > 0 {}
}

#[tokio::test]
async fn names_are_sealed_beside_the_page_which_shows_how_far_they_are() {
    for engine in Engine::both() {
        let (central, event, .., mut desk) = open(engine).await;
        central
            .sell(&central.app.event(event).await.expect("there"), 1_200)
            .await;
        let rules = "/panel/events/festival/gate-rules";
        desk.get(rules).await;
        let on = [("what", "on"), ("passphrase", "kopi tubruk pagi")];
        let seen = desk.post(&format!("{rules}/search"), &on).await;
        assert!(seen.to().ends_with("done=search_on"), "{}", seen.page);
        let setup = "/panel/events/festival/setup/settings";
        let page = desk.get(rules).await.page;
        assert!(page.contains("Names are being sealed: 0 / 1,203"), "{page}");
        assert!(
            page.contains("hx-select=\"#names\""),
            "it looks again by itself"
        );
        // A server that dies between two pieces leaves all that is needed to go on.
        assert_eq!(central.app.seal_names().await.expect("a piece"), 1_000);
        let page = desk.get(rules).await.page;
        assert!(
            page.contains("Names are being sealed: 1,000 / 1,203"),
            "{page}"
        );
        let page = desk.get(setup).await.page;
        assert!(page.contains("1,000 / 1,203"), "{page}");
        work(&central).await;
        let page = desk.get(rules).await.page;
        assert!(!page.contains("Names are being sealed"), "{page}");
        assert!(!page.contains("hx-select=\"#names\""), "{page}");
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let open = central::store::ticket::of_search(&mut tx, event, false, 1).await;
        assert_eq!(open.expect("reads").len(), 0, "every name is sealed");
        let trail = central::store::audit::of_subject(&mut tx, "event", event.0).await;
        let trail = trail.expect("reads");
        let done: Vec<_> = trail
            .iter()
            .filter(|row| row.action == "event.search_sealed")
            .collect();
        assert_eq!(done.len(), 1);
        assert!(done[0].detail.contains("1203"), "{}", done[0].detail);
    }
}

#[tokio::test]
async fn the_search_is_turned_on_and_off_and_rehearsals_are_made() {
    let (central, event, ..) = open(Engine::Sqlite).await;
    let mut desk = Desk::new(&central);
    desk.sign_in(support::panel::ADMIN, support::panel::PASSWORD)
        .await;
    let rules = "/panel/events/festival/gate-rules";
    desk.get(rules).await;
    let search = format!("{rules}/search");
    let short = [("what", "on"), ("passphrase", "short")];
    let seen = desk.post(&search, &short).await;
    assert!(seen.page.contains("too short") && !seen.page.contains("\"short\""));
    let seen = desk
        .post(
            &search,
            &[("what", "on"), ("passphrase", "kopi tubruk pagi")],
        )
        .await;
    assert!(seen.to().ends_with("done=search_on"), "{}", seen.page);
    assert!(central.app.has_search(event).await.expect("reads"));
    let seen = desk.post(&search, &[("what", "off")]).await;
    assert!(seen.to().ends_with("done=search_off"), "{}", seen.page);
    assert!(!central.app.has_search(event).await.expect("reads"));
    // Names that are not yet taken away are seen, and no new search begins before they are.
    let again = [("what", "on"), ("passphrase", "kopi tubruk pagi")];
    let seen = desk.post(&search, &again).await;
    assert_eq!(seen.status, 422);
    assert!(
        seen.page.contains("still being taken away"),
        "{}",
        seen.page
    );
    work(&central).await;
    let made = desk
        .post(
            &format!("{rules}/rehearsal"),
            &[("count", "2"), ("hours", "1")],
        )
        .await;
    assert_eq!(made.headers["content-type"], "application/pdf");
    assert!(made.page.starts_with("%PDF-"));
    let seen = desk
        .post(
            &format!("{rules}/rehearsal"),
            &[("count", "70000"), ("hours", "1")],
        )
        .await;
    assert_eq!(seen.status, 422);
}
