//! The script of the gate's page, run by Node.js on a page of stubs.

use std::{path::Path, process::Command};

fn after_the_program_came_back(with: &str) -> serde_json::Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("node")
        .arg(folder.join("tests/gate_script/page.mjs"))
        .arg(folder.join("../web-assets/static/gate.js"))
        .arg(with)
        .output()
        .expect("Node.js runs (scripts/setup.sh test installs it)");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_verdict_that_comes_as_the_program_comes_back_stays() {
    let after = after_the_program_came_back("verdict");
    let expected = serde_json::json!({ "cleared": true, "lost": false, "asked": [] });
    assert_eq!(after, expected);
}

#[test]
fn an_empty_stage_is_ready_again() {
    let after = after_the_program_came_back("panel");
    let expected = serde_json::json!({ "cleared": true, "lost": false, "asked": ["GET /stage"] });
    assert_eq!(after, expected);
}
