//! An event written down by a person: TOML with local times, which the event's own zone makes absolute.
//!
//! Amounts are in whole units of the currency as people write them (`price = 150000`), times are the venue's wall
//! clock (`opens = "2026-12-05T15:00"`). What is wrong is named with its place in the file.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use chrono_tz::Tz;
use figment::{
    Figment,
    providers::{Format as _, Toml},
};
use serde::Deserialize;
use sync_protocol::{
    config::{EntryRule, Policy},
    time::Timestamp,
};

use super::price_file::{self, PriceParts};
use crate::domain::{
    event::{GateRules, Visibility},
    money::Currency,
    new_event::{NewClient, NewDay, NewEvent, NewType},
    wall_clock,
};

const MINUTE_MS: i64 = 60_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventFile {
    slug: String,
    name: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    terms: String,
    venue: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    city: String,
    time_zone: String,
    currency: String,
    #[serde(default = "quarter")]
    hold_minutes: i64,
    organiser: Organiser,
    #[serde(default)]
    rules: Rules,
    gates: Vec<String>,
    days: Vec<DayPart>,
    types: Vec<TypePart>,
    #[serde(default)]
    prices: PriceParts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Organiser {
    slug: String,
    name: String,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rules {
    entry: String,
    entries: u16,
    exchange_required: bool,
    sold_after_sync: String,
    repeat_seconds: i64,
    lease_hours: i64,
    /// How many people a node lets through in a minute at most.
    most_per_minute: u32,
    /// What gates answer to a wristband whose exchange they have not heard of; without it none is bound.
    wristbands: Option<String>,
    /// When everybody counts as outside again.
    check_outs: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            entry: "single".into(),
            entries: 1,
            exchange_required: false,
            sold_after_sync: "ask".into(),
            repeat_seconds: 30,
            lease_hours: 72,
            most_per_minute: 60,
            wristbands: None,
            check_outs: vec![],
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayPart {
    label: String,
    opens: String,
    closes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypePart {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default = "tickets")]
    category: String,
    /// Its part of the category.
    subcategory: Option<String>,
    price: i64,
    quota: i64,
    sale_from: Option<String>,
    sale_until: Option<String>,
    #[serde(default = "one")]
    min_per_order: i64,
    #[serde(default = "ten")]
    max_per_order: i64,
    #[serde(default)]
    hidden: bool,
    /// Opens it to who has it, where it is hidden.
    access_code: Option<String>,
    /// The quota that it draws on beside its own.
    shared_quota: Option<String>,
    /// Numbers from 1, as people count; empty = all.
    #[serde(default)]
    days: Vec<u8>,
    #[serde(default)]
    gates: Vec<String>,
    /// It goes with another ticket of the same person, which may be shown for it.
    #[serde(default)]
    addon: bool,
}

const fn quarter() -> i64 {
    15
}

const fn one() -> i64 {
    1
}

const fn ten() -> i64 {
    10
}

fn tickets() -> String {
    "Tickets".into()
}

/// Reads an event from a file.
pub(super) fn read(path: &Path) -> anyhow::Result<NewEvent> {
    ensure!(path.is_file(), "{} is no file", path.display());
    let file: Result<EventFile, _> = Figment::from(Toml::file_exact(path)).extract();
    let file = file.map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    wish(file).with_context(|| path.display().to_string())
}

fn wish(file: EventFile) -> anyhow::Result<NewEvent> {
    let zone: Tz = file.time_zone.parse().ok().with_context(|| {
        format!(
            "time_zone: {} is no IANA time zone, such as Asia/Jakarta",
            file.time_zone
        )
    })?;
    let currency = Currency::from_code(&file.currency);
    let currency =
        currency.with_context(|| format!("currency: {} is not known here", file.currency))?;
    let days = file
        .days
        .iter()
        .map(|part| day(part, zone))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let starts_at = days.first().map_or(Timestamp(0), |day| day.opens_at);
    let ends_at = days.last().map_or(Timestamp(0), |day| day.closes_at);
    let types = file
        .types
        .iter()
        .map(|part| ticket_type(part, zone, currency, ends_at));
    Ok(NewEvent {
        check_outs: check_outs(&file.rules, zone)?,
        wristbands: file
            .rules
            .wristbands
            .as_deref()
            .map(|name| policy("rules.wristbands", name))
            .transpose()?,
        client: NewClient {
            slug: file.organiser.slug,
            name: file.organiser.name,
            email: file.organiser.email,
        },
        types: types.collect::<anyhow::Result<_>>()?,
        slug: file.slug,
        name: file.name,
        summary: file.summary,
        description: file.description,
        terms: file.terms,
        venue: file.venue,
        address: file.address,
        city: file.city,
        time_zone: file.time_zone,
        currency,
        starts_at,
        ends_at,
        hold_ms: file.hold_minutes.saturating_mul(MINUTE_MS),
        rules: rules(&file.rules)?,
        days,
        gates: file.gates,
        prices: price_file::prices(&file.prices, zone, currency, ends_at)?,
    })
}

fn rules(rules: &Rules) -> anyhow::Result<GateRules> {
    let entry_rule = match rules.entry.as_str() {
        "single" => EntryRule::Single,
        "once_per_day" => EntryRule::OncePerDay,
        "times" => EntryRule::Times(rules.entries.max(1)),
        "times_per_gate" => EntryRule::TimesPerGate(rules.entries.max(1)),
        "re_entry" => EntryRule::ReEntry,
        other => bail!(
            "rules.entry: {other} is none of single, once_per_day, times, times_per_gate, re_entry"
        ),
    };
    Ok(GateRules {
        entry_rule,
        exchange_required: rules.exchange_required,
        sold_after_sync: policy("rules.sold_after_sync", &rules.sold_after_sync)?,
        repeat_ms: rules.repeat_seconds.saturating_mul(1_000),
        lease_ms: rules.lease_hours.saturating_mul(60 * MINUTE_MS),
        most_per_minute: rules.most_per_minute,
    })
}

fn policy(field: &str, name: &str) -> anyhow::Result<Policy> {
    Policy::from_name(name).with_context(|| format!("{field}: must be admit, ask or refuse"))
}

fn check_outs(rules: &Rules, zone: Tz) -> anyhow::Result<Vec<Timestamp>> {
    let at = |text: &String| moment("rules.check_outs", text, zone);
    rules.check_outs.iter().map(at).collect()
}

fn day(part: &DayPart, zone: Tz) -> anyhow::Result<NewDay> {
    Ok(NewDay {
        label: part.label.clone(),
        local_date: part.opens.chars().take(10).collect(),
        opens_at: moment("days.opens", &part.opens, zone)?,
        closes_at: moment("days.closes", &part.closes, zone)?,
    })
}

fn ticket_type(
    part: &TypePart,
    zone: Tz,
    currency: Currency,
    ends_at: Timestamp,
) -> anyhow::Result<NewType> {
    let at = |field: &str, text: &Option<String>, default| match text {
        Some(text) => moment(field, text, zone),
        None => Ok(default),
    };
    let minor = part.price.checked_mul(10i64.pow(currency.exponent()));
    let from_zero = |number: &u8| {
        number
            .checked_sub(1)
            .context("types.days: days count from 1")
    };
    Ok(NewType {
        addon: part.addon,
        subcategory: part.subcategory.clone(),
        shared_quota: part.shared_quota.clone(),
        access_code: part.access_code.clone(),
        name: part.name.clone(),
        description: part.description.clone(),
        category: part.category.clone(),
        price_minor: minor.context("types.price: is too large")?,
        quota: part.quota,
        sale_from: at("types.sale_from", &part.sale_from, Timestamp(0))?,
        sale_until: at("types.sale_until", &part.sale_until, ends_at)?,
        min_per_order: part.min_per_order,
        max_per_order: part.max_per_order,
        visibility: if part.hidden {
            Visibility::Hidden
        } else {
            Visibility::Public
        },
        days: part
            .days
            .iter()
            .map(from_zero)
            .collect::<anyhow::Result<_>>()?,
        gates: part.gates.clone(),
    })
}

/// The moment of a wall clock in a zone, see [`wall_clock::parse`].
pub(super) fn moment(field: &str, text: &str, zone: Tz) -> anyhow::Result<Timestamp> {
    wall_clock::parse(text, zone)
        .with_context(|| format!("{field}: {text} is no time such as 2026-12-05T15:00"))
}

#[cfg(test)]
#[path = "event_file_tests.rs"]
mod tests;
