//! The cookie with a session's token: HttpOnly, SameSite, and under https bound to this host by its name.

use axum::{
    http::{HeaderMap, HeaderValue, header::SET_COOKIE},
    response::Response,
};

use crate::{
    app::{App, users::Opened},
    http::visitor,
};

/// The `__Host-` prefix keeps neighbouring hosts from planting one, and browsers take it under https alone.
const SECURE: &str = "__Host-gerbang_panel";
const PLAIN: &str = "gerbang_panel";
/// What a browser that signed in before is known by; it opens nothing.
const BROWSER: [&str; 2] = ["gerbang_browser", "__Host-gerbang_browser"];
const BROWSER_S: u32 = 180 * 24 * 3_600;

fn is_secure(app: &App) -> bool {
    app.public_url.starts_with("https:")
}

fn name(app: &App) -> &'static str {
    if is_secure(app) { SECURE } else { PLAIN }
}

/// The token that a request brings.
pub(super) fn token(headers: &HeaderMap, app: &App) -> Option<String> {
    let token = visitor::cookie(headers, name(app))?;
    let is_one = token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| token.to_owned())
}

/// What the browser is known by.
pub(super) fn browser(headers: &HeaderMap, app: &App) -> Option<String> {
    visitor::cookie(headers, BROWSER[usize::from(is_secure(app))]).map(str::to_owned)
}

/// Has the browser keep a session's token until it is closed, and for longer that it was here.
pub(super) fn keep(answer: &mut Response, app: &App, opened: &Opened) {
    set(answer, app, (name(app), &opened.token), "");
    if let Some(mark) = &opened.browser {
        self::mark(answer, app, mark);
    }
}

/// Has the browser keep what it is known by.
pub(super) fn mark(answer: &mut Response, app: &App, mark: &str) {
    let name = BROWSER[usize::from(is_secure(app))];
    set(answer, app, (name, mark), &format!("; Max-Age={BROWSER_S}"));
}

/// Has the browser forget it.
pub(super) fn forget(answer: &mut Response, app: &App) {
    set(answer, app, (name(app), ""), "; Max-Age=0");
}

fn set(answer: &mut Response, app: &App, (name, token): (&str, &str), end: &str) {
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{end}{secure}");
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        answer.headers_mut().append(SET_COOKIE, value);
    }
}
