//! Rule: the pure parts name nothing impure, and only a part's owner touches its database.
//!
//! Comments may name anything; the words are looked for in code, and SQL in string literals.
use crate::rust_source::{names, split};
use crate::tree::{Finding, assert_none, rust_files};

/// Plain functions on plain values: no waiting, IO, clock, environment or logging.
const PURE: [&str; 2] = ["central/src/domain", "sync-protocol/src"];
const IMPURE: [&str; 12] = [
    "async",
    "await",
    "tokio",
    "sqlx",
    "axum",
    "reqwest",
    "rusqlite",
    "tracing",
    "SystemTime",
    "Instant",
    "std::env",
    "std::fs",
];
const HTTP: &str = "central/src/http";
const SQL: [&str; 4] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM "];

pub fn banned<'a>(path: &str, text: &str, words: &'a [&'a str]) -> Vec<Finding> {
    let lines = text.lines().enumerate();
    lines
        .flat_map(|(at, line)| {
            words
                .iter()
                .filter(|word| names(line, word))
                .map(move |word| (at, word))
        })
        .map(|(at, word)| Finding::at(path, at + 1, word))
        .collect()
}

fn pure_findings(path: &str, text: &str) -> Vec<Finding> {
    if PURE.iter().any(|part| is_in(path, part)) {
        banned(path, &split(text).code, &IMPURE)
    } else {
        Vec::new()
    }
}

fn http_findings(path: &str, text: &str) -> Vec<Finding> {
    if !is_in(path, HTTP) {
        return Vec::new();
    }
    let parts = split(text);
    let mut findings = banned(path, &parts.strings, &SQL);
    findings.extend(banned(path, &parts.code, &[".begin_write", "sqlx"]));
    findings
}

/// A module is a file or a folder.
fn is_in(path: &str, part: &str) -> bool {
    path.strip_prefix(part)
        .is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

fn on_tree(rule: fn(&str, &str) -> Vec<Finding>) -> Vec<Finding> {
    rust_files()
        .iter()
        .flat_map(|file| rule(&file.path, &file.text))
        .collect()
}

#[test]
fn the_core_is_pure() {
    assert_none(
        "central/src/domain and sync-protocol/src take values and return values.",
        "a rule that cannot wait, ask or log can be tested in a table and repeated from its inputs",
        &on_tree(pure_findings),
    );
}

#[test]
fn pages_hold_no_sql_and_begin_no_write() {
    assert_none(
        "central/src/http extracts, calls and renders.",
        "a write that begins in a handler escapes the one place that loads, decides and saves",
        &on_tree(http_findings),
    );
}

#[test]
fn broken_layers_are_found() {
    let domain = "//! async is named\nasync fn a() { tokio::spawn(b) } // sqlx";
    assert_eq!(
        pure_findings("central/src/domain/order.rs", domain),
        [
            Finding::at("central/src/domain/order.rs", 2, "async"),
            Finding::at("central/src/domain/order.rs", 2, "tokio")
        ]
    );
    assert!(pure_findings("central/src/app/orders.rs", domain).is_empty());
    let page = "fn a() { q(\"SELECT 1\"); store.begin_write() } // UPDATE x";
    assert_eq!(http_findings("central/src/http/page.rs", page).len(), 2);
    assert!(http_findings("central/src/store/page.rs", page).is_empty());
}
