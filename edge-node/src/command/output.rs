//! Answers to standard output, complaints to standard error.

use std::io::Write;

use serde::Serialize;

use super::CommandError;

/// Writes one line and hands it over at once, because somebody waits for it.
pub(super) fn line(text: &str) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(CommandError::Output)
}

/// Writes one JSON object on one line.
pub(super) fn json(object: &impl Serialize) -> Result<(), CommandError> {
    let text = serde_json::to_string(object);
    line(&text.map_err(|error| CommandError::Output(error.into()))?)
}

/// Says what went wrong, with its code at the end.
pub(super) fn complain(error: &CommandError) {
    complain_of(error.code(), &error.to_string());
}

/// Says what went wrong, with its code at the end.
pub(super) fn complain_of(code: &str, sentence: &str) {
    // Nobody is left to be told when this fails too.
    let _ = writeln!(std::io::stderr().lock(), "edge-node: {sentence} [{code}]");
}
