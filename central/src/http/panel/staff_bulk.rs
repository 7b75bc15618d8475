//! Deeds on accounts that were chosen in their list: their sessions end, or they sign in no more.
//!
//! Each is judged by itself, as on its own page: an account with rights that one lacks stays as it is, and so does one's own,
//! whose sessions end on one's own page.

use axum::response::Response;

use super::{
    door::Here,
    list::bulk::{Became, Deed, failed, picked, report},
    nav::Section,
    words,
};
use crate::{
    app::users::{AccountFile, UserError},
    domain::id::UserId,
};

const LIST: &str = "/panel/staff";

/// What is done to those that are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    EndSessions,
    SwitchOff,
}

/// The buttons that an account sees where there is another one that it may manage.
pub(super) fn deeds(here: &Here, shown: &[String]) -> Vec<Deed> {
    if shown.is_empty() {
        return Vec::new();
    }
    let end = here.say("End their sessions", "Akhiri sesinya");
    let off = here.say("Disable", "Nonaktifkan");
    vec![
        Deed::asked(here, "/panel/staff/sessions", end),
        Deed::asked(here, "/panel/staff/off", off),
    ]
}

pub(super) async fn end_sessions(here: Here) -> Response {
    let title = here.say("End sessions", "Akhiri sesi").to_owned();
    all(&here, &title, Wish::EndSessions).await
}

pub(super) async fn switch_off(here: Here) -> Response {
    let title = here.say("Disable accounts", "Nonaktifkan akun").to_owned();
    all(&here, &title, Wish::SwitchOff).await
}

async fn all(here: &Here, title: &str, wish: Wish) -> Response {
    let mut rows = Vec::new();
    for id in picked(here) {
        rows.push(one(here, &id, wish).await);
    }
    report(here, Section::Staff, (LIST, title), (rows, None))
}

async fn one(here: &Here, id: &str, wish: Wish) -> Became {
    let file = match id.parse::<UserId>() {
        Ok(user) => here.app().account_file(user).await,
        Err(_) => Err(UserError::Unknown),
    };
    match file {
        Ok(file) => done(here, &file, wish).await,
        Err(UserError::Store(error)) => Became::failed(here, id, &error),
        Err(error) => Became::not(here, id, String::new(), &said(here, &error)),
    }
}

async fn done(here: &Here, file: &AccountFile, wish: Wish) -> Became {
    let (account, by) = (&file.account, &here.signed);
    let (name, path) = (account.name.as_str(), format!("{LIST}/{}", account.id));
    if wish == Wish::SwitchOff && !account.is_active {
        let why = here.say("It was disabled before.", "Sudah nonaktif sebelumnya.");
        return Became::before(here, name, path, why);
    }
    let outcome = match wish {
        _ if account.id == by.account.id => Err(UserError::Own),
        Wish::EndSessions => here.app().end_session_of(by, account.id, None).await,
        Wish::SwitchOff => here.app().set_account_active(by, account.id, false).await,
    };
    match outcome {
        Ok(()) => Became::done(here, name, path),
        Err(error) => Became::not(here, name, path, &said(here, &error)),
    }
}

fn said(here: &Here, error: &UserError) -> String {
    match error {
        UserError::Store(error) => {
            tracing::error!(%error, "a chosen account was not changed");
            failed(here).to_owned()
        }
        other => words::user(other, here.app().clock.now(), here.door.visitor.language),
    }
}
