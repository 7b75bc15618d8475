//! The cookie with a session's token: HttpOnly, SameSite, and under https bound to this host by its name.

use axum::{
    http::{HeaderMap, HeaderValue, header::SET_COOKIE},
    response::Response,
};

use crate::{app::App, http::visitor};

/// The `__Host-` prefix keeps neighbouring hosts from planting one, and browsers take it under https alone.
const SECURE: &str = "__Host-gerbang_panel";
const PLAIN: &str = "gerbang_panel";

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

/// Has the browser keep a token until it is closed.
pub(super) fn keep(answer: &mut Response, app: &App, token: &str) {
    set(answer, app, token, "");
}

/// Has the browser forget it.
pub(super) fn forget(answer: &mut Response, app: &App) {
    set(answer, app, "", "; Max-Age=0");
}

fn set(answer: &mut Response, app: &App, token: &str, end: &str) {
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let name = name(app);
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{end}{secure}");
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        answer.headers_mut().append(SET_COOKIE, value);
    }
}
