//! The script of the gate's page, run by Node.js on a page of stubs: what comes late, what fails, and what nobody judges.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

/// What is left after a scene of `page.mjs`.
fn after(scene: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("node")
        .arg(folder.join("tests/gate_script/page.mjs"))
        .arg(folder.join("../web-assets/static/gate.js"))
        .arg(scene)
        .output()
        .expect("Node.js runs (scripts/setup.sh test installs it)");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[track_caller]
fn shows(after: &Value, stage: &str, is_lost: bool, sent: &[&str]) {
    let found = (&after["stage"], &after["lost"], &after["sent"]);
    assert_eq!(
        found,
        (&json!(stage), &json!(is_lost), &json!(sent)),
        "{after}"
    );
}

#[test]
fn a_verdict_that_comes_as_the_program_comes_back_stays() {
    let after = after("a verdict that comes as the program comes back stays");
    shows(&after, "a new verdict", false, &[]);
}

#[test]
fn the_way_back_to_ready_asks_nobody_so_no_late_answer_replaces_a_verdict() {
    shows(&after("an empty stage is ready again"), "ready", false, &[]);
}

#[test]
fn figures_that_cannot_be_read_stop_no_scan() {
    let after = after("figures that fail are old and no more");
    shows(&after, "an old verdict", false, &[]);
    assert_eq!(after["stale"], true);
}

#[test]
fn a_ticket_that_waited_when_the_program_went_is_cleared_before_the_page_is_ready() {
    let after = after("a ticket that waited when the program went is cleared");
    shows(&after, "ready", false, &["/stage?page=7"]);
}

#[test]
fn an_answer_that_was_not_heard_is_asked_for_again_and_the_next_scan_waits() {
    let after = after("an answer that was not heard is asked for again");
    shows(&after, "a verdict", false, &["/scan 1", "/scan 2"]);
    assert_eq!(after["missed"], "");
}

#[test]
fn a_gate_that_fails_for_a_moment_judges_the_same_scan() {
    let after = after("a gate that fails twice judges at the third time");
    shows(&after, "a verdict", false, &["/scan 1"]);
}

#[test]
fn a_scan_that_nobody_judges_is_named() {
    let after = after("what nobody judges is named");
    assert_eq!(after["missed"], "…111111, …222222");
    assert_eq!(after["sent"], json!(["/scan 1", "/scan 2"]));
}

#[test]
fn a_restart_of_the_gate_names_what_was_not_judged() {
    let after = after("a restarted gate names what was not judged");
    assert_eq!(after["kept"], json!(["111111", "222222"]));
    assert_eq!(after["sent"], json!(["/scan 1", "reload"]));
}

#[test]
fn a_waiting_ticket_is_let_go_before_the_next_scan_and_not_after() {
    let after = after("a ticket that waits is cleared in its turn");
    let sent = ["/scan 1", "/stage?page=7", "/scan 2"];
    assert_eq!(after["sent"], json!(sent));
}
