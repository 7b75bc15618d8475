//! The one page that shows a one-time password: of an account that was just made, or that got a new one.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::frame::Frame;

#[derive(Template)]
#[template(path = "panel/secret.html")]
struct Secret<'a> {
    page: Frame,
    name: &'a str,
    email: &'a str,
    secret: &'a str,
    back: &'a str,
}

/// Shows it, once; `whose` are name and address, `back` is where its reader goes on.
pub(super) fn tell(page: Frame, whose: (&str, &str), secret: &str, back: &str) -> Response {
    let (name, email) = whose;
    let template = Secret {
        page,
        name,
        email,
        secret,
        back,
    };
    template.page.send(StatusCode::OK, &template)
}
