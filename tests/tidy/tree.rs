//! The files of the project and how a broken rule is told.
//!
//! Invariant: paths are relative to the root, with `/`, sorted, and exist. Called by every rule here. Files that are
//! not text are listed without their content.
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// One file of the project.
pub struct File {
    /// Relative to the root.
    pub path: String,
    /// Empty if the file is not text.
    pub text: String,
}

/// Where a rule is broken, and by what.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding(pub String);

impl Finding {
    /// A finding at a line counted from 1.
    pub fn at(path: &str, line: usize, what: &str) -> Self {
        Self(format!("{path}:{line}: {what}"))
    }
}

/// The folder that holds the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package stands in the workspace")
}

/// Every file that git has or would add.
pub fn files() -> Vec<File> {
    let mut paths: Vec<String> = listed().split('\0').map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    paths.into_iter().filter_map(read).collect()
}

/// The Rust files among them.
pub fn rust_files() -> Vec<File> {
    let mut files = files();
    files.retain(|file| file.path.ends_with(".rs"));
    assert!(
        !files.is_empty(),
        "git lists no Rust file: is this a checkout?"
    );
    files
}

/// Fails with the rule, its reason and every finding.
#[track_caller]
pub fn assert_none(rule: &str, reason: &str, findings: &[Finding]) {
    let mut message = format!("\n{rule}\n  because {reason}\n");
    for Finding(finding) in findings {
        writeln!(message, "  {finding}").expect("writes to a string");
    }
    assert!(findings.is_empty(), "{message}");
}

fn listed() -> String {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .expect("git is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("paths are UTF-8")
}

/// Nothing for what git still lists but was deleted, and for links.
fn read(path: String) -> Option<File> {
    let full = root().join(&path);
    if !full.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let bytes = std::fs::read(full).ok()?;
    Some(File {
        path,
        text: String::from_utf8(bytes).unwrap_or_default(),
    })
}
