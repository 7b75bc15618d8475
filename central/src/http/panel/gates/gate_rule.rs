//! What holds at all gates of an event: who may work them, the search by name, and tickets to rehearse with.

use askama::Template;
use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use chrono::DateTime;
use chrono_tz::Tz;
use documents::{RehearsalHead, rehearsal_sheets};
use sync_protocol::{
    search::{MIN_PASSPHRASE, Passphrase},
    time::Timestamp,
};
use zeroize::Zeroizing;

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        tab::Tab,
    },
    said,
};
use crate::{
    app::{
        rehearsal::MOST_REHEARSALS, search::SearchSetupError, search_runs::SearchRun,
        staff::StaffError, users::By,
    },
    domain::{event::Event, permission::Permission, policy::Thing},
    http::refusal::Refusal,
    store::{self, StoreError},
};

const MINUTE_MS: i64 = 60_000;
/// Longest life of rehearsal tickets, hours.
const MOST_HOURS: i64 = 720;

#[derive(Template)]
#[template(path = "panel/gate_rules.html")]
struct Page {
    page: Frame,
    name: String,
    slug: String,
    /// Minutes after which gates lock; `None` = nobody signs in.
    idle: Option<i64>,
    operators: Vec<(String, String, bool)>,
    has_search: bool,
    /// Names that are being sealed or taken away.
    run: Option<Run>,
    shortest: usize,
    may_staff: bool,
    may_manage: bool,
    most: u16,
}

/// How far the names are.
struct Run {
    done: u64,
    all: u64,
    is_stuck: bool,
}

impl Run {
    fn of(run: &SearchRun) -> Self {
        Self {
            done: run.done,
            all: run.total.max(run.done),
            is_stuck: run.stuck_at.is_some(),
        }
    }
}

pub(in super::super) async fn show(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    match load(here, event).await {
        Ok(mut template) => {
            if wrong.is_some() {
                template.page = template.page.at(&path(event));
            }
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

fn path(event: &Event) -> String {
    format!("/panel/events/{}/gate-rules", event.slug)
}

async fn load(here: &Here, event: &Event) -> Result<Page, StoreError> {
    let idle = {
        let mut tx = here.app().store.read().await?;
        store::staff::idle_ms(&mut tx, event.id).await?
    };
    let language = here.door.visitor.language;
    let staff = here.app().staff(Some(event.id)).await?;
    let operators = staff.into_iter().map(|member| {
        let role = member.roles.iter().find(|(at, _)| *at == event.id);
        let role = role.map_or_else(String::new, |(_, role)| {
            super::super::status::role(role.name(), language)
        });
        (member.account.name, role, member.account.is_active)
    });
    Ok(Page {
        page: Frame::of_event(here, event, Tab::Rules),
        name: event.name.clone(),
        slug: event.slug.clone(),
        idle: idle.map(|ms| ms / MINUTE_MS),
        operators: operators.collect(),
        has_search: here.app().has_search(event.id).await?,
        run: here.app().search_run(event.id).await?.as_ref().map(Run::of),
        shortest: MIN_PASSPHRASE,
        may_staff: here
            .signed
            .powers
            .may(Permission::StaffManage, Thing::Platform),
        may_manage: here.may(Permission::NodesManage, event),
        most: MOST_REHEARSALS,
    })
}

async fn after_staff(here: &Here, done: &str, outcome: Result<(), StaffError>) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    match outcome {
        Ok(()) => to(&format!("{}?done={done}", path(event))),
        Err(error) => {
            let (code, said) = said::staff(here, &error);
            page(here, Some(said), code).await
        }
    }
}

/// After how many minutes gates lock.
pub(in super::super) async fn set_idle(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let minutes = here.form().text("idle").parse().unwrap_or_default();
    let by = By::account(&here.signed.account);
    let outcome = here.app().set_idle_lock_by(&by, event.id, minutes).await;
    after_staff(&here, "idle", outcome).await
}

/// Gates work without signing in.
pub(in super::super) async fn open_to_all(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let by = By::account(&here.signed.account);
    let outcome = here.app().open_gates_to_all_by(&by, event.id).await;
    after_staff(&here, "open_to_all", outcome).await
}

/// Turns the search on or off, or gives it another passphrase.
pub(in super::super) async fn search(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let by = By::account(&here.signed.account);
    let typed = Zeroizing::new(here.form().raw("passphrase").to_owned());
    let (app, what) = (here.app(), here.form().text("what"));
    let outcome = match (what.as_str(), Passphrase::new(&typed)) {
        ("off", _) => {
            let off = app.ask_search_off_by(&by, event.id).await;
            off.map(|()| "search_off")
        }
        (_, Err(error)) => Err(error.into()),
        ("change", Ok(phrase)) => {
            let changed = app.change_search_passphrase_by(&by, event.id, phrase).await;
            changed.map(|()| "search_changed")
        }
        (_, Ok(phrase)) => {
            let on = app.ask_search_on_by(&by, event.id, phrase).await;
            on.map(|()| "search_on")
        }
    };
    match outcome {
        Ok(done) => to(&format!("{}?done={done}", path(event))),
        Err(error) => refused(&here, &error).await,
    }
}

async fn refused(here: &Here, error: &SearchSetupError) -> Response {
    let (code, said) = said::search(here, error);
    page(here, Some(said), code).await
}

/// Tickets to rehearse with, as a PDF.
pub(in super::super) async fn rehearse(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let count = here.form().text("count").parse().unwrap_or(0);
    let hours = here.form().text("hours").parse().unwrap_or(0);
    if !(1..=MOST_REHEARSALS).contains(&count) || !(1..=MOST_HOURS).contains(&hours) {
        let said = here.say(
            "Choose 1 to 500 tickets, good for 1 to 720 hours.",
            "Pilih 1 sampai 500 tiket, berlaku 1 sampai 720 jam.",
        );
        return page(
            &here,
            Some(said.to_owned()),
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    let by = By::account(&here.signed.account);
    match sheet(&here, &by, event, (count, hours)).await {
        Ok(pdf) => {
            let mut answer = (StatusCode::OK, pdf).into_response();
            let headers = answer.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
            let name = HeaderValue::from_static("attachment; filename=\"rehearsal.pdf\"");
            headers.insert(CONTENT_DISPOSITION, name);
            answer
        }
        Err(error) => {
            tracing::error!(%error, "rehearsal tickets not made");
            Refusal::INTERNAL.answer()
        }
    }
}

async fn sheet(here: &Here, by: &By, event: &Event, wish: (u16, i64)) -> anyhow::Result<Vec<u8>> {
    let made = here.app().make_rehearsals_by(by, event.id, wish).await?;
    let zone: Tz = event.time_zone.parse().unwrap_or(Tz::UTC);
    let moment = |at: Timestamp| DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    let until = moment(made.until).with_timezone(&zone);
    let until = until.format("%Y-%m-%d %H:%M %Z").to_string();
    let name = event.name.clone();
    // Hundreds of pages take a processor for a while.
    let drawn = tokio::task::spawn_blocking(move || {
        let head = RehearsalHead {
            event: &name,
            until: &until,
            made_at: moment(made.made_at),
        };
        rehearsal_sheets(&head, &made.codes)
    });
    Ok(drawn.await??)
}
