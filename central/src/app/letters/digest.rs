//! The letter to an organiser: what was sold since the last one, never one letter per ticket.
//!
//! It is in both languages, because nothing says which one an organiser reads.

use documents::Language;
use serde::{Deserialize, Serialize};
use sync_protocol::{id::EventId, time::Timestamp};

use super::words::at;
use crate::{
    domain::{event::Event, money::Money},
    mail::Page,
    store::mailing::{Sold, Span},
};

#[derive(Serialize, Deserialize)]
struct Payload {
    event: uuid::Uuid,
    from: i64,
    until: i64,
}

/// The event and span as the outbox keeps them.
pub(super) fn payload(event: EventId, (from, until): Span) -> String {
    let payload = Payload {
        event: event.0,
        from: from.0,
        until: until.0,
    };
    serde_json::to_string(&payload).unwrap_or_default()
}

pub(super) fn read(payload: &str) -> Option<(EventId, Span)> {
    let read: Payload = serde_json::from_str(payload).ok()?;
    Some((
        EventId(read.event),
        (Timestamp(read.from), Timestamp(read.until)),
    ))
}

pub(super) fn page(event: &Event, (from, until): Span, sold: &Sold) -> Page {
    let total = Money::new(sold.total_minor, event.currency).text(Language::Indonesian);
    let mut facts = vec![
        (
            "Pesanan lunas · Paid orders".to_owned(),
            sold.orders.to_string(),
        ),
        ("Total".to_owned(), total),
    ];
    let tickets = sold.tickets.iter();
    facts.extend(tickets.map(|(name, count)| (name.clone(), count.to_string())));
    if from.0 > 0 {
        facts.push((
            "Sejak · Since".to_owned(),
            at(event, Language::Indonesian, from),
        ));
    }
    facts.push((
        "Sampai · Until".to_owned(),
        at(event, Language::Indonesian, until),
    ));
    Page {
        language: Language::Indonesian.tag(),
        subject: format!("Penjualan · Sales: {}", event.name),
        heading: event.name.clone(),
        intro: vec![
            "Ada penjualan baru sejak surat terakhir, paling banyak satu surat per jam.".to_owned(),
            "There are new sales since the last letter; there is at most one letter an hour.".to_owned(),
        ],
        facts,
        foot: "Dikirim otomatis kepada penyelenggara acara. · Sent automatically to the event's organiser.".to_owned(),
        ..Page::default()
    }
}
