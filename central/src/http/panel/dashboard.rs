//! The overview: what needs somebody now, and how the next events stand.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{door::Here, frame::Frame, guard, nav::Section, status, when};
use crate::{
    domain::{
        event::{Event, EventStatus},
        node::NodeStatus,
        permission::Permission,
        policy::{Sight, Thing},
    },
    store::{self, StoreError, overview::PerEvent},
};

/// A node that was silent so long is worth a look.
const SILENT_MS: i64 = 15 * 60_000;
/// Events that are shown.
const MOST_EVENTS: usize = 6;

#[derive(Template)]
#[template(path = "panel/dashboard.html")]
struct Dashboard {
    page: Frame,
    tasks: Vec<Task>,
    events: Vec<EventCard>,
    sees_events: bool,
}

/// Something that waits for somebody.
struct Task {
    count: i64,
    words: String,
    path: &'static str,
    icon: &'static str,
    is_grave: bool,
}

struct EventCard {
    path: String,
    name: String,
    place: String,
    begins: String,
    status: status::Mark,
    taken: i64,
    quota: i64,
    percent: i64,
}

pub(super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Dashboard, StoreError> {
    let mut tx = here.app().store.read().await?;
    let events = store::event::all(&mut tx).await?;
    let seen = |sight: &Sight| -> Vec<Event> {
        let seen = events
            .iter()
            .filter(|event| sight.shows(event.id, event.client));
        seen.cloned().collect()
    };
    let powers = &here.signed.powers;
    let mut tasks = Vec::new();
    if powers.may(Permission::OrdersView, Thing::List) {
        let seen = seen(&powers.sight(Permission::OrdersView));
        let count = of(&store::overview::to_look_at(&mut tx).await?, &seen);
        tasks.push(Task {
            count,
            words: here
                .say("Orders to look at", "Pesanan yang perlu dilihat")
                .to_owned(),
            path: "/panel/orders?look=reason",
            icon: "receipt",
            is_grave: true,
        });
        let count = of(&store::overview::refunds(&mut tx).await?, &seen);
        tasks.push(Task {
            count,
            words: here
                .say(
                    "Refunds waiting for a decision",
                    "Pengembalian menunggu keputusan",
                )
                .to_owned(),
            path: "/panel/orders?look=reason",
            icon: "arrow-counterclockwise",
            is_grave: true,
        });
    }
    if powers.may(Permission::ScansView, Thing::List) {
        let seen = seen(&powers.sight(Permission::ScansView));
        let count = of(&store::overview::conflicts(&mut tx).await?, &seen);
        tasks.push(Task {
            count,
            words: here
                .say("Scans in conflict", "Pindaian dalam konflik")
                .to_owned(),
            path: "/panel/conflicts",
            icon: "exclamation-diamond",
            is_grave: true,
        });
        tasks.push(silent(here, &mut tx, &seen).await?);
    }
    if powers.may(Permission::AuditView, Thing::Platform) {
        tasks.push(Task {
            count: store::overview::letters_given_up(&mut tx).await?,
            words: here
                .say("Letters given up", "Surat gagal dikirim")
                .to_owned(),
            path: "/panel/audit",
            icon: "envelope-exclamation",
            is_grave: false,
        });
    }
    let factor = store::second_factor::of_user(&mut tx, here.signed.account.id).await?;
    if !factor.is_some_and(|factor| factor.is_confirmed) {
        tasks.push(Task {
            count: 1,
            words: here
                .say(
                    "Protect your account with a second factor",
                    "Lindungi akun Anda dengan faktor kedua",
                )
                .to_owned(),
            path: "/panel/account",
            icon: "shield-lock",
            is_grave: false,
        });
    }
    tasks.retain(|task| task.count > 0);
    let now = here.app().clock.now();
    let mut shown = seen(&powers.sight(Permission::EventsView));
    shown.retain(|event| event.ends_at > now && event.status != EventStatus::Cancelled);
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
        sees_events: powers.may(Permission::EventsView, Thing::List),
    })
}

async fn silent(here: &Here, tx: &mut store::Tx, seen: &[Event]) -> Result<Task, StoreError> {
    let now = here.app().clock.now();
    let running = |node: &crate::domain::node::Node| {
        let event = seen.iter().find(|event| event.id == node.event);
        let is_on = event.is_some_and(|event| event.starts_at <= now && now < event.ends_at);
        let heard = node.last_contact_at;
        let is_silent = heard.is_none_or(|at| now >= at.plus_ms(SILENT_MS));
        event.is_some()
            && (node.status == NodeStatus::Quarantined
                || (node.status == NodeStatus::Active && is_on && is_silent))
    };
    let nodes = store::node::all(tx).await?;
    let count = nodes.iter().filter(|node| running(node)).count();
    Ok(Task {
        count: i64::try_from(count).unwrap_or(i64::MAX),
        words: here
            .say(
                "Nodes silent or in quarantine",
                "Perangkat diam atau dikarantina",
            )
            .to_owned(),
        path: "/panel/nodes",
        icon: "hdd-network",
        is_grave: true,
    })
}

fn of(counts: &PerEvent, seen: &[Event]) -> i64 {
    seen.iter().filter_map(|event| counts.get(&event.id)).sum()
}

fn card(here: &Here, event: &Event, taken: i64, quota: i64) -> EventCard {
    let language = here.door.visitor.language;
    EventCard {
        path: format!("/panel/events/{}", event.slug),
        name: event.name.clone(),
        place: format!("{}, {}", event.venue, event.city),
        begins: when::moment(event.starts_at, &event.time_zone, language),
        status: status::event(event.status, language),
        taken,
        quota,
        percent: if quota > 0 { taken * 100 / quota } else { 0 },
    }
}
