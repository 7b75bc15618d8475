//! What a command says: answers on standard output, faults on standard error.

use std::io::Write as _;

/// One line of the answer. A reader that has gone away (`| head`) is no fault.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}"));
}

/// An answer as JSON in one line.
pub fn json(value: &serde_json::Value) {
    line(&value.to_string());
}

/// Why the command could not work, causes included, in one line.
pub fn fault(error: &anyhow::Error) {
    let mut err = std::io::stderr().lock();
    drop(writeln!(err, "central: {error:#}"));
}
