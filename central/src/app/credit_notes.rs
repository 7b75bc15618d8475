//! Credit notes: what went back of an order, on a page with a number of its own.
//!
//! Invariant: drawn anew each time from what is stored, like the invoice that it refers to; its lines add up to the
//! refund's amount. A refund that was declined has none.

use documents::{DocumentKind, Invoice, InvoiceLine, Language};
use sync_protocol::{id::TicketId, time::Timestamp};

use super::{
    App,
    invoices::{draw, language, moment},
    orders::{OrderError, OrderView},
};
use crate::{
    domain::{id::RefundId, money::Money, order::Order, refund::Refund},
    store,
};

impl App {
    /// The credit note of a refund of this order: its number and the file; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be drawn, or the database fails.
    pub async fn credit_note_of(
        &self,
        order: &Order,
        refund: RefundId,
    ) -> Result<Option<(String, Vec<u8>)>, OrderError> {
        let (view, found) = {
            let mut tx = self.store.read().await?;
            let found = store::refund::by_id(&mut tx, refund).await?;
            (self.view_of(&mut tx, order.clone()).await?, found)
        };
        match found.filter(|refund| refund.order == order.id) {
            Some(refund) => self.credit_note(&view, &refund).await,
            None => Ok(None),
        }
    }

    /// The credit note of a refund of this order; none while it has no number.
    pub(super) async fn credit_note(
        &self,
        view: &OrderView,
        refund: &Refund,
    ) -> Result<Option<(String, Vec<u8>)>, OrderError> {
        let sheet = {
            let mut tx = self.store.read().await?;
            let numbered = store::receipt::of_subject(&mut tx, refund.id.0).await?;
            let Some((shown, issued_at)) = numbered else {
                return Ok(None);
            };
            let items = store::refund::items(&mut tx, refund.id).await?;
            let invoice = self.sheet(&mut tx, view).await?;
            sheet(invoice, view, refund, &items, (shown, issued_at))
        };
        let file = sheet.receipt.clone().unwrap_or_default();
        Ok(Some((file, draw(sheet).await?)))
    }
}

/// The invoice turned into what went back of it.
fn sheet(
    invoice: Invoice,
    view: &OrderView,
    refund: &Refund,
    items: &[(TicketId, i64)],
    (shown, issued_at): (String, Timestamp),
) -> Invoice {
    let language = language(&view.order);
    let total = refund.amount.text(language);
    Invoice {
        kind: DocumentKind::CreditNote {
            of: invoice.receipt.unwrap_or_else(|| invoice.number.clone()),
        },
        receipt: Some(shown),
        issued_at: moment(issued_at),
        paid_at: refund.done_at.map(moment),
        lines: lines(view, refund, items),
        notes: Vec::new(),
        total,
        ..invoice
    }
}

fn lines(view: &OrderView, refund: &Refund, items: &[(TicketId, i64)]) -> Vec<InvoiceLine> {
    let language = language(&view.order);
    let line = |description: String, detail: Option<String>, minor: i64| {
        let amount = Money::new(minor, refund.amount.currency).text(language);
        InvoiceLine {
            description,
            detail,
            quantity: 1,
            unit_price: amount.clone(),
            amount,
        }
    };
    let of_tickets: i64 = items.iter().map(|(_, minor)| minor).sum();
    let ticket = |(id, minor): &(TicketId, i64)| {
        let found = view.tickets.iter().find(|ticket| ticket.gate.id == *id);
        let name = found.map_or("", |ticket| view.ticket_name(ticket));
        let number = found.map(|ticket| ticket.gate.number.to_string());
        line(name.to_owned(), number, *minor)
    };
    let rest = refund.amount.minor - of_tickets;
    let words = match language {
        Language::Indonesian => "Pengembalian dana",
        Language::English => "Refund",
    };
    let rest = (rest != 0).then(|| line(words.to_owned(), None, rest));
    items.iter().map(ticket).chain(rest).collect()
}
