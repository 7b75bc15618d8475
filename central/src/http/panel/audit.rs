//! The audit trail, the latest first.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use serde_json::Value;
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{door::Here, frame::Frame, guard, nav::Section, when};
use crate::{
    domain::order_search::Place,
    store::{self, StoreError, audit::TrailRow},
};

const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "panel/audit.html")]
struct List {
    page: Frame,
    rows: Vec<Row>,
    action: String,
    next: Option<String>,
}

struct Row {
    when: String,
    who: String,
    action: String,
    subject: String,
    detail: Vec<(String, String)>,
}

pub(super) async fn list(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<List, StoreError> {
    let action: String = here.door.asked("action").trim().chars().take(60).collect();
    let after = Place::parse(here.door.asked("after"));
    let from = after.map_or((Timestamp(i64::MAX), Uuid::max()), |place| {
        (Timestamp(place.value), place.id)
    });
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut tx = here.app().store.read().await?;
    let mut rows = store::audit::before(&mut tx, from, &action, most).await?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| has_more).map(|last| {
        let place = Place {
            value: last.at.0,
            id: last.id,
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("action", &action);
        query.append_pair("after", &place.text());
        format!("/panel/audit?{}", query.finish())
    });
    Ok(List {
        page: Frame::inside(here, Section::Audit),
        rows: rows.into_iter().map(|row| shown(here, row)).collect(),
        action,
        next,
    })
}

fn shown(here: &Here, row: TrailRow) -> Row {
    let language = here.door.visitor.language;
    let mut detail = pairs(&row.detail);
    let by = detail.iter().position(|(name, _)| name == "by");
    let by = by.map(|at| detail.remove(at).1);
    Row {
        when: when::moment(row.at, when::HOME, language),
        who: row.actor.or(by).unwrap_or(row.actor_kind),
        action: row.action,
        subject: row.subject_kind,
        detail,
    }
}

/// The details as names and values.
pub(super) fn pairs(detail: &str) -> Vec<(String, String)> {
    let Ok(Value::Object(fields)) = serde_json::from_str(detail) else {
        return vec![(String::new(), detail.to_owned())];
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| (name.clone(), text(value)));
    pairs.collect()
}
