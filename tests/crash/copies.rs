//! Disks that are copied: the fork is found and named, and no copy lets anybody in once central has seen it.
use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    full_disk::check,
    gate::Gate,
    venue::{GATES, Venue},
    victim::until,
    witness::Witness,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_24_a_folder_copied_while_its_gate_runs_is_found_named_and_locked() {
    let venue = Venue::open(300).await;
    let gate = venue.enrol_here(GATES[0]).await;
    let (codes, mut witness) = (venue.codes(), Witness::default());
    let screen = gate.open_screen().await.expect("it opens");
    screen.hand.clone().show_all(codes[..6].to_vec()).await;
    let copy = copy_of(&gate, &venue.folder().join("copy"));
    let mut copied = Witness::default();

    // Both go on, each for itself; the first to be heard is the gate that runs.
    screen.hand.clone().show_all(codes[6..10].to_vec()).await;
    copied.saw_all(copy.scan(&codes[20..25]).await);
    until("the gate's scans arrive", async || {
        (screen.hand.status().await["unsent"] == 0).then_some(())
    })
    .await;
    let refused = copy.sync().await;
    assert_ne!(refused.status, 0);
    assert!(
        refused.complaint.contains("[log_forked]"),
        "{}",
        refused.complaint
    );

    let node = named(&venue, &gate).await;
    assert_eq!(node["status"], "quarantined", "{node}");
    let reason = node["reason"].as_str().unwrap_or_default();
    assert!(
        reason.contains("record 7 "),
        "the first row of the fork is named: {reason}"
    );
    check_locked(&copy, &codes[30]).await;
    // Nobody can tell which of the two is the gate, so the running one stops too when it hears.
    until("the gate locks", async || {
        (screen.hand.status().await["locked"] == true).then_some(())
    })
    .await;
    let seen = screen.hand.show(&codes[31]).await.expect("an answer");
    assert_eq!(
        (seen.verdict.as_str(), seen.reason.as_str()),
        ("refuse", "node_locked")
    );
    witness.saw_all(screen.kill().await);
    // Nothing that either of them showed is lost.
    check(&gate, &mut witness);
    check(&copy, &mut copied);
    assert!(
        venue.ledger().parked() >= 5,
        "central keeps what the copy sent"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_24_a_disk_image_restored_after_it_had_sent_more_locks_itself() {
    let venue = Venue::open(300).await;
    let gate = venue.enrol_here(GATES[1]).await;
    let codes = venue.codes();
    let mut witness = Witness::default();
    gate.scan(&codes[..5]).await;
    assert_eq!(gate.sync().await.status, 0);
    let image = copy_of(&gate, &venue.folder().join("image"));
    witness.saw_all(gate.scan(&codes[5..12]).await);
    assert_eq!(gate.sync().await.status, 0);
    let later = check(&gate, &mut witness);

    // The disk dies, and last week's image takes its place.
    fs::remove_dir_all(&gate.home).expect("a folder");
    fs::rename(&image.home, &gate.home).expect("a folder");
    let ended = gate.sync().await;
    assert_eq!(ended.status, 2);
    assert!(
        ended.complaint.contains("[log_behind_central]"),
        "{}",
        ended.complaint
    );
    check_locked(&gate, &codes[6]).await;
    let held = venue.ledger().records(later.node);
    let sent: Vec<_> = later.records.iter().map(|(bytes, _)| bytes).collect();
    assert!(
        held.values().eq(sent),
        "central keeps all that the lost disk had sent"
    );
}

/// No verdict but a refusal, also from a program that is started anew.
async fn check_locked(gate: &Gate, code: &str) {
    assert_eq!(gate.status().await["locked"], true);
    let seen = gate.scan(&[code.to_owned()]).await.remove(0);
    assert_eq!(
        (seen.verdict.as_str(), seen.reason.as_str()),
        ("refuse", "node_locked")
    );
}

/// How central lists a node.
async fn named(venue: &Venue, gate: &Gate) -> Value {
    let id = gate.node();
    let all = venue.ask_json(&["node", "list", "--json"]).await;
    let found = all.into_iter().find(|node| node["id"] == id.as_str());
    found.expect("the node")
}

pub fn copy_of(gate: &Gate, to: &Path) -> Gate {
    fs::create_dir(to).expect("a folder");
    for file in fs::read_dir(&gate.home).expect("a folder") {
        let file = file.expect("a file");
        // Rights come along, as with cp -a.
        fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
    }
    gate.living_in(to.to_owned())
}
