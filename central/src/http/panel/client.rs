//! Organisers: the list, and a new one with its first account.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{door::Here, frame::Frame, guard, nav::Section, secret, sign_in::refused};
use crate::app::users::{ClientRow, NewPanelClient};

#[derive(Template)]
#[template(path = "panel/clients.html")]
struct List {
    page: Frame,
    rows: Vec<ClientRow>,
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

pub(super) async fn list(here: Here) -> Response {
    match here.app().clients().await {
        Ok(rows) => {
            let page = Frame::inside(&here, Section::Clients);
            let template = List { page, rows };
            template.page.send(StatusCode::OK, &template)
        }
        Err(error) => guard::failed(&error),
    }
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
