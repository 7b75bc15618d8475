//! Rule: the tree names no folder of one machine and no registry but the public ones.
//!
//! The words are written in halves here, so that this file does not break its own rule.
use crate::tree::{File, Finding, assert_none, files};

const FOLDERS: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
];
const NPM: &str = "https://registry.npmjs.org/";

fn folder_findings(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(at, line)| {
            FOLDERS
                .iter()
                .find(|folder| stands_alone(line, folder))
                .map(|folder| (at, folder))
        })
        .map(|(at, folder)| Finding::at(&file.path, at + 1, folder))
        .collect()
}

/// Not behind a name, as in an address or a path of the tree.
fn stands_alone(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}*".contains(c))
    })
}

/// What says where packages come from: npm's lock file, and the settings that could redirect npm or cargo.
fn registry_findings(file: &File) -> Vec<Finding> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let word = match name {
        "package-lock.json" => "\"resolved\"",
        ".npmrc" => "registry=",
        "config.toml" if file.path.ends_with(".cargo/config.toml") => "replace-with",
        _ => return Vec::new(),
    };
    let lines = file.text.lines().enumerate();
    lines
        .filter(|(_, line)| line.contains(word) && !line.contains(NPM))
        .map(|(at, line)| Finding::at(&file.path, at + 1, line.trim()))
        .collect()
}

#[test]
fn no_machine_is_named() {
    assert_none(
        "No file names a folder of one machine.",
        "a clone stands somewhere else",
        &files().iter().flat_map(folder_findings).collect::<Vec<_>>(),
    );
}

#[test]
fn packages_come_from_the_public_registries() {
    assert_none(
        "npm packages are locked to the public registry, and no file redirects cargo or npm.",
        "a mirror that one network has does not answer in the next, and cannot be checked by a reader",
        &files()
            .iter()
            .flat_map(registry_findings)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn folders_and_mirrors_are_found() {
    let file = |path: &str, text: String| File {
        path: path.to_owned(),
        text,
    };
    assert_eq!(
        folder_findings(&file("a.md", format!("cd {}x", FOLDERS[0]))).len(),
        1
    );
    assert!(
        folder_findings(&file(
            "a.md",
            "see docs/work/plan and x.test/home/".to_owned()
        ))
        .is_empty()
    );
    let lock = "\"resolved\": \"https://mirror.test/a.tgz\"\n\"resolved\": \"https://registry.npmjs.org/a.tgz\"";
    assert_eq!(
        registry_findings(&file("web/package-lock.json", lock.to_owned())).len(),
        1
    );
    let settings = "omit-lockfile-registry-resolved=true\nregistry=https://mirror.test/";
    assert_eq!(
        registry_findings(&file("web/.npmrc", settings.to_owned())).len(),
        1
    );
}
