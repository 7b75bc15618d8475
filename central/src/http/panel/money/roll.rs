//! Wristband rolls of an event: made, taken in, withdrawn. Their list is `roll_list`.
//!
//! Invariant: codes leave by the files of `roll_file` alone, and a single wristband is withdrawn by its code without the
//! code being shown again, but for the hidden field of the page that asks whether one is sure: a code is as good as a
//! wristband.

use axum::response::Response;
use uuid::Uuid;

use super::{
    super::{
        door::{Here, to},
        guard,
    },
    nothing,
    roll_list::page,
    said::{self, Refused},
};
use crate::{
    app::{users::By, wristbands::WristbandError},
    domain::{event::Event, wristband::RollError},
    http::refusal::Refusal,
};

pub(in crate::http::panel) async fn make(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let form = here.form();
    let Ok(count) = form.text("count").parse::<u32>() else {
        let said = said::wrong(
            &here,
            "Say how many wristbands the roll has, in digits.",
            "Tulis berapa gelang di rol ini, dengan angka.",
        );
        return page(&here, Some(said)).await;
    };
    let (by, name) = (By::account(&here.signed.account), form.text("name"));
    let made = here.app().print_roll_by(&by, event.id, &name, count);
    let made = made.await.map(drop);
    answer(&here, event, made, "roll_made").await
}

pub(in crate::http::panel) async fn import(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let form = here.form();
    // Browsers end lines with two characters, and the last one with none or one.
    let list = form.text("list").replace("\r\n", "\n");
    let (by, name) = (By::account(&here.signed.account), form.text("name"));
    let app = here.app();
    let taken = app.import_roll_by(&by, event.id, &name, list.as_bytes());
    let taken = taken.await.map(drop);
    answer(&here, event, taken, "roll_taken").await
}

pub(in crate::http::panel) async fn withdraw(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let (form, by) = (here.form(), By::account(&here.signed.account));
    let code = form.text("code");
    if !code.is_empty() {
        let void = here.app().void_wristband_by(&by, event.id, &code).await;
        return answer(&here, event, void.map(drop), "roll_void").await;
    }
    let Ok(id) = form.text("roll").parse::<Uuid>() else {
        let said = said::wrong(
            &here,
            "Choose a roll, or type the code of a wristband.",
            "Pilih rol, atau ketik kode gelang.",
        );
        return page(&here, Some(said)).await;
    };
    let rolls = match here.app().wristband_rolls(event.id).await {
        Ok(rolls) => rolls,
        Err(error) => return guard::failed(&error),
    };
    let Some(found) = rolls.into_iter().find(|one| one.roll.id == id) else {
        return nothing(&here);
    };
    let void = here
        .app()
        .void_roll_by(&by, event.id, &found.roll.name)
        .await;
    answer(&here, event, void.map(drop), "roll_void").await
}

async fn answer(
    here: &Here,
    event: &Event,
    done: Result<(), WristbandError>,
    words: &str,
) -> Response {
    match done {
        Ok(()) => to(&format!(
            "/panel/events/{}/wristbands?done={words}",
            event.slug
        )),
        Err(error) => page(here, Some(refused(here, &error))).await,
    }
}

/// The sentence, and which lines of a list are wrong.
fn refused(here: &Here, error: &WristbandError) -> Refused {
    let mut said = said::refused(here, error);
    let english = here.door.visitor.language == documents::Language::English;
    if let (WristbandError::Roll(RollError::Lines(lines)), false) = (error, english) {
        let numbers: Vec<String> = lines
            .iter()
            .take(20)
            .map(|bad| bad.line.to_string())
            .collect();
        said.words = format!("{} Baris: {}.", said.words, numbers.join(", "));
    }
    said
}
