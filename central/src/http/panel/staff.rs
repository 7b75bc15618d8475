//! Accounts: one of them, and new ones with a one-time password. The list is `staff_list`.

use std::collections::BTreeSet;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::id::EventId;

use super::{
    door::{Here, to},
    frame::Frame,
    guard,
    nav::Section,
    secret,
    sign_in::refused,
    status, when,
};
use crate::{
    app::users::{AccountFile, NewAccount, UserError},
    domain::{
        event::Event,
        id::{ClientId, UserId},
        permission::{Reach, Role},
        session::Session,
    },
    store::StoreError,
};

#[derive(Template)]
#[template(path = "panel/staff_new.html")]
struct New {
    page: Frame,
    email: String,
    name: String,
    choice: Choice,
}

/// What a role can be chosen from.
struct Choice {
    roles: Vec<(String, String, bool)>,
    clients: Vec<(String, String, bool)>,
    events: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "panel/staff_member.html")]
struct Member {
    page: Frame,
    id: String,
    name: String,
    email: String,
    facts: Vec<(String, String)>,
    is_active: bool,
    has_factor: bool,
    is_own: bool,
    may_manage: bool,
    sessions: Vec<SessionRow>,
    choice: Choice,
}

/// Where the person is signed in.
struct SessionRow {
    id: String,
    agent: String,
    address: String,
    began: String,
    seen: String,
}

/// The roles of an account in words.
pub(super) fn roles(here: &Here, file: &AccountFile) -> String {
    let language = here.door.visitor.language;
    let names = file.powers.grants.iter();
    let names: Vec<_> = names
        .map(|grant| status::role(&grant.role.name, language))
        .collect();
    names.join(", ")
}

fn frame(here: &Here) -> Frame {
    let name = here.say("Accounts", "Akun").to_owned();
    Frame::inside(here, Section::Staff).below("/panel/staff", &name)
}

pub(super) async fn form(here: Here) -> Response {
    new_page(&here, None, StatusCode::OK).await
}

async fn new_page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let chosen = Chosen {
        role: here.form().text("role"),
        client: here.form().text("client").parse().ok(),
        events: events(here),
    };
    let choice = match choice(here, &chosen).await {
        Ok(choice) => choice,
        Err(error) => return guard::failed(&error),
    };
    let mut page = frame(here).at("/panel/staff/new");
    page.wrong = wrong;
    let template = New {
        page,
        email: here.form().text("email"),
        name: here.form().text("name"),
        choice,
    };
    template.page.send(code, &template)
}

/// What is chosen already.
struct Chosen {
    role: String,
    client: Option<ClientId>,
    events: BTreeSet<EventId>,
}

async fn choice(here: &Here, chosen: &Chosen) -> Result<Choice, StoreError> {
    let (app, language) = (here.app(), here.door.visitor.language);
    let roles = app.roles().await?;
    let open = roles
        .iter()
        .filter(|role| role.reach != Reach::Gates && here.signed.powers.may_give(role));
    let role = |role: &Role| {
        let is_on = chosen.role == role.name;
        (role.name.clone(), status::role(&role.name, language), is_on)
    };
    let event = |event: Event| {
        let is_on = chosen.events.contains(&event.id);
        (event.id.to_string(), event.name, is_on)
    };
    let clients = app.clients().await?.into_iter();
    Ok(Choice {
        roles: open.map(role).collect(),
        clients: clients
            .map(|client| {
                let is_on = chosen.client == Some(client.id);
                (client.id.to_string(), client.name, is_on)
            })
            .collect(),
        events: app.all_events().await?.into_iter().map(event).collect(),
    })
}

fn events(here: &Here) -> BTreeSet<EventId> {
    let chosen = here.form().all("event");
    chosen.filter_map(|id| id.parse().ok()).collect()
}

pub(super) async fn create(here: Here) -> Response {
    let form = here.form();
    let wish = NewAccount {
        email: form.text("email"),
        name: form.text("name"),
        role: form.text("role"),
        client: form.text("client").parse().ok(),
        events: events(&here),
    };
    match here.app().create_account(&here.signed, &wish).await {
        Ok((user, secret)) => tell(&here, &wish.name, &wish.email, &secret, user),
        Err(error) => {
            let (code, said) = refused(&here.door, &error);
            new_page(&here, Some(said), code).await
        }
    }
}

fn tell(here: &Here, name: &str, email: &str, secret: &str, user: UserId) -> Response {
    let page = frame(here).at("/panel/staff");
    let back = format!("/panel/staff/{user}");
    secret::tell(page, (name, email), secret, &back)
}

fn user(here: &Here) -> Option<UserId> {
    here.name.parse().ok()
}

pub(super) async fn show(here: Here) -> Response {
    member(&here, None, StatusCode::OK).await
}

