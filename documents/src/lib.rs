//! Documents: the invoice with its tickets as one PDF for a buyer, the credit note for what went back, sheets of wristbands for the organiser, and QR codes
//! for pages.
//!
//! Invariant: everything here is a pure function from plain values to bytes or text; equal input gives
//! equal bytes, so a document can be made again at any time instead of being stored.
//! Called by central's mail worker, shop pages and command line.
//! It does no arithmetic on money (amounts arrive as text, made by central's `Money`) and knows no
//! order rules: what may be printed when is central's decision. No clock, no files, no network.

mod accent;
mod canvas;
mod code128;
mod error;
mod font;
mod invoice;
mod invoice_page;
mod language;
mod pdf;
mod qr;
mod rehearsal_page;
mod ticket_page;
mod wristband_page;
mod wristband_sheet;

pub use accent::Accent;
pub use error::DocumentError;
pub use invoice::{
    DocumentKind, Event, EventDay, Invoice, InvoiceLine, Party, PaymentStatus, TicketPage,
};
pub use language::Language;
pub use pdf::invoice;
pub use qr::{QrModules, qr_modules, qr_svg};
pub use rehearsal_page::{RehearsalHead, rehearsal_sheets};
pub use wristband_sheet::{Band, SheetHead, wristband_sheets};
