//! Filters that somebody keeps: kept and forgotten from the list that they belong to.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use uuid::Uuid;

use super::super::{
    door::{Here, to},
    frame::Frame,
    guard,
    nav::Section,
    sign_in::own,
    undo::Undo,
};
use crate::{
    app::saved_filters::SavedFilterError,
    domain::saved_filter::{MOST_OF_LIST, Unfit, Wish},
    http::refusal::Refusal,
};

/// What was wrong, with what was typed.
#[derive(Template)]
#[template(path = "panel/saved.html")]
struct Again {
    page: Frame,
    list: String,
    name: String,
    query: String,
    back: String,
}

pub(in crate::http::panel) async fn keep(here: Here) -> Response {
    let form = here.form();
    let wish = Wish::read(&form.text("list"), &form.text("name"), &form.text("query"));
    let kept = match wish {
        Ok(wish) => here.app().keep_filter(here.signed.account.id, &wish).await,
        Err(why) => Err(SavedFilterError::Unfit(why)),
    };
    match kept {
        Ok(()) => back(&here, "kept"),
        Err(SavedFilterError::Unfit(why)) => again(&here, why),
        Err(SavedFilterError::Store(error)) => guard::failed(&error),
    }
}

pub(in crate::http::panel) async fn forget(here: Here) -> Response {
    let Ok(id) = Uuid::try_parse(&here.form().text("id")) else {
        return back(&here, "");
    };
    match here.app().forget_filter(here.signed.account.id, id).await {
        Ok(Some(was)) => forgotten(&here, was),
        // Another account's is none.
        Ok(None) => Refusal::NOT_FOUND.answer(),
        Err(error) => guard::failed(&error),
    }
}

/// To the list, which offers to keep it again.
fn forgotten(here: &Here, was: Wish) -> Response {
    let path = whence(here);
    let undo = Undo::new("/panel/saved")
        .field("list", was.list)
        .field("name", was.name)
        .field("query", was.query)
        .field("back", path.as_str());
    to(&undo.after(here, &path, "forgotten"))
}

/// The list that the form was sent from.
fn whence(here: &Here) -> String {
    let typed = here.form().text("back");
    own(&typed).unwrap_or("/panel").to_owned()
}

fn back(here: &Here, done: &str) -> Response {
    let path = whence(here);
    let sign = if path.contains('?') { '&' } else { '?' };
    let done = if done.is_empty() {
        String::new()
    } else {
        format!("{sign}done={done}")
    };
    to(&format!("{path}{done}"))
}

fn again(here: &Here, why: Unfit) -> Response {
    let wrong = match why {
        Unfit::Name => here.say(
            "Give the filters a name of 1 to 60 characters.",
            "Beri saringan nama 1 sampai 60 karakter.",
        ),
        Unfit::Query => here.say(
            "There is no filter to keep, or too long a one: go back to the list and set one.",
            "Tidak ada saringan untuk disimpan, atau terlalu panjang: kembali ke daftar dan pilih satu.",
        ),
        Unfit::Many => here.say(
            "You keep as many filters as there may be, 20 of a list: forget one first.",
            "Saringan tersimpan sudah penuh, 20 per daftar: hapus satu dahulu.",
        ),
    };
    debug_assert_eq!(MOST_OF_LIST, 20, "as the words say");
    let form = here.form();
    let back = whence(here);
    let template = Again {
        page: Frame::inside(here, Section::Account)
            .at("/panel/account")
            .with_wrong(wrong.to_owned()),
        list: form.text("list"),
        name: form.text("name"),
        query: form.text("query"),
        back,
    };
    template
        .page
        .send(StatusCode::UNPROCESSABLE_ENTITY, &template)
}
