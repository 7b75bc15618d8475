//! Rule: every foreign package can be had under a licence that `deny.toml` allows.
//!
//! Reads SPDX expressions (`A OR (B AND C)`, the old `A/B`, `A WITH exception`), left to right with AND binding
//! tighter. A package that names only a licence file is a finding: a person has to read it first.
use crate::deny_file::allowed_licenses;
use crate::metadata::metadata;
use crate::tree::{Finding, assert_none};

/// Whether some choice among the alternatives is allowed throughout.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let verdict = any_of(&mut rest, allowed);
    verdict && rest.is_empty()
}

fn any_of(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut verdict = all_of(rest, allowed);
    while next_is(rest, "OR") {
        verdict |= all_of(rest, allowed);
    }
    verdict
}

fn all_of(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut verdict = one(rest, allowed);
    while next_is(rest, "AND") {
        verdict &= one(rest, allowed);
    }
    verdict
}

fn one(rest: &mut &[&str], allowed: &[String]) -> bool {
    if next_is(rest, "(") {
        let verdict = any_of(rest, allowed);
        return next_is(rest, ")") && verdict;
    }
    let (name, exception) = match **rest {
        [name, "WITH", exception, ..] => (name, Some(exception)),
        [name, ..] => (name, None),
        [] => return false,
    };
    *rest = &rest[if exception.is_some() { 3 } else { 1 }..];
    let full = exception.map_or(name.to_owned(), |exception| {
        format!("{name} WITH {exception}")
    });
    allowed.contains(&full)
}

/// Steps over the word if it comes next.
fn next_is(rest: &mut &[&str], word: &str) -> bool {
    let is_next = rest.first() == Some(&word);
    if is_next {
        *rest = &rest[1..];
    }
    is_next
}

#[test]
fn foreign_packages_have_allowed_licenses() {
    let allowed = allowed_licenses();
    let metadata = metadata();
    let refused = metadata.foreign().filter(|package| {
        !package
            .license
            .as_deref()
            .is_some_and(|expression| is_allowed(expression, &allowed))
    });
    let findings = refused.map(|p| Finding(format!("{} {}: {:?}", p.name, p.version, p.license)));
    assert_none(
        "Packages have a licence that deny.toml allows.",
        "we hand these on with our programs, under terms that must agree with ours",
        &findings.collect::<Vec<_>>(),
    );
}

#[test]
fn expressions_are_understood() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    let cases = [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("GPL-3.0-only OR MIT", true),
        ("GPL-3.0-only/MIT", true),
        ("MIT AND GPL-3.0-only", false),
        ("(MIT OR GPL-3.0-only) AND ISC", true),
        ("ISC AND (GPL-3.0-only OR BSL-1.0)", false),
        ("GPL-3.0-only OR MIT AND BSL-1.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("(MIT", false),
        ("", false),
    ];
    for (expression, expected) in cases {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}
