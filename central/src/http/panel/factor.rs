//! Setting the second factor up, with a QR code for the phone and recovery codes for the day it is gone.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    account, cookie,
    door::{Here, to},
    frame::Frame,
    nav::Section,
    qr,
    sign_in::refused,
};
use crate::app::users::NewFactor;

#[derive(Template)]
#[template(path = "panel/factor.html")]
struct Factor {
    page: Frame,
    typed: String,
    /// Side of the picture, and the path of its dark modules.
    side: i32,
    modules: String,
}

#[derive(Template)]
#[template(path = "panel/recovery.html")]
struct Recovery {
    page: Frame,
    codes: Vec<String>,
}

fn frame(here: &Here) -> Frame {
    let name = here.say("My account", "Akun saya").to_owned();
    let frame = Frame::inside(here, Section::Account).at("/panel/account");
    frame.below("/panel/account", &name)
}

pub(super) async fn begin(here: Here) -> Response {
    match here.app().begin_factor(&here.signed.account).await {
        Ok(new) => show(frame(&here), &new, StatusCode::OK),
        Err(error) => {
            let (status, said) = refused(&here.door, &error);
            account::page(&here, Some(said), status).await
        }
    }
}

fn show(page: Frame, new: &NewFactor, status: StatusCode) -> Response {
    let (side, modules) = qr::picture(&new.address);
    let template = Factor {
        page,
        typed: grouped(&new.typed),
        side,
        modules,
    };
    template.page.send(status, &template)
}

fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(String::from_iter).collect();
    groups.join(" ")
}

pub(super) async fn confirm(here: Here) -> Response {
    let code = here.form().text("code");
    match here.app().confirm_factor(&here.signed, &code).await {
        Ok((codes, mark)) => {
            let template = Recovery {
                page: frame(&here),
                codes: codes.iter().map(|code| code.to_string()).collect(),
            };
            let mut answer = template.page.send(StatusCode::OK, &template);
            cookie::mark(&mut answer, here.app(), &mark);
            answer
        }
        Err(error) => {
            let (status, said) = refused(&here.door, &error);
            match here.app().begun_factor(&here.signed.account).await {
                Ok(new) => show(frame(&here).with_wrong(said), &new, status),
                Err(_) => account::page(&here, Some(said), status).await,
            }
        }
    }
}

pub(super) async fn remove(here: Here) -> Response {
    let password = here.form().raw("password");
    match here.app().remove_factor(&here.signed, password).await {
        Ok(mark) => {
            let mut answer = to("/panel/account?done=factor_off");
            cookie::mark(&mut answer, here.app(), &mark);
            answer
        }
        Err(error) => {
            let (status, said) = refused(&here.door, &error);
            account::page(&here, Some(said), status).await
        }
    }
}
