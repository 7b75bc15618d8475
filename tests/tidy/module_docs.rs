//! Rule: every Rust file begins with its documentation, of at most 15 lines (a crate's front page may be longer).
use crate::tree::{Finding, assert_none, rust_files};

const MOST: usize = 15;

fn finding(path: &str, text: &str) -> Option<Finding> {
    let lines = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .count();
    let front_page = path.ends_with("/lib.rs");
    if lines == 0 {
        Some(Finding::at(path, 1, "does not begin with //!"))
    } else if lines > MOST && !front_page {
        Some(Finding::at(
            path,
            lines,
            "the documentation is longer than 15 lines",
        ))
    } else {
        None
    }
}

#[test]
fn every_file_says_what_it_is() {
    let findings: Vec<_> = rust_files()
        .iter()
        .filter_map(|f| finding(&f.path, &f.text))
        .collect();
    assert_none(
        "A Rust file begins with //! and says in at most 15 lines what lives there, what it keeps true, who calls it \
         and what it leaves out.",
        "that is what a newcomer reads, and what grows beyond a screen is read by nobody",
        &findings,
    );
}

#[test]
fn missing_and_endless_documentation_are_found() {
    assert!(finding("a/b.rs", "use x;\n//! late").is_some());
    assert!(finding("a/b.rs", &"//! x\n".repeat(16)).is_some());
    assert_eq!(finding("a/b.rs", &"//! x\n".repeat(15)), None);
    assert_eq!(finding("a/src/lib.rs", &"//! x\n".repeat(60)), None);
}
