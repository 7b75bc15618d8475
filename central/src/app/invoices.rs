//! Invoices: the PDF of a paid order, its tickets on pages of their own.
//!
//! Invariant: it is drawn anew each time from what is stored. Ticket codes are signed again, by the key of the
//! slot that first signed them, to the same characters: no table holds a working ticket. The identity number is
//! printed masked. What is no longer valid is not printed.

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use documents::{
    Accent, DocumentError, DocumentKind, Invoice, InvoiceLine, Language, Party, PaymentStatus,
    TicketPage,
};
use ed25519_dalek::SigningKey;
use sync_protocol::{ticket::TicketStatus, time::Timestamp};
use tokio::sync::Semaphore;

use super::{
    App,
    orders::{IDENTITY, OrderError, OrderView},
};
use crate::{
    domain::{
        buyer,
        event::{Day, Event},
        identity::IdentityNumber,
        money::Money,
        order::{Order, OrderItem, OrderStatus},
        price::{Adjustment, AdjustmentKind},
        ticket::{self, SoldTicket},
    },
    store::{self, StoreError, Tx},
};

/// Documents that are drawn at the same time.
const DRAWN_AT_ONCE: usize = 2;

impl App {
    /// The invoice of a paid order with its tickets.
    ///
    /// # Errors
    /// [`OrderError::UnknownOrder`], [`OrderError::NotPaid`].
    pub async fn invoice_pdf(&self, number: &str, access: &str) -> Result<Vec<u8>, OrderError> {
        let view = self.find_order(number, access).await?;
        if !view.order.status.is_settled() {
            return Err(OrderError::NotPaid);
        }
        self.document_of(&view).await
    }

    /// The invoice of a paid order alone: for whoever works here. Its tickets open gates and are for the buyer.
    ///
    /// # Errors
    /// [`OrderError::NotPaid`].
    pub async fn invoice_alone(&self, order: &Order) -> Result<Vec<u8>, OrderError> {
        if !order.status.is_settled() {
            return Err(OrderError::NotPaid);
        }
        let sheet = {
            let mut tx = self.store.read().await?;
            let view = self.view_of(&mut tx, order.clone()).await?;
            self.sheet(&mut tx, &view).await?
        };
        draw(sheet).await
    }

    /// The document of an order that is paid.
    pub(super) async fn document_of(&self, view: &OrderView) -> Result<Vec<u8>, OrderError> {
        draw(self.invoice(view).await?).await
    }

    async fn invoice(&self, view: &OrderView) -> Result<Invoice, OrderError> {
        let mut tx = self.store.read().await?;
        Ok(Invoice {
            tickets: self.pages(&mut tx, view).await?,
            ..self.sheet(&mut tx, view).await?
        })
    }

    /// The invoice without its tickets.
    pub(super) async fn sheet(&self, tx: &mut Tx, view: &OrderView) -> Result<Invoice, OrderError> {
        let (order, event) = (&view.order, &view.setup.event);
        let receipt = store::receipt::of_subject(tx, order.id.0).await?;
        Ok(Invoice {
            kind: DocumentKind::Invoice,
            receipt: receipt.map(|(shown, _)| shown),
            notes: notes(view),
            language: buyer::language_of(&order.language).unwrap_or_default(),
            time_zone: event.time_zone.parse().unwrap_or(Tz::UTC),
            accent: Accent::pick(event.id.as_bytes()),
            number: order.number.clone(),
            issued_at: moment(order.paid_at.unwrap_or(order.created_at)),
            status: printed(order.status),
            paid_at: order.paid_at.map(moment),
            payment_method: view
                .payment
                .as_ref()
                .and_then(|p| method(p.channel.as_deref()?)),
            seller: seller(tx, event).await?,
            buyer: self.party(tx, order).await?,
            event: documents::Event {
                name: event.name.clone(),
                venue: event.place(),
                days: view.setup.days.iter().filter_map(event_day).collect(),
            },
            lines: lines(view),
            total: order.total.text(language(order)),
            terms: terms(event),
            tickets: Vec::new(),
        })
    }

    async fn party(&self, tx: &mut Tx, order: &Order) -> Result<Party, OrderError> {
        let sealed = store::order::identity_sealed(tx, order.id).await?;
        let open = self.vault.open(IDENTITY, &sealed.unwrap_or_default());
        let open = open.map_err(|_| StoreError::Corrupt("an identity of another master key"))?;
        let number = String::from_utf8_lossy(&open);
        let identity = IdentityNumber::parse(order.identity_kind, &number)
            .map_err(|_| StoreError::Corrupt("identity number"))?;
        let kind = order.identity_kind.name().replace('_', " ").to_uppercase();
        Ok(Party {
            name: order.buyer_name.clone(),
            lines: vec![
                format!("{kind} {}", identity.masked()),
                order.email.clone(),
                order.phone.clone(),
            ],
        })
    }

    async fn pages(&self, tx: &mut Tx, view: &OrderView) -> Result<Vec<TicketPage>, OrderError> {
        let mut keys: BTreeMap<u8, SigningKey> = BTreeMap::new();
        let mut pages = Vec::new();
        for ticket in &view.tickets {
            if ticket.gate.status != TicketStatus::Valid {
                continue;
            }
            let slot = ticket.key_slot;
            let key = match keys.entry(slot) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    unknown.insert(self.key_in_slot(tx, ticket.event, slot).await?)
                }
            };
            pages.push(page(view, ticket, key));
        }
        Ok(pages)
    }
}

