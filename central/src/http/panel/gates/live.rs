//! The door of an event as it happens: a page that is whole without scripts, and the stream that keeps it true.
//!
//! Invariants: the stream tells what the page shows, in the same words, made of what all who watch share. Its clocks show
//! minutes, so that a door at which nothing happens is told of once a minute, and no clock stands still. What a browser
//! saw last (`Last-Event-ID`) is not told again, on whichever server it comes back. The stream ends when the session
//! does, or the right to see scans, and it is no sign of life, except on a wall: there nobody touches the page, and the
//! session's own end is the limit.

use std::{convert::Infallible, time::Duration};

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse as _, Response,
        sse::{Event as Message, KeepAlive, Sse},
    },
};
use data_encoding::HEXLOWER;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::{sync::mpsc, time::MissedTickBehavior};

use super::{
    super::{
        door::{Here, to},
        export,
        frame::Frame,
        guard,
        tab::Tab,
    },
    live_shown::Shown,
};
use crate::{
    app::live::DoorNow,
    domain::{event::Event, permission::Permission, policy::Thing},
    http::refusal::Refusal,
};

/// How often the session and its rights are looked at.
const PROVE: Duration = Duration::from_secs(3);
/// A browser that lost the stream comes back after this long.
const RETRY: Duration = Duration::from_secs(2);
/// Proxies close connections that are silent for longer.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

#[derive(Template)]
#[template(path = "panel/live.html")]
struct Page {
    page: Frame,
    name: String,
    slug: String,
    now: Shown,
}

#[derive(Template)]
#[template(path = "panel/live_wall.html")]
struct Wall {
    page: Frame,
    name: String,
    slug: String,
    now: Shown,
}

#[derive(Template)]
#[template(path = "panel/live_now.html")]
struct Now {
    now: Shown,
}

fn is_wall(here: &Here) -> bool {
    here.door.asked("wall") == "1"
}

pub(in super::super) async fn show(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let now = match here.app().door_seen(event.id).await {
        Ok(now) => Shown::new(&here.door.visitor, &now),
        Err(error) => return guard::event_failed(&error),
    };
    let page = Frame::of_event(&here, event, Tab::Live);
    let (name, slug) = (event.name.clone(), event.slug.clone());
    if is_wall(&here) {
        let template = Wall {
            page,
            name,
            slug,
            now,
        };
        return template.page.send(StatusCode::OK, &template);
    }
    let template = Page {
        page,
        name,
        slug,
        now,
    };
    template.page.send(StatusCode::OK, &template)
}

/// The stream; whoever does not ask for one is led to the page.
pub(in super::super) async fn stream(here: Here, headers: HeaderMap) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if !text("accept").is_some_and(|kinds| kinds.contains("text/event-stream")) {
        return to(&format!("/panel/events/{}/live", event.slug));
    }
    let told = text("last-event-id").map(str::to_owned);
    let (send, receive) = mpsc::channel(1);
    tokio::spawn(tell(here, event, told, send));
    let messages = export::told(receive).map(Ok::<_, Infallible>);
    let mut answer = Sse::new(messages)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    // Proxies that collect an answer before they send it would tell minutes later.
    let buffering = HeaderName::from_static("x-accel-buffering");
    answer
        .headers_mut()
        .insert(buffering, HeaderValue::from_static("no"));
    answer
}

async fn tell(here: Here, event: Event, mut told: Option<String>, send: mpsc::Sender<Message>) {
    let app = here.app();
    let mut door = app.doors.watch(app, event.id);
    let stopping = app.waits.stopping();
    let mut prove = tokio::time::interval(PROVE);
    prove.set_missed_tick_behavior(MissedTickBehavior::Delay);
    door.mark_changed();
    loop {
        tokio::select! {
            changed = door.changed() => {
                let now = door.borrow_and_update().clone();
                let message = now.and_then(|now| message(&here, &now, &mut told));
                let sent = match message {
                    Some(message) => send.send(message).await.is_ok(),
                    None => true,
                };
                // The watcher broke: the browser comes back to another.
                if changed.is_err() || !sent {
                    return;
                }
            }
            _ = prove.tick() => {
                if !may_still(&here, &event).await {
                    // Whoever does not read it has gone.
                    let _ = send.send(Message::default().event("end").data("-")).await;
                    return;
                }
            }
            () = send.closed() => return,
            () = stopping.cancelled() => return,
        }
    }
}

/// What changed, named by what it says.
fn message(here: &Here, now: &DoorNow, told: &mut Option<String>) -> Option<Message> {
    let now = Shown::new(&here.door.visitor, now);
    let html = match (Now { now }).render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "door not rendered");
            return None;
        }
    };
    let id = HEXLOWER.encode(&Sha256::digest(html.as_bytes())[..8]);
    if told.as_deref() == Some(id.as_str()) {
        return None;
    }
    *told = Some(id.clone());
    let message = Message::default().event("now").id(id).retry(RETRY);
    Some(message.data(html))
}

/// Whether the session is alive and still opens this event's scans.
async fn may_still(here: &Here, event: &Event) -> bool {
    let Some(token) = &here.door.token else {
        return false;
    };
    let app = here.app();
    let signed = match is_wall(here) {
        true => app.signed_in(token).await,
        false => app.still_signed_in(token).await,
    };
    let thing = Thing::Event {
        event: event.id,
        client: event.client,
    };
    match signed {
        Ok(signed) => signed.is_some_and(|signed| {
            signed.session.id == here.signed.session.id
                && signed.powers.may(Permission::ScansView, thing)
        }),
        Err(error) => {
            tracing::warn!(%error, "a watcher's session cannot be read");
            false
        }
    }
}
