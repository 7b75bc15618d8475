//! One letter out of what is stored; `None` when nobody needs it any more.

use chrono::{DateTime, Utc};
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{LetterError, buyer, calendar, digest, event, letter_id};
use crate::{
    app::{App, orders::OrderView},
    domain::{id::OrderId, letter::LetterKind, order::OrderStatus},
    mail::{Attachment, Letter, Page},
    store::{self, letter::DueLetter},
};

/// A letter's way and words, before its id is put on it.
pub(super) struct Written {
    pub(super) name: String,
    pub(super) to: String,
    pub(super) page: Page,
    pub(super) attachments: Vec<Attachment>,
}

impl App {
    pub(super) async fn compose(&self, due: &DueLetter) -> Result<Option<Letter>, LetterError> {
        let subject = due.task.subject;
        let written = match due.kind {
            LetterKind::Refund => self.write_refund(subject).await?,
            LetterKind::TrackingCode => self.write_code(subject).await?,
            LetterKind::SalesDigest => self.write_digest(&due.payload).await?,
            LetterKind::TicketsAgain | LetterKind::EventCancelled | LetterKind::EventPostponed => {
                let Ok(order) = Uuid::parse_str(&due.payload) else {
                    return Ok(None);
                };
                self.write_order(due.kind, OrderId(order)).await?
            }
            LetterKind::Tickets
            | LetterKind::PaymentPending
            | LetterKind::PaymentExpired
            | LetterKind::EventReminder => self.write_order(due.kind, OrderId(subject)).await?,
        };
        Ok(written.map(|written| Letter {
            id: letter_id(due.task.id, due.task.created_at),
            name: written.name,
            to: written.to,
            page: written.page,
            at: moment(self.clock.now()),
            attachments: written.attachments,
        }))
    }

    /// A letter to the buyer of an order, with what belongs to it.
    async fn write_order(
        &self,
        kind: LetterKind,
        order: OrderId,
    ) -> Result<Option<Written>, LetterError> {
        let Some(view) = self.order_view(order).await? else {
            return Ok(None);
        };
        if !is_wanted(kind, view.order.status) {
            return Ok(None);
        }
        let url = self.order_url(&view.order);
        let page = match kind {
            LetterKind::EventReminder => event::reminder(&view, url, self.clock.now()),
            LetterKind::EventCancelled => event::cancelled(&view, url),
            LetterKind::EventPostponed => event::postponed(&view, url),
            _ => buyer::page(kind, &view, url),
        };
        let attachments = self.attachments(kind, &view).await?;
        Ok(Some(Written {
            name: view.order.buyer_name,
            to: view.order.email,
            page,
            attachments,
        }))
    }

    async fn attachments(
        &self,
        kind: LetterKind,
        view: &OrderView,
    ) -> Result<Vec<Attachment>, LetterError> {
        let with_tickets = matches!(
            kind,
            LetterKind::Tickets | LetterKind::TicketsAgain | LetterKind::EventReminder
        );
        let with_days = with_tickets
            || matches!(
                kind,
                LetterKind::EventPostponed | LetterKind::EventCancelled
            );
        let mut files = Vec::new();
        if with_tickets {
            files.push(Attachment {
                file: format!("{}.pdf", view.order.number),
                kind: "application/pdf",
                bytes: self.document_of(view).await?,
            });
        }
        if with_days {
            files.extend(calendar::attachment(view));
        }
        Ok(files)
    }

    /// An order with all that its letters tell.
    pub(super) async fn order_view(&self, id: OrderId) -> Result<Option<OrderView>, LetterError> {
        let mut tx = self.store.read().await?;
        match store::order::by_id(&mut tx, id).await? {
            Some(order) => Ok(Some(self.view_of(&mut tx, order).await?)),
            None => Ok(None),
        }
    }

    /// What an organiser's letter says of the sales between two moments.
    async fn write_digest(&self, payload: &str) -> Result<Option<Written>, LetterError> {
        let Some((id, span)) = digest::read(payload) else {
            return Ok(None);
        };
        let mut tx = self.store.read().await?;
        let Some(found) = store::event::by_id(&mut tx, id).await? else {
            return Ok(None);
        };
        let Some((name, to)) = store::client::contact(&mut tx, found.client).await? else {
            return Ok(None);
        };
        let sold = store::mailing::sold(&mut tx, id, span).await?;
        if sold.orders == 0 {
            return Ok(None);
        }
        Ok(Some(Written {
            page: digest::page(&found, span, &sold),
            name,
            to,
            attachments: Vec::new(),
        }))
    }
}

/// Whether the order still stands where the letter makes sense.
fn is_wanted(kind: LetterKind, status: OrderStatus) -> bool {
    match kind {
        LetterKind::PaymentPending => status == OrderStatus::Pending,
        LetterKind::PaymentExpired => status == OrderStatus::Expired,
        LetterKind::Tickets | LetterKind::TicketsAgain | LetterKind::EventReminder => {
            matches!(status, OrderStatus::Paid | OrderStatus::PartlyRefunded)
        }
        _ => status.is_settled(),
    }
}

pub(super) fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.0).unwrap_or_default()
}
