//! Camera and scanners of this node, as the panel tells of them: how each stands, and what to do.

use crate::reason_text::Language;

/// What the screen may ask of the devices.
#[derive(Clone, Default)]
pub struct Devices {}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub said: String,
    /// What to do; empty where there is nothing to do.
    pub advice: String,
    /// `well` or `trouble`.
    pub look: &'static str,
}

impl Devices {
    /// There may be a picture to look at.
    #[must_use]
    pub const fn has_camera(&self) -> bool {
        false
    }

    /// How they stand.
    #[must_use]
    pub const fn lines(&self, _language: Language) -> Vec<Line> {
        Vec::new()
    }

    /// Whether the camera read the test code a moment ago; `None` without a camera.
    #[must_use]
    pub const fn camera_saw_test(&self) -> Option<bool> {
        None
    }
}
