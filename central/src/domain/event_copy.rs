//! The copy of an event: the same again on other days.
//!
//! Invariants: everything of the set-up moves by as many calendar days as the first day does, at the same times of the
//! day; nothing that was sold, held or used comes along, and codes only where that is asked, with all their uses free.
//! Gives a wish ([`NewEvent`]), which is checked and stored like any other. Called by `app::catalog`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use sync_protocol::{config::Policy, id::GateId, time::Timestamp};

use super::{
    event::{Category, Day, EventSetup, TicketType},
    id::{CategoryId, SharedQuotaId, TicketTypeId},
    new_event::{NewClient, NewDay, NewEvent, NewType},
    new_price::{NewGroupDiscount, NewPrices, NewPromo, NewSharedQuota},
    offer::Offer,
    promo::Promo,
    wall_clock,
};

/// What is to be another way about the copy.
#[derive(Clone, Debug)]
pub struct CopyWish {
    /// Its name in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The calendar day on which it begins.
    pub first_day: NaiveDate,
}

/// All of an event that comes along.
#[derive(Clone, Debug)]
pub struct Original {
    /// The organiser.
    pub client: NewClient,
    /// What is offered, and when and where.
    pub offer: Offer,
    /// The codes that come along.
    pub promos: Vec<Promo>,
    /// What gates answer to an unknown wristband.
    pub wristbands: Option<Policy>,
}

/// The calendar day on which an event begins: its first day's, or its own where it has none.
#[must_use]
pub fn first_day(setup: &EventSetup) -> NaiveDate {
    let opens = setup.days.iter().map(|day| day.opens_at).min();
    let zone = wall_clock::zone(&setup.event.time_zone);
    wall_clock::date(opens.unwrap_or(setup.event.starts_at), zone)
}

/// Names by which a wish points to parts of itself, and the numbers of its days.
struct Names<'a> {
    gates: BTreeMap<GateId, &'a str>,
    quotas: BTreeMap<SharedQuotaId, &'a str>,
    types: BTreeMap<TicketTypeId, &'a str>,
    categories: BTreeMap<CategoryId, &'a Category>,
    days: Vec<&'a Day>,
}

/// How far everything moves.
struct Shift {
    days: i64,
    zone: Tz,
}

impl Shift {
    fn new(setup: &EventSetup, wish: &CopyWish) -> Self {
        Self {
            days: (wish.first_day - first_day(setup)).num_days(),
            zone: wall_clock::zone(&setup.event.time_zone),
        }
    }

    fn of(&self, at: Timestamp) -> Timestamp {
        wall_clock::days_later(at, self.days, self.zone)
    }
}

/// A moment of the original as it is in the copy.
#[must_use]
pub fn later(setup: &EventSetup, wish: &CopyWish, at: Timestamp) -> Timestamp {
    Shift::new(setup, wish).of(at)
}

/// The wish for the copy.
#[must_use]
pub fn copied(original: &Original, wish: &CopyWish) -> NewEvent {
    let (setup, event) = (&original.offer.setup, &original.offer.setup.event);
    let shift = Shift::new(setup, wish);
    let names = Names::of(&original.offer);
    let types = setup.types.iter();
    NewEvent {
        client: original.client.clone(),
        slug: wish.slug.clone(),
        name: wish.name.clone(),
        summary: event.summary.clone(),
        description: event.description.clone(),
        terms: event.terms.clone(),
        venue: event.venue.clone(),
        address: event.address.clone(),
        city: event.city.clone(),
        time_zone: event.time_zone.clone(),
        currency: event.currency,
        starts_at: shift.of(event.starts_at),
        ends_at: shift.of(event.ends_at),
        hold_ms: event.hold_ms,
        rules: event.rules,
        days: names.days.iter().map(|day| new_day(day, &shift)).collect(),
        gates: setup.gates.iter().map(|gate| gate.name.clone()).collect(),
        types: types.map(|kind| new_type(kind, &names, &shift)).collect(),
        check_outs: setup.check_outs.iter().map(|at| shift.of(*at)).collect(),
        wristbands: original.wristbands,
        prices: new_prices(original, &names, &shift),
    }
}

