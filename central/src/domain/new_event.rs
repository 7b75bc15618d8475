//! The wish for a new event, and what makes it a good one.
//!
//! The command line and the panel fill in a [`NewEvent`]; [`NewEvent::check`] finds the first thing wrong with it
//! and says so in a sentence for the person. Called by `app::events`, which stores what passed.

use std::collections::BTreeSet;

use sync_protocol::{config::Policy, time::Timestamp};

use super::{
    event::{Event, GateRules, Visibility},
    money::Currency,
    new_price::NewPrices,
};

/// A new event.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The organiser; taken in if it is new.
    pub client: NewClient,
    /// Its name in addresses: `a-z 0-9 -`.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// One paragraph for lists.
    pub summary: String,
    /// All there is to say.
    pub description: String,
    /// What buyers agree to.
    pub terms: String,
    /// The place.
    pub venue: String,
    /// Where that is.
    pub address: String,
    /// In which city.
    pub city: String,
    /// IANA name of the venue's time zone.
    pub time_zone: String,
    /// What it is sold in.
    pub currency: Currency,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// How long an order holds capacity, milliseconds.
    pub hold_ms: i64,
    /// How its gates decide.
    pub rules: GateRules,
    /// Its days; the place in the list is the number.
    pub days: Vec<NewDay>,
    /// Names of its gates.
    pub gates: Vec<String>,
    /// Its ticket types; the place in the list plus one is the number.
    pub types: Vec<NewType>,
    /// When everybody counts as outside again.
    pub check_outs: Vec<Timestamp>,
    /// What gates answer to a wristband whose exchange they have not heard of; `None` = no wristbands are bound.
    pub wristbands: Option<Policy>,
    /// Fees, taxes, discounts, codes and quotas of several types.
    pub prices: NewPrices,
}

/// An organiser.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Its name in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Where it is reached.
    pub email: String,
}

/// A day of a new event.
#[derive(Clone, Debug)]
pub struct NewDay {
    /// What people call it.
    pub label: String,
    /// The calendar day in the event's zone, ISO 8601.
    pub local_date: String,
    /// First moment at which a ticket of this day is good.
    pub opens_at: Timestamp,
    /// First moment at which it is no longer good.
    pub closes_at: Timestamp,
}

/// A ticket type of a new event.
#[derive(Clone, Debug)]
pub struct NewType {
    /// What people call it.
    pub name: String,
    /// What it includes.
    pub description: String,
    /// Name of its category.
    pub category: String,
    /// Name of its part of the category.
    pub subcategory: Option<String>,
    /// Price in the event's currency.
    pub price_minor: i64,
    /// How many there are.
    pub quota: i64,
    /// First moment of its sale.
    pub sale_from: Timestamp,
    /// First moment at which it is no longer sold.
    pub sale_until: Timestamp,
    /// Fewest in one order.
    pub min_per_order: i64,
    /// Most in one order.
    pub max_per_order: i64,
    /// Who sees it.
    pub visibility: Visibility,
    /// Numbers of its days; empty = all.
    pub days: Vec<u8>,
    /// Names of its gates; empty = all.
    pub gates: Vec<String>,
    /// It goes with another ticket of the same person.
    pub addon: bool,
    /// Name of the quota that it draws on beside its own.
    pub shared_quota: Option<String>,
    /// Opens it to who has it, where it is hidden.
    pub access_code: Option<String>,
}

/// What is wrong with the wish.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct NewEventError {
    /// Which part.
    pub field: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// Day masks have this many bits.
pub const MOST_DAYS: usize = 16;

impl NewEvent {
    /// Finds the first thing that is wrong.
    ///
    /// # Errors
    /// [`NewEventError`] names it.
    pub fn check(&self) -> Result<(), NewEventError> {
        demand(!self.days.is_empty(), "days", "there must be 1 to 16")?;
        demand(
            !self.types.is_empty(),
            "types",
            "there must be one at least",
        )?;
        self.check_draft()
    }

    /// The same for an event of which only the beginning is known: days and types may follow.
    ///
    /// # Errors
    /// [`NewEventError`] names it.
    pub fn check_draft(&self) -> Result<(), NewEventError> {
        self.check_texts()?;
        demand(
            self.ends_at > self.starts_at,
            "ends_at",
            "must be later than starts_at",
        )?;
        demand(self.hold_ms > 0, "hold", "must be longer than nothing")?;
        check_rules(&self.rules)?;
        self.check_days()?;
        unique("gates", self.gates.iter())?;
        demand(
            self.types.len() <= usize::from(u16::MAX),
            "types",
            "there are too many",
        )?;
        self.types
            .iter()
            .try_for_each(|kind| self.check_type(kind))?;
        self.prices.check(&self.types)
    }

    fn check_texts(&self) -> Result<(), NewEventError> {
        check_slug(&self.slug)?;
        slug("client.slug", &self.client.slug)?;
        for (field, value, most) in [
            ("client.name", &self.client.name, 200),
            ("client.email", &self.client.email, 254),
        ] {
            demand(!value.trim().is_empty(), field, "must not be empty")?;
            demand(value.chars().count() <= most, field, "is too long")?;
        }
        check_texts(&Texts {
            name: &self.name,
            venue: &self.venue,
            summary: &self.summary,
            address: &self.address,
            city: &self.city,
            terms: &self.terms,
            description: &self.description,
        })?;
        check_zone(&self.time_zone)
    }

    fn check_days(&self) -> Result<(), NewEventError> {
        demand(
            self.days.len() <= MOST_DAYS,
            "days",
            "there must be 1 to 16",
        )?;
        let mut previous = Timestamp(i64::MIN);
        for day in &self.days {
            let field = format!("day {}", day.label);
            day.check()?;
            demand(
                day.opens_at > previous,
                &field,
                "days must stand in their order",
            )?;
            previous = day.opens_at;
        }
        Ok(())
    }

