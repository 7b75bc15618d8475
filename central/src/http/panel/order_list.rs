//! The working list of orders: search, filters and order stand in the address, and each page begins after a place.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use chrono::{NaiveDate, TimeZone as _};
use chrono_tz::Tz;
use sync_protocol::{id::EventId, time::Timestamp};

use super::{door::Here, frame::Frame, guard, nav::Section, status, when};
use crate::{
    domain::{
        event::Event,
        order::OrderStatus,
        order_search::{OrderFilter, Place, Search, Sort},
        permission::Permission,
        policy::{Sight, Thing},
    },
    store::{self, StoreError, order_list::OrderRow},
};

const PAGE: usize = 50;
/// What stands in the address, in the order of the form.
const FIELDS: [&str; 7] = ["q", "event", "status", "look", "from", "until", "sort"];

#[derive(Template)]
#[template(path = "panel/orders.html")]
struct List {
    page: Frame,
    rows: Vec<Row>,
    asked: Asked,
    events: Vec<(String, String, bool)>,
    statuses: Vec<(&'static str, &'static str, bool)>,
    sorts: Vec<(&'static str, &'static str, bool)>,
    is_filtered: bool,
    next: Option<String>,
    is_first: bool,
    first: String,
    /// The same list as a file; `None` = not for this account.
    files: Option<String>,
}

struct Row {
    path: String,
    number: String,
    buyer: String,
    email: String,
    event: String,
    status: status::Mark,
    attention: Option<&'static str>,
    total: String,
    placed: String,
}

/// The filters as they were asked.
pub(super) struct Asked {
    pub(super) q: String,
    pub(super) look: bool,
    pub(super) from: String,
    pub(super) until: String,
}

/// What an account may list, and the filter it asks for.
pub(super) struct Question {
    pub(super) filter: OrderFilter,
    /// Events by id, of those that are seen.
    pub(super) events: BTreeMap<EventId, Event>,
    /// Those that the list is limited to; `None` = all there are.
    pub(super) limit: Option<Vec<EventId>>,
}

/// Reads the address; only events that the account sees are in it.
pub(super) async fn question(here: &Here, permission: Permission) -> Result<Question, StoreError> {
    let sight = here.signed.powers.sight(permission);
    let mut tx = here.app().store.read().await?;
    let all = store::event::all(&mut tx).await?;
    let seen = all
        .into_iter()
        .filter(|event| sight.shows(event.id, event.client));
    let events: BTreeMap<EventId, Event> = seen.map(|event| (event.id, event)).collect();
    let asked = |name| here.door.asked(name);
    let event = events.values().find(|event| event.slug == asked("event"));
    let day = |name, plus: i64| {
        let date = NaiveDate::parse_from_str(asked(name), "%Y-%m-%d").ok()?;
        let date = date.checked_add_signed(chrono::TimeDelta::days(plus))?;
        let zone: Tz = when::HOME.parse().ok()?;
        let midnight = zone.from_local_datetime(&date.and_hms_opt(0, 0, 0)?);
        Some(Timestamp(midnight.earliest()?.timestamp_millis()))
    };
    let sort = Sort::from_name(asked("sort")).unwrap_or(Sort::Newest);
    let filter = OrderFilter {
        event: event.map(|event| event.id),
        status: OrderStatus::from_name(asked("status")),
        to_look_at: asked("look") == "1",
        from: day("from", 0),
        until: day("until", 1),
        search: Search::of(asked("q")),
        sort,
    };
    // Sums have an index per event alone.
    let by_event = matches!(sort, Sort::Dearest | Sort::Cheapest);
    let limit = match sight {
        Sight::All if !by_event => None,
        _ => Some(events.keys().copied().collect()),
    };
    Ok(Question {
        filter,
        events,
        limit,
    })
}

pub(super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<List, StoreError> {
    let question = question(here, Permission::OrdersView).await?;
    let after = Place::parse(here.door.asked("after"));
    let mut tx = here.app().store.read().await?;
    // One more than is shown tells whether there is another page.
    let mut rows = store::order_list::page(
        &mut tx,
        question.limit.as_deref(),
        &question.filter,
        after.as_ref(),
        PAGE + 1,
    )
    .await?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| has_more);
    let next = next.map(|last| address(here, Some(&last.place(question.filter.sort))));
    let (filter, language) = (&question.filter, here.door.visitor.language);
    let may_export = here
        .signed
        .powers
        .may(Permission::OrdersExport, Thing::List);
    let files = address(here, None);
    let files = files.split_once('?').map_or("", |(_, query)| query);
    Ok(List {
        page: Frame::inside(here, Section::Orders),
        rows: rows.iter().map(|row| shown(here, &question, row)).collect(),
        asked: Asked {
            q: here.door.asked("q").to_owned(),
            look: filter.to_look_at,
            from: here.door.asked("from").to_owned(),
            until: here.door.asked("until").to_owned(),
        },
        events: question
            .events
            .values()
            .map(|event| {
                let is_on = filter.event == Some(event.id);
                (event.slug.clone(), event.name.clone(), is_on)
            })
            .collect(),
        statuses: OrderStatus::ALL
            .iter()
            .map(|one| {
                let (words, _) = status::order(*one, language);
                (one.name(), words, filter.status == Some(*one))
            })
            .collect(),
        sorts: Sort::ALL
            .iter()
            .map(|one| (one.name(), sort_words(here, *one), filter.sort == *one))
            .collect(),
        is_filtered: *filter != OrderFilter::default(),
        next,
        is_first: after.is_none(),
        first: address(here, None),
        files: may_export.then(|| files.to_owned()),
    })
}

const fn sort_pair(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::Newest => ("Newest first", "Terbaru dahulu"),
        Sort::Oldest => ("Oldest first", "Terlama dahulu"),
        Sort::Dearest => ("Largest first", "Terbesar dahulu"),
        Sort::Cheapest => ("Smallest first", "Terkecil dahulu"),
    }
}

fn sort_words(here: &Here, sort: Sort) -> &'static str {
    let (english, indonesian) = sort_pair(sort);
    match here.door.visitor.language {
        documents::Language::English => english,
        documents::Language::Indonesian => indonesian,
    }
}

fn shown(here: &Here, question: &Question, row: &OrderRow) -> Row {
    let language = here.door.visitor.language;
    let event = question.events.get(&row.event);
    let zone = event.map_or(when::HOME, |event| event.time_zone.as_str());
    Row {
        path: format!("/panel/orders/{}", row.number),
        number: row.number.clone(),
        buyer: row.buyer_name.clone(),
        email: row.email.clone(),
        event: event.map_or_else(String::new, |event| event.name.clone()),
        status: status::order(row.status, language),
        attention: row.attention.map(|why| status::attention(why, language)),
        total: row.total.text(language),
        placed: when::moment(row.created_at, zone, language),
    }
}

/// The address of this list after a place.
fn address(here: &Here, after: Option<&Place>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for field in FIELDS {
        let value = here.door.asked(field);
        if !value.is_empty() {
            query.append_pair(field, value);
        }
    }
    if let Some(place) = after {
        query.append_pair("after", &place.text());
    }
    format!("/panel/orders?{}", query.finish())
}
