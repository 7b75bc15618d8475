//! One of the gate staff: where they work, another secret, and whether they may sign in.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::{id::EventId, operator::Role};

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        nav::Section,
        problem, status,
    },
    first_staff,
    operator_list::{role_options, role_words},
    operator_new::slip,
    said,
};
use crate::{
    app::{
        staff::{StaffError, StaffMember},
        users::By,
    },
    domain::policy::Denial,
    store::StoreError,
};

#[derive(Template)]
#[template(path = "panel/operator.html")]
struct Page {
    page: Frame,
    name: String,
    login: String,
    email: String,
    is_active: bool,
    /// Event's id and name, and what the person is there.
    roles: Vec<(String, String, String)>,
    options: Vec<(&'static str, String, bool)>,
    /// Id, name, and what is asked first.
    events: Vec<(String, String, String)>,
}

pub(in super::super) async fn show(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

async fn member(here: &Here) -> Result<Option<StaffMember>, StoreError> {
    let staff = here.app().staff(None).await?;
    let found = |member: &StaffMember| member.account.login == here.name;
    Ok(staff.into_iter().find(found))
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let member = match member(here).await {
        Ok(Some(member)) => member,
        Ok(None) => return problem::denied(&here.door, &here.signed, Denial::Foreign),
        Err(error) => return guard::failed(&error),
    };
    let events = match here.app().all_events().await {
        Ok(events) => events,
        Err(error) => return guard::failed(&error),
    };
    let without = match first_staff::without(here).await {
        Ok(without) => without,
        Err(error) => return guard::failed(&error),
    };
    let language = here.door.visitor.language;
    let roles = member.roles.iter().map(|(at, role)| {
        let event = events.iter().find(|event| event.id == *at);
        let name = event.map_or_else(String::new, |event| event.name.clone());
        (at.to_string(), name, status::role(role.name(), language))
    });
    let account = &member.account;
    let mut frame = Frame::inside(here, Section::Operators)
        .at(&format!("/panel/operators/{}", account.login))
        .below(
            "/panel/operators",
            here.say("Gate staff", "Petugas gerbang"),
        );
    if wrong.is_none() {
        frame = Frame::inside(here, Section::Operators).below(
            "/panel/operators",
            here.say("Gate staff", "Petugas gerbang"),
        );
    }
    frame.wrong = wrong;
    let template = Page {
        page: frame,
        name: account.name.clone(),
        login: account.login.clone(),
        email: account.email.clone(),
        is_active: account.is_active,
        roles: roles.collect(),
        options: role_options(here, ""),
        events: events
            .into_iter()
            .map(|event| {
                let sure = first_staff::words(here, &event, &without);
                (event.id.to_string(), event.name, sure)
            })
            .collect(),
    };
    template.page.send(code, &template)
}

/// What a form about somebody came to.
async fn after(here: &Here, done: &str, outcome: Result<(), StaffError>) -> Response {
    match outcome {
        Ok(()) => to(&format!("/panel/operators/{}?done={done}", here.name)),
        Err(StaffError::Unknown(_)) => problem::denied(&here.door, &here.signed, Denial::Foreign),
        Err(error) => {
            let (code, said) = said::staff(here, &error);
            page(here, Some(said), code).await
        }
    }
}

/// The event that a form names, if there is such a one.
async fn event(here: &Here) -> Result<EventId, StaffError> {
    let asked: Option<EventId> = here.form().text("event").parse().ok();
    let events = here.app().all_events().await?;
    let known = asked.filter(|id| events.iter().any(|event| event.id == *id));
    known.ok_or(StaffError::NoEvent)
}

/// Gives a role at an event.
pub(in super::super) async fn assign(here: Here) -> Response {
    let by = By::account(&here.signed.account);
    let role = Role::from_name(&here.form().text("role"));
    let outcome = match (event(&here).await, role) {
        (Ok(event), Some(role)) => {
            let events = [event];
            here.app()
                .assign_staff_by(&by, &here.name, role, &events)
                .await
        }
        (Ok(_), None) => Err(StaffError::NoEvent),
        (Err(error), _) => Err(error),
    };
    after(&here, "assigned", outcome).await
}

/// Takes the role at an event away.
pub(in super::super) async fn withdraw(here: Here) -> Response {
    let by = By::account(&here.signed.account);
    let outcome = match event(&here).await {
        Ok(event) => here.app().withdraw_staff_by(&by, &here.name, event).await,
        Err(error) => Err(error),
    };
    after(&here, "withdrawn", outcome).await
}

/// Lets somebody sign in at gates, or no more.
pub(in super::super) async fn set_active(here: Here) -> Response {
    let by = By::account(&here.signed.account);
    let is_active = here.form().text("active") == "1";
    let outcome = here
        .app()
        .set_staff_active_by(&by, &here.name, is_active)
        .await;
    let done = if is_active {
        "operator_on"
    } else {
        "operator_off"
    };
    after(&here, done, outcome).await
}

/// Makes another secret, which is shown once.
pub(in super::super) async fn reset(here: Here) -> Response {
    let by = By::account(&here.signed.account);
    match here.app().reset_staff_by(&by, &here.name).await {
        Ok(secret) => match (member(&here).await, here.app().all_events().await) {
            (Ok(Some(member)), Ok(events)) => {
                let roles = role_words(&here, &member.roles, &events);
                let whose = (member.account.name.as_str(), member.account.login.as_str());
                slip(&here, whose, &secret, roles)
            }
            (Err(error), _) | (_, Err(error)) => guard::failed(&error),
            (Ok(None), _) => problem::denied(&here.door, &here.signed, Denial::Foreign),
        },
        Err(error) => after(&here, "", Err(error)).await,
    }
}
