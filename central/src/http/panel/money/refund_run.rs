//! How far the refunds of a cancelled event have come.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::super::{door::Here, frame::Frame, guard, tab::Tab, when};
use crate::{
    domain::event::EventStatus,
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
    /// Those and what is still to come.
    all: i64,
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
    let run = match store::refund_run::of_event(&mut tx, event.id).await? {
        None => None,
        Some(run) => {
            let dealt = run.orders + run.failed;
            let left = match run.done_at {
                Some(_) => 0,
                None => store::refund_run::left_after(&mut tx, &run).await?,
            };
            Some(Progress {
                dealt,
                all: dealt + left,
                failed: run.failed,
                by: super::refund_list::who(here, &run.asked_by),
                begun: at(run.started_at),
                done: run.done_at.map(at),
            })
        }
    };
    Ok(Some(Run {
        page: Frame::of_event(here, event, Tab::RefundRun),
        slug: event.slug.clone(),
        name: event.name.clone(),
        is_cancelled: event.status == EventStatus::Cancelled,
        run,
    }))
}
