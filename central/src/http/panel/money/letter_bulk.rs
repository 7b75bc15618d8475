//! Letters that were chosen in their list, tried again one by one. One that waits is tried by itself, and one that has left
//! is not sent a second time.

use axum::response::Response;
use uuid::Uuid;

use super::{
    super::{
        door::Here,
        list::bulk::{Became, Deed, picked, report},
        nav::Section,
    },
    words,
};
use crate::{
    app::trail::Actor,
    store::{self, StoreError},
};

/// The button, where there is something to try again.
pub(super) fn deeds(here: &Here, given_up: &[String]) -> Vec<Deed> {
    if given_up.is_empty() {
        return Vec::new();
    }
    let label = here.say("Try the chosen again", "Coba lagi yang dipilih");
    vec![Deed {
        path: "/panel/letters/again",
        words: label.to_owned(),
        sure: None,
        is_grave: false,
        note: None,
    }]
}

pub(in crate::http::panel) async fn again(here: Here) -> Response {
    let title = here.say("Try letters again", "Coba lagi surat");
    let mut rows = Vec::new();
    for id in picked(&here) {
        let row = one(&here, &id).await;
        rows.push(row.unwrap_or_else(|error| Became::failed(&here, &id, &error)));
    }
    let list = ("/panel/letters", title);
    report(&here, Section::Letters, list, (rows, None))
}

async fn one(here: &Here, row: &str) -> Result<Became, StoreError> {
    let gone = || {
        let why = here.say(
            "There is no such letter, or it has left.",
            "Surat ini tidak ada, atau sudah terkirim.",
        );
        Became::not(here, row, String::new(), why)
    };
    let Ok(id) = row.parse::<Uuid>() else {
        return Ok(gone());
    };
    let found = {
        let mut tx = here.app().store.read().await?;
        store::letter_list::by_id(&mut tx, id).await?
    };
    let Some(letter) = found else {
        return Ok(gone());
    };
    let path = format!("/panel/letters/reading?letter={id}");
    let kind = words::letter(letter.kind, here.door.visitor.language);
    let name = match &letter.order {
        Some(order) => format!("{kind} · {order}"),
        None => kind.to_owned(),
    };
    let by = Actor::from(&here.signed.account);
    Ok(match here.app().retry_letter_by(id, &by).await? {
        true => Became::done(here, &name, path),
        false => {
            let why = here.say("It is tried by itself.", "Surat ini dicoba sendiri.");
            Became::before(here, &name, path, why)
        }
    })
}
