//! What is on: events as visitors find them, by words, city, month, category and price.
//!
//! Pure: `store::listing` gives the events, pages and API ask with the same filter. Days and months are the venue's.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, Months, NaiveDate};
use chrono_tz::Tz;
use sync_protocol::time::Timestamp;

use super::event::{Event, EventStatus};

/// The last songs belong to the evening before.
const NIGHT_MS: i64 = 6 * 3_600_000;
/// No event lasts longer in a calendar.
const MOST_DAYS: usize = 62;

/// What an event offers to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Name of the category.
    pub category: String,
    /// Price of one.
    pub price_minor: i64,
    /// It is on sale, and some are left.
    pub is_on_sale: bool,
    /// Its sale has not begun.
    pub is_to_come: bool,
}

/// An event with what it offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The event.
    pub event: Event,
    /// Its public types.
    pub offers: Vec<Offer>,
}

/// Where the sale of an event stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sale {
    /// Something can be bought.
    Open,
    /// Something can be bought later.
    ToCome,
    /// All is taken, or its time is over.
    Over,
    /// Not sold here any more.
    Closed,
    /// Will take place later.
    Postponed,
    /// Will not take place.
    Cancelled,
}

/// What a visitor looks for; what is empty is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Each must be in the name, the summary or the place.
    pub words: String,
    /// The city, as listed.
    pub city: String,
    /// First day of the month.
    pub month: Option<NaiveDate>,
    /// A category of tickets, as listed.
    pub category: String,
    /// A ticket costs at most so much.
    pub most_minor: Option<i64>,
}

impl Listed {
    /// The lowest price.
    #[must_use]
    pub fn from_minor(&self) -> Option<i64> {
        self.offers.iter().map(|offer| offer.price_minor).min()
    }

    /// Where its sale stands.
    #[must_use]
    pub fn sale(&self) -> Sale {
        match self.event.status {
            EventStatus::Cancelled => Sale::Cancelled,
            EventStatus::Postponed => Sale::Postponed,
            EventStatus::Published if self.offers.iter().any(|offer| offer.is_on_sale) => {
                Sale::Open
            }
            EventStatus::Published if self.offers.iter().any(|offer| offer.is_to_come) => {
                Sale::ToCome
            }
            EventStatus::Published => Sale::Over,
            EventStatus::Draft | EventStatus::Closed | EventStatus::Completed => Sale::Closed,
        }
    }

    /// The venue's days on which it takes place.
    #[must_use]
    pub fn days(&self) -> Vec<NaiveDate> {
        let first = local_day(self.event.starts_at, &self.event.time_zone);
        let last = local_day(self.event.ends_at.plus_ms(-NIGHT_MS), &self.event.time_zone);
        let days = first.iter_days().take(MOST_DAYS);
        days.take_while(|day| *day == first || *day <= last)
            .collect()
    }
}

impl Filter {
    /// Whether an event is looked for.
    #[must_use]
    pub fn fits(&self, listed: &Listed) -> bool {
        let event = &listed.event;
        let haystack = [&event.name, &event.summary, &event.venue, &event.city]
            .map(|text| text.to_lowercase());
        let words = self.words.to_lowercase();
        let mut words = words.split_whitespace();
        let is_category = |name: &str| self.category.is_empty() || name == self.category;
        let is_cheap = |minor: i64| self.most_minor.is_none_or(|most| minor <= most);
        let has_offer = listed
            .offers
            .iter()
            .any(|offer| is_category(&offer.category) && is_cheap(offer.price_minor));
        words.all(|word| haystack.iter().any(|text| text.contains(word)))
            && (self.city.is_empty() || self.city == event.city)
            && self.month.is_none_or(|month| {
                listed
                    .days()
                    .iter()
                    .any(|day| first_of_month(*day) == month)
            })
            && (has_offer || (self.category.is_empty() && self.most_minor.is_none()))
    }
}

/// Everything that can be chosen: cities, months, categories.
#[must_use]
pub fn choices(all: &[Listed]) -> (BTreeSet<&str>, BTreeSet<NaiveDate>, BTreeSet<&str>) {
    let cities = all.iter().map(|listed| listed.event.city.as_str());
    let months = all.iter().flat_map(Listed::days).map(first_of_month);
    let offers = all.iter().flat_map(|listed| &listed.offers);
    (
        cities.collect(),
        months.collect(),
        offers.map(|offer| offer.category.as_str()).collect(),
    )
}

/// The venue's calendar day.
#[must_use]
pub fn local_day(at: Timestamp, zone: &str) -> NaiveDate {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let moment = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    moment.with_timezone(&zone).date_naive()
}

/// The first of the same month.
#[must_use]
pub fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// A month such as `2026-12`.
#[must_use]
pub fn month(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()?;
    // Calendars reach this far; what lies beyond is no month that anybody sells.
    (1970..=2200).contains(&day.year()).then_some(day)
}

/// The weeks of a month, Monday first, with the days of its neighbours that fill them up.
#[must_use]
pub fn weeks(month: NaiveDate) -> Vec<[NaiveDate; 7]> {
    let before = u64::from(month.weekday().num_days_from_monday());
    let start = month
        .checked_sub_days(chrono::Days::new(before))
        .unwrap_or(month);
    let end = month.checked_add_months(Months::new(1)).unwrap_or(month);
    let mut days = start.iter_days();
    let mut weeks = Vec::new();
    while let Some(week) = next_week(&mut days).filter(|week| week[0] < end) {
        weeks.push(week);
    }
    weeks
}

fn next_week(days: &mut impl Iterator<Item = NaiveDate>) -> Option<[NaiveDate; 7]> {
    days.take(7).collect::<Vec<_>>().try_into().ok()
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
