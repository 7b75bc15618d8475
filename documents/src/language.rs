//! The words on a document, and how dates read, per language.
//!
//! Invariant: every label exists in every language, because a language is one whole [`Labels`] value.
//! Read by the pages; a new language is one more constant here.
//! Names of ticket types, venues and terms come from the organiser and are not translated.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::{DocumentKind, PaymentStatus};

/// A language documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// `en`
    English,
    /// `id`, the language of most buyers.
    #[default]
    Indonesian,
}

/// All fixed text of one language.
pub(crate) struct Labels {
    pub(crate) invoice: &'static str,
    pub(crate) credit_note: &'static str,
    pub(crate) receipt: &'static str,
    pub(crate) of_receipt: &'static str,
    pub(crate) number: &'static str,
    pub(crate) issued: &'static str,
    pub(crate) sold_by: &'static str,
    pub(crate) billed_to: &'static str,
    pub(crate) item: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) price: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) total: &'static str,
    pub(crate) refunded: &'static str,
    pub(crate) paid_on: &'static str,
    pub(crate) refunded_on: &'static str,
    pub(crate) tickets_follow: &'static str,
    pub(crate) page: &'static str,
    pub(crate) ticket: &'static str,
    pub(crate) attendee: &'static str,
    pub(crate) ticket_type: &'static str,
    pub(crate) date: &'static str,
    pub(crate) venue: &'static str,
    pub(crate) gates_open: &'static str,
    pub(crate) to_be_announced: &'static str,
    pub(crate) ticket_number: &'static str,
    pub(crate) order: &'static str,
    pub(crate) terms: &'static str,
    pub(crate) own_terms: [&'static str; 3],
    weekdays: [&'static str; 7],
    /// Between hours and minutes.
    point: &'static str,
    months: [&'static str; 12],
    statuses: [&'static str; 7],
}

const ENGLISH: Labels = Labels {
    invoice: "Invoice",
    credit_note: "Credit note",
    receipt: "Receipt number",
    of_receipt: "For receipt",
    number: "Order number",
    issued: "Issued",
    sold_by: "Sold by",
    billed_to: "Billed to",
    item: "Item",
    quantity: "Qty",
    price: "Price",
    amount: "Amount",
    total: "Total",
    refunded: "Total refunded",
    paid_on: "Paid on",
    refunded_on: "Refunded on",
    tickets_follow: "Your tickets follow, one per page.",
    page: "Page",
    ticket: "Ticket",
    attendee: "Name",
    ticket_type: "Ticket type",
    date: "Date",
    venue: "Venue",
    gates_open: "Gates open",
    to_be_announced: "To be announced",
    ticket_number: "Ticket number",
    order: "Order",
    terms: "Terms",
    own_terms: [
        "Show this code at the gate, on paper or on a bright screen, with your identity card.",
        "The first scan admits; a copy of the code will be refused. Do not share or post it.",
        "Your ticket is exchanged for a wristband. A lost or damaged wristband is not replaced.",
    ],
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    point: ":",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    statuses: [
        "Awaiting payment",
        "Paid",
        "Partly refunded",
        "Refunded",
        "Expired",
        "Cancelled",
        "Payment failed",
    ],
};

const INDONESIAN: Labels = Labels {
    invoice: "Faktur",
    credit_note: "Nota kredit",
    receipt: "Nomor kuitansi",
    of_receipt: "Untuk kuitansi",
    number: "Nomor pesanan",
    issued: "Diterbitkan",
    sold_by: "Penjual",
    billed_to: "Pembeli",
    item: "Rincian",
    quantity: "Jml",
    price: "Harga",
    amount: "Jumlah",
    total: "Total",
    refunded: "Total dikembalikan",
    paid_on: "Dibayar",
    refunded_on: "Dikembalikan",
    tickets_follow: "Tiket Anda ada di halaman berikut, satu tiket per halaman.",
    page: "Halaman",
    ticket: "Tiket",
    attendee: "Nama",
    ticket_type: "Jenis tiket",
    date: "Tanggal",
    venue: "Tempat",
    gates_open: "Gerbang dibuka",
    to_be_announced: "Akan diumumkan",
    ticket_number: "Nomor tiket",
    order: "Pesanan",
    terms: "Ketentuan",
    own_terms: [
        "Tunjukkan kode ini di pintu masuk, dicetak atau di layar yang terang, beserta kartu identitas.",
        "Pemindaian pertama yang berlaku; salinan kode akan ditolak. Jangan bagikan atau unggah kode ini.",
        "Tiket ditukar dengan gelang. Gelang yang hilang atau rusak tidak diganti.",
    ],
    weekdays: ["Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"],
    point: ".",
    months: [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ],
    statuses: [
        "Menunggu pembayaran",
        "Lunas",
        "Dikembalikan sebagian",
        "Dikembalikan",
        "Kedaluwarsa",
        "Dibatalkan",
        "Pembayaran gagal",
    ],
};

impl Language {
    /// BCP 47 tag, as written into the PDF and web pages.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    /// `12 December 2026, 18:30 WIB`, `12 Desember 2026, 18.30 WIB`, as documents and mail write a moment.
    #[must_use]
    pub fn moment(self, at: DateTime<Utc>, zone: Tz) -> String {
        self.labels().moment(at, zone)
    }

    /// `12 December 2026, 18:30:05 WIB`, `12 Desember 2026, 18.30.05 WIB`, where seconds tell moments apart.
    #[must_use]
    pub fn second(self, at: DateTime<Utc>, zone: Tz) -> String {
        self.labels().second(at, zone)
    }

    /// `Sat 12 December 2026`
    #[must_use]
    pub fn day(self, date: NaiveDate) -> String {
        self.labels().day(date)
    }

    pub(crate) fn labels(self) -> &'static Labels {
        match self {
            Self::English => &ENGLISH,
            Self::Indonesian => &INDONESIAN,
        }
    }
}

impl Labels {
    /// `Sat 12 December 2026`
    pub(crate) fn day(&self, date: NaiveDate) -> String {
        let weekday = self.weekdays[date.weekday().num_days_from_monday() as usize];
        format!("{weekday} {}", self.plain_day(date))
    }

    /// `12–14 December 2026`, `30 November – 2 December 2026`
    pub(crate) fn days(&self, first: NaiveDate, last: NaiveDate) -> String {
        let end = self.plain_day(last);
        if (first.year(), first.month()) == (last.year(), last.month()) {
            return format!("{}–{end}", first.day());
        }
        if first.year() == last.year() {
            return format!(
                "{} {} – {end}",
                first.day(),
                self.months[first.month0() as usize]
            );
        }
        format!("{} – {end}", self.plain_day(first))
    }

    /// `12 December 2026`
    fn plain_day(&self, date: NaiveDate) -> String {
        format!(
            "{} {} {}",
            date.day(),
            self.months[date.month0() as usize],
            date.year()
        )
    }

    /// `12 December 2026, 18:30 WIB`
    pub(crate) fn moment(&self, at: DateTime<Utc>, zone: Tz) -> String {
        let local = at.with_timezone(&zone);
        format!(
            "{}, {}",
            self.plain_day(local.date_naive()),
            self.clock(at, zone)
        )
    }

    /// `12 December 2026, 18:30:05 WIB`
    pub(crate) fn second(&self, at: DateTime<Utc>, zone: Tz) -> String {
        let (local, point) = (at.with_timezone(&zone), self.point);
        let clock = format!("%H{point}%M{point}%S %Z");
        let day = self.plain_day(local.date_naive());
        format!("{day}, {}", local.format(&clock))
    }

    /// `18:30 WIB`, `18.30 WIB`
    pub(crate) fn clock(&self, at: DateTime<Utc>, zone: Tz) -> String {
        let local = at.with_timezone(&zone);
        let point = self.point;
        local.format(&format!("%H{point}%M %Z")).to_string()
    }

    /// What the first page is called.
    pub(crate) fn title(&self, kind: &DocumentKind) -> &'static str {
        match kind {
            DocumentKind::Invoice => self.invoice,
            DocumentKind::CreditNote { .. } => self.credit_note,
        }
    }

    pub(crate) fn status(&self, status: PaymentStatus) -> &'static str {
        self.statuses[match status {
            PaymentStatus::Pending => 0,
            PaymentStatus::Paid => 1,
            PaymentStatus::PartlyRefunded => 2,
            PaymentStatus::Refunded => 3,
            PaymentStatus::Expired => 4,
            PaymentStatus::Cancelled => 5,
            PaymentStatus::Failed => 6,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use chrono_tz::Asia::{Jakarta, Jayapura, Makassar};

    #[test]
    fn dates_read_in_both_languages() {
        let date = NaiveDate::from_ymd_opt(2026, 12, 12).expect("a date");
        assert_eq!(Language::English.labels().day(date), "Sat 12 December 2026");
        assert_eq!(
            Language::Indonesian.labels().day(date),
            "Sab 12 Desember 2026"
        );
    }

    #[test]
    fn runs_of_days_say_no_more_than_needed() {
        let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
        for (first, last, text) in [
            (
                date(2026, 12, 12),
                date(2026, 12, 14),
                "12–14 December 2026",
            ),
            (
                date(2026, 11, 30),
                date(2026, 12, 2),
                "30 November – 2 December 2026",
            ),
            (
                date(2026, 12, 31),
                date(2027, 1, 1),
                "31 December 2026 – 1 January 2027",
            ),
        ] {
            assert_eq!(Language::English.labels().days(first, last), text);
        }
    }

    #[test]
    fn moments_are_told_in_the_events_zone() {
        let at = Utc
            .with_ymd_and_hms(2026, 11, 21, 17, 5, 0)
            .single()
            .expect("a moment");
        for (zone, text) in [
            (Jakarta, "22 November 2026, 00.05 WIB"),
            (Makassar, "22 November 2026, 01.05 WITA"),
            (Jayapura, "22 November 2026, 02.05 WIT"),
            (Tz::UTC, "21 November 2026, 17.05 UTC"),
        ] {
            assert_eq!(Language::Indonesian.labels().moment(at, zone), text);
        }
        let text = "22 November 2026, 00.05.00 WIB";
        assert_eq!(Language::Indonesian.second(at, Jakarta), text);
    }
}
