//! The way in and out: password, code, and a fresh session at every step.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    cookie,
    door::{self, Door, Half, Here, to},
    frame::Frame,
    guard, words,
};
use crate::{
    app::users::{Opened, UserError},
    domain::session::Stage,
};

#[derive(Template)]
#[template(path = "panel/sign_in.html")]
struct SignIn {
    page: Frame,
    email: String,
    next: String,
}

#[derive(Template)]
#[template(path = "panel/code.html")]
struct Code {
    page: Frame,
    next: String,
}

pub(super) async fn show(door: Door) -> Response {
    page(&door, Frame::outside(&door), StatusCode::OK, String::new())
}

fn page(door: &Door, page: Frame, status: StatusCode, email: String) -> Response {
    let wanted = [door.form.text("next"), door.asked("next").to_owned()];
    let next = wanted.iter().find_map(|next| own(next));
    let template = SignIn {
        page,
        email,
        next: next.unwrap_or_default().to_owned(),
    };
    template.page.send(status, &template)
}

/// An address of the panel, and no way out of it.
pub(super) fn own(next: &str) -> Option<&str> {
    let is_below = next == "/panel" || next.starts_with("/panel/") || next.starts_with("/panel?");
    let is_plain = !next.contains("//")
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic());
    (is_below && is_plain).then_some(next)
}

pub(super) async fn send(door: Door) -> Response {
    let (email, group) = (door.form.text("email"), door.caller.group());
    let address = door::address(door.caller);
    let attempt = door.attempt(&group, &address);
    let signed = door
        .app
        .sign_in(&email, door.form.raw("password"), &attempt)
        .await;
    match signed {
        Ok(opened) => go_on(&door, &opened),
        Err(error) => {
            let (status, said) = refused(&door, &error);
            let frame = Frame::outside(&door).at("/panel/sign-in").with_wrong(said);
            page(&door, frame, status, email)
        }
    }
}

/// The status and the words of an error.
pub(super) fn refused(door: &Door, error: &UserError) -> (StatusCode, String) {
    let status = match error {
        UserError::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        UserError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let now = door.app.clock.now();
    (status, words::user(error, now, door.visitor.language))
}

/// On with the session that was just opened.
fn go_on(door: &Door, opened: &Opened) -> Response {
    let next = door.form.text("next");
    let next = own(&next);
    let mut answer = match opened.stage {
        Stage::Full => to(next.unwrap_or("/panel")),
        Stage::SecondFactor => {
            let query = next.map(|next| {
                let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
                format!("?next={next}")
            });
            to(&format!(
                "/panel/second-factor{}",
                query.unwrap_or_default()
            ))
        }
    };
    cookie::keep(&mut answer, &door.app, opened);
    answer
}

pub(super) async fn code(half: Half) -> Response {
    code_page(&half, Frame::half(&half), StatusCode::OK)
}

fn code_page(half: &Half, page: Frame, status: StatusCode) -> Response {
    let wanted = [
        half.door.form.text("next"),
        half.door.asked("next").to_owned(),
    ];
    let next = wanted.iter().find_map(|next| own(next));
    let template = Code {
        page,
        next: next.unwrap_or_default().to_owned(),
    };
    template.page.send(status, &template)
}

pub(super) async fn send_code(half: Half) -> Response {
    let door = &half.door;
    let (group, address) = (door.caller.group(), door::address(door.caller));
    let attempt = door.attempt(&group, &address);
    let typed = door.form.text("code");
    match door.app.pass_factor(&half.signed, &typed, &attempt).await {
        Ok(opened) => go_on(door, &opened),
        Err(error) => {
            let (status, said) = refused(door, &error);
            let frame = Frame::half(&half)
                .at("/panel/second-factor")
                .with_wrong(said);
            code_page(&half, frame, status)
        }
    }
}

pub(super) async fn out(here: Here) -> Response {
    let token = here.door.token.clone().unwrap_or_default();
    if let Err(error) = here.app().sign_out(&here.signed, &token).await {
        return guard::failed(&error);
    }
    let mut answer = to("/panel/sign-in?done=signed_out");
    cookie::forget(&mut answer, here.app());
    answer
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn the_way_back_stays_in_the_panel() {
        for good in ["/panel", "/panel/orders?q=a%2F%2Fb", "/panel?done=x"] {
            assert_eq!(own(good), Some(good));
        }
        for bad in [
            "",
            "/",
            "//evil.example",
            "https://evil.example",
            "/panelx",
            "/panel//evil.example",
            "/panel/\\evil.example",
            "/panel/\r\nset-cookie: a=b",
        ] {
            assert_eq!(own(bad), None, "{bad}");
        }
    }
}
