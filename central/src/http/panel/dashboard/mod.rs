//! The overview: what needs somebody now, what was sold today, and how the next events stand.

mod sale;
mod task;

use askama::Template;
use axum::{http::StatusCode, response::Response};

use self::{sale::Sale, task::Task};
use super::{door::Here, frame::Frame, guard, nav::Section, number, status, when};
use crate::{
    domain::{
        event::{Event, EventStatus},
        permission::Permission,
        policy::Thing,
    },
    store::{self, StoreError},
};

/// Events that are shown.
const MOST_EVENTS: usize = 6;

#[derive(Template)]
#[template(path = "panel/dashboard.html")]
struct Dashboard {
    page: Frame,
    tasks: Vec<Task>,
    sales: Vec<Sale>,
    events: Vec<EventCard>,
    sees_events: bool,
}

struct EventCard {
    path: String,
    name: String,
    place: String,
    begins: String,
    status: status::Mark,
    sold: String,
    percent: i64,
}

pub(super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Dashboard, StoreError> {
    let events = {
        let mut tx = here.app().store.read().await?;
        store::event::all(&mut tx).await?
    };
    let watched = seen(here, &events, Permission::ScansView);
    let rushes = here.app().open_rushes(&watched).await?;
    let mut tx = here.app().store.read().await?;
    let tasks = task::all(here, &mut tx, &events, &rushes).await?;
    let sales = sale::today(here, &mut tx, &seen(here, &events, Permission::OrdersView)).await?;
    let now = here.app().clock.now();
    let mut shown = seen(here, &events, Permission::EventsView);
    shown.retain(|event| event.ends_at > now && event.status != EventStatus::Cancelled);
    shown.sort_by_key(|event| event.starts_at);
    shown.truncate(MOST_EVENTS);
    let sold = store::overview::sold(&mut tx).await?;
    let cards = shown.iter().map(|event| {
        let (taken, quota) = sold.get(&event.id).copied().unwrap_or_default();
        card(here, event, taken, quota)
    });
    Ok(Dashboard {
        page: Frame::inside(here, Section::Dashboard),
        events: cards.collect(),
        tasks,
        sales,
        sees_events: here.signed.powers.may(Permission::EventsView, Thing::List),
    })
}

/// The events that somebody sees by a permission.
fn seen<'a>(here: &Here, events: &'a [Event], permission: Permission) -> Vec<&'a Event> {
    let powers = &here.signed.powers;
    if !powers.may(permission, Thing::List) {
        return Vec::new();
    }
    let sight = powers.sight(permission);
    let seen = events
        .iter()
        .filter(|event| sight.shows(event.id, event.client));
    seen.collect()
}

fn card(here: &Here, event: &Event, taken: i64, quota: i64) -> EventCard {
    let language = here.door.visitor.language;
    EventCard {
        path: format!("/panel/events/{}", event.slug),
        name: event.name.clone(),
        place: event.place(),
        begins: when::moment(event.starts_at, &event.time_zone, language),
        status: status::event(event.status, language),
        sold: number::of(taken, quota, language),
        percent: if quota > 0 { taken * 100 / quota } else { 0 },
    }
}
