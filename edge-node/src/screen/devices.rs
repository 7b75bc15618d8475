//! Camera and scanners of this node, as the panel tells of them: how each stands, and what to do.

use std::sync::Arc;

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
    doctor::{self, Check},
    reason_text::Language,
    scanner::{ScannerStatus, Scanners},
};

/// What the screen may ask of the devices.
#[derive(Clone, Default)]
pub struct Devices {
    /// The camera; `None` where none was asked for.
    pub eye: Option<Eye>,
    /// Somebody named that camera: whatever there is will not do.
    pub is_named: bool,
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
        let scanner = |status: ScannerStatus| Line {
            said: status.text(language).to_owned(),
            advice: String::new(),
            look: look(status.state.is_well()),
            name: status.name,
        };
        let scanners = self.states().into_iter().map(scanner);
        camera.chain(scanners).collect()
    }

    /// What `doctor` says of them.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        let camera = self.eye.as_ref();
        let camera = camera.map(|eye| (eye.name(), eye.state()));
        let camera = camera.as_ref();
        let camera = camera.map(|(name, state)| (name.as_str(), *state, self.is_named));
        vec![
            doctor::device::camera(camera),
            doctor::device::scanners(&self.states()),
        ]
    }

    /// How each scanner stands.
    #[must_use]
    pub fn states(&self) -> Vec<ScannerStatus> {
        let scanners = self.scanners.as_ref();
        scanners.map_or_else(Vec::new, |scanners| scanners.states())
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
