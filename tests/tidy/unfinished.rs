//! Rule: nothing is left open in the tree.
//!
//! The words are written in halves here, so that this file does not break its own rule.
use crate::tree::{File, Finding, assert_none, files};

const IN_ALL: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
const IN_RUST: [&str; 3] = [
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
];
const OURS: [&str; 9] = [
    ".rs", ".html", ".js", ".css", ".sql", ".sh", ".md", ".toml", ".yml",
];

fn findings(file: &File) -> Vec<Finding> {
    let is_ours =
        OURS.iter().any(|end| file.path.ends_with(end)) && !file.path.contains("/vendor/");
    let rust: &[&str] = if file.path.ends_with(".rs") {
        &IN_RUST
    } else {
        &[]
    };
    let words: Vec<&str> = IN_ALL
        .iter()
        .chain(rust)
        .copied()
        .filter(|_| is_ours)
        .collect();
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(at, line)| {
            words
                .iter()
                .find(|word| line.contains(**word))
                .map(|word| (at, word))
        })
        .map(|(at, word)| Finding::at(&file.path, at + 1, word))
        .collect()
}

#[test]
fn nothing_is_left_open() {
    let findings: Vec<_> = files().iter().flat_map(findings).collect();
    assert_none(
        "No reminder, no stub, no test that is switched off.",
        "what is not done belongs in an issue, where somebody looks for it",
        &findings,
    );
}

#[test]
fn open_ends_are_found() {
    let file = |path: &str, text: String| File {
        path: path.to_owned(),
        text,
    };
    assert_eq!(
        findings(&file("a/b.rs", format!("fn a() {{ {}) }}", IN_RUST[0]))).len(),
        1
    );
    assert_eq!(
        findings(&file("a.md", format!("{}: later", IN_ALL[0]))).len(),
        1
    );
    assert_eq!(findings(&file("a.rs", format!("{}]", IN_RUST[2]))).len(), 1);
    assert!(findings(&file("a.rs", "fn todo_list() {}".to_owned())).is_empty());
}