/// Draws beside the threads that answer requests, and only a few documents at once: each keeps a processor busy for
/// tens of milliseconds, and a queue of them must not keep all.
pub(super) async fn draw(invoice: Invoice) -> Result<Vec<u8>, OrderError> {
    static DRAWING: Semaphore = Semaphore::const_new(DRAWN_AT_ONCE);
    let stopped = || DocumentError::Write("the drawing stopped".to_owned());
    let turn = DRAWING.acquire().await.map_err(|_| stopped())?;
    let drawn = tokio::task::spawn_blocking(move || documents::invoice(&invoice)).await;
    drop(turn);
    Ok(drawn.map_err(|_| stopped())??)
}

fn page(view: &OrderView, ticket: &SoldTicket, key: &SigningKey) -> TicketPage {
    let of_ticket = |day: &&Day| ticket.gate.day_mask & (1 << day.number) != 0;
    let days = view.setup.days.iter().filter(of_ticket);
    TicketPage {
        code: ticket::code(ticket, key).to_text(),
        number: ticket.gate.number.to_string(),
        attendee: ticket.attendee.clone(),
        ticket_type: view.ticket_name(ticket).to_owned(),
        days: days.filter_map(event_day).collect(),
    }
}

/// What was bought, then what was taken off and put on, in the order applied; they add up to the total.
fn lines(view: &OrderView) -> Vec<InvoiceLine> {
    let language = language(&view.order);
    let text = |minor| Money::new(minor, view.order.total.currency).text(language);
    let item = |item: &OrderItem| InvoiceLine {
        description: view.sold_name(item).to_owned(),
        detail: None,
        quantity: item.quantity,
        unit_price: item.unit_price.text(language),
        amount: text(item.amount_minor()),
    };
    let adjustment = |one: &Adjustment| InvoiceLine {
        description: one.name.clone(),
        detail: Some(called(one.kind, language)),
        quantity: 1,
        unit_price: text(one.signed_minor()),
        amount: text(one.signed_minor()),
    };
    let counted = view.adjustments.iter().filter(|one| !one.is_included);
    let items = view.items.iter().map(item);
    items.chain(counted.map(adjustment)).collect()
}

/// The fees and taxes that prices hold already, by name.
fn notes(view: &OrderView) -> Vec<String> {
    let language = language(&view.order);
    let note = |one: &Adjustment| {
        let amount = Money::new(one.amount_minor, view.order.total.currency).text(language);
        let name = &one.name;
        match language {
            Language::Indonesian => format!("Harga sudah termasuk {name}: {amount}"),
            Language::English => format!("Prices include {name}: {amount}"),
        }
    };
    let included = view.adjustments.iter().filter(|one| one.is_included);
    included.map(note).collect()
}

fn called(kind: AdjustmentKind, language: Language) -> String {
    let (indonesian, english) = match kind {
        AdjustmentKind::GroupDiscount => ("Potongan kelompok", "Group discount"),
        AdjustmentKind::Promo => ("Potongan kode promo", "Promo code"),
        AdjustmentKind::Fee => ("Biaya", "Fee"),
        AdjustmentKind::Tax => ("Pajak", "Tax"),
    };
    match language {
        Language::Indonesian => indonesian.to_owned(),
        Language::English => english.to_owned(),
    }
}

async fn seller(tx: &mut Tx, event: &Event) -> Result<Party, StoreError> {
    let (name, email) = store::client::contact(tx, event.client)
        .await?
        .ok_or(StoreError::Corrupt("an event of no organiser"))?;
    Ok(Party {
        name,
        lines: vec![email],
    })
}

fn event_day(day: &Day) -> Option<documents::EventDay> {
    Some(documents::EventDay {
        date: day.local_date.parse::<NaiveDate>().ok()?,
        gates_open_at: Some(moment(day.opens_at)),
    })
}

fn terms(event: &Event) -> Vec<String> {
    let sentences = event.terms.lines().map(str::trim);
    sentences
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) fn language(order: &Order) -> Language {
    buyer::language_of(&order.language).unwrap_or_default()
}

/// The means of payment as people call it; what has no name here is shown in the provider's word.
fn method(channel: &str) -> Option<String> {
    let name = match channel {
        "" => return None,
        "bank_transfer" | "echannel" | "permata" => "Virtual account",
        "credit_card" => "Card",
        "gopay" => "GoPay",
        "qris" => "QRIS",
        "shopeepay" => "ShopeePay",
        other => other,
    };
    Some(name.to_owned())
}

fn printed(status: OrderStatus) -> PaymentStatus {
    match status {
        OrderStatus::Pending => PaymentStatus::Pending,
        OrderStatus::Paid => PaymentStatus::Paid,
        OrderStatus::PartlyRefunded => PaymentStatus::PartlyRefunded,
        OrderStatus::Refunded => PaymentStatus::Refunded,
        OrderStatus::Expired => PaymentStatus::Expired,
        OrderStatus::Cancelled => PaymentStatus::Cancelled,
        OrderStatus::Failed => PaymentStatus::Failed,
    }
}

pub(super) fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.0).unwrap_or_default()
}