async fn member(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let file = match user(here) {
        Some(user) => here.app().account_file(user).await,
        None => Err(UserError::Unknown),
    };
    let file = match file {
        Ok(file) => file,
        Err(UserError::Store(error)) => return guard::failed(&error),
        Err(_) => {
            return super::problem::denied(
                &here.door,
                &here.signed,
                crate::domain::policy::Denial::Foreign,
            );
        }
    };
    match filled(here, &file, wrong).await {
        Ok(template) => template.page.send(code, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn filled(
    here: &Here,
    file: &AccountFile,
    wrong: Option<String>,
) -> Result<Member, StoreError> {
    let (account, language) = (&file.account, here.door.visitor.language);
    let grants = &file.powers.grants;
    let chosen = Chosen {
        role: grants
            .first()
            .map_or_else(String::new, |grant| grant.role.name.clone()),
        client: account.client,
        events: grants
            .iter()
            .flat_map(|grant| grant.events.clone())
            .collect(),
    };
    let choice = choice(here, &chosen).await?;
    let never = || here.say("never", "belum pernah").to_owned();
    let seen = file.seen_at.map_or_else(never, |at| {
        let ago = when::ago(at, here.app().clock.now(), language);
        format!("{ago} · {}", when::moment(at, when::HOME, language))
    });
    let mut facts = vec![
        (here.say("Role", "Peran").to_owned(), roles(here, file)),
        (here.say("Here last", "Terakhir terlihat").to_owned(), seen),
        (
            here.say("Made", "Dibuat").to_owned(),
            when::moment(account.created_at, when::HOME, language),
        ),
    ];
    if let Some((_, name, _)) = choice.clients.iter().find(|(_, _, is_on)| *is_on) {
        facts.push((
            here.say("Organiser", "Penyelenggara").to_owned(),
            name.clone(),
        ));
    }
    if let Some(until) = account
        .one_time_until
        .filter(|_| account.must_change_password)
    {
        facts.push((
            here.say(
                "One-time password good until",
                "Kata sandi sekali pakai berlaku sampai",
            )
            .to_owned(),
            when::moment(until, when::HOME, language),
        ));
    }
    let mut page = frame(here).at(&format!("/panel/staff/{}", account.id));
    page.wrong = wrong;
    let is_own = account.id == here.signed.account.id;
    Ok(Member {
        page,
        id: account.id.to_string(),
        name: account.name.clone(),
        email: account.email.clone(),
        facts,
        is_active: account.is_active,
        has_factor: file.has_factor,
        is_own,
        sessions: sessions(here, account.id).await?,
        may_manage: !is_own && here.signed.powers.may_manage(&file.powers),
        choice,
    })
}

async fn sessions(here: &Here, user: UserId) -> Result<Vec<SessionRow>, StoreError> {
    let (now, language) = (here.app().clock.now(), here.door.visitor.language);
    let sessions = here.app().sessions_of(user).await?.into_iter();
    let row = |session: Session| SessionRow {
        id: session.id.to_string(),
        agent: super::account::browser(&session.agent),
        address: session.address,
        began: when::moment(session.created_at, when::HOME, language),
        seen: when::ago(session.seen_at, now, language),
    };
    Ok(sessions.map(row).collect())
}

pub(super) async fn end_session(here: Here) -> Response {
    let typed = here.form().text("session");
    let session = match typed.as_str() {
        "all" => Ok(None),
        id => id.parse().map(Some).map_err(|_| UserError::Unknown),
    };
    let outcome = match (user(&here), session) {
        (Some(user), Ok(session)) => here.app().end_session_of(&here.signed, user, session).await,
        _ => Err(UserError::Unknown),
    };
    after(&here, "session_ended", outcome).await
}

/// What a form about an account came to.
async fn after(here: &Here, done: &str, outcome: Result<(), UserError>) -> Response {
    match outcome {
        Ok(()) => to(&format!("/panel/staff/{}?done={done}", here.name)),
        Err(error) => {
            let (code, said) = refused(&here.door, &error);
            member(here, Some(said), code).await
        }
    }
}

pub(super) async fn set_role(here: Here) -> Response {
    let (role, events) = (here.form().text("role"), events(&here));
    let outcome = match user(&here) {
        Some(user) => here.app().set_role(&here.signed, user, &role, events).await,
        None => Err(UserError::Unknown),
    };
    after(&here, "role", outcome).await
}

pub(super) async fn clear_factor(here: Here) -> Response {
    let outcome = match user(&here) {
        Some(user) => here.app().clear_factor(&here.signed, user).await,
        None => Err(UserError::Unknown),
    };
    after(&here, "factor_off", outcome).await
}

pub(super) async fn set_active(here: Here) -> Response {
    let is_active = here.form().text("active") == "1";
    let outcome = match user(&here) {
        Some(user) => {
            here.app()
                .set_account_active(&here.signed, user, is_active)
                .await
        }
        None => Err(UserError::Unknown),
    };
    let done = if is_active { "enabled" } else { "disabled" };
    after(&here, done, outcome).await
}

pub(super) async fn renew_password(here: Here) -> Response {
    let Some(user) = user(&here) else {
        return after(&here, "", Err(UserError::Unknown)).await;
    };
    match here.app().renew_password(&here.signed, user).await {
        Ok(secret) => match here.app().account_file(user).await {
            Ok(file) => tell(
                &here,
                &file.account.name,
                &file.account.email,
                &secret,
                user,
            ),
            Err(error) => after(&here, "", Err(error)).await,
        },
        Err(error) => after(&here, "", Err(error)).await,
    }
}
