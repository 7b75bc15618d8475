//! Letters that have not left: another try for one or all that were given up, and how one would read now. The list is
//! `letter_list`'s.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use uuid::Uuid;

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        nav::Section,
    },
    letter_list::page,
    nothing,
    said::{self, Refused},
    words,
};
use crate::{
    app::{letters::Preview, trail::Actor},
    http::refusal::Refusal,
    store::{self, StoreError},
};

const PATH: &str = "/panel/letters";

#[derive(Template)]
#[template(path = "panel/money/letter.html")]
struct Reading {
    page: Frame,
    kind: &'static str,
    state: &'static str,
    to: String,
    subject: String,
    text: String,
    files: Vec<String>,
    /// It was given up, and can be tried again.
    again: Option<String>,
}

pub(in crate::http::panel) async fn again(here: Here) -> Response {
    let by = Actor::from(&here.signed.account);
    if here.form().text("all") == "1" {
        return match here.app().retry_letters_by(&by).await {
            Ok(_) => to(&format!("{PATH}?done=letter_again")),
            Err(error) => guard::failed(&error),
        };
    }
    let Ok(id) = here.form().text("letter").parse::<Uuid>() else {
        let said = said::wrong(&here, "Choose a letter.", "Pilih surat.");
        return page(&here, Some(said)).await;
    };
    match here.app().retry_letter_by(id, &by).await {
        Ok(true) => to(&format!("{PATH}?done=letter_again")),
        Ok(false) => {
            let said = said::wrong(
                &here,
                "This letter is not given up any more: look at the list again.",
                "Surat ini sudah tidak gagal lagi: lihat daftarnya lagi.",
            );
            page(&here, Some(said)).await
        }
        Err(error) => guard::failed(&error),
    }
}

pub(in crate::http::panel) async fn preview(here: Here) -> Response {
    let Ok(id) = here.door.asked("letter").parse::<Uuid>() else {
        let said = said::wrong(&here, "Choose a letter.", "Pilih surat.");
        return page(&here, Some(said)).await;
    };
    let reading = match here.app().preview_letter(id).await {
        Ok(Preview::Unknown) => return nothing(&here),
        Ok(reading) => reading,
        Err(error) => {
            tracing::warn!(letter = %id, %error, "letter not read");
            let internal = Refusal::INTERNAL;
            let said = Refused {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                words: here.say(internal.english, internal.indonesian).to_owned(),
            };
            return page(&here, Some(said)).await;
        }
    };
    match is_given_up(&here, id).await {
        Ok(again) => {
            let template = Reading {
                again: again.then(|| id.to_string()),
                ..read(&here, reading)
            };
            template.page.send(StatusCode::OK, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn is_given_up(here: &Here, id: Uuid) -> Result<bool, StoreError> {
    let mut tx = here.app().store.read().await?;
    let found = store::letter_list::by_id(&mut tx, id).await?;
    Ok(found.is_some_and(|letter| letter.failed_at.is_some()))
}

fn read(here: &Here, reading: Preview) -> Reading {
    let language = here.door.visitor.language;
    let name = here.say("Letters", "Surat");
    let bare = |kind, state| Reading {
        page: Frame::inside(here, Section::Letters).below(PATH, name),
        kind: words::letter(kind, language),
        state,
        to: String::new(),
        subject: String::new(),
        text: String::new(),
        files: Vec::new(),
        again: None,
    };
    match reading {
        Preview::Written(letter) => Reading {
            to: letter.to,
            subject: letter.subject,
            text: letter.text,
            files: letter.files,
            ..bare(letter.kind, "written")
        },
        Preview::Secret(kind) => bare(kind, "secret"),
        Preview::Needless(kind) => bare(kind, "needless"),
        Preview::Unknown => bare(crate::domain::letter::LetterKind::Tickets, "needless"),
    }
}
