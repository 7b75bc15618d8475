//! A gate that searches names is stolen, or revoked: what is on its disk.
use support::central::Engine;

use crate::{
    search::{PHRASE, gate_number, turn_on},
    theft::{Traces, files},
    venue::Venue,
};

#[tokio::test]
async fn case_30_a_stolen_disk_holds_no_name_while_the_search_is_open_or_after() {
    let names = ["Zainuddin Prakoso", "Wirjawan Hapsari"];
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 1).await;
        let sold = venue.central.sell_to(&venue.event, 0, 40, &names).await;
        assert_eq!(turn_on(&venue).await, 41);
        venue.sync().await;
        let sealed = "SELECT COUNT(*) FROM tickets WHERE LENGTH(search) > 0";
        assert_eq!(gate_number(&venue.north, sealed), 41, "the names are there");
        let secret = ["tubruk", names[0], names[1], "zainuddin prakoso"];
        let traces = Traces::of(&secret, &sold);
        assert!(traces.found_in(b"..zainuddin..").is_some());
        for moment in [
            "locked",
            "open",
            "after a scan",
            "after more came",
            "locked again",
            "restarted",
        ] {
            match moment {
                "open" => {
                    venue.north.node.unlock_search(PHRASE).expect("open");
                    let found = venue.north.node.search("prakoso", 50).expect("open");
                    assert_eq!(found.len(), 20);
                }
                "after a scan" => assert_eq!(venue.north.enter(&sold[0].code), "admitted"),
                "after more came" => {
                    venue.central.sell_to(&venue.event, 0, 4, &names).await;
                    venue.north.sync(&venue.central).await;
                    let found = venue.north.node.search("hapsari", 50).expect("open");
                    assert_eq!(found.len(), 22);
                }
                "locked again" => venue.north.node.lock_search(),
                "restarted" => venue.north.restart(),
                _ => (),
            }
            let files = files(&venue.north);
            assert!(
                files.iter().any(|(name, _)| name == "replica.db-wal"),
                "{moment}"
            );
            for (file, bytes) in &files {
                assert_eq!(traces.found_in(bytes), None, "in {file}, {moment}");
            }
        }
    }
}

/// The sealed names go with everything else, from the memory and from the disk.
#[tokio::test]
async fn case_16_a_revoked_node_forgets_its_names() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 40).await;
        turn_on(&venue).await;
        venue.sync().await;
        let (gate, central) = (&venue.north, &venue.central);
        gate.node.unlock_search(PHRASE).expect("open");
        let sealed = sealed_names(gate.home.path());
        assert_eq!(sealed.len(), 40);
        let holds = |bytes: &[u8]| {
            let hold = |name: &&Vec<u8>| {
                bytes
                    .windows(name.len())
                    .any(|part| part == name.as_slice())
            };
            sealed.iter().filter(hold).count()
        };
        let count = || {
            files(gate)
                .iter()
                .map(|(_, bytes)| holds(bytes))
                .sum::<usize>()
        };
        assert!(count() >= 40);
        central.app.revoke_node(gate.id()).await.expect("revoked");
        assert!(gate.sync(central).await.erased);
        assert_eq!(gate.status().search.unlocked_since, None);
        let refused = gate.node.search("ayu", 5).expect_err("erased");
        assert_eq!(refused.code(), "node_locked");
        let refused = gate.node.unlock_search(PHRASE).expect_err("erased");
        assert_eq!(refused.code(), "node_locked");
        assert_eq!(count(), 0);
    }
}

fn sealed_names(home: &std::path::Path) -> Vec<Vec<u8>> {
    let replica = rusqlite::Connection::open(home.join("replica.db")).expect("a file");
    let mut question = replica
        .prepare("SELECT search FROM tickets")
        .expect("a question");
    let rows = question.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("names")
}
