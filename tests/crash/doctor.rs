//! The doctor before doors, and a log that leaves on a stick: real programs on real folders.
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use crate::{
    copies::copy_of,
    gate::Gate,
    mount::Mount,
    venue::{GATES, Venue},
    victim::until,
};

/// How the doctor ended, and which checks say no-go.
async fn doctor(gate: &Gate) -> (i32, Vec<String>, String) {
    let ended = gate.run(&["doctor", "--json"]).await;
    assert_eq!(ended.lines.len(), 1, "{}", ended.complaint);
    let report: Value = serde_json::from_str(&ended.lines[0]).expect("JSON");
    let checks = report["checks"].as_array().expect("checks");
    let stops = checks.iter().filter(|check| check["level"] == "no_go");
    let names = stops.map(|check| check["name"].as_str().expect("a name").to_owned());
    let names: Vec<_> = names.collect();
    assert_eq!(report["go"], names.is_empty(), "{report}");
    for check in checks {
        let advised = check["advice"].is_string();
        assert_eq!(advised, check["level"] != "ok", "{check}");
    }
    (ended.status, names, report.to_string())
}

fn tamper(home: &Path, sql: &str) {
    let log = Connection::open(home.join("log.db")).expect("a log");
    log.execute_batch("DROP TRIGGER scans_are_never_edited")
        .expect("whoever owns the file may");
    log.execute_batch(sql).expect("done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_says_go_for_a_healthy_gate_and_why_not_for_others() {
    let venue = Venue::open(200).await;
    let codes = venue.codes();
    let gate = venue.enrol_here(GATES[0]).await;
    gate.scan(&codes[..3]).await;
    assert_eq!(gate.sync().await.status, 0);
    let (status, stops, report) = doctor(&gate).await;
    assert_eq!((status, stops), (0, vec![]), "{report}");
    assert!(
        report.contains("3 records hold together") && report.contains("works alone"),
        "{report}"
    );
    let words = gate.run(&["doctor"]).await;
    let last = words.lines.last().expect("a line");
    assert!(last.starts_with("GO"), "{last}");

    let nobody = gate.living_in(venue.folder().join("nobody"));
    let ended = nobody.run(&["doctor"]).await;
    assert_eq!(ended.status, 2);
    assert!(
        ended.complaint.contains("[not_enrolled]"),
        "{}",
        ended.complaint
    );

    let tampered = copy_of(&gate, &venue.folder().join("tampered"));
    tamper(
        &tampered.home,
        "UPDATE scans SET decision = 3 WHERE seq = 2",
    );
    let (status, stops, report) = doctor(&tampered).await;
    assert_eq!((status, stops), (1, vec!["log".to_owned()]), "{report}");
    assert!(report.contains("record 2 was altered"), "{report}");

    let copy = copy_of(&gate, &venue.folder().join("copy"));
    gate.scan(&codes[3..4]).await;
    assert_eq!(gate.sync().await.status, 0);
    assert_eq!(copy.sync().await.status, 2);
    let (status, stops, report) = doctor(&copy).await;
    assert_eq!(
        (status, stops),
        (1, vec!["standing".to_owned()]),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_names_a_full_disk() {
    let venue = Venue::open(100).await;
    let disk = Mount::memory(&venue.folder().join("disk"), 6 * 1024);
    let gate = venue.enrol(GATES[0], disk.path.join("gate")).await;
    let ballast = disk.fill();
    let (status, stops, report) = doctor(&gate).await;
    assert_eq!(status, 1, "{report}");
    assert!(
        stops.contains(&"disk".to_owned()) && report.contains("full"),
        "{report}"
    );
    ballast.drop_it();
    let left = std::fs::read_dir(&gate.home).expect("a folder").flatten();
    let probes = left
        .filter(|file| file.file_name() == "doctor.probe")
        .count();
    assert_eq!(probes, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_16_scans_leave_by_stick_while_the_gate_runs_without_a_network() {
    let mut venue = Venue::open(200).await;
    let codes = venue.codes();
    let gate = venue.enrol_here(GATES[0]).await;
    venue.kill_central().await;
    let screen = gate.open_screen().await.expect("it opens");
    screen.hand.clone().show_all(codes[..4].to_vec()).await;
    let [log, answer] = ["north.gerbang", "answer.gerbang"].map(|name| {
        let path = venue.folder().join(name);
        path.to_str().expect("text").to_owned()
    });
    let ended = gate.run(&["export", &log, "--json"]).await;
    assert_eq!(ended.status, 0, "{}", ended.complaint);
    let again = gate.run(&["export", &log]).await;
    assert!(again.status == 2 && again.complaint.contains("[file_exists]"));
    let said = venue
        .ask_json(&["import", &log, "--answer", &answer, "--json"])
        .await
        .remove(0);
    assert_eq!(
        (&said["new"], &said["acknowledged"]),
        (&4.into(), &4.into()),
        "{said}"
    );
    let taken = gate.run(&["import", &answer, "--json"]).await;
    assert_eq!(taken.status, 0, "{}", taken.complaint);
    until("the open gate knows", async || {
        (screen.hand.status().await["unsent"] == 0).then_some(())
    })
    .await;
    let replayed = gate.run(&["import", &answer]).await;
    assert!(replayed.status == 2 && replayed.complaint.contains("[answer_old]"));
    drop(screen.kill().await);
    let verified = venue.ask(&["audit", "verify"]).await;
    assert!(verified.contains("4 records hold together"), "{verified}");
    assert!(
        verified.contains("rulings are what all scans say"),
        "{verified}"
    );
}
