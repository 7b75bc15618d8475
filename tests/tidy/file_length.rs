//! Rule: a Rust file has at most 400 lines, tests included.
use crate::tree::{Finding, assert_none, rust_files};

const MOST: usize = 400;

fn finding(path: &str, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    (lines > MOST).then(|| Finding(format!("{path}: {lines} lines")))
}

#[test]
fn no_rust_file_is_too_long() {
    let findings: Vec<_> = rust_files()
        .iter()
        .filter_map(|f| finding(&f.path, &f.text))
        .collect();
    assert_none(
        "A Rust file has at most 400 lines.",
        "a longer one holds two nouns, and the next reader looks for only one of them",
        &findings,
    );
}

#[test]
fn a_line_more_is_found() {
    assert_eq!(finding("a.rs", &"x\n".repeat(MOST)), None);
    assert!(finding("a.rs", &"x\n".repeat(MOST + 1)).is_some());
}
