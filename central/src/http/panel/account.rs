//! One's own account: password, second factor, sessions.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    cookie,
    door::{self, Here, to},
    frame::Frame,
    guard,
    nav::Section,
    sign_in::refused,
    status, when,
};
use crate::app::users::UserError;

#[derive(Template)]
#[template(path = "panel/account.html")]
struct Account {
    page: Frame,
    name: String,
    email: String,
    roles: String,
    /// Recovery codes that are left; `None` = no second factor.
    factor: Option<i64>,
    sessions: Vec<SessionRow>,
}

struct SessionRow {
    id: String,
    agent: String,
    address: String,
    began: String,
    seen: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "panel/password.html")]
struct Password {
    page: Frame,
    must: bool,
}

pub(super) async fn show(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

/// The page, with what was wrong.
pub(super) async fn page(here: &Here, wrong: Option<String>, status: StatusCode) -> Response {
    let (app, account) = (here.app(), &here.signed.account);
    let loaded = async {
        let factor = app.factor_of(account.id).await?;
        Ok((factor, app.sessions_of(account.id).await?))
    };
    let (factor, sessions) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return guard::failed(&error),
    };
    let (now, language) = (app.clock.now(), here.door.visitor.language);
    let row = |session: crate::domain::session::Session| SessionRow {
        id: session.id.to_string(),
        agent: browser(&session.agent),
        address: session.address,
        began: when::moment(session.created_at, when::HOME, language),
        seen: when::ago(session.seen_at, now, language),
        is_this: session.id == here.signed.session.id,
    };
    let roles = here.signed.powers.grants.iter();
    let roles: Vec<_> = roles
        .map(|grant| status::role(&grant.role.name, language))
        .collect();
    let mut frame = Frame::inside(here, Section::Account).at("/panel/account");
    frame.wrong = wrong;
    let template = Account {
        page: frame,
        name: account.name.clone(),
        email: account.email.clone(),
        roles: roles.join(", "),
        factor,
        sessions: sessions.into_iter().map(row).collect(),
    };
    template.page.send(status, &template)
}

/// A browser by its usual name, out of what it says of itself.
pub(super) fn browser(agent: &str) -> String {
    const NAMES: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 5] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let of = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (of(&NAMES), of(&SYSTEMS)) {
        (Some(name), Some(system)) => format!("{name}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

pub(super) async fn password(here: Here) -> Response {
    password_page(&here, None, StatusCode::OK)
}

fn password_page(here: &Here, wrong: Option<String>, status: StatusCode) -> Response {
    let name = here.say("My account", "Akun saya").to_owned();
    let mut frame = Frame::inside(here, Section::Account).at(guard::CHANGE);
    let must = here.signed.account.must_change_password;
    if !must {
        frame = frame.below("/panel/account", &name);
    }
    frame.wrong = wrong;
    let template = Password { page: frame, must };
    template.page.send(status, &template)
}

pub(super) async fn set_password(here: Here) -> Response {
    let door = &here.door;
    let (group, address) = (door.caller.group(), door::address(door.caller));
    let attempt = door.attempt(&group, &address);
    let form = here.form();
    if form.raw("password") != form.raw("again") {
        let said = here.say(
            "The two new passwords differ: type them again.",
            "Kedua kata sandi baru berbeda: ketik lagi.",
        );
        return password_page(
            &here,
            Some(said.to_owned()),
            StatusCode::UNPROCESSABLE_ENTITY,
        );
    }
    let changed = door
        .app
        .change_password(
            &here.signed,
            form.raw("old"),
            form.raw("password"),
            &attempt,
        )
        .await;
    match changed {
        Ok(opened) => {
            let mut answer = to("/panel?done=password");
            cookie::keep(&mut answer, &door.app, &opened);
            answer
        }
        Err(error) => {
            let (status, said) = refused(door, &error);
            password_page(&here, Some(said), status)
        }
    }
}

pub(super) async fn end_session(here: Here) -> Response {
    let (app, account) = (here.app(), &here.signed.account);
    let typed = here.form().text("session");
    let ended = match typed.as_str() {
        "others" => {
            let ended = app.end_other_sessions(&here.signed).await;
            ended.map(|()| "sessions_ended").map_err(UserError::from)
        }
        id => match id.parse() {
            Ok(session) => {
                let ended = app.end_session(account, account.id, session).await;
                ended.map(|()| "session_ended")
            }
            Err(_) => return to("/panel/account"),
        },
    };
    match ended {
        Ok(done) => to(&format!("/panel/account?done={done}")),
        Err(error) => {
            let (status, said) = refused(&here.door, &error);
            page(&here, Some(said), status).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_have_short_names() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome, Linux");
        assert_eq!(browser("curl/8"), "curl/8");
    }
}
