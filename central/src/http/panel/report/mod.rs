//! Reports: of one event, or of all that an account sees; as a page with pictures, and each table as a file.
//!
//! Invariants: whatever filters stand in the address, only events are added up that the account may see reports of. All
//! questions of one page see one moment of the database, so that its tables agree. A file is the table of the page, and asks
//! no more than that needs.

mod asked;
mod cell;
mod crowd;
mod file;
mod money;
mod slice;
mod words;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use documents::Language;

use self::{
    asked::Asked,
    cell::{Table, Tile},
};
use super::{door::Here, frame::Frame, guard, nav::Section, tab::Tab};
use crate::{
    app::reports::{Facts, Questions, ReportAsk},
    domain::report::{period::Period, sale},
    http::refusal::Refusal,
    store::StoreError,
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
    /// The days that are reported, in words.
    days: String,
    zone: String,
    events: Vec<(String, String, bool)>,
    clients: Vec<(String, String, bool)>,
    tiles: Vec<Tile>,
    groups: Vec<Group>,
    is_empty: bool,
    language: Language,
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
    let report = match load(&here, None).await {
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
        days: days(asked, here.door.visitor.language),
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

/// `Tue 1 December 2026`, `Tue 1 December 2026 – Thu 3 December 2026`
fn days(asked: &Asked, language: Language) -> String {
    let (first, last) = (asked.period.first(), asked.period.last());
    if first == last {
        return language.day(first);
    }
    format!("{} – {}", language.day(first), language.day(last))
}

/// The questions that this table, or else the whole page, is made of.
fn questions(table: Option<&str>) -> Questions {
    let is_of = |names: &[&str]| {
        let name = table.and_then(|table| table.split('-').next());
        name.is_none_or(|name| names.contains(&name))
    };
    let (types, promos) = (is_of(&["types"]), is_of(&["promos"]));
    let crowd = is_of(&["arrivals", "came", "gates", "refusals"]);
    Questions {
        sales: table.is_none() || !(types || promos || crowd),
        types,
        promos,
        crowd,
    }
}

/// The whole report, or what one table of it needs; `None` where an organiser or an event is asked for that is not there
/// to see.
async fn load(here: &Here, table: Option<&str>) -> Result<Option<Report>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let Some(asked) = asked::read(here, &mut tx).await? else {
        return Ok(None);
    };
    // Nobody keeps a reader while they wait for their turn.
    drop(tx);
    let period = &asked.period;
    let ask = ReportAsk {
        events: asked.ids(),
        from: period.from(),
        until: period.until(),
        questions: Questions {
            crowd: questions(table).crowd && asked.one().is_some(),
            ..questions(table)
        },
    };
    let facts = here.app().report(ask).await?;
    let sold = money::Sold {
        sales: sales(&facts, period),
        types: &facts.types,
        promos: &facts.promos,
    };
    let mut groups = money::groups(here, &asked, &sold);
    if let (Some(event), Some(crowd)) = (asked.one(), &facts.crowd) {
        groups.extend(crowd::group(here, event, crowd));
    }
    Ok(Some(Report {
        tiles: money::tiles(here, &sold.sales),
        groups,
        asked,
    }))
}

/// What was sold, by currency; where that was not asked, nothing in each currency that something else is told of.
fn sales(facts: &Facts, period: &Period) -> Vec<sale::Sales> {
    let step = period.step();
    let mut sales = sale::add_up(period, step, &facts.sold, &facts.returned);
    let of_types = facts.types.iter().map(|kind| kind.gross.currency);
    let of_promos = facts.promos.iter().map(|promo| promo.paid.currency);
    for currency in of_types.chain(of_promos) {
        if sales.iter().all(|sales| sales.currency != currency) {
            sales.push(sale::Sales::new(currency, period, step));
        }
    }
    sales
}

#[cfg(test)]
mod tests {
    use super::questions;

    #[test]
    fn a_file_asks_the_question_of_its_table_and_a_page_all() {
        for (table, sales, types, promos, crowd) in [
            (None, true, true, true, true),
            (Some(""), true, false, false, false),
            (Some("days-idr"), true, false, false, false),
            (Some("refunds-kes"), true, false, false, false),
            (Some("types-idr"), false, true, false, false),
            (Some("promos-idr"), false, false, true, false),
            (Some("came-days"), false, false, false, true),
            (Some("refusals"), false, false, false, true),
        ] {
            let found = questions(table);
            assert_eq!(
                (found.sales, found.types, found.promos, found.crowd),
                (sales, types, promos, crowd),
                "{table:?}"
            );
        }
    }
}
