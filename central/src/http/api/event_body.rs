//! Events as the API shows them.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use sync_protocol::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::stock::Stock,
    domain::{
        charge::{Charge, Rate},
        event::{Day, Event, TicketType},
        listing::{Listed, Sale},
        offer::Offer,
        promo::Promo,
    },
};

/// An event in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedEvent {
    #[serde(flatten)]
    pub event: EventSummary,
    /// The lowest price of a ticket that everybody may buy.
    pub from_price_minor: Option<i64>,
    /// `open`, `to_come`, `over`, `closed`, `postponed` or `cancelled`.
    pub sale: &'static str,
}

/// An event in few words.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventSummary {
    /// Its name in addresses.
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub venue: String,
    pub city: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// `published`, `closed`, `cancelled`, `postponed` or `completed`.
    pub status: &'static str,
    pub starts_at: String,
    pub ends_at: String,
}

/// An event with all that a buyer must know.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventDetail {
    #[serde(flatten)]
    pub event: EventSummary,
    pub description: String,
    pub terms: String,
    pub address: String,
    pub days: Vec<DayBody>,
    pub ticket_types: Vec<TypeBody>,
    /// Fees and taxes, in the order of application.
    pub charges: Vec<ChargeBody>,
}

/// One event day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayBody {
    pub number: u8,
    pub label: String,
    /// The calendar day at the venue.
    pub date: String,
    pub opens_at: String,
    pub closes_at: String,
}

/// One ticket type.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeBody {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    /// Its category, and the part of it.
    pub category: String,
    pub subcategory: Option<String>,
    pub price_minor: i64,
    pub min_per_order: i64,
    pub max_per_order: i64,
    /// How many are left at this moment; nobody holds them yet.
    pub left: i64,
    pub sale_from: String,
    pub sale_until: String,
    /// Numbers of the days it is good for.
    pub days: Vec<u8>,
    /// `on_sale`, `not_begun`, `ended` or `sold_out`.
    pub status: &'static str,
}

/// One fee or tax.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargeBody {
    /// `fee` or `tax`.
    pub kind: &'static str,
    pub name: String,
    /// `percent`, `per_ticket` or `per_order`.
    pub rate: &'static str,
    /// Hundredths of a percent, or minor units.
    pub value: i64,
    /// Part of the price already: told, not added.
    pub included: bool,
}

/// RFC 3339 in UTC.
pub fn moment(at: Timestamp) -> String {
    let moment = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl From<&Event> for EventSummary {
    fn from(event: &Event) -> Self {
        Self {
            slug: event.slug.clone(),
            name: event.name.clone(),
            summary: event.summary.clone(),
            venue: event.venue.clone(),
            city: event.city.clone(),
            time_zone: event.time_zone.clone(),
            currency: event.currency.code().to_owned(),
            status: event.status.name(),
            starts_at: moment(event.starts_at),
            ends_at: moment(event.ends_at),
        }
    }
}

impl From<&Listed> for ListedEvent {
    fn from(listed: &Listed) -> Self {
        Self {
            event: EventSummary::from(&listed.event),
            from_price_minor: listed.from_minor(),
            sale: match listed.sale() {
                Sale::Open => "open",
                Sale::ToCome => "to_come",
                Sale::Over => "over",
                Sale::Closed => "closed",
                Sale::Postponed => "postponed",
                Sale::Cancelled => "cancelled",
            },
        }
    }
}

impl EventDetail {
    /// What buyers who named these codes are shown of an event; `promos` are the promo codes among them.
    pub fn new(
        offer: &Offer,
        stock: &Stock,
        (codes, promos): (&[String], &[Promo]),
        now: Timestamp,
    ) -> Self {
        let setup = &offer.setup;
        let types = setup
            .types
            .iter()
            .filter(|kind| offer.is_open(kind, codes, promos, now));
        Self {
            event: EventSummary::from(&setup.event),
            description: setup.event.description.clone(),
            terms: setup.event.terms.clone(),
            address: setup.event.address.clone(),
            days: setup.days.iter().map(DayBody::from).collect(),
            ticket_types: types
                .map(|kind| TypeBody::new(kind, offer, stock, now))
                .collect(),
            charges: offer.charges.iter().map(ChargeBody::from).collect(),
        }
    }
}

impl From<&Day> for DayBody {
    fn from(day: &Day) -> Self {
        Self {
            number: day.number,
            label: day.label.clone(),
            date: day.local_date.clone(),
            opens_at: moment(day.opens_at),
            closes_at: moment(day.closes_at),
        }
    }
}

impl From<&Charge> for ChargeBody {
    fn from(charge: &Charge) -> Self {
        let (rate, value) = Rate::columns(charge.rate);
        Self {
            kind: charge.kind.name(),
            name: charge.name.clone(),
            rate,
            value,
            included: charge.is_included,
        }
    }
}

impl TypeBody {
    fn new(kind: &TicketType, offer: &Offer, stock: &Stock, now: Timestamp) -> Self {
        let days = offer.setup.days.iter().map(|day| day.number);
        let left = stock.left(kind.id);
        let of = |id| offer.categories.iter().find(|category| category.id == id);
        let own = of(kind.category);
        let parent = own.and_then(|own| own.parent).and_then(of);
        let name =
            |category: Option<&crate::domain::event::Category>| category.map(|it| it.name.clone());
        Self {
            id: kind.id.0,
            name: kind.name.clone(),
            description: kind.description.clone(),
            category: name(parent.or(own)).unwrap_or_default(),
            subcategory: parent.and_then(|_| name(own)),
            price_minor: kind.price_minor,
            min_per_order: kind.min_per_order,
            max_per_order: kind.max_per_order,
            left,
            sale_from: moment(kind.sale_from),
            sale_until: moment(kind.sale_until),
            days: days.filter(|n| kind.day_mask & (1 << n) != 0).collect(),
            status: sale_status(kind, left, now),
        }
    }
}

/// Where the sale of a type stands of which so many are left.
#[must_use]
pub fn sale_status(kind: &TicketType, left: i64, now: Timestamp) -> &'static str {
    if now < kind.sale_from {
        "not_begun"
    } else if now >= kind.sale_until {
        "ended"
    } else if left <= 0 {
        "sold_out"
    } else {
        "on_sale"
    }
}
