//! Rule: `sync-protocol/clippy.toml` repeats every ban of the root's, because clippy reads the nearest file only.
use crate::tree::{Finding, assert_none, root};

fn findings(root_bans: &str, core_bans: &str) -> Vec<Finding> {
    let missing =
        entries(root_bans).filter(|entry| !entries(core_bans).any(|other| other == *entry));
    missing
        .map(|entry| Finding(format!("missing: {entry}")))
        .collect()
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| line.starts_with("{ path = "))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

#[test]
fn the_core_has_every_ban_of_the_root() {
    let bans = read("clippy.toml");
    assert!(entries(&bans).count() > 0);
    assert_none(
        "sync-protocol/clippy.toml holds every entry of clippy.toml.",
        "a ban that is added for all must reach the crate that needs it most",
        &findings(&bans, &read("sync-protocol/clippy.toml")),
    );
}

#[test]
fn a_forgotten_ban_is_found() {
    let entry = |name: &str| format!("    {{ path = \"{name}\", reason = \"x\" }},\n");
    assert_eq!(findings(&(entry("a") + &entry("b")), &entry("b")).len(), 1);
}
