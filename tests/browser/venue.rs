//! A running demo, found by what it prints, ended as its user would end it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Central, a simulated Midtrans and two gates, each on free ports.
pub struct DemoVenue {
    child: Child,
    told: Vec<String>,
    _folder: TempDir,
}

impl DemoVenue {
    /// Starts it and waits until it has told its addresses.
    pub fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_demo"))
            .args(["--free-ports", "--tickets", "40", "--folder"])
            .arg(folder.path().join("demo"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the demo starts");
        let mut told = Vec::new();
        for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
            let line = line.expect("text");
            let done = line.starts_with("State");
            told.push(line);
            if done {
                break;
            }
        }
        assert!(
            told.last().is_some_and(|line| line.starts_with("State")),
            "{}",
            told.join("\n")
        );
        Self {
            child,
            told,
            _folder: folder,
        }
    }

    /// The address that was told behind this label.
    pub fn address(&self, label: &str) -> String {
        let line = self.told.iter().find_map(|line| line.strip_prefix(label));
        line.expect("the demo tells this address").trim().to_owned()
    }
}

impl Drop for DemoVenue {
    /// A polite end, so that the demo ends what it started.
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}
