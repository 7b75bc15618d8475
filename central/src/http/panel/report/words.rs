//! Stable names and days as reports say them.

use chrono::{Datelike as _, NaiveDate};
use documents::Language;

use crate::domain::{channel::Channel, refund::RefundReason, report::period::Step};

const MONTHS: [(&str, &str); 12] = [
    ("Jan", "Jan"),
    ("Feb", "Feb"),
    ("Mar", "Mar"),
    ("Apr", "Apr"),
    ("May", "Mei"),
    ("Jun", "Jun"),
    ("Jul", "Jul"),
    ("Aug", "Agu"),
    ("Sep", "Sep"),
    ("Oct", "Okt"),
    ("Nov", "Nov"),
    ("Dec", "Des"),
];

const fn pick(language: Language, words: (&'static str, &'static str)) -> &'static str {
    match language {
        Language::English => words.0,
        Language::Indonesian => words.1,
    }
}

pub(super) const fn channel(channel: Channel, language: Language) -> &'static str {
    let words = match channel {
        Channel::Web => ("Pages", "Halaman"),
        Channel::Api => ("API", "API"),
        Channel::Desk => ("Desk", "Loket"),
    };
    pick(language, words)
}

pub(super) const fn refund(reason: RefundReason, language: Language) -> &'static str {
    let words = match reason {
        RefundReason::BuyerRequest => ("Asked for by the buyer", "Diminta pembeli"),
        RefundReason::Staff => ("Decided here", "Diputuskan di sini"),
        RefundReason::EventCancelled => ("Event cancelled", "Acara dibatalkan"),
        RefundReason::PaidWithoutStock => (
            "Paid too late (no sale)",
            "Terlambat bayar (bukan penjualan)",
        ),
        RefundReason::PaidTwice => ("Paid twice (no sale)", "Dibayar dua kali (bukan penjualan)"),
        RefundReason::RefundedElsewhere => ("Made at the provider", "Dilakukan di penyedia"),
        RefundReason::DisputeLost => ("Dispute lost", "Kalah sengketa"),
    };
    pick(language, words)
}

/// A part of a period in few letters, for an axis.
pub(super) fn part(day: NaiveDate, step: Step, language: Language) -> String {
    let month = MONTHS
        .get(day.month0() as usize)
        .copied()
        .unwrap_or_default();
    let month = pick(language, month);
    match step {
        Step::Day | Step::Week => format!("{} {month}", day.day()),
        Step::Month => format!("{month} {}", day.year()),
    }
}

/// The same in a table.
pub(super) fn part_in_full(day: NaiveDate, step: Step, language: Language) -> String {
    match step {
        Step::Day => language.day(day),
        Step::Week => match language {
            Language::English => format!("Week of {}", language.day(day)),
            Language::Indonesian => format!("Minggu {}", language.day(day)),
        },
        Step::Month => part(day, step, language),
    }
}