impl<'a> Names<'a> {
    fn of(offer: &'a Offer) -> Self {
        let setup = &offer.setup;
        let mut days: Vec<&Day> = setup.days.iter().collect();
        // A wish numbers its days by their order in time, which moves may have changed.
        days.sort_by_key(|day| day.opens_at);
        let quotas = offer.shared_quotas.iter();
        let types = setup.types.iter();
        let categories = offer.categories.iter();
        Self {
            gates: setup
                .gates
                .iter()
                .map(|g| (g.id, g.name.as_str()))
                .collect(),
            quotas: quotas
                .map(|quota| (quota.id, quota.name.as_str()))
                .collect(),
            types: types.map(|kind| (kind.id, kind.name.as_str())).collect(),
            categories: categories.map(|one| (one.id, one)).collect(),
            days,
        }
    }

    /// A type's category, and its part of it.
    fn category(&self, kind: &TicketType) -> (String, Option<String>) {
        let own = self.categories.get(&kind.category);
        let parent = own.and_then(|own| self.categories.get(&own.parent?));
        let name = |category: &&Category| category.name.clone();
        match (own, parent) {
            (Some(own), Some(parent)) => (name(parent), Some(name(own))),
            (own, _) => (own.map(name).unwrap_or_default(), None),
        }
    }
}

fn new_day(day: &Day, shift: &Shift) -> NewDay {
    let opens_at = shift.of(day.opens_at);
    NewDay {
        label: day.label.clone(),
        local_date: wall_clock::date(opens_at, shift.zone).to_string(),
        opens_at,
        closes_at: shift.of(day.closes_at),
    }
}

fn new_type(kind: &TicketType, names: &Names<'_>, shift: &Shift) -> NewType {
    let (category, subcategory) = names.category(kind);
    let is_good = |day: &&Day| kind.day_mask & (1 << day.number) != 0;
    let numbers = (0u8..).zip(&names.days);
    let days = numbers
        .filter(|(_, day)| is_good(day))
        .map(|(number, _)| number);
    let gates = kind.gates.iter().filter_map(|gate| names.gates.get(gate));
    let quota = kind
        .shared_quota
        .and_then(|quota| names.quotas.get(&quota).copied());
    NewType {
        name: kind.name.clone(),
        description: kind.description.clone(),
        category,
        subcategory,
        price_minor: kind.price_minor,
        quota: kind.quota,
        sale_from: shift.of(kind.sale_from),
        sale_until: shift.of(kind.sale_until),
        min_per_order: kind.min_per_order,
        max_per_order: kind.max_per_order,
        visibility: kind.visibility,
        days: days.collect(),
        gates: gates.map(|name| (*name).to_owned()).collect(),
        addon: kind.addon,
        shared_quota: quota.map(str::to_owned),
        access_code: kind.access_code.clone(),
    }
}

fn new_prices(original: &Original, names: &Names<'_>, shift: &Shift) -> NewPrices {
    let offer = &original.offer;
    let meant = |kind: Option<TicketTypeId>| {
        let name = kind.and_then(|kind| names.types.get(&kind));
        name.map(|name| (*name).to_owned())
    };
    let groups = offer.group_discounts.iter().map(|group| NewGroupDiscount {
        name: group.name.clone(),
        ticket_type: meant(group.ticket_type),
        min_quantity: group.min_quantity,
        cut: group.cut,
    });
    let quotas = offer.shared_quotas.iter().map(|quota| NewSharedQuota {
        name: quota.name.clone(),
        quota: quota.quota,
    });
    let promos = original.promos.iter().map(|promo| NewPromo {
        code: promo.code.clone(),
        ticket_type: meant(promo.ticket_type),
        cut: promo.cut,
        valid_from: shift.of(promo.valid_from),
        valid_until: shift.of(promo.valid_until),
        quota: promo.quota,
        per_buyer: promo.per_buyer,
        min_spend_minor: promo.min_spend_minor,
        is_stackable: promo.is_stackable,
    });
    NewPrices {
        charges: offer.charges.clone(),
        group_discounts: groups.collect(),
        shared_quotas: quotas.collect(),
        promos: promos.collect(),
    }
}

#[cfg(test)]
#[path = "event_copy_tests.rs"]
mod tests;
