//! Camera and scanners of this node, as the panel tells of them: how each stands, and what to do.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

use super::{Screen, tool_words::ToolWords};
use crate::{
    camera::Eye,
    reason_text::Language,
    scanner::{ScannerStatus, Scanners},
};

/// The test code counts as seen for so long.
const JUST_SEEN: Duration = Duration::from_secs(60);

/// What the screen may ask of the devices.
#[derive(Clone, Default)]
pub struct Devices {
    /// The camera; `None` where none was asked for.
    pub eye: Option<Eye>,
    /// Scanners that need no page.
    pub scanners: Option<Arc<Scanners>>,
}

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
        self.eye.is_some()
    }

    /// How they stand.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<Line> {
        let camera = self.eye.iter().flat_map(|eye| camera(eye, language));
        let states = self.scanners.as_ref().map(|scanners| scanners.states());
        let scanner = |status: ScannerStatus| Line {
            said: status.text(language).to_owned(),
            advice: String::new(),
            look: look(status.state.is_well()),
            name: status.name,
        };
        let scanners = states.unwrap_or_default().into_iter().map(scanner);
        camera.chain(scanners).collect()
    }

    /// Whether the camera read the test code a moment ago; `None` without a camera.
    #[must_use]
    pub fn camera_saw_test(&self) -> Option<bool> {
        let age = self.eye.as_ref()?.test_code_age();
        Some(age.is_some_and(|age| age < JUST_SEEN))
    }
}

/// How it stands; and that frames are stored, where the venue wants that.
fn camera(eye: &Eye, language: Language) -> Vec<Line> {
    let tools = ToolWords::of(language);
    let state = eye.state();
    let name = eye.name();
    let mut lines = vec![Line {
        name: if name.is_empty() {
            tools.camera.to_owned()
        } else {
            name
        },
        said: state.text(language).to_owned(),
        advice: state.advice(language).to_owned(),
        look: look(!state.is_trouble()),
    }];
    if eye.keeps_frames() {
        lines.push(Line {
            name: tools.camera.to_owned(),
            said: tools.frames_kept.to_owned(),
            advice: String::new(),
            look: look(false),
        });
    }
    lines
}

const fn look(is_well: bool) -> &'static str {
    match is_well {
        true => "well",
        false => "trouble",
    }
}

/// `GET /preview`: a small picture of what the camera sees now; nothing while it sees nothing, or to nobody.
pub(super) async fn preview(State(screen): State<Arc<Screen>>, headers: HeaderMap) -> Response {
    let crew = screen.crew(&headers).await;
    if !crew.is_ok_and(|crew| !crew.is_missing()) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let Some(eye) = screen.devices.eye.clone() else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let drawn = tokio::task::spawn_blocking(move || eye.preview()).await;
    match drawn.ok().flatten() {
        Some(jpeg) => {
            let headers = [(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "no-store")];
            (headers, jpeg.to_vec()).into_response()
        }
        None => StatusCode::NO_CONTENT.into_response(),
    }
}
