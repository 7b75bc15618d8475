//! What is on: a list or a calendar, with search and filters that stand in the address alone.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::Response,
};
use chrono::{Months, NaiveDate};
use serde::Deserialize;

use super::{card::Card, date, frame::Frame, problem};
use crate::{
    app::App,
    domain::listing::{self, Filter, Listed},
    http::visitor::Visitor,
};

/// Events on one page.
const PAGE: usize = 24;
/// Events named in one field of the calendar.
const IN_FIELD: usize = 4;

/// The address's query, as it came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    city: String,
    month: String,
    category: String,
    max: String,
    view: String,
    page: String,
}

#[derive(Template)]
#[template(path = "shop/events.html")]
struct EventsPage {
    page: Frame,
    asked: Asked,
    cards: Vec<Card>,
    found: usize,
    earlier: Option<String>,
    later: Option<String>,
    cities: Vec<(String, bool)>,
    /// Value, name, chosen.
    months: Vec<(String, String, bool)>,
    categories: Vec<(String, bool)>,
    is_filtered: bool,
    calendar: Option<Calendar>,
    as_list: String,
    as_calendar: String,
}

/// One month.
struct Calendar {
    name: String,
    before: String,
    after: String,
    weekdays: [&'static str; 7],
    weeks: Vec<Vec<Field>>,
}

/// One day.
struct Field {
    day: String,
    date: String,
    is_of_month: bool,
    is_today: bool,
    /// Address and name.
    events: Vec<(String, String)>,
    more: usize,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            words: self.q.chars().take(100).collect(),
            city: self.city.clone(),
            // A calendar shows one month anyway.
            month: if self.is_calendar() {
                None
            } else {
                listing::month(&self.month)
            },
            category: self.category.clone(),
            most_minor: self.max.trim().parse().ok().filter(|most| *most >= 0),
        }
    }

    fn is_calendar(&self) -> bool {
        self.view == "calendar"
    }

    /// The address of this question with some parts changed; what is empty is left out.
    fn address(&self, changes: &[(&str, &str)]) -> String {
        let own = [
            ("q", &self.q),
            ("city", &self.city),
            ("month", &self.month),
            ("category", &self.category),
            ("max", &self.max),
            ("view", &self.view),
        ];
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        let kept = own.filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let all = kept
            .chain(changes.iter().copied())
            .filter(|(_, value)| !value.is_empty());
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(all);
        format!("/?{}", query.finish())
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    // A query that cannot be read asks for nothing.
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    match app.upcoming_events().await {
        Ok(all) => {
            let page = EventsPage::new(&app, &visitor, asked, &all);
            page.page.send(StatusCode::OK, &page)
        }
        Err(error) => problem(&visitor, None, &error.into()),
    }
}

impl EventsPage {
    fn new(app: &App, visitor: &Visitor, asked: Asked, all: &[Listed]) -> Self {
        let language = visitor.language;
        let filter = asked.filter();
        let fits: Vec<&Listed> = all.iter().filter(|listed| filter.fits(listed)).collect();
        let at = asked.page.parse::<usize>().unwrap_or(1).clamp(1, 1_000);
        let shown = fits.iter().skip((at - 1) * PAGE).take(PAGE);
        let turn = |to: usize| asked.address(&[("page", &to.to_string())]);
        let (cities, months, categories) = listing::choices(all);
        let chosen = |name: &str, value: &str| (name.to_owned(), name == value);
        let today = listing::local_day(app.clock.now(), "Asia/Jakarta");
        let calendar = asked.is_calendar().then(|| {
            let month =
                listing::month(&asked.month).unwrap_or_else(|| listing::first_of_month(today));
            Calendar::new(&asked, &fits, month, today, visitor)
        });
        Self {
            page: Frame::public(visitor, app),
            cards: shown.map(|listed| Card::listed(listed, language)).collect(),
            found: fits.len(),
            earlier: (at > 1).then(|| turn(at - 1)),
            later: (fits.len() > at * PAGE).then(|| turn(at + 1)),
            cities: cities
                .into_iter()
                .map(|city| chosen(city, &asked.city))
                .collect(),
            months: months
                .into_iter()
                .map(|month| {
                    let value = month.format("%Y-%m").to_string();
                    let is_chosen = value == asked.month;
                    (value, date::month(month, language), is_chosen)
                })
                .collect(),
            categories: categories
                .into_iter()
                .map(|name| chosen(name, &asked.category))
                .collect(),
            is_filtered: filter != Filter::default(),
            calendar,
            as_list: asked.address(&[("view", ""), ("month", "")]),
            as_calendar: asked.address(&[("view", "calendar")]),
            asked,
        }
    }
}

impl Calendar {
    fn new(
        asked: &Asked,
        fits: &[&Listed],
        month: NaiveDate,
        today: NaiveDate,
        visitor: &Visitor,
    ) -> Self {
        let turn = |to: Option<NaiveDate>| {
            let value = to.unwrap_or(month).format("%Y-%m").to_string();
            asked.address(&[("month", &value)])
        };
        let field = |day: NaiveDate| {
            let on = fits.iter().filter(|listed| listed.days().contains(&day));
            let events: Vec<_> = on
                .map(|l| (format!("/events/{}", l.event.slug), l.event.name.clone()))
                .collect();
            Field {
                day: day.format("%-d").to_string(),
                date: date::day(day, visitor.language),
                is_of_month: listing::first_of_month(day) == month,
                is_today: day == today,
                more: events.len().saturating_sub(IN_FIELD),
                events: events.into_iter().take(IN_FIELD).collect(),
            }
        };
        Self {
            name: date::month(month, visitor.language),
            before: turn(month.checked_sub_months(Months::new(1))),
            after: turn(month.checked_add_months(Months::new(1))),
            weekdays: date::weekdays(visitor.language),
            weeks: listing::weeks(month)
                .into_iter()
                .map(|week| week.map(field).into())
                .collect(),
        }
    }
}
