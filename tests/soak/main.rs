//! A long day in short form: a gate that decides twenty thousand scans from camera and scanner holds no more of the
//! machine at the end than at the beginning.

use std::collections::BTreeSet;

use serde_json::Value;
use support::{busy_gate::BusyGate, filled::filled, program};
use tokio::io::AsyncWriteExt;

const SCANS: u64 = 20_000;
/// By now everything was used once.
const EARLY: u64 = 4_000;
/// What allocator and page caches may still take between the two.
const MOST_GROWTH_BYTES: u64 = 12 * 1024 * 1024;
const TICKETS: usize = 2_000;
/// Those that lie before the camera: each comes into view again after longer than a guest holds it there.
const SEEN: usize = 90;

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_scans_all_day_holds_no_more_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("node");
    let codes = filled(&home, TICKETS, TICKETS).expect("a node").codes;
    let (seen, typed) = codes.split_at(SEEN);
    let gate = BusyGate::start(&home, seen, typed.to_vec()).expect("a gate");
    gate.decides(EARLY).await.expect("it scans");
    let early = gate.holding().expect("it runs");
    gate.decides(SCANS).await.expect("it scans");
    let late = gate.holding().expect("it runs");
    eprintln!("after {EARLY} scans {early:?}, after {SCANS} {late:?}");
    assert!(
        late.resident_bytes <= early.resident_bytes + MOST_GROWTH_BYTES,
        "memory grows: {early:?}, {late:?}"
    );
    assert!(
        late.handles <= early.handles + 2,
        "handles leak: {early:?}, {late:?}"
    );
    assert!(
        late.threads <= early.threads + 2,
        "threads leak: {early:?}, {late:?}"
    );
    drop(gate);
    let used = reasons(&home, seen).await;
    assert_eq!(
        used,
        ["already_used".to_owned()].into(),
        "the camera saw every one of its tickets"
    );
}

/// What a gate says of these codes now.
async fn reasons(home: &std::path::Path, codes: &[String]) -> BTreeSet<String> {
    let mut scan = program::command("edge-node").expect("the program");
    scan.arg("--home")
        .arg(home)
        .args(["scan", "--stdin", "--json"]);
    scan.stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut scan = scan.spawn().expect("it starts");
    let mut input = scan.stdin.take().expect("a pipe");
    let text = codes.join("\n");
    input.write_all(text.as_bytes()).await.expect("it reads");
    drop(input);
    let said = scan.wait_with_output().await.expect("it ends").stdout;
    let said = String::from_utf8(said).expect("text");
    let lines = said
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .map(|line| line["reason"].as_str().expect("a reason").to_owned())
        .collect()
}
