//! An event in few words: on a card of the list, and at the head of its own pages.

use chrono::Datelike as _;
use documents::Language;

use super::date;
use crate::domain::{
    event::Event,
    listing::{Listed, Sale},
    money::Money,
};

/// Looks that a card may have.
const LOOKS: u32 = 6;

/// An event in few words.
pub struct Card {
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub venue: String,
    pub city: String,
    /// Which of the looks it has; the same everywhere.
    pub look: u32,
    /// Day of the month and name of the month, for the leaf.
    pub leaf: (u32, &'static str),
    pub days: String,
    pub begins: String,
    /// The lowest price, where it is known.
    pub from: Option<String>,
    /// Where the sale stands, unless it is open; with a colour.
    pub note: Option<(&'static str, &'static str)>,
}

impl Card {
    /// Without an offer.
    pub fn new(event: &Event, language: Language) -> Self {
        let first = date::local(event.starts_at, &event.time_zone).date_naive();
        Self {
            slug: event.slug.clone(),
            name: event.name.clone(),
            summary: event.summary.clone(),
            venue: event.venue.clone(),
            city: event.city.clone(),
            look: event
                .slug
                .bytes()
                .fold(0, |sum, byte| (sum * 31 + u32::from(byte)) % 9_973)
                % LOOKS,
            leaf: (first.day(), date::short_month(first, language)),
            days: date::days(event.starts_at, event.ends_at, &event.time_zone, language),
            begins: date::time(event.starts_at, &event.time_zone, language),
            from: None,
            note: None,
        }
    }

    /// As listed.
    pub fn listed(listed: &Listed, language: Language) -> Self {
        let price = |minor| Money::new(minor, listed.event.currency).text(language);
        Self {
            from: listed.from_minor().map(price),
            note: note(listed.sale(), language),
            ..Self::new(&listed.event, language)
        }
    }
}

/// Words and colour for a sale that is not open.
pub fn note(sale: Sale, language: Language) -> Option<(&'static str, &'static str)> {
    let (english, indonesian, colour) = match sale {
        Sale::Open => return None,
        Sale::ToCome => ("On sale soon", "Segera dijual", "info"),
        Sale::Over => ("Sold out", "Habis terjual", "dark"),
        Sale::Closed => ("Sale closed", "Penjualan ditutup", "secondary"),
        Sale::Postponed => ("Postponed", "Ditunda", "warning"),
        Sale::Cancelled => ("Cancelled", "Dibatalkan", "danger"),
    };
    let words = match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    };
    Some((words, colour))
}
