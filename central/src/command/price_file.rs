//! The prices of an event written down by a person: fees, taxes, discounts, codes and quotas of several types in TOML.
//!
//! Amounts are in whole units of the currency, percentages as people say them (`percent = 2.5`), times are the
//! venue's wall clock.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use chrono_tz::Tz;
use figment::{
    Figment,
    providers::{Format as _, Toml},
};
use serde::Deserialize;
use sync_protocol::time::Timestamp;

use super::event_file::moment;
use crate::domain::{
    charge::{Charge, ChargeBase, ChargeKind, Cut, Rate},
    money::Currency,
    new_price::{NewGroupDiscount, NewPrices, NewPromo, NewSharedQuota},
    promo::UNLIMITED,
};

/// The parts of the file that prices are made of.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PriceParts {
    /// Fees and taxes, in the order of application.
    charges: Vec<ChargePart>,
    group_discounts: Vec<GroupPart>,
    shared_quotas: Vec<QuotaPart>,
    promos: Vec<PromoPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChargePart {
    name: String,
    /// `fee` or `tax`.
    kind: String,
    percent: Option<f64>,
    per_ticket: Option<i64>,
    per_order: Option<i64>,
    /// What a percentage is of: `tickets`, `fees` or `everything`.
    #[serde(default = "tickets")]
    of: String,
    /// Part of the price already.
    #[serde(default)]
    included: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupPart {
    name: String,
    #[serde(rename = "type")]
    ticket_type: Option<String>,
    min_quantity: u32,
    percent: Option<f64>,
    /// Off each ticket.
    amount: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaPart {
    name: String,
    quota: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromoPart {
    code: String,
    #[serde(rename = "type")]
    ticket_type: Option<String>,
    percent: Option<f64>,
    /// Off the order, once.
    amount: Option<i64>,
    from: Option<String>,
    until: Option<String>,
    quota: Option<i64>,
    #[serde(default = "one")]
    per_buyer: i64,
    #[serde(default)]
    min_spend: i64,
    #[serde(default)]
    stackable: bool,
}

fn tickets() -> String {
    "tickets".into()
}

const fn one() -> i64 {
    1
}

/// What a file of prices alone names.
pub(super) struct PricesWish {
    /// Fees and taxes.
    pub(super) charges: Option<Vec<Charge>>,
    /// Discounts for many of a type.
    pub(super) group_discounts: Option<Vec<NewGroupDiscount>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PricesFile {
    charges: Option<Vec<ChargePart>>,
    group_discounts: Option<Vec<GroupPart>>,
}

/// Reads a file of prices alone.
pub(super) fn read(path: &Path, currency: Currency) -> anyhow::Result<PricesWish> {
    ensure!(path.is_file(), "{} is no file", path.display());
    let file: Result<PricesFile, _> = Figment::from(Toml::file_exact(path)).extract();
    let file = file.map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    let unit = Unit(currency);
    let charges = file.charges.map(|parts| {
        let charges = parts.iter().map(|part| charge(part, &unit));
        charges.collect::<anyhow::Result<_>>()
    });
    let groups = file.group_discounts.map(|parts| {
        let groups = parts.iter().map(|part| group(part, &unit));
        groups.collect::<anyhow::Result<_>>()
    });
    Ok(PricesWish {
        charges: charges.transpose()?,
        group_discounts: groups.transpose()?,
    })
}

/// What the parts wish for; codes are good until `ends_at` unless they say otherwise.
pub(super) fn prices(
    parts: &PriceParts,
    zone: Tz,
    currency: Currency,
    ends_at: Timestamp,
) -> anyhow::Result<NewPrices> {
    let unit = Unit(currency);
    let promo = |part: &PromoPart| {
        let at = |text: &Option<String>, default| match text {
            Some(text) => moment("promos", text, zone),
            None => Ok(default),
        };
        Ok(NewPromo {
            code: part.code.clone(),
            ticket_type: part.ticket_type.clone(),
            cut: cut("promos", part.percent, unit.minor(part.amount)?)?,
            valid_from: at(&part.from, Timestamp(0))?,
            valid_until: at(&part.until, ends_at)?,
            quota: part.quota.unwrap_or(UNLIMITED),
            per_buyer: part.per_buyer,
            min_spend_minor: unit.minor(Some(part.min_spend))?.unwrap_or_default(),
            is_stackable: part.stackable,
        })
    };
    let quota = |part: &QuotaPart| NewSharedQuota {
        name: part.name.clone(),
        quota: part.quota,
    };
    let charges = parts.charges.iter().map(|part| charge(part, &unit));
    Ok(NewPrices {
        charges: charges.collect::<anyhow::Result<_>>()?,
        group_discounts: parts
            .group_discounts
            .iter()
            .map(|part| group(part, &unit))
            .collect::<anyhow::Result<_>>()?,
        shared_quotas: parts.shared_quotas.iter().map(quota).collect(),
        promos: parts
            .promos
            .iter()
            .map(promo)
            .collect::<anyhow::Result<_>>()?,
    })
}

fn group(part: &GroupPart, unit: &Unit) -> anyhow::Result<NewGroupDiscount> {
    Ok(NewGroupDiscount {
        name: part.name.clone(),
        ticket_type: part.ticket_type.clone(),
        min_quantity: part.min_quantity,
        cut: cut("group_discounts", part.percent, unit.minor(part.amount)?)?,
    })
}

fn charge(part: &ChargePart, unit: &Unit) -> anyhow::Result<Charge> {
    let kind = ChargeKind::from_name(&part.kind).context("charges.kind: must be fee or tax")?;
    let base = ChargeBase::from_name(&part.of);
    let base = base.context("charges.of: must be tickets, fees or everything")?;
    let (per_ticket, per_order) = (unit.minor(part.per_ticket)?, unit.minor(part.per_order)?);
    let rate = match (part.percent, per_ticket, per_order) {
        (Some(percent), None, None) => Rate::Percent(hundredths("charges.percent", percent)?),
        (None, Some(each), None) => Rate::PerTicket(each),
        (None, None, Some(all)) => Rate::PerOrder(all),
        _ => bail!(
            "charges: {} needs one of percent, per_ticket and per_order",
            part.name
        ),
    };
    Ok(Charge {
        kind,
        name: part.name.clone(),
        rate,
        base,
        is_included: part.included,
    })
}

/// The cut of a percentage or an amount in minor units.
pub(super) fn cut(field: &str, percent: Option<f64>, amount: Option<i64>) -> anyhow::Result<Cut> {
    match (percent, amount) {
        (Some(percent), None) => Ok(Cut::Percent(hundredths(field, percent)?)),
        (None, Some(amount)) => Ok(Cut::Fixed(amount)),
        _ => bail!("{field}: needs one of percent and amount"),
    }
}

/// Hundredths of a percent; finer ones are not kept, so they are not taken.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it is at most 10,000 and was found whole"
)]
fn hundredths(field: &str, percent: f64) -> anyhow::Result<i64> {
    let scaled = percent * 100.0;
    let whole = scaled.round();
    let is_kept = (0.0..=10_000.0).contains(&whole) && (scaled - whole).abs() < 1e-6;
    if !is_kept {
        bail!("{field}: must be 0 to 100 percent, with two decimals at most");
    }
    Ok(whole as i64)
}

/// Whole units of a currency.
struct Unit(Currency);

impl Unit {
    fn minor(&self, whole: Option<i64>) -> anyhow::Result<Option<i64>> {
        let unit = 10i64.pow(self.0.exponent());
        let minor = whole.map(|whole| whole.checked_mul(unit).context("an amount is too large"));
        minor.transpose()
    }
}
