//! The story of `make demo STORY=1` over real processes: one purchase, two gates without a network, the truth
//! afterwards. The demo's own program plays and checks it; this test runs it as a user would, beside others.

use std::{path::Path, process::Command};

#[test]
fn case_19_the_demo_story_holds_over_real_processes() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_demo"))
        .args(["--story", "--free-ports", "--tickets", "500", "--folder"])
        .arg(folder.path().join("demo"))
        .output()
        .expect("the demo starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    keep_picture(&folder.path().join("demo/tickets/page-2.png"));
    for held in [
        "Ticket already used",
        "Ticket already exchanged",
        "gate South was told",
        "The story held",
    ] {
        assert!(told.contains(held), "{held:?} was not told:\n{told}");
    }
}

#[test]
fn a_folder_that_is_not_the_demos_is_not_emptied() {
    let folder = tempfile::tempdir().expect("a folder");
    let precious = folder.path().join("precious");
    std::fs::write(&precious, "keep").expect("writes");
    let status = Command::new(env!("CARGO_BIN_EXE_demo"))
        .args(["--free-ports", "--folder"])
        .arg(folder.path())
        .status()
        .expect("the demo starts");
    assert!(!status.success());
    assert!(precious.exists());
}

#[test]
fn a_second_demo_leaves_the_first_ones_folder_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mark = folder.path().join(".gerbang-demo");
    std::fs::write(&mark, "").expect("writes");
    let running = std::fs::File::open(&mark).expect("opens");
    running.lock().expect("nobody else runs there");
    let output = Command::new(env!("CARGO_BIN_EXE_demo"))
        .args(["--free-ports", "--folder"])
        .arg(folder.path())
        .output()
        .expect("the demo starts");
    assert!(!output.status.success() && mark.exists());
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("runs in"),
        "it says why"
    );
}

/// The first ticket's page, for the README.
fn keep_picture(page: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    std::fs::copy(page, folder.join("ticket.png")).expect("the ticket's page was rendered");
}
