//! The unit that starts a gate with its machine, as systemd reads it and as this program does.
use std::{fs, path::Path, process::Command};

use support::program;
use tempfile::TempDir;

fn unit() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/edge-node.service");
    fs::read_to_string(path).expect("the unit")
}

fn value<'a>(unit: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = unit.lines();
    lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

#[test]
fn a_gate_gets_up_again_and_may_use_its_devices() {
    let unit = unit();
    for (key, wanted) in [
        ("Restart", "always"),
        ("StartLimitIntervalSec", "0"),
        ("SupplementaryGroups", "video input dialout"),
        ("StateDirectory", "gerbang"),
        ("Environment", "GERBANG_HOME=/var/lib/gerbang"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("CapabilityBoundingSet", ""),
    ] {
        assert_eq!(value(&unit, key), Some(wanted), "{key}");
    }
    // Either would shut devices out that are plugged in later.
    for key in ["PrivateDevices", "DevicePolicy", "DeviceAllow"] {
        assert_eq!(value(&unit, key), None, "{key}");
    }
}

#[tokio::test]
async fn the_unit_starts_what_this_program_understands() {
    let unit = unit();
    let start = value(&unit, "ExecStart").expect("a command");
    let words: Vec<_> = start
        .split(' ')
        .skip(1)
        .filter(|word| !word.starts_with('$'))
        .collect();
    let mut help = program::command("edge-node").expect("the program");
    help.args(words).arg("--help");
    program::finish(help, &[0]).await.expect("its own help");
}

/// systemd's own opinion, where it is installed: no complaint, and little that an intruder could do.
#[test]
fn systemd_takes_the_unit_and_calls_it_safe() {
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else {
        eprintln!("not tried: no systemd-analyze here");
        return;
    };
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("edge-node.service");
    // The program is not installed on this machine.
    fs::write(
        &file,
        unit().replace("/usr/local/bin/edge-node", "/bin/true"),
    )
    .expect("a file");
    for words in [
        &["verify", "--man=no"][..],
        &["security", "--offline=yes", "--threshold=20"],
    ] {
        let said = Command::new("systemd-analyze")
            .args(words)
            .arg(&file)
            .output();
        let said = said.expect("it ran");
        assert!(said.status.success(), "{version:?}: {said:?}");
        let complaints = String::from_utf8_lossy(&said.stderr);
        assert!(!complaints.contains("edge-node.service:"), "{complaints}");
    }
}
