//! The codes of a roll as files: sheets to print, and a table. Each leaves a row in the audit trail.

use axum::response::Response;
use chrono::DateTime;
use documents::{Band, SheetHead};
use serde_json::json;
use uuid::Uuid;

use super::{
    super::{door::Here, guard},
    nothing,
    paper::file,
    said,
};
use crate::{
    app::users::By,
    domain::{
        event::Event,
        wristband::{RollKind, RollRecord},
    },
    http::refusal::Refusal,
};

pub(in crate::http::panel) async fn sheet(here: Here) -> Response {
    let (event, roll) = match own(&here, "sheet").await {
        Ok(own) => own,
        Err(answer) => return *answer,
    };
    let app = here.app().clone();
    let name = format!("{}-{}.pdf", event.slug, roll.name);
    let drawn = tokio::task::spawn_blocking(move || {
        let head = SheetHead {
            event: &event.name,
            roll: &roll.name,
            made_at: DateTime::from_timestamp_millis(roll.created_at.0).unwrap_or_default(),
        };
        let codes = app.roll_codes(event.id, &roll);
        let bands = codes.map(|(serial, code)| Band { serial, code });
        let mut bytes = Vec::new();
        documents::wristband_sheets(&head, bands, &mut bytes).map(|_| bytes)
    });
    match drawn.await {
        Ok(Ok(bytes)) => file("application/pdf", &name, bytes),
        Ok(Err(error)) => {
            tracing::error!(%error, "sheets not drawn");
            Refusal::INTERNAL.answer()
        }
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

pub(in crate::http::panel) async fn codes(here: Here) -> Response {
    let (event, roll) = match own(&here, "table").await {
        Ok(own) => own,
        Err(answer) => return *answer,
    };
    let app = here.app().clone();
    let name = format!("{}-{}.csv", event.slug, roll.name);
    let written = tokio::task::spawn_blocking(move || {
        let codes = app.roll_codes(event.id, &roll);
        let lines = codes.map(|(serial, code)| format!("{serial},{code}\n"));
        let head = std::iter::once("serial,code\n".to_owned());
        head.chain(lines).collect::<String>()
    });
    match written.await {
        Ok(table) => file("text/csv; charset=utf-8", &name, table.into_bytes()),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// The roll that is asked for, if it is the event's and its codes are known here.
async fn own(here: &Here, what: &str) -> Result<(Event, RollRecord), Box<Response>> {
    let Some(event) = here.event().cloned() else {
        return Err(Box::new(Refusal::INTERNAL.answer()));
    };
    let failed = |error| Box::new(guard::failed(&error));
    let Ok(id) = here.door.asked("roll").parse::<Uuid>() else {
        let said = said::wrong(here, "Choose a roll.", "Pilih rol.");
        return Err(Box::new(super::roll_list::page(here, Some(said)).await));
    };
    let rolls = here.app().wristband_rolls(event.id).await.map_err(failed)?;
    let found = rolls.into_iter().map(|one| one.roll);
    let mut found = found.filter(|roll| roll.id == id && roll.kind == RollKind::Printed);
    let Some(roll) = found.next() else {
        return Err(Box::new(nothing(here)));
    };
    let by = By::account(&here.signed.account);
    let detail = json!({"event": event.slug, "roll": roll.name, "as": what});
    let noted = here.app().note_alone(&by, "wristband.print", detail).await;
    noted.map_err(failed)?;
    Ok((event, roll))
}
