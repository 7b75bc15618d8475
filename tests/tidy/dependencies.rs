//! Rule: of our packages only those that `deny.toml` names depend on a database or on the web server.
use std::collections::BTreeMap;

use crate::deny_file::wrappers;
use crate::metadata::{Package, metadata};
use crate::tree::{Finding, assert_none};

fn findings(package: &Package, wrappers: &BTreeMap<String, Vec<String>>) -> Vec<Finding> {
    let names = package
        .dependencies
        .iter()
        .map(|dependency| dependency.name.as_str());
    names
        .filter(|name| {
            wrappers
                .get(*name)
                .is_some_and(|allowed| !allowed.contains(&package.name))
        })
        .map(|name| Finding(format!("{} depends on {name}", package.name)))
        .collect()
}

#[test]
fn each_database_and_the_web_server_have_their_owners() {
    let wrappers = wrappers();
    assert_none(
        "deny.toml says which of our packages may depend on sqlx, rusqlite and axum.",
        "SQL has one owner on each side, and the core runs anywhere because it listens nowhere",
        &metadata()
            .ours()
            .flat_map(|package| findings(package, &wrappers))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_stranger_on_sqlx_is_found() {
    let text = r#"{"name":"documents","version":"1","source":null,"license":null,"dependencies":[{"name":"sqlx"}]}"#;
    let package: Package = serde_json::from_str(text).expect("a package");
    assert_eq!(
        findings(&package, &wrappers()),
        [Finding("documents depends on sqlx".to_owned())]
    );
}
