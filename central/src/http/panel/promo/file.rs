//! All codes of a list as a file, for whoever hands them out. Streamed a page at a time, so its length takes no memory.
//!
//! Invariant: a cell that a spreadsheet would take for a formula is text (`export::harmless`).

use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use tokio::sync::mpsc;

use super::list::{Question, question, state};
use crate::{
    app::{App, users::By},
    domain::promo_list::PromoState,
    http::panel::{door::Here, export, guard, typed},
    store::{self, StoreError, promo_list::PromoRow},
};

/// Rows that are asked for at once.
const PIECE: usize = 1_000;
/// Pieces that wait to be sent.
const AHEAD: usize = 2;

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(here).await
}

pub(in crate::http::panel) async fn csv_of_event(here: Here) -> Response {
    file(here).await
}

async fn file(here: Here) -> Response {
    let question = match begin(&here).await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let (send, receive) = mpsc::channel::<Result<Vec<u8>, std::io::Error>>(AHEAD);
    tokio::spawn(async move {
        if let Err(error) = write(&here, &question, &send).await {
            tracing::error!(%error, "list of codes not written");
            // The transfer breaks off, so that nobody takes a part for the whole.
            let _gone = send.send(Err(std::io::Error::other("broken off"))).await;
        }
    });
    let body = Body::from_stream(export::told(receive));
    let mut answer = (StatusCode::OK, body).into_response();
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    let name = HeaderValue::from_static("attachment; filename=\"promo-codes.csv\"");
    headers.insert(CONTENT_DISPOSITION, name);
    answer
}

/// Whoever takes codes away leaves a row in the audit trail.
async fn begin(here: &Here) -> Result<Question, StoreError> {
    let question = question(here).await?;
    let event = here.event().map(|event| event.slug.as_str());
    let by = By::account(&here.signed.account);
    let detail = json!({"event": event, "code": question.filter.code});
    here.app().note_alone(&by, "promos.export", detail).await?;
    Ok(question)
}

async fn write(
    here: &Here,
    question: &Question,
    send: &mpsc::Sender<Result<Vec<u8>, std::io::Error>>,
) -> Result<(), StoreError> {
    let head = [
        here.say("Code", "Kode"),
        here.say("Event", "Acara"),
        here.say("State", "Keadaan"),
        here.say("Used", "Terpakai"),
        here.say("Quota", "Kuota"),
    ];
    // A mark by which spreadsheets know the encoding.
    let mut piece = "\u{FEFF}".as_bytes().to_vec();
    piece.extend(export::packed(std::iter::once(
        head.map(str::to_owned).to_vec(),
    )));
    let mut after = None;
    loop {
        if send.send(Ok(piece)).await.is_err() {
            return Ok(());
        }
        let rows = rows(here.app(), question, after.as_ref()).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some(last.place());
        piece = rows
            .iter()
            .flat_map(|row| line(here, question, row))
            .collect();
    }
}

async fn rows(
    app: &App,
    question: &Question,
    after: Option<&crate::domain::promo_list::PromoPlace>,
) -> Result<Vec<PromoRow>, StoreError> {
    let mut tx = app.store.read().await?;
    let (limit, now) = (question.limit.as_deref(), app.clock.now());
    store::promo_list::page(&mut tx, limit, &question.filter, (after, now), PIECE).await
}

fn line(here: &Here, question: &Question, row: &PromoRow) -> Vec<u8> {
    let event = question.events.get(&row.event);
    let promo = &row.promo;
    let cells = [
        export::harmless(&promo.code),
        event.map_or_else(String::new, |event| export::harmless(&event.name)),
        state(PromoState::of(promo, here.app().clock.now()), here)
            .0
            .to_owned(),
        promo.used.to_string(),
        typed::limit_text(promo.quota),
    ];
    export::packed(std::iter::once(cells.to_vec()))
}
