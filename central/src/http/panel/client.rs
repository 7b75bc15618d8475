//! Organisers: a new one with its first account, and one with its accounts and events. The list is `client_list`.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::{Here, to},
    frame::Frame,
    guard,
    nav::Section,
    problem, secret,
    sign_in::refused,
    status, when,
};
use crate::{
    app::users::{By, ClientAccount, ClientFile, NewPanelClient, UserError},
    domain::{id::ClientId, policy::Denial},
};

#[derive(Template)]
#[template(path = "panel/money/client.html")]
struct Detail {
    page: Frame,
    id: String,
    name: String,
    slug: String,
    /// What stands in the form.
    typed: (String, String),
    accounts: Vec<ClientAccount>,
    events: Vec<EventRow>,
}

struct EventRow {
    slug: String,
    name: String,
    begins: String,
    status: status::Mark,
}

#[derive(Template)]
#[template(path = "panel/client_new.html")]
struct New {
    page: Frame,
    name: String,
    slug: String,
    email: String,
    person: String,
}

fn frame(here: &Here) -> Frame {
    let name = here.say("Organisers", "Penyelenggara").to_owned();
    Frame::inside(here, Section::Clients).below("/panel/clients", &name)
}

pub(super) async fn form(here: Here) -> Response {
    new_page(&here, frame(&here), StatusCode::OK)
}

fn new_page(here: &Here, page: Frame, code: StatusCode) -> Response {
    let form = here.form();
    let template = New {
        page: page.at("/panel/clients/new"),
        name: form.text("name"),
        slug: form.text("slug"),
        email: form.text("email"),
        person: form.text("person"),
    };
    template.page.send(code, &template)
}

pub(super) async fn create(here: Here) -> Response {
    let form = here.form();
    let wish = NewPanelClient {
        name: form.text("name"),
        slug: form.text("slug"),
        email: form.text("email"),
        person: form.text("person"),
    };
    match here.app().create_client(&here.signed, &wish).await {
        Ok((_, secret)) => {
            let page = frame(&here).at("/panel/clients");
            let whose = (wish.person.as_str(), wish.email.as_str());
            secret::tell(page, whose, &secret, "/panel/clients")
        }
        Err(error) => {
            let (code, said) = refused(&here.door, &error);
            new_page(&here, frame(&here).with_wrong(said), code)
        }
    }
}

pub(super) async fn show(here: Here) -> Response {
    page(&here, None).await
}

/// One organiser; with what was typed and what was wrong with it, after a form.
async fn page(here: &Here, wrong: Option<(StatusCode, String)>) -> Response {
    let found = match here.name.parse::<ClientId>() {
        Ok(id) => here.app().client_file(id).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(file)) => detail(here, file, wrong),
        Ok(None) => problem::denied(&here.door, &here.signed, Denial::Foreign),
        Err(error) => guard::failed(&error),
    }
}

fn detail(here: &Here, file: ClientFile, wrong: Option<(StatusCode, String)>) -> Response {
    let ClientFile {
        row,
        accounts,
        events,
    } = file;
    let (form, language) = (here.form(), here.door.visitor.language);
    let events = events.into_iter().map(|event| EventRow {
        begins: when::moment(event.starts_at, &event.time_zone, language),
        status: status::event(event.status, language),
        slug: event.slug,
        name: event.name,
    });
    let mut template = Detail {
        page: frame(here),
        id: row.id.to_string(),
        typed: match wrong {
            Some(_) => (form.text("name"), form.text("email")),
            None => (row.name.clone(), row.email),
        },
        name: row.name,
        slug: row.slug,
        accounts,
        events: events.collect(),
    };
    let code = wrong.as_ref().map_or(StatusCode::OK, |(code, _)| *code);
    template.page.wrong = wrong.map(|(_, said)| said);
    template.page.send(code, &template)
}

pub(super) async fn change(here: Here) -> Response {
    let Ok(id) = here.name.parse::<ClientId>() else {
        return page(&here, None).await;
    };
    let (form, by) = (here.form(), By::account(&here.signed.account));
    let (name, email) = (form.text("name"), form.text("email"));
    match here.app().change_client(&by, id, (&name, &email)).await {
        Ok(()) => to(&format!("/panel/clients/{id}?done=client")),
        Err(UserError::UnknownClient) => page(&here, None).await,
        Err(error) => page(&here, Some(refused(&here.door, &error))).await,
    }
}
