//! Rule: SQL that only one engine understands stands in one file of central's store.
use crate::layering::banned;
use crate::rust_source::split;
use crate::tree::{Finding, assert_none, rust_files};

const OWNER: &str = "central/src/store/dialect";
const WORDS: [&str; 6] = [
    "RETURNING",
    "ON CONFLICT",
    "ON DUPLICATE KEY",
    "FOR UPDATE",
    "BEGIN IMMEDIATE",
    "SKIP LOCKED",
];

fn findings(path: &str, text: &str) -> Vec<Finding> {
    if !path.starts_with("central/src/") || path.starts_with(OWNER) {
        return Vec::new();
    }
    banned(path, &split(text).strings, &WORDS)
}

#[test]
fn queries_are_portable() {
    let findings: Vec<_> = rust_files()
        .iter()
        .flat_map(|f| findings(&f.path, &f.text))
        .collect();
    assert_none(
        "What differs between SQLite and MySQL stands in central/src/store/dialect.rs.",
        "one text per query runs on both engines, and the next engine is then one file of work",
        &findings,
    );
}

#[test]
fn one_engines_words_are_found() {
    let query = "const A: &str = \"INSERT INTO a VALUES (1) RETURNING id\"; // FOR UPDATE";
    assert_eq!(findings("central/src/store/a.rs", query).len(), 1);
    assert!(findings("central/src/store/dialect.rs", query).is_empty());
    assert!(findings("edge-node/src/replica/a.rs", query).is_empty());
}
