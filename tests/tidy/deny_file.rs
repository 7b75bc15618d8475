//! The lists of `deny.toml`, so that they are stated once for cargo-deny and for the rules here.
//!
//! The file keeps one entry per line, which is all this reads; [`lists_are_read`] notices when it no longer does.
use std::collections::BTreeMap;

use crate::tree::root;

/// Which licences foreign packages may have.
pub fn allowed_licenses() -> Vec<String> {
    let text = text();
    let lines = text
        .lines()
        .skip_while(|line| *line != "allow = [")
        .skip(1)
        .take_while(|line| *line != "]");
    lines.flat_map(strings).collect()
}

/// By banned package: who may depend on it all the same.
pub fn wrappers() -> BTreeMap<String, Vec<String>> {
    let text = text();
    let entries = text
        .lines()
        .filter(|line| line.trim_start().starts_with("{ crate = "));
    entries.map(entry).collect()
}

fn entry(line: &str) -> (String, Vec<String>) {
    let name = strings(line)
        .into_iter()
        .next()
        .expect("an entry names its package");
    let list = line
        .split_once("wrappers = [")
        .and_then(|(_, rest)| rest.split_once(']'));
    (name, list.map_or_else(Vec::new, |(list, _)| strings(list)))
}

fn strings(line: &str) -> Vec<String> {
    line.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn text() -> String {
    std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml is there")
}

#[test]
fn lists_are_read() {
    assert!(allowed_licenses().contains(&"MIT".to_owned()));
    let wrappers = wrappers();
    assert_eq!(wrappers["sqlx"], ["central", "tests"]);
    assert!(wrappers["openssl-sys"].is_empty());
    assert_eq!(
        entry("    { crate = \"a\", reason = \"b\" },"),
        ("a".to_owned(), Vec::new())
    );
}
