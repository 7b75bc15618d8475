//! The editor of roles.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::{Here, to},
    frame::Frame,
    guard,
    nav::{self, Section},
    sign_in::refused,
    status,
};
use crate::{
    domain::{
        permission::{Permission, Reach, Role},
        policy::Thing,
    },
    store::StoreError,
};

#[derive(Template)]
#[template(path = "panel/roles.html")]
struct List {
    page: Frame,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    words: String,
    reach: &'static str,
    is_fixed: bool,
    permissions: Vec<PermissionRow>,
}

struct PermissionRow {
    name: &'static str,
    words: &'static str,
    /// The pages that it opens.
    opens: String,
    is_held: bool,
    /// Whether this account may give it.
    may_give: bool,
}

pub(super) async fn list(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    match load(here, wrong).await {
        Ok(template) => template.page.send(code, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here, wrong: Option<String>) -> Result<List, StoreError> {
    let language = here.door.visitor.language;
    let roles = here.app().roles().await?;
    let row = |role: &Role| {
        let permission = |one: &Permission| {
            let is_held = role.permissions.contains(one);
            let may_give = here.signed.powers.may(*one, Thing::Platform);
            let opens = nav::opened_by(*one);
            let opens: Vec<_> = opens
                .iter()
                .map(|words| here.say(words.0, words.1))
                .collect();
            PermissionRow {
                name: one.name(),
                words: status::permission(*one, language),
                opens: opens.join(", "),
                is_held,
                may_give: is_held || may_give,
            }
        };
        let all = Permission::ALL.iter();
        Row {
            words: status::role(&role.name, language),
            reach: reach(here, role.reach),
            is_fixed: role.is_fixed(),
            permissions: all
                .filter(|one| one.fits(role.reach))
                .map(permission)
                .collect(),
            name: role.name.clone(),
        }
    };
    let mut frame = Frame::inside(here, Section::Roles).at("/panel/roles");
    frame.wrong = wrong;
    Ok(List {
        page: frame,
        rows: roles.iter().map(row).collect(),
    })
}

fn reach(here: &Here, reach: Reach) -> &'static str {
    let english = here.door.visitor.language == documents::Language::English;
    match (reach, english) {
        (Reach::All, true) => "Reaches everything",
        (Reach::All, false) => "Menjangkau semuanya",
        (Reach::Client, true) => "Reaches the account's own organiser",
        (Reach::Client, false) => "Menjangkau penyelenggara akun itu sendiri",
        (Reach::Events, true) => "Reaches the events given to the account",
        (Reach::Events, false) => "Menjangkau acara yang diberikan kepada akun",
        (Reach::Gates, true) => "Works gates, and never opens the panel",
        (Reach::Gates, false) => "Bekerja di gerbang, tidak pernah membuka panel",
    }
}

pub(super) async fn set(here: Here) -> Response {
    let chosen = here.form().all("permission");
    let permissions = chosen.filter_map(Permission::from_name).collect();
    let changed = here
        .app()
        .set_permissions(&here.signed, &here.name, &permissions)
        .await;
    match changed {
        Ok(()) => to("/panel/roles?done=role"),
        Err(error) => {
            let (code, said) = refused(&here.door, &error);
            page(&here, Some(said), code).await
        }
    }
}
