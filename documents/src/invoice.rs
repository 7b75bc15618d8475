//! The values an invoice and its tickets are drawn from.
//!
//! Plain data with public fields: central fills them from an order, the pages read them. Amounts are
//! text already (`Rp 150.000`), so that there is one formatter of money and no sum is made twice.
//! All text is inert: it is drawn letter by letter and never read as markup.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::{Accent, Language};

/// One order as printed: invoice pages first, then one page per ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// What the page is.
    pub kind: DocumentKind,
    /// Language of every label and date.
    pub language: Language,
    /// The event's time zone; every moment is shown in it.
    pub time_zone: Tz,
    /// The event's colour.
    pub accent: Accent,
    /// Order number, as the buyer quotes it.
    pub number: String,
    /// Receipt number of the organiser's own numbering, e.g. `INV/GEMA/2026/00042`; none before payment.
    pub receipt: Option<String>,
    /// When the invoice was issued; also the date inside the PDF.
    pub issued_at: DateTime<Utc>,
    /// Where the payment stands.
    pub status: PaymentStatus,
    /// When the money arrived.
    pub paid_at: Option<DateTime<Utc>>,
    /// How it was paid, e.g. `QRIS`.
    pub payment_method: Option<String>,
    /// The client (organiser) who sells.
    pub seller: Party,
    /// Who bought.
    pub buyer: Party,
    /// The show.
    pub event: Event,
    /// What was bought, in order; discounts, fees and taxes are lines too.
    pub lines: Vec<InvoiceLine>,
    /// Sum of the lines, formatted.
    pub total: String,
    /// Small print under the total, such as the taxes that prices include, one sentence each.
    pub notes: Vec<String>,
    /// The event's terms, one sentence each, as many as fit below the cut line (about four lines of
    /// small print); empty takes the language's own three.
    pub terms: Vec<String>,
    /// One page each, after the invoice; empty while nothing is issued.
    pub tickets: Vec<TicketPage>,
}

/// What the first page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentKind {
    /// What was sold.
    Invoice,
    /// What was given back of an earlier invoice.
    CreditNote {
        /// Receipt number of that invoice, or the order's number where it had none.
        of: String,
    },
}

/// Seller or buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Full name.
    pub name: String,
    /// Address, tax number, e-mail: one line each, shown as given.
    pub lines: Vec<String>,
}

/// The show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Name as published.
    pub name: String,
    /// Venue and city.
    pub venue: String,
    /// All its days.
    pub days: Vec<EventDay>,
}

/// One event day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDay {
    /// Local date at the venue.
    pub date: NaiveDate,
    /// When the gates open, if it is known.
    pub gates_open_at: Option<DateTime<Utc>>,
}

/// One line of the invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// What, e.g. the ticket type.
    pub description: String,
    /// Small print under it.
    pub detail: Option<String>,
    /// How many.
    pub quantity: u32,
    /// Price of one, formatted.
    pub unit_price: String,
    /// Price of all, formatted.
    pub amount: String,
}

/// One ticket, one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketPage {
    /// Ticket code: the text in the QR.
    pub code: String,
    /// Ticket number for typing by hand; drawn in groups of four when it carries no hyphen.
    pub number: String,
    /// Who goes in.
    pub attendee: String,
    /// Ticket type, e.g. `VIP`.
    pub ticket_type: String,
    /// The days this ticket is good for.
    pub days: Vec<EventDay>,
}

/// Where the payment stands, as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Waiting for money.
    Pending,
    /// Paid in full.
    Paid,
    /// Part of the money went back.
    PartlyRefunded,
    /// All the money went back.
    Refunded,
    /// The time to pay ran out.
    Expired,
    /// Cancelled before payment.
    Cancelled,
    /// The payment failed.
    Failed,
}
