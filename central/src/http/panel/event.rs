//! One event with what is missing before it can be opened to the public. The list is `event_list`.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::{Here, to},
    frame::Frame,
    guard, number, setup, status,
    tab::Tab,
    undo::{self, Undo},
    when,
};
use crate::{
    app::{panel_acts::PublishError, users::By},
    domain::{
        event::{Event, EventSetup, EventStatus},
        money::Money,
        opening::Opening,
        permission::Permission,
        readiness,
    },
    http::refusal::Refusal,
    store,
};

#[derive(Template)]
#[template(path = "panel/event.html")]
struct Detail {
    page: Frame,
    slug: String,
    name: String,
    status: status::Mark,
    facts: Vec<(String, String)>,
    /// What is missing, and where it is mended.
    missing: Vec<(&'static str, Option<String>)>,
    types: Vec<TypeRow>,
    days: Vec<(String, String)>,
    gates: Vec<String>,
    /// How the wish that it be opened stands.
    asked: Option<String>,
    may_ask: bool,
    may_withdraw: bool,
    may_decline: bool,
    may_manage: bool,
    may_publish: bool,
    may_close: bool,
    may_postpone: bool,
    may_cancel: bool,
    is_cancelled: bool,
    is_public: bool,
}

struct TypeRow {
    name: String,
    price: String,
    sold: String,
    percent: i64,
}

pub(super) async fn show(here: Here) -> Response {
    detail(&here, None, StatusCode::OK).await
}

async fn detail(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let loaded = async {
        let setup = here.app().event(event.id).await?;
        let mut tx = here.app().store.read().await?;
        Ok((setup, store::opening::of_event(&mut tx, event.id).await?))
    };
    let (setup, asked) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return guard::event_failed(&error),
    };
    let path = format!("/panel/events/{}", event.slug);
    let mut page = Frame::of_event(here, event, Tab::Overview).at(&path);
    page.wrong = wrong;
    let template = filled(here, page, &setup, asked.as_ref());
    template.page.send(code, &template)
}

fn filled(here: &Here, page: Frame, setup: &EventSetup, asked: Option<&Opening>) -> Detail {
    let (event, language) = (&setup.event, here.door.visitor.language);
    let now = here.app().clock.now();
    let moment = |at| when::moment(at, &event.time_zone, language);
    let may_manage = here.may(Permission::EventsManage, event);
    let may_open = here.may(Permission::EventsPublish, event);
    let may_move = |to| may_open && event.status.step(to).is_ok();
    let missing = match event.status {
        EventStatus::Draft | EventStatus::Closed | EventStatus::Postponed => {
            readiness::missing(setup, now)
        }
        _ => Vec::new(),
    };
    let is_ready = missing.is_empty();
    let may_open_yet = event.status.step(EventStatus::Published).is_ok();
    let (may_ask, waits) = (
        may_open_yet && setup::may_ask(here, event),
        asked.is_some_and(Opening::waits),
    );
    let kind = |kind: &crate::domain::event::TicketType| TypeRow {
        name: kind.name.clone(),
        price: Money::new(kind.price_minor, event.currency).text(language),
        sold: number::of(kind.taken, kind.quota, language),
        percent: if kind.quota > 0 {
            kind.taken * 100 / kind.quota
        } else {
            0
        },
    };
    let fact =
        |english, indonesian, value: String| (here.say(english, indonesian).to_owned(), value);
    Detail {
        page,
        slug: event.slug.clone(),
        name: event.name.clone(),
        status: status::event(event.status, language),
        facts: vec![
            fact("Begins", "Mulai", moment(event.starts_at)),
            fact("Ends", "Selesai", moment(event.ends_at)),
            fact("Place", "Tempat", event.place()),
            fact("Time zone", "Zona waktu", event.time_zone.clone()),
        ],
        missing: missing
            .iter()
            .map(|missing| {
                let step = missing.step().name();
                let path = may_manage.then(|| format!("/panel/events/{}/setup/{step}", event.slug));
                (setup::missing(here, *missing), path)
            })
            .collect(),
        types: setup.types_in_order().into_iter().map(kind).collect(),
        days: setup
            .days
            .iter()
            .map(|day| {
                let span = format!("{} – {}", moment(day.opens_at), moment(day.closes_at));
                (day.label.clone(), span)
            })
            .collect(),
        gates: setup.gates.iter().map(|gate| gate.name.clone()).collect(),
        asked: setup::opening_stands(here, event, asked, is_ready),
        may_ask: may_ask && !waits && is_ready,
        may_withdraw: may_ask && waits,
        may_decline: may_move(EventStatus::Published) && waits,
        may_manage,
        may_publish: may_move(EventStatus::Published),
        may_close: may_move(EventStatus::Closed),
        may_postpone: may_move(EventStatus::Postponed),
        may_cancel: may_move(EventStatus::Cancelled),
        is_cancelled: may_open && event.status == EventStatus::Cancelled,
        is_public: event.status != EventStatus::Draft,
    }
}

pub(super) async fn publish(here: Here) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let by = By::account(&here.signed.account);
    // What is no number was never offered.
    let left = here.form().text(LEFT);
    let left = (!left.is_empty()).then(|| left.parse().unwrap_or(-1));
    match here.app().publish_when_ready(&by, event.id, left).await {
        Ok(()) => to(&format!("/panel/events/{}?done=published", event.slug)),
        Err(PublishError::NotReady(_)) => {
            let said = here.say(
                "The event is not ready: complete what is listed below.",
                "Acara belum siap: lengkapi daftar di bawah.",
            );
            detail(
                &here,
                Some(said.to_owned()),
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
        Err(PublishError::Moved) => {
            let said = undo::changed(&here).to_owned();
            detail(&here, Some(said), StatusCode::CONFLICT).await
        }
        Err(PublishError::Event(error)) => moved(&here, &error).await,
    }
}

/// The move that a reverse takes back, by its number.
const LEFT: &str = "left";

pub(super) async fn close(here: Here) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let by = By::account(&here.signed.account);
    match here.app().close_sale(&by, event.id).await {
        Ok(left) => to(&closed(&here, &event, left)),
        Err(error) => moved(&here, &error).await,
    }
}

/// The event's page; an event that was on sale can be put on sale again as it was.
fn closed(here: &Here, event: &Event, (from, left): (EventStatus, i64)) -> String {
    let path = format!("/panel/events/{}", event.slug);
    if from != EventStatus::Published {
        return format!("{path}?done=closed");
    }
    Undo::new(format!("{path}/publish"))
        .field(LEFT, left.to_string())
        .after(here, &path, "closed")
}

/// It stands elsewhere by now.
async fn moved(here: &Here, error: &crate::app::events::EventError) -> Response {
    use crate::app::events::EventError::IllegalMove;
    if !matches!(error, IllegalMove(_)) {
        return guard::event_failed(error);
    }
    let said = here.say(
        "The event does not allow this as it stands now: look at its status.",
        "Status acara sekarang tidak memungkinkan itu: lihat statusnya.",
    );
    detail(here, Some(said.to_owned()), StatusCode::CONFLICT).await
}
