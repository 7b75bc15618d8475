//! How far the refunds of a cancelled event have come.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::super::{door::Here, frame::Frame, guard, nav::Tab, when};
use crate::{
    domain::{event::EventStatus, receipt::ReceiptKind},
    http::refusal::Refusal,
    store::{self, StoreError},
};

#[derive(Template)]
#[template(path = "panel/money/refund_run.html")]
struct Run {
    page: Frame,
    slug: String,
    name: String,
    is_cancelled: bool,
    run: Option<Progress>,
}

struct Progress {
    dealt: i64,
    /// Orders that were ever paid, and are dealt with by and by.
    paid: i64,
    failed: i64,
    by: String,
    begun: String,
    done: Option<String>,
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(Some(template)) => template.page.send(StatusCode::OK, &template),
        Ok(None) => Refusal::INTERNAL.answer(),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Option<Run>, StoreError> {
    let Some(event) = here.event() else {
        return Ok(None);
    };
    let language = here.door.visitor.language;
    let at = |moment| when::moment(moment, &event.time_zone, language);
    let mut tx = here.app().store.read().await?;
    let found = store::refund_run::of_event(&mut tx, event.id).await?;
    let numberings = store::receipt::numberings(&mut tx, event.id).await?;
    let sales = numberings
        .iter()
        .find(|(kind, ..)| *kind == ReceiptKind::Sale);
    let paid = sales.map_or(0, |(_, _, last)| *last);
    let run = match found {
        None => None,
        Some(run) => {
            let dealt = run.orders + run.failed;
            Some(Progress {
                dealt,
                paid: paid.max(dealt),
                failed: run.failed,
                by: super::refund_list::who(here, &run.asked_by),
                begun: at(run.started_at),
                done: run.done_at.map(at),
            })
        }
    };
    let frame = Frame::of_event(here, event, Tab::Overview);
    let section = here.say("Refunds", "Pengembalian");
    Ok(Some(Run {
        page: frame.below("/panel/refunds", section),
        slug: event.slug.clone(),
        name: event.name.clone(),
        is_cancelled: event.status == EventStatus::Cancelled,
        run,
    }))
}
