//! What all letters to buyers share: two languages side by side, the facts of an order, the line at the foot.

use chrono_tz::Tz;
use documents::Language;
use sync_protocol::time::Timestamp;

use super::compose::moment;
use crate::{
    app::orders::OrderView,
    domain::{
        buyer,
        event::{Day, Event},
    },
    mail::Page,
};

/// The words of a letter's language.
pub(super) fn pick(language: Language, indonesian: &str, english: &str) -> String {
    match language {
        Language::Indonesian => indonesian.to_owned(),
        Language::English => english.to_owned(),
    }
}

/// The language an order was placed in.
pub(super) fn language(view: &OrderView) -> Language {
    buyer::language_of(&view.order.language).unwrap_or_default()
}

/// A moment at the venue.
pub(super) fn at(event: &Event, language: Language, when: Timestamp) -> String {
    language.moment(moment(when), zone(event))
}

pub(super) fn zone(event: &Event) -> Tz {
    event.time_zone.parse().unwrap_or(Tz::UTC)
}

/// The days that the order's valid tickets are good for; all days while it has none.
pub(super) fn days(view: &OrderView) -> impl Iterator<Item = &Day> {
    let mask = view.valid_day_mask();
    let is_meant = move |day: &&Day| mask == 0 || mask & (1 << day.number) != 0;
    view.setup.days.iter().filter(is_meant)
}

/// A page that names event, place and order; the caller adds what it is about.
pub(super) fn page(view: &OrderView) -> Page {
    let language = language(view);
    let (event, order) = (&view.setup.event, &view.order);
    let fact = |indonesian, english, value| fact(language, indonesian, english, value);
    let venue = place(&[&event.venue, &event.address, &event.city]);
    let mut facts = vec![
        fact("Nomor pesanan", "Order number", order.number.clone()),
        fact("Acara", "Event", event.name.clone()),
        fact("Tempat", "Venue", venue),
    ];
    for day in days(view) {
        let opens = at(event, language, day.opens_at);
        facts.push(fact("Gerbang dibuka", "Gates open", opens));
    }
    for item in &view.items {
        let kind = view.sold_name(item);
        let line = format!("{} × {kind}", item.quantity);
        facts.push(fact("Tiket", "Tickets", line));
    }
    facts.push(fact("Total", "Total", order.total.text(language)));
    Page {
        language: language.tag(),
        facts,
        foot: foot(language, &order.number),
        ..Page::default()
    }
}

/// A name and a value.
pub(super) fn fact(
    language: Language,
    indonesian: &str,
    english: &str,
    value: String,
) -> (String, String) {
    (pick(language, indonesian, english), value)
}

/// The parts of a place that are known.
pub(super) fn place(parts: &[&str]) -> String {
    let known = parts.iter().filter(|part| !part.trim().is_empty());
    known.copied().collect::<Vec<_>>().join(", ")
}

/// What a letter is about, and of which event.
pub(super) fn subject(language: Language, indonesian: &str, english: &str, event: &str) -> String {
    format!("{}: {event}", pick(language, indonesian, english))
}

fn foot(language: Language, number: &str) -> String {
    let text = pick(
        language,
        "Anda menerima surat ini karena alamat ini dipakai untuk pesanan {}. Surat ini dikirim otomatis.",
        "You receive this letter because this address was given for order {}. It was sent automatically.",
    );
    text.replace("{}", number)
}
