//! What cargo knows of our packages and of what they depend on.
//!
//! Asked without the network and for this machine's platform alone: packages of other platforms need not have been
//! downloaded to build here. Called by the rules on dependencies and licences.
use std::process::Command;

use serde::Deserialize;

use crate::tree::root;

#[derive(Deserialize)]
pub struct Metadata {
    pub packages: Vec<Package>,
}

#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// Nothing for our own.
    pub source: Option<String>,
    pub license: Option<String>,
    pub dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
}

impl Metadata {
    /// Packages of the workspace.
    pub fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| package.source.is_none())
    }

    /// Everyone else's.
    pub fn foreign(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| package.source.is_some())
    }
}

/// Asks cargo.
pub fn metadata() -> Metadata {
    let platform = run(Command::new("rustc").arg("-vV"));
    let host = platform
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc names its host");
    let ask = [
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
        host,
    ];
    let answer = run(Command::new(env!("CARGO")).args(ask));
    serde_json::from_str(&answer).expect("cargo answers in its own format")
}

fn run(command: &mut Command) -> String {
    let output = command
        .current_dir(root())
        .output()
        .expect("the tool chain is installed");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the answer is UTF-8")
}
