//! Rule: central's migrations use the portable subset of `migrations/README.md`, and migrations are numbered
//! without gaps.
use std::collections::BTreeMap;

use crate::tree::{File, Finding, assert_none, files};

const CENTRAL: &str = "migrations/central/";
const WORDS: [&str; 8] = [
    "RETURNING",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "ON CONFLICT",
    "ON DUPLICATE KEY",
    "UNSIGNED",
    "ENUM(",
    "ENGINE=",
];

/// The files by folder, in the order of their names.
fn migrations(files: &[File]) -> BTreeMap<&str, Vec<&File>> {
    let mut sets = BTreeMap::<&str, Vec<&File>>::new();
    for file in files
        .iter()
        .filter(|file| file.path.starts_with("migrations/") && file.path.ends_with(".sql"))
    {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        sets.entry(folder).or_default().push(file);
    }
    sets
}

/// Whether a line has a word that does not go on: a table may be called `conflict_decisions`.
fn has_word(line: &str, word: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|c: char| c == '_' || c.is_alphanumeric());
    let is_open = word.ends_with(|c: char| !c.is_alphanumeric());
    line.match_indices(word)
        .any(|(at, found)| is_open || !goes_on(&line[at + found.len()..]))
}

fn word_findings(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    lines
        .map(|(at, line)| {
            (
                at,
                line.split("--").next().unwrap_or_default().to_uppercase(),
            )
        })
        .flat_map(|(at, line)| {
            WORDS
                .iter()
                .filter(move |word| has_word(&line, word))
                .map(move |word| (at, word))
        })
        .map(|(at, word)| Finding::at(&file.path, at + 1, word))
        .collect()
}

fn number_findings(files: &[&File]) -> Vec<Finding> {
    let expected = |(at, file): (usize, &&File)| {
        let number = format!("{:04}_", at + 1);
        let name = file.path.rsplit('/').next().unwrap_or_default();
        (!name.starts_with(&number))
            .then(|| Finding(format!("{}: should begin with {number}", file.path)))
    };
    files.iter().enumerate().filter_map(expected).collect()
}

#[test]
fn central_migrations_are_portable() {
    let files = files();
    let ours = files
        .iter()
        .filter(|file| file.path.starts_with(CENTRAL) && file.path.ends_with(".sql"));
    assert_none(
        "Migrations of central use the portable subset (migrations/README.md).",
        "one set of files makes the same tables on SQLite, MariaDB and MySQL",
        &ours.flat_map(word_findings).collect::<Vec<_>>(),
    );
}

#[test]
fn migrations_are_numbered_without_gaps() {
    let files = files();
    let sets = migrations(&files);
    assert!(
        sets.contains_key("migrations/central"),
        "central has no migrations"
    );
    assert_none(
        "Migrations are named NNNN_subject.sql, from 0001, without gaps.",
        "two that were written at the same time must meet in review, not in a database",
        &sets
            .values()
            .flat_map(|set| number_findings(set))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn one_engines_words_and_gaps_are_found() {
    let file = |path: &str, text: &str| File {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let bad = file(
        "migrations/central/0001_a.sql",
        "id BIGINT auto_increment, -- RETURNING\nn INT UNSIGNED",
    );
    assert_eq!(word_findings(&bad).len(), 2);
    let gap = file("migrations/central/0003_b.sql", "");
    assert_eq!(number_findings(&[&bad, &gap]).len(), 1);
}
