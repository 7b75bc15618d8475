//! A forgotten password: ask for a link, choose another one with it.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::{Door, to},
    frame::Frame,
    sign_in::refused,
};

#[derive(Template)]
#[template(path = "panel/forgot.html")]
struct Forgot {
    page: Frame,
    email: String,
}

#[derive(Template)]
#[template(path = "panel/reset.html")]
struct Reset {
    page: Frame,
    secret: String,
}

#[derive(Template)]
#[template(path = "panel/stopped.html")]
struct Stopped {
    page: Frame,
    message: String,
}

pub(super) async fn show(door: Door) -> Response {
    let template = Forgot {
        page: Frame::outside(&door),
        email: String::new(),
    };
    template.page.send(StatusCode::OK, &template)
}

pub(super) async fn ask(door: Door) -> Response {
    let (email, group) = (door.form.text("email"), door.caller.group());
    let language = door.visitor.language;
    match door.app.ask_reset(&email, language, &group).await {
        Ok(()) => to("/panel/sign-in?done=asked"),
        Err(error) => {
            let (status, said) = refused(&door, &error);
            let template = Forgot {
                page: Frame::outside(&door).at("/panel/forgot").with_wrong(said),
                email,
            };
            template.page.send(status, &template)
        }
    }
}

pub(super) async fn choose(door: Door) -> Response {
    let secret = door.asked("secret").to_owned();
    if let Err(error) = door.app.check_reset(&secret).await {
        let (status, message) = refused(&door, &error);
        let template = Stopped {
            page: Frame::outside(&door).at("/panel/forgot"),
            message,
        };
        return template.page.send(status, &template);
    }
    let template = Reset {
        page: Frame::outside(&door),
        secret,
    };
    template.page.send(StatusCode::OK, &template)
}

pub(super) async fn set(door: Door) -> Response {
    let secret = door.form.text("secret");
    let new = door.form.raw("password");
    match door.app.reset_password(&secret, new).await {
        Ok(()) => to("/panel/sign-in?done=reset"),
        Err(error) => {
            let (status, said) = refused(&door, &error);
            let template = Reset {
                page: Frame::outside(&door).at("/panel/forgot").with_wrong(said),
                secret,
            };
            template.page.send(status, &template)
        }
    }
}
