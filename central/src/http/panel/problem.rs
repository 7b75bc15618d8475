//! Pages of what is refused: not allowed, not there, too old.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{door::Door, frame::Frame};
use crate::{app::users::Signed, domain::policy::Denial, http::refusal::Refusal};

#[derive(Template)]
#[template(path = "panel/problem.html")]
struct Problem {
    page: Frame,
    title: String,
    message: String,
    back: &'static str,
}

#[derive(Template)]
#[template(path = "panel/stopped.html")]
struct Stopped {
    page: Frame,
    message: String,
}

/// Something may not be done, or is not there to be seen.
pub(super) fn denied(door: &Door, signed: &Signed, denial: Denial) -> Response {
    let say = |english: &str, indonesian: &str| door.visitor.say(english, indonesian).to_owned();
    let (status, title, message) = match denial {
        Denial::Foreign => (
            StatusCode::NOT_FOUND,
            say("Nothing here", "Tidak ada apa-apa di sini"),
            say(
                "It does not exist, or it is not yours to see. Look for it in the list.",
                "Tidak ada, atau bukan untuk Anda. Cari di daftarnya.",
            ),
        ),
        Denial::NotAllowed | Denial::WorksGates => (
            StatusCode::FORBIDDEN,
            say("Not for your role", "Bukan untuk peran Anda"),
            say(
                "Your role does not open this. If you need it, ask an administrator.",
                "Peran Anda tidak membuka ini. Jika perlu, mintalah kepada admin.",
            ),
        ),
    };
    let template = Problem {
        page: Frame::of(door, signed, None),
        title,
        message,
        back: "/panel",
    };
    template.page.send(status, &template)
}

/// A form that no page of this session sent.
pub(super) fn form_expired(door: &Door, signed: Option<&Signed>) -> Response {
    let refusal = Refusal::FORM_EXPIRED;
    let message = door
        .visitor
        .say(refusal.english, refusal.indonesian)
        .to_owned();
    match signed {
        Some(signed) => {
            let template = Problem {
                page: Frame::of(door, signed, None),
                title: door
                    .visitor
                    .say("Send it again", "Kirim sekali lagi")
                    .to_owned(),
                message,
                back: "/panel",
            };
            template.page.send(refusal.status, &template)
        }
        None => {
            let template = Stopped {
                page: Frame::outside(door).at("/panel/sign-in"),
                message,
            };
            template.page.send(refusal.status, &template)
        }
    }
}
