//! Reports: of one event, or of all that an account sees; as a page with pictures, and each table as a file.
//!
//! Invariants: whatever filters stand in the address, only events are added up that the account may see reports of. All
//! questions of one page see one moment of the database, so that its tables agree. A file is the table of the page.

mod asked;
mod cell;
mod crowd;
mod file;
mod money;
mod slice;
mod words;

use askama::Template;
use axum::{http::StatusCode, response::Response};

use self::{
    asked::Asked,
    cell::{Table, Tile},
};
use super::{
    door::Here,
    frame::Frame,
    guard,
    nav::{Section, Tab},
};
use crate::{
    domain::report::sale,
    http::refusal::Refusal,
    store::{self, StoreError},
};

pub(super) use self::file::{csv, xlsx};

#[derive(Template)]
#[template(path = "panel/reports.html")]
struct Page {
    page: Frame,
    /// Address of the page without what is asked.
    path: String,
    /// What is asked, for the addresses of files.
    query: String,
    from: String,
    until: String,
    zone: String,
    events: Vec<(String, String, bool)>,
    clients: Vec<(String, String, bool)>,
    tiles: Vec<Tile>,
    groups: Vec<Group>,
    is_empty: bool,
    language: documents::Language,
}

/// Tables under one heading.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) tables: Vec<Table>,
}

/// What a page or a file is made of.
struct Report {
    asked: Asked,
    tiles: Vec<Tile>,
    groups: Vec<Group>,
}

pub(super) async fn show(here: Here) -> Response {
    let report = match load(&here).await {
        Ok(Some(report)) => report,
        Ok(None) => return Refusal::NOT_FOUND.answer(),
        Err(error) => return guard::failed(&error),
    };
    let asked = &report.asked;
    let page = match here.event() {
        Some(event) => Frame::of_event(&here, event, Tab::Reports),
        None => Frame::inside(&here, Section::Reports),
    };
    let template = Page {
        page,
        path: asked.path.clone(),
        query: asked.query(),
        from: asked.period.first().to_string(),
        until: asked.period.last().to_string(),
        zone: asked.period.zone().to_string(),
        events: asked.choices.clone(),
        clients: asked.clients.clone(),
        is_empty: report.groups.iter().all(|group| group.tables.is_empty()),
        tiles: report.tiles,
        groups: report.groups,
        language: here.door.visitor.language,
    };
    template.page.send(StatusCode::OK, &template)
}

/// `None` where an organiser or an event is asked for that is not there to see.
async fn load(here: &Here) -> Result<Option<Report>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let Some(asked) = asked::read(here, &mut tx).await? else {
        return Ok(None);
    };
    let (events, period) = (asked.ids(), &asked.period);
    let (from, until) = (period.from(), period.until());
    let step = period.step();
    let sold = store::report::sale::sold(&mut tx, &events, from, until).await?;
    let returned = store::report::sale::returned(&mut tx, &events, from, until).await?;
    let sold = money::Sold {
        sales: sale::add_up(period, step, &sold, &returned),
        types: store::report::sale::types(&mut tx, &events, from, until).await?,
        promos: store::report::sale::promos(&mut tx, &events, from, until).await?,
    };
    let mut groups = money::groups(here, &asked, &sold);
    if let Some(event) = asked.one() {
        let crowd = crowd::Crowd {
            minutes: store::report::scan::minutes(&mut tx, event.id, from, until).await?,
            refusals: store::report::scan::refusals(&mut tx, event.id, from, until).await?,
            came: store::report::scan::came(&mut tx, event.id, from, until).await?,
            by_day: store::report::scan::came_by_day(&mut tx, event.id, from, until).await?,
            gates: store::gate::of_event(&mut tx, event.id).await?,
            days: store::event_day::of_event(&mut tx, event.id).await?,
        };
        groups.extend(crowd::group(here, event, &crowd));
    }
    Ok(Some(Report {
        tiles: money::tiles(here, &sold.sales),
        groups,
        asked,
    }))
}
