//! Deeds on gate staff that was chosen in its list: they may sign in at gates, or no more. Each is judged by itself.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        list::bulk::{Became, Deed, picked, report},
        nav::Section,
    },
    said,
};
use crate::{app::users::By, store};

const LIST: &str = "/panel/operators";

/// The buttons; the harmless one first, because the enter key presses the first.
pub(super) fn deeds(here: &Here) -> Vec<Deed> {
    let on = Deed {
        path: "/panel/operators/chosen/on",
        words: here.say("Enable", "Aktifkan").to_owned(),
        sure: None,
        is_grave: false,
        note: None,
    };
    let off = here.say("Disable", "Nonaktifkan");
    vec![on, Deed::asked(here, "/panel/operators/chosen/off", off)]
}

pub(in super::super) async fn switch_on(here: Here) -> Response {
    let title = here.say("Enable gate staff", "Aktifkan petugas").to_owned();
    all(&here, &title, true).await
}

pub(in super::super) async fn switch_off(here: Here) -> Response {
    let title = here
        .say("Disable gate staff", "Nonaktifkan petugas")
        .to_owned();
    all(&here, &title, false).await
}

async fn all(here: &Here, title: &str, is_active: bool) -> Response {
    let mut rows = Vec::new();
    for login in picked(here) {
        rows.push(one(here, &login, is_active).await);
    }
    report(here, Section::Operators, (LIST, title), (rows, None))
}

async fn one(here: &Here, login: &str, is_active: bool) -> Became {
    let found = async {
        let mut tx = here.app().store.read().await?;
        store::staff::by_login(&mut tx, login).await
    };
    let account = match found.await {
        Ok(Some(account)) => account,
        Ok(None) => {
            let why = here.say(
                "Nobody signs in at gates by this name.",
                "Tidak ada petugas dengan nama masuk ini.",
            );
            return Became::not(here, login, String::new(), why);
        }
        Err(error) => return Became::failed(here, login, &error),
    };
    let (name, path) = (account.name.as_str(), format!("{LIST}/{}", account.login));
    if account.is_active == is_active {
        let why = here.say("It stood so before.", "Sudah begitu sebelumnya.");
        return Became::before(here, name, path, why);
    }
    let by = By::account(&here.signed.account);
    let set = here.app().set_staff_active_by(&by, login, is_active);
    match set.await {
        Ok(()) => Became::done(here, name, path),
        Err(error) => Became::not(here, name, path, &said::staff(here, &error).1),
    }
}
