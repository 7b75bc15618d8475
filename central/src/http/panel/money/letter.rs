//! Letters that have not left: the list with what stopped each, another try for one or all, and how one would read now.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use uuid::Uuid;

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        nav::Section,
        when,
    },
    filter::{self, PAGE},
    nothing,
    said::{self, Refused},
    words,
};
use crate::{
    app::{letters::Preview, trail::Actor},
    domain::order_search::Place,
    http::refusal::Refusal,
    store::{StoreError, letter_list::UnsentLetter},
};

const PATH: &str = "/panel/letters";
const FIELDS: [&str; 1] = ["show"];

#[derive(Template)]
#[template(path = "panel/money/letters.html")]
struct List {
    page: Frame,
    rows: Vec<Row>,
    waiting: i64,
    tried: i64,
    failed: i64,
    shows_waiting: bool,
    next: Option<String>,
    is_first: bool,
    first: String,
}

struct Row {
    id: String,
    kind: &'static str,
    attempts: i64,
    stopped: String,
    since: String,
    /// When it is tried next, or was given up.
    moment: String,
}

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
}

pub(in crate::http::panel) async fn list(here: Here) -> Response {
    page(&here, None).await
}

async fn page(here: &Here, refused: Option<Refused>) -> Response {
    let code = refused.as_ref().map_or(StatusCode::OK, |one| one.status);
    match load(here).await {
        Ok(mut template) => {
            template.page.wrong = refused.map(|one| one.words);
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<List, StoreError> {
    let shows_waiting = here.door.asked("show") == "waiting";
    let after = Place::parse(here.door.asked("after"));
    let asked = here
        .app()
        .unsent_letters(!shows_waiting, after.as_ref(), PAGE + 1);
    let (mut rows, counts) = asked.await?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| has_more);
    let next = next.map(|last| filter::address(here, PATH, &FIELDS, Some(&last.place())));
    Ok(List {
        page: Frame::inside(here, Section::Letters),
        rows: rows.iter().map(|row| shown(here, row)).collect(),
        waiting: counts.waiting,
        tried: counts.tried,
        failed: counts.failed,
        shows_waiting,
        next,
        is_first: after.is_none(),
        first: filter::address(here, PATH, &FIELDS, None),
    })
}

fn shown(here: &Here, row: &UnsentLetter) -> Row {
    let language = here.door.visitor.language;
    let at = |moment| when::moment(moment, when::HOME, language);
    let stopped = row.last_error.as_deref();
    Row {
        id: row.id.to_string(),
        kind: words::letter(row.kind, language),
        attempts: row.attempts,
        stopped: stopped.map_or_else(String::new, |code| words::stopped(code, language)),
        since: at(row.created_at),
        moment: at(row.failed_at.unwrap_or(row.due_at)),
    }
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
    let template = read(&here, reading);
    template.page.send(StatusCode::OK, &template)
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
