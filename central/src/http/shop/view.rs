//! Values as pages show them: dates at the venue, amounts with their currency.

use chrono::DateTime;
use chrono_tz::Tz;
use documents::Language;
use sync_protocol::time::Timestamp;

use crate::{
    domain::{
        event::{Event, EventSetup, TicketType, Visibility},
        money::Money,
    },
    http::api::sale_status,
};

/// An event in the list.
pub struct EventCard {
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub place: String,
    pub begins: String,
}

impl EventCard {
    /// As listed.
    pub fn new(event: &Event) -> Self {
        Self {
            slug: event.slug.clone(),
            name: event.name.clone(),
            summary: event.summary.clone(),
            place: format!("{}, {}", event.venue, event.city),
            begins: moment(event.starts_at, event),
        }
    }
}

/// A ticket type on the order form.
pub struct TypeRow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub price: String,
    pub days: String,
    pub max: i64,
    pub is_on_sale: bool,
    pub status: &'static str,
    /// What was chosen before, when the form comes back.
    pub chosen: String,
}

impl TypeRow {
    /// The public types of an event, with what was chosen of each.
    pub fn all(setup: &EventSetup, now: Timestamp, chosen: impl Fn(&str) -> String) -> Vec<Self> {
        let public = |kind: &&TicketType| kind.visibility == Visibility::Public;
        let types = setup.types.iter().filter(public);
        types
            .map(|kind| Self::new(setup, kind, now, &chosen))
            .collect()
    }

    fn new(
        setup: &EventSetup,
        kind: &TicketType,
        now: Timestamp,
        chosen: &impl Fn(&str) -> String,
    ) -> Self {
        let id = kind.id.to_string();
        let days = setup.days.iter();
        let good = days.filter(|day| kind.day_mask & (1 << day.number) != 0);
        let labels: Vec<_> = good.map(|day| day.label.as_str()).collect();
        let status = sale_status(kind, now);
        Self {
            chosen: chosen(&id),
            id,
            name: kind.name.clone(),
            description: kind.description.clone(),
            price: Money::new(kind.price_minor, setup.event.currency).text(Language::English),
            days: labels.join(", "),
            max: kind.max_per_order,
            is_on_sale: status == "on_sale",
            status: match status {
                "not_begun" => "Not on sale yet",
                "ended" => "Sale ended",
                "sold_out" => "Sold out",
                _ => "",
            },
        }
    }
}

/// `Tue 1 Dec 2026, 07:00 WIB`
pub fn moment(at: Timestamp, event: &Event) -> String {
    let zone: Tz = event.time_zone.parse().unwrap_or(Tz::UTC);
    let moment = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    moment
        .with_timezone(&zone)
        .format("%a %-d %b %Y, %H:%M %Z")
        .to_string()
}
