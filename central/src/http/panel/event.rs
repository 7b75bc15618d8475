//! Events: the list, and one with what is missing before it can be opened to the public.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::{Here, to},
    frame::Frame,
    guard,
    nav::{Section, Tab},
    status, when,
};
use crate::{
    app::{panel_acts::PublishError, users::By},
    domain::{
        event::{Event, EventSetup, EventStatus},
        money::Money,
        permission::Permission,
        readiness::{self, Missing},
    },
    http::refusal::Refusal,
    store,
};

#[derive(Template)]
#[template(path = "panel/events.html")]
struct List {
    page: Frame,
    rows: Vec<Row>,
    search: String,
}

struct Row {
    path: String,
    name: String,
    organiser: String,
    place: String,
    begins: String,
    status: status::Mark,
    taken: i64,
    quota: i64,
}

#[derive(Template)]
#[template(path = "panel/event.html")]
struct Detail {
    page: Frame,
    slug: String,
    name: String,
    status: status::Mark,
    facts: Vec<(String, String)>,
    missing: Vec<String>,
    types: Vec<TypeRow>,
    days: Vec<(String, String)>,
    gates: Vec<String>,
    may_publish: bool,
    may_close: bool,
    is_public: bool,
    sees_orders: bool,
    sees_scans: bool,
}

struct TypeRow {
    name: String,
    price: String,
    taken: i64,
    quota: i64,
    percent: i64,
}

pub(super) async fn list(here: Here) -> Response {
    let search = here.door.asked("q").trim().to_lowercase();
    let loaded = async {
        let mut tx = here.app().store.read().await?;
        let events = store::event::all(&mut tx).await?;
        let clients = store::client::all(&mut tx).await?;
        Ok((events, clients, store::overview::sold(&mut tx).await?))
    };
    let (events, clients, sold) = match loaded.await {
        Ok(loaded) => loaded,
        Err(error) => return guard::failed(&error),
    };
    let (language, sight) = (
        here.door.visitor.language,
        here.signed.powers.sight(Permission::EventsView),
    );
    let fits = |event: &&Event| {
        let text = format!("{} {} {}", event.name, event.venue, event.city).to_lowercase();
        sight.shows(event.id, event.client) && text.contains(&search)
    };
    let row = |event: &Event| {
        let (taken, quota) = sold.get(&event.id).copied().unwrap_or_default();
        let organiser = clients.iter().find(|client| client.id == event.client);
        Row {
            path: format!("/panel/events/{}", event.slug),
            name: event.name.clone(),
            organiser: organiser.map_or_else(String::new, |client| client.name.clone()),
            place: format!("{}, {}", event.venue, event.city),
            begins: when::moment(event.starts_at, &event.time_zone, language),
            status: status::event(event.status, language),
            taken,
            quota,
        }
    };
    let template = List {
        page: Frame::inside(&here, Section::Events),
        rows: events.iter().filter(fits).map(row).collect(),
        search: here.door.asked("q").to_owned(),
    };
    template.page.send(StatusCode::OK, &template)
}

pub(super) async fn show(here: Here) -> Response {
    detail(&here, None, StatusCode::OK).await
}

async fn detail(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let setup = match here.app().event(event.id).await {
        Ok(setup) => setup,
        Err(error) => return guard::event_failed(&error),
    };
    let path = format!("/panel/events/{}", event.slug);
    let mut page = Frame::of_event(here, event, Tab::Overview).at(&path);
    page.wrong = wrong;
    let template = filled(here, page, &setup);
    template.page.send(code, &template)
}

fn filled(here: &Here, page: Frame, setup: &EventSetup) -> Detail {
    let (event, language) = (&setup.event, here.door.visitor.language);
    let now = here.app().clock.now();
    let moment = |at| when::moment(at, &event.time_zone, language);
    let may_manage = here.may(Permission::EventsManage, event);
    let missing = match event.status {
        EventStatus::Draft | EventStatus::Closed | EventStatus::Postponed => {
            readiness::missing(setup, now)
        }
        _ => Vec::new(),
    };
    let kind = |kind: &crate::domain::event::TicketType| TypeRow {
        name: kind.name.clone(),
        price: Money::new(kind.price_minor, event.currency).text(language),
        taken: kind.taken,
        quota: kind.quota,
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
            fact(
                "Place",
                "Tempat",
                format!("{}, {}", event.venue, event.city),
            ),
            fact("Time zone", "Zona waktu", event.time_zone.clone()),
        ],
        missing: missing
            .iter()
            .map(|missing| missing_words(here, *missing).to_owned())
            .collect(),
        types: setup.types.iter().map(kind).collect(),
        days: setup
            .days
            .iter()
            .map(|day| {
                let span = format!("{} – {}", moment(day.opens_at), moment(day.closes_at));
                (day.label.clone(), span)
            })
            .collect(),
        gates: setup.gates.iter().map(|gate| gate.name.clone()).collect(),
        may_publish: may_manage && event.status.step(EventStatus::Published).is_ok(),
        may_close: may_manage && event.status.step(EventStatus::Closed).is_ok(),
        is_public: event.status != EventStatus::Draft,
        sees_orders: here.may(Permission::OrdersView, event),
        sees_scans: here.may(Permission::ScansView, event),
    }
}

fn missing_words(here: &Here, missing: Missing) -> &str {
    let (english, indonesian) = match missing {
        Missing::Summary => ("A summary for lists", "Ringkasan untuk daftar"),
        Missing::Description => ("A description for its page", "Keterangan untuk halamannya"),
        Missing::Terms => (
            "Terms that buyers agree to",
            "Ketentuan yang disetujui pembeli",
        ),
        Missing::Place => ("A venue and a city", "Tempat dan kota"),
        Missing::Days => ("At least one event day", "Paling sedikit satu hari acara"),
        Missing::Types => (
            "At least one ticket type",
            "Paling sedikit satu jenis tiket",
        ),
        Missing::VisibleTypes => (
            "A ticket type that everybody sees",
            "Jenis tiket yang terlihat semua orang",
        ),
        Missing::TypeDays => (
            "Event days for every ticket type",
            "Hari acara untuk setiap jenis tiket",
        ),
        Missing::OpenSale => ("A sale that has not ended", "Penjualan yang belum berakhir"),
        Missing::Gates => ("At least one gate", "Paling sedikit satu gerbang"),
        Missing::Future => ("An end in the future", "Waktu selesai yang belum lewat"),
    };
    here.say(english, indonesian)
}

pub(super) async fn publish(here: Here) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let by = By::account(&here.signed.account);
    match here.app().publish_when_ready(&by, event.id).await {
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
        Err(PublishError::Event(error)) => moved(&here, &error).await,
    }
}

pub(super) async fn close(here: Here) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let by = By::account(&here.signed.account);
    match here.app().close_sale(&by, event.id).await {
        Ok(()) => to(&format!("/panel/events/{}?done=closed", event.slug)),
        Err(error) => moved(&here, &error).await,
    }
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
