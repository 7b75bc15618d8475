//! Rule: what the documents for people name exists.
//!
//! A path is what stands in backticks or is linked, and begins with a folder of the tree or is the name of a source
//! file. Addresses, patterns (`*`, `{`, `<`, `…`) and what a build leaves in `target/` are not paths of the tree.
use crate::tree::{File, Finding, assert_none, files};

const DOCUMENTS: [&str; 4] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "migrations/README.md",
];
const SOURCES: [&str; 4] = [".rs", ".md", ".sh", ".sql"];

/// Whether the tree has a file or a folder of that path.
fn exists(paths: &[&str], wanted: &str) -> bool {
    let wanted = wanted.trim_start_matches("./").trim_end_matches('/');
    paths.iter().any(|path| {
        path.strip_prefix(wanted)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// A bare file name may stand anywhere in the tree.
fn exists_somewhere(paths: &[&str], name: &str) -> bool {
    paths
        .iter()
        .any(|path| path.rsplit('/').next() == Some(name))
}

fn is_missing(paths: &[&str], token: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if !token.chars().all(is_plain) || token.starts_with('/') {
        return false;
    }
    match token.trim_end_matches('/').split_once('/') {
        Some((first, _)) => exists(paths, first) && !exists(paths, token),
        None if token.ends_with('/') => !exists(paths, token) && token != "target/",
        None => SOURCES.iter().any(|end| token.ends_with(end)) && !exists_somewhere(paths, token),
    }
}

/// What stands in backticks, outside of fenced blocks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The targets of links into the tree.
fn linked(line: &str) -> impl Iterator<Item = &str> {
    let targets = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.contains(':'))
}

fn findings(document: &File, paths: &[&str]) -> Vec<Finding> {
    let mut is_fenced = false;
    let mut findings = Vec::new();
    for (at, line) in document.text.lines().enumerate() {
        is_fenced ^= line.trim_start().starts_with("```");
        if is_fenced {
            continue;
        }
        let missing = quoted(line).filter(|token| is_missing(paths, token));
        let folder = document
            .path
            .rsplit_once('/')
            .map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let broken = linked(line).filter(|target| !exists(paths, &format!("{folder}{target}")));
        findings.extend(
            missing
                .chain(broken)
                .map(|token| Finding::at(&document.path, at + 1, token)),
        );
    }
    findings
}

#[test]
fn documents_name_what_exists() {
    let files = files();
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let found: Vec<_> = files
        .iter()
        .filter(|file| DOCUMENTS.contains(&file.path.as_str()))
        .collect();
    assert_eq!(
        found.len(),
        DOCUMENTS.len(),
        "one of {DOCUMENTS:?} is missing"
    );
    assert_none(
        "Every path that a document names is in the tree.",
        "a map that went stale sends the newcomer the wrong way",
        &found
            .iter()
            .flat_map(|document| findings(document, &paths))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn stale_paths_are_found() {
    let text = "See `central/src/a.rs`, `central/src/gone.rs`, `gone.rs`, `a.rs`, `text/html`, `/healthz`, `central/src/`,\n\
                `central/{a,b}`, [a](central/src/a.rs#x), [b](central/b.md), [c](https://a.test/b), `Cargo.toml`.";
    let document = File {
        path: "README.md".to_owned(),
        text: text.to_owned(),
    };
    let found = findings(&document, &["README.md", "central/src/a.rs"]);
    let at = |line, what| Finding::at("README.md", line, what);
    assert_eq!(
        found,
        [
            at(1, "central/src/gone.rs"),
            at(1, "gone.rs"),
            at(2, "central/b.md")
        ]
    );
}
