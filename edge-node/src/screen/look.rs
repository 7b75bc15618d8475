//! How the page looks and sounds to the person at this screen: kept in cookies, for this browser alone.

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    http::{HeaderMap, HeaderValue, header::SET_COOKIE},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Screen,
    choice::{LIFE_S, cookie},
};

/// As the system wants it, or not.
pub const THEMES: [&str; 3] = ["auto", "light", "dark"];
/// How large the type is.
pub const SIZES: [&str; 2] = ["normal", "large"];

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// One of [`THEMES`].
    pub theme: &'static str,
    /// One of [`SIZES`].
    pub size: &'static str,
    /// Verdicts make no sound.
    pub is_muted: bool,
}

/// What is chosen, and where to go then.
#[derive(Deserialize)]
pub(super) struct LookForm {
    theme: Option<String>,
    size: Option<String>,
    sound: Option<String>,
    back: Option<String>,
}

impl Look {
    /// What the browser's cookies say; what they do not, or say wrong, is the first of its kind.
    #[must_use]
    pub fn of(headers: &HeaderMap, port: u16) -> Self {
        let kept = |name: &str| cookie(headers, &format!("{name}-{port}"));
        Self {
            theme: kept("theme")
                .and_then(|it| among(&THEMES, it))
                .unwrap_or(THEMES[0]),
            size: kept("size")
                .and_then(|it| among(&SIZES, it))
                .unwrap_or(SIZES[0]),
            is_muted: kept("sound") == Some("off"),
        }
    }
}

/// `POST /look`.
pub(super) async fn look(
    State(screen): State<Arc<Screen>>,
    Form(form): Form<LookForm>,
) -> Response {
    let chosen = [
        ("theme", form.theme.and_then(|it| among(&THEMES, &it))),
        ("size", form.size.and_then(|it| among(&SIZES, &it))),
        (
            "sound",
            form.sound.and_then(|it| among(&["on", "off"], &it)),
        ),
    ];
    // Only to a page of ours, whatever the form says.
    let is_own = |back: &String| back.starts_with('/') && !back.starts_with("//");
    let back = form.back.filter(is_own).unwrap_or_else(|| "/".to_owned());
    let mut answer = Redirect::to(&back).into_response();
    for (name, value) in chosen {
        let Some(value) = value else { continue };
        let port = screen.port;
        let text =
            format!("{name}-{port}={value}; Path=/; Max-Age={LIFE_S}; HttpOnly; SameSite=Strict");
        if let Ok(value) = HeaderValue::try_from(text) {
            answer.headers_mut().append(SET_COOKIE, value);
        }
    }
    answer
}

fn among(all: &[&'static str], one: &str) -> Option<&'static str> {
    all.iter().find(|known| **known == one).copied()
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    #[test]
    fn what_cookies_say_wrong_is_the_first_of_its_kind() {
        for (cookies, theme, size, is_muted) in [
            ("", "auto", "normal", false),
            (
                "theme-8780=dark; size-8780=large; sound-8780=off",
                "dark",
                "large",
                true,
            ),
            ("theme-8781=dark", "auto", "normal", false),
            (
                "theme-8780=\"><b>; size-8780=huge; sound-8780=1",
                "auto",
                "normal",
                false,
            ),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_static(cookies));
            let expected = Look {
                theme,
                size,
                is_muted,
            };
            assert_eq!(Look::of(&headers, 8780), expected, "{cookies}");
        }
    }
}
