//! Taking somebody in who is to sign in at gates, and the slip with their secret.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::{id::EventId, operator::Role};

use super::{
    super::{door::Here, frame::Frame, guard, nav::Section},
    first_staff,
    operator_list::{role_options, role_words},
    said,
};
use crate::{
    app::{staff::NewStaff, users::By},
    store,
};

#[derive(Template)]
#[template(path = "panel/operator_new.html")]
struct New {
    page: Frame,
    name: String,
    login: String,
    email: String,
    roles: Vec<(&'static str, String, bool)>,
    /// Id, name, whether it is chosen, and what is asked first.
    events: Vec<(String, String, bool, String)>,
}

#[derive(Template)]
#[template(path = "panel/operator_slip.html")]
struct Slip<'a> {
    page: Frame,
    name: &'a str,
    login: &'a str,
    secret: &'a str,
    roles: Vec<String>,
}

pub(in super::super) async fn form(here: Here) -> Response {
    new_page(&here, None, StatusCode::OK).await
}

async fn new_page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let events = {
        let loaded = async {
            let mut tx = here.app().store.read().await?;
            store::event::all(&mut tx).await
        };
        match loaded.await {
            Ok(events) => events,
            Err(error) => return guard::failed(&error),
        }
    };
    let without = match first_staff::without(here).await {
        Ok(without) => without,
        Err(error) => return guard::failed(&error),
    };
    let form = here.form();
    let chosen: Vec<&str> = form.all("event").collect();
    let mut page = Frame::inside(here, Section::Operators).at("/panel/operators/new");
    page = page.below(
        "/panel/operators",
        here.say("Gate staff", "Petugas gerbang"),
    );
    page.wrong = wrong;
    let template = New {
        page,
        name: form.text("name"),
        login: form.text("login"),
        email: form.text("email"),
        roles: role_options(here, &form.text("role")),
        events: events
            .into_iter()
            .map(|event| {
                let id = event.id.to_string();
                let is_on = chosen.contains(&id.as_str());
                let sure = first_staff::words(here, &event, &without);
                (id, event.name, is_on, sure)
            })
            .collect(),
    };
    template.page.send(code, &template)
}

pub(in super::super) async fn create(here: Here) -> Response {
    let form = here.form();
    let events: Vec<EventId> = form.all("event").filter_map(|id| id.parse().ok()).collect();
    let known = here.app().all_events().await.unwrap_or_default();
    let are_known = events
        .iter()
        .all(|event| known.iter().any(|one| one.id == *event));
    let (Some(role), true) = (Role::from_name(&form.text("role")), are_known) else {
        let (code, said) = said::staff(&here, &crate::app::staff::StaffError::NoEvent);
        return new_page(&here, Some(said), code).await;
    };
    let wish = NewStaff {
        name: form.text("name"),
        login: form.text("login"),
        email: form.text("email"),
        role,
        events: events.clone(),
    };
    let by = By::account(&here.signed.account);
    match here.app().add_staff_by(&by, &wish).await {
        Ok(secret) => {
            let roles: Vec<_> = events.into_iter().map(|event| (event, role)).collect();
            let roles = role_words(&here, &roles, &known);
            slip(&here, (&wish.name, &wish.login), &secret, roles)
        }
        Err(error) => {
            let (code, said) = said::staff(&here, &error);
            new_page(&here, Some(said), code).await
        }
    }
}

/// The slip with a secret that was just made, shown once and good to be printed; `whose` are name and login.
pub(super) fn slip(here: &Here, whose: (&str, &str), secret: &str, roles: Vec<String>) -> Response {
    let (name, login) = whose;
    let template = Slip {
        page: Frame::inside(here, Section::Operators)
            .at("/panel/operators")
            .below(
                "/panel/operators",
                here.say("Gate staff", "Petugas gerbang"),
            ),
        name,
        login,
        secret,
        roles,
    };
    template.page.send(StatusCode::OK, &template)
}
