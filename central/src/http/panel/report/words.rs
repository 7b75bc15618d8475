//! Stable names and days as reports say them.

use chrono::{Datelike as _, NaiveDate};
use documents::Language;
use sync_protocol::verdict::Reason;

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

/// Why a gate did not let in.
pub(super) fn reason(reason: Reason, language: Language) -> String {
    let words = match reason {
        Reason::AlreadyExchanged => ("Exchanged before", "Sudah ditukar"),
        Reason::AlreadyUsed => ("Used before", "Sudah dipakai"),
        Reason::NotExchanged => ("Not exchanged yet", "Belum ditukar"),
        Reason::NotPaid => ("Not paid", "Belum dibayar"),
        Reason::Revoked => ("Revoked", "Dicabut"),
        Reason::Refunded => ("Refunded", "Uang dikembalikan"),
        Reason::WrongEvent => ("Another event", "Acara lain"),
        Reason::WrongGate => ("Another gate", "Gerbang lain"),
        Reason::WrongDay => ("Another day", "Hari lain"),
        Reason::NotYetValid => ("Too early", "Terlalu dini"),
        Reason::NoLongerValid => ("Too late", "Terlambat"),
        Reason::Outside => ("Not inside", "Tidak di dalam"),
        Reason::Inside => ("Still inside", "Masih di dalam"),
        Reason::UnknownTicket => ("Unknown ticket", "Tiket tak dikenal"),
        Reason::SoldAfterLastSync => (
            "Sold after the last sync",
            "Dijual setelah sinkron terakhir",
        ),
        Reason::UnknownWristband => ("Unknown wristband", "Gelang tak dikenal"),
        Reason::BadSignature => ("Forged or damaged code", "Kode palsu atau rusak"),
        Reason::Unreadable => ("No code of ours", "Bukan kode kami"),
        Reason::ReplicaIncomplete => ("Gate's data incomplete", "Data gerbang belum lengkap"),
        Reason::NodeLocked => ("Node locked", "Perangkat terkunci"),
        Reason::CannotStore => ("Could not be stored", "Tidak dapat disimpan"),
        Reason::TypedNumber => ("Number typed", "Nomor diketik"),
        Reason::NotPaired => ("No wristband on it", "Tanpa gelang"),
        Reason::ShowWristband => ("Waited for a wristband", "Menunggu gelang"),
        Reason::WristbandTaken => ("Wristband of another ticket", "Gelang milik tiket lain"),
        Reason::BindingUnknown => ("Exchange not known yet", "Penukaran belum diketahui"),
        Reason::SeveralAddons => ("Several tickets fit", "Beberapa tiket cocok"),
        Reason::NotAllowed => (
            "Not allowed on this node",
            "Tidak diizinkan di perangkat ini",
        ),
        Reason::WristbandVoid => ("Wristband withdrawn", "Gelang ditarik"),
        Reason::SignInFirst => ("Nobody signed in", "Belum ada yang masuk"),
        other => return other.name().to_owned(),
    };
    pick(language, words).to_owned()
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
