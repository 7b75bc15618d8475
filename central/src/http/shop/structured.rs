//! An event as search engines read it (schema.org), within the page.
//!
//! Invariant: the text may stand in a script element: no `<`, `>` or `&` is left in it, whatever the organiser wrote.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use sync_protocol::time::Timestamp;

use super::date;
use crate::{
    app::stock::Stock,
    domain::{
        event::{EventStatus, TicketType, Visibility},
        offer::Offer,
    },
    http::api::sale_status,
};

/// JSON-LD for a page's head.
pub(super) fn of(offer: &Offer, stock: &Stock, url: &str, now: Timestamp) -> String {
    let event = &offer.setup.event;
    let at =
        |moment| date::local(moment, &event.time_zone).to_rfc3339_opts(SecondsFormat::Secs, false);
    let status = match event.status {
        EventStatus::Cancelled => "EventCancelled",
        EventStatus::Postponed if event.waits_for_days() => "EventPostponed",
        EventStatus::Postponed => "EventRescheduled",
        _ => "EventScheduled",
    };
    let exponent = event.currency.exponent();
    let price = |kind: &TicketType| decimal(kind.price_minor, exponent);
    let offers = offer
        .setup
        .types
        .iter()
        .filter(|kind| kind.visibility == Visibility::Public)
        .map(|kind| {
            let availability = match sale_status(kind, stock.left(kind.id), now) {
                "on_sale" => "InStock",
                "not_begun" => "PreOrder",
                _ => "SoldOut",
            };
            json!({
                "@type": "Offer",
                "name": kind.name,
                "price": price(kind),
                "priceCurrency": event.currency.code(),
                "availability": format!("https://schema.org/{availability}"),
                "validFrom": at(kind.sale_from),
                "url": url,
            })
        });
    let whole: Value = json!({
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.name,
        "description": event.summary,
        "startDate": at(event.starts_at),
        "endDate": at(event.ends_at),
        "eventStatus": format!("https://schema.org/{status}"),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": event.venue,
            "address": { "@type": "PostalAddress", "streetAddress": event.address, "addressLocality": event.city },
        },
        "url": url,
        "offers": offers.collect::<Vec<_>>(),
    });
    let text = whole.to_string();
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e");
    text.replace('&', "\\u0026")
}

fn decimal(minor: i64, exponent: u32) -> String {
    let unit = 10_i64.pow(exponent);
    if exponent == 0 {
        return minor.to_string();
    }
    let width = exponent as usize;
    format!("{}.{:0width$}", minor / unit, (minor % unit).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_written_with_their_decimals() {
        assert_eq!(decimal(150_000, 0), "150000");
        assert_eq!(decimal(150_005, 2), "1500.05");
    }
}
