//! Wristband rolls of an event: made, taken in, withdrawn; how many of each are in use is counted when it is asked for.
//!
//! Invariant: codes leave by the files of `roll_file` alone, and a single wristband is withdrawn by its code without the
//! code being shown again: a code is as good as a wristband.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::wristband::WristbandStatus;
use uuid::Uuid;

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        tab::Tab,
        when,
    },
    nothing,
    said::{self, Refused},
};
use crate::{
    app::{
        users::By,
        wristbands::{RollSummary, WristbandError},
    },
    domain::{
        event::Event,
        permission::Permission,
        wristband::{RollError, RollKind},
    },
    http::refusal::Refusal,
    store::{self, StoreError},
};

#[derive(Template)]
#[template(path = "panel/money/rolls.html")]
struct List {
    page: Frame,
    slug: String,
    name: String,
    rows: Vec<Row>,
    /// The event gives wristbands for tickets.
    binds: bool,
    counts: bool,
    may_manage: bool,
    typed: Typed,
}

/// What was typed into a form that was refused.
struct Typed {
    roll: String,
    count: String,
    imported: String,
    list: String,
}

struct Row {
    id: String,
    name: String,
    is_ours: bool,
    count: u32,
    serials: String,
    void: u64,
    used: Option<u64>,
    is_void: bool,
    made: String,
}

pub(in crate::http::panel) async fn list(here: Here) -> Response {
    page(&here, None).await
}

pub(super) async fn page(here: &Here, refused: Option<Refused>) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let code = refused.as_ref().map_or(StatusCode::OK, |one| one.status);
    match load(here, event).await {
        Ok(mut template) => {
            template.page.wrong = refused.map(|one| one.words);
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here, event: &Event) -> Result<List, StoreError> {
    let counts = here.door.asked("count") == "1";
    let used = match counts {
        true => here.app().wristbands_in_use(event.id).await?,
        false => BTreeMap::new(),
    };
    let rolls = here.app().wristband_rolls(event.id).await?;
    let binds = store::wristband::unbound(&mut here.app().store.read().await?, event.id).await?;
    let form = here.form();
    let is_import = !form.text("list").is_empty();
    let typed = |name: &str, is_wanted: bool| {
        if is_wanted {
            form.text(name)
        } else {
            String::new()
        }
    };
    Ok(List {
        page: Frame::of_event(here, event, Tab::Wristbands)
            .at(&format!("/panel/events/{}/wristbands", event.slug)),
        slug: event.slug.clone(),
        name: event.name.clone(),
        rows: rolls
            .iter()
            .map(|roll| shown(here, event, roll, used.get(&roll.roll.id).copied()))
            .collect(),
        binds: binds.is_some(),
        counts,
        may_manage: here.may(Permission::EventsManage, event),
        typed: Typed {
            roll: typed("name", !is_import),
            count: typed("count", true),
            imported: typed("name", is_import),
            list: typed("list", true),
        },
    })
}

fn shown(here: &Here, event: &Event, summary: &RollSummary, used: Option<u64>) -> Row {
    let roll = &summary.roll;
    let is_ours = roll.kind == RollKind::Printed;
    Row {
        id: roll.id.to_string(),
        name: roll.name.clone(),
        is_ours,
        count: roll.count(),
        serials: match is_ours {
            true => format!("{}–{}", roll.first, roll.last),
            false => String::new(),
        },
        void: summary.void,
        used,
        is_void: roll.status == WristbandStatus::Void,
        made: when::moment(
            roll.created_at,
            &event.time_zone,
            here.door.visitor.language,
        ),
    }
}

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
