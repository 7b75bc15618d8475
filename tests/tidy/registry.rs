//! Rule: every package in `Cargo.lock` comes from the public registry by its usual name.
use crate::tree::{Finding, assert_none, root};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn findings(lock: &str) -> Vec<Finding> {
    let sources = lock
        .lines()
        .enumerate()
        .filter_map(|(at, line)| Some((at, line.strip_prefix("source = ")?)));
    sources
        .filter(|(_, source)| source.trim_matches('"') != REGISTRY)
        .map(|(at, source)| Finding::at("Cargo.lock", at + 1, source))
        .collect()
}

#[test]
fn crates_come_from_the_public_registry() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock is there");
    assert!(lock.contains(REGISTRY));
    assert_none(
        "Packages come from crates.io: no git, no mirror.",
        "what is there stays there, unchanged, for whoever builds this in five years",
        &findings(&lock),
    );
}

#[test]
fn another_source_is_found() {
    let lock = format!("source = \"{REGISTRY}\"\nsource = \"git+https://a.test/b\"\n");
    assert_eq!(findings(&lock).len(), 1);
}