    fn check_type(&self, kind: &NewType) -> Result<(), NewEventError> {
        let field = format!("type {}", kind.name);
        let name = kind.name.trim();
        demand(
            !name.is_empty() && name.chars().count() <= 100,
            &field,
            "needs a name of 1 to 100 characters",
        )?;
        demand(kind.price_minor >= 0, &field, "its price is negative")?;
        demand(kind.quota >= 0, &field, "its quota is negative")?;
        demand(
            kind.sale_until > kind.sale_from,
            &field,
            "its sale must end after it begins",
        )?;
        demand(
            0 < kind.min_per_order && kind.min_per_order <= kind.max_per_order,
            &field,
            "needs 0 < min_per_order <= max_per_order",
        )?;
        let known_day = |number: &u8| usize::from(*number) < self.days.len();
        demand(
            kind.days.iter().all(known_day),
            &field,
            "names a day that the event does not have",
        )?;
        demand(
            kind.gates.iter().all(|gate| self.gates.contains(gate)),
            &field,
            "names a gate that the event does not have",
        )
    }

    /// The day mask of a type.
    #[must_use]
    pub fn day_mask(&self, kind: &NewType) -> u16 {
        let mask = |numbers: &mut dyn Iterator<Item = u8>| {
            numbers.fold(0u16, |mask, number| mask | 1 << (number % 16))
        };
        if kind.days.is_empty() {
            mask(&mut (0u8..).take(self.days.len()))
        } else {
            mask(&mut kind.days.iter().copied())
        }
    }
}

impl NewDay {
    /// Finds the first thing that is wrong with it alone.
    ///
    /// # Errors
    /// [`NewEventError`] names it.
    pub fn check(&self) -> Result<(), NewEventError> {
        let field = format!("day {}", self.label);
        let length = self.label.chars().count();
        demand(length <= 100, &field, "its label is too long")?;
        demand(self.local_date.len() <= 10, &field, "its date is no date")?;
        let is_forward = self.closes_at > self.opens_at;
        demand(is_forward, &field, "must close after it opens")
    }
}

/// Finds the first thing that is wrong with how gates are to decide.
///
/// # Errors
/// [`NewEventError`] names it.
pub fn check_rules(rules: &GateRules) -> Result<(), NewEventError> {
    demand(rules.lease_ms > 0, "lease", "must be longer than nothing")?;
    let most = rules.most_per_minute;
    demand(most > 0, "most_per_minute", "must be at least 1")?;
    demand(rules.repeat_ms >= 0, "repeat", "cannot be negative")
}

/// Finds what is wrong with a name in addresses; one is taken by the panel's form for new events.
///
/// # Errors
/// [`NewEventError`] names it.
pub fn check_slug(text: &str) -> Result<(), NewEventError> {
    slug("slug", text)?;
    demand(text != "new", "slug", "must be another word than new")
}

/// Finds what is wrong with a time zone.
///
/// # Errors
/// [`NewEventError`] names it.
pub fn check_zone(zone: &str) -> Result<(), NewEventError> {
    let is_known = zone.parse::<chrono_tz::Tz>().is_ok();
    let problem = "is no IANA time zone, such as Asia/Jakarta";
    demand(is_known, "time_zone", problem)
}

/// What is said of an event.
struct Texts<'a> {
    name: &'a str,
    venue: &'a str,
    summary: &'a str,
    address: &'a str,
    city: &'a str,
    terms: &'a str,
    description: &'a str,
}

fn check_texts(texts: &Texts<'_>) -> Result<(), NewEventError> {
    for (field, value, most) in [("name", texts.name, 200), ("venue", texts.venue, 200)] {
        demand(!value.trim().is_empty(), field, "must not be empty")?;
        demand(value.chars().count() <= most, field, "is too long")?;
    }
    for (field, value, most) in [
        ("summary", texts.summary, 500),
        ("address", texts.address, 500),
        ("city", texts.city, 100),
        ("terms", texts.terms, 10_000),
        ("description", texts.description, 10_000),
    ] {
        demand(value.chars().count() <= most, field, "is too long")?;
    }
    Ok(())
}

/// Finds the first thing that is wrong with an event as it is to be.
///
/// # Errors
/// [`NewEventError`] names it.
pub fn check_event(event: &Event) -> Result<(), NewEventError> {
    check_texts(&Texts {
        name: &event.name,
        venue: &event.venue,
        summary: &event.summary,
        address: &event.address,
        city: &event.city,
        terms: &event.terms,
        description: &event.description,
    })?;
    let is_forward = event.ends_at > event.starts_at;
    demand(is_forward, "ends_at", "must be later than starts_at")?;
    demand(event.hold_ms > 0, "hold", "must be longer than nothing")
}

pub(crate) fn demand(good: bool, field: &str, problem: &'static str) -> Result<(), NewEventError> {
    if good {
        return Ok(());
    }
    Err(NewEventError {
        field: field.to_owned(),
        problem,
    })
}

fn slug(field: &str, text: &str) -> Result<(), NewEventError> {
    let fits = (1..=80).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    demand(fits, field, "must be 1 to 80 of a-z, 0-9 and -")
}

pub(super) fn unique<'a>(
    field: &str,
    names: impl Iterator<Item = &'a String> + Clone,
) -> Result<(), NewEventError> {
    let mut seen = BTreeSet::new();
    for name in names {
        demand(
            !name.trim().is_empty() && name.chars().count() <= 100,
            field,
            "names have 1 to 100 characters",
        )?;
        demand(seen.insert(name), field, "two have the same name")?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "new_event_tests.rs"]
mod tests;
