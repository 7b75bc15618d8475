//! What a person may set from outside: the node's folder, its camera, the screen's address, what is written to the
//! log output.
//!
//! The environment is read here and nowhere else. An option on the command line wins over the environment, and
//! that over the default. What central decides (gate, event, rules) is no setting: it comes with enrolment and sync.

use std::{env, path::PathBuf};

use crate::reason_text::Language;

/// Names the node's folder.
pub const HOME: &str = "GERBANG_HOME";
/// Filter for what is written to standard error, as `tracing` reads it.
pub const LOG: &str = "GERBANG_LOG";
/// Names the camera, as `--camera` does.
pub const CAMERA: &str = "GERBANG_CAMERA";
/// Language of what people read, where nobody says another.
pub const LANG: &str = "GERBANG_LANG";
/// Names the folder for frames that the venue keeps.
pub const KEEP_FRAMES: &str = "GERBANG_KEEP_FRAMES";

/// The camera: the option, else `GERBANG_CAMERA`, else the first that works.
#[must_use]
pub fn camera(option: Option<String>) -> String {
    let camera = option.or_else(|| variable(CAMERA));
    camera.unwrap_or_else(|| "auto".to_owned())
}

/// The language: the option, else `GERBANG_LANG`, else English.
#[must_use]
pub fn language(option: Option<Language>) -> Language {
    let named = || Language::from_tag(variable(LANG)?.as_str());
    option.or_else(named).unwrap_or_default()
}

/// Where frames are kept: the option, else `GERBANG_KEEP_FRAMES`, else nowhere.
#[must_use]
pub fn keep_frames(option: Option<PathBuf>) -> Option<PathBuf> {
    option.or_else(|| path(KEEP_FRAMES))
}

/// The node's folder: the option, else `GERBANG_HOME`, else `gerbang/edge-node` in the person's data folder.
/// `None` when the system names no such folder either.
#[must_use]
pub fn home(option: Option<PathBuf>) -> Option<PathBuf> {
    option.or_else(|| path(HOME)).or_else(|| {
        let data = path("XDG_DATA_HOME").filter(|path| path.is_absolute());
        let data = data.or_else(|| Some(path("HOME")?.join(".local/share")));
        Some(data?.join("gerbang/edge-node"))
    })
}

/// What to write to standard error: warnings, unless somebody wants more.
#[must_use]
pub fn log_filter() -> String {
    variable(LOG).unwrap_or_else(|| "warn".to_owned())
}

fn path(name: &str) -> Option<PathBuf> {
    variable(name).map(PathBuf::from)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
