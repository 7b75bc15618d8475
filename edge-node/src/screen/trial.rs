//! Who has just read the test code: the camera, each scanner of the node, and whatever typed it into the gate's page.
//!
//! It reaches no door, so it is in no log and in no count ([`crate::test_code`]).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};

use super::{
    Screen,
    choice::Asked,
    handler::{Answer, html},
    words::word_list,
};
use crate::{reason_text::Language, test_code};

/// What was read longer ago proves nothing of now.
const JUST_READ: Duration = Duration::from_secs(60);

word_list! {
    /// The words of these lines.
    TrialWords {
        camera: "Camera", "Kamera";
        page: "Typed into the gate's page", "Diketik ke halaman gerbang";
        good: "has just read the test code, every character right", "baru saja membaca kode uji, semua karakter benar";
        waits: "has not read the test code yet", "belum membaca kode uji";
    }
}

/// When something typed the test code into the gate's page.
#[derive(Debug, Default)]
pub(super) struct Trial(Mutex<Option<Instant>>);

/// The lines of all that could read it.
#[derive(Template)]
#[template(path = "gate/tried.html")]
pub(super) struct Tried {
    lines: Vec<Line>,
}

struct Line {
    name: String,
    said: &'static str,
    is_good: bool,
}

impl Trial {
    /// Whether a text is the test code; if it is, that is remembered.
    pub(super) fn takes(&self, text: &str) -> bool {
        let is_test = test_code::is_in(text);
        if is_test {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        is_test
    }

    fn typed_at(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `GET /ready/tried`: the lines, again and again while somebody tries.
pub(super) async fn tried(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    if screen.kiosk.is_on() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let language = screen.choice(&asked, &headers).language;
    html(&screen.tried(language))
}

impl Screen {
    pub(super) fn tried(&self, language: Language) -> Tried {
        let words = TrialWords::of(language);
        let line = |name: String, age: Option<Duration>| {
            let is_good = age.is_some_and(|age| age < JUST_READ);
            Line {
                name,
                said: if is_good { words.good } else { words.waits },
                is_good,
            }
        };
        let mut lines = Vec::new();
        if let Some(eye) = &self.devices.eye {
            lines.push(line(words.camera.to_owned(), eye.test_code_age()));
        }
        for scanner in self.devices.states() {
            let age = scanner.test_code.map(|at| at.elapsed());
            lines.push(line(scanner.name, age));
        }
        if let Some(at) = self.trial.typed_at() {
            lines.push(line(words.page.to_owned(), Some(at.elapsed())));
        }
        Tried { lines }
    }
}
