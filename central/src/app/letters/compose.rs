//! One letter out of what is stored; `None` when nobody needs it any more.

use chrono::{DateTime, Utc};
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{LetterError, buyer, digest, event, letter_id, money, moved, moved::Was, words::days};
use crate::{
    app::{App, calendar, orders::OrderView},
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
            LetterKind::PasswordReset => self.write_reset(subject).await?,
            LetterKind::AddressChanged => self.write_address_changed(&due.payload).await?,
            LetterKind::SalesDigest => self.write_digest(&due.payload).await?,
            LetterKind::OpeningAsked => self.write_opening(&due.payload).await?,
            LetterKind::Tickets | LetterKind::PaymentPending | LetterKind::PaymentExpired => {
                let about = About::of(OrderId(subject));
                self.write_order(due.kind, &about).await?
            }
            LetterKind::TicketsAgain
            | LetterKind::EventReminder
            | LetterKind::EventCancelled
            | LetterKind::EventPostponed
            | LetterKind::EventMoved
            | LetterKind::PaymentReversed
            | LetterKind::PaymentDisputed
            | LetterKind::DisputeWon => match About::read(&due.payload) {
                Some(about) => self.write_order(due.kind, &about).await?,
                None => None,
            },
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
        about: &About<'_>,
    ) -> Result<Option<Written>, LetterError> {
        let Some(view) = self.order_view(about.order).await? else {
            return Ok(None);
        };
        if !is_wanted(kind, &view) {
            return Ok(None);
        }
        let Some(page) = self.page_of(kind, about, &view).await? else {
            return Ok(None);
        };
        let attachments = self.attachments(kind, &view).await?;
        Ok(Some(Written {
            name: view.order.buyer_name,
            to: view.order.email,
            page,
            attachments,
        }))
    }

    async fn page_of(
        &self,
        kind: LetterKind,
        about: &About<'_>,
        view: &OrderView,
    ) -> Result<Option<Page>, LetterError> {
        let (order, found) = (&view.order, &view.setup.event);
        let url = self.order_url(order);
        Ok(Some(match kind {
            LetterKind::EventReminder if !about.is_next(view) => return Ok(None),
            LetterKind::EventReminder => event::reminder(view, url, self.clock.now()),
            LetterKind::EventCancelled => event::cancelled(view, url),
            LetterKind::EventPostponed => event::postponed(view, url),
            LetterKind::EventMoved => {
                let Some(was) = self.was(about).await? else {
                    return Ok(None);
                };
                let access = self.access_secret(order.id, order.address_changes);
                let refunds = self.refunds_of_buyer(&order.number, &access).await;
                // The news is worth telling even where its refunds cannot be read.
                let may_ask = refunds.is_ok_and(|refunds| refunds.may_ask);
                moved::page(view, &was, url, may_ask)
            }
            LetterKind::PaymentReversed => {
                money::reversed(view, format!("{}/events/{}", self.public_url, found.slug))
            }
            LetterKind::PaymentDisputed => {
                let mut tx = self.store.read().await?;
                let organiser = store::client::contact(&mut tx, found.client).await?;
                money::disputed(view, url, organiser)
            }
            LetterKind::DisputeWon => money::dispute_won(view, url),
            _ => buyer::page(kind, view, url),
        }))
    }

    /// What was before the change that a letter tells.
    async fn was(&self, about: &About<'_>) -> Result<Option<Was>, LetterError> {
        let mailing = about.more.and_then(|text| Uuid::parse_str(text).ok());
        let Some(mailing) = mailing else {
            return Ok(None);
        };
        let mut tx = self.store.read().await?;
        let stored = store::mailing::was(&mut tx, mailing).await?;
        Ok(stored.as_deref().and_then(Was::read))
    }

    async fn attachments(
        &self,
        kind: LetterKind,
        view: &OrderView,
    ) -> Result<Vec<Attachment>, LetterError> {
        let with_tickets = matches!(
            kind,
            LetterKind::Tickets
                | LetterKind::TicketsAgain
                | LetterKind::EventReminder
                | LetterKind::EventMoved
                | LetterKind::DisputeWon
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
            files.extend(self.days_of(view));
        }
        Ok(files)
    }

    /// The days of an order as what a phone adds to its calendar at a tap. Its entries lead to the event, never to the
    /// order: calendars are shared.
    fn days_of(&self, view: &OrderView) -> Option<Attachment> {
        let url = format!("{}/events/{}", self.public_url, view.setup.event.slug);
        let now = self.clock.now();
        let text = calendar::file(&view.setup, days(view), &url, now)?;
        Some(Attachment {
            file: format!("{}.ics", view.order.number),
            kind: "text/calendar; charset=utf-8",
            bytes: text.into_bytes(),
        })
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

/// What a letter is about besides its kind, as the outbox keeps it: an order, and a word more for some kinds.
pub(super) struct About<'a> {
    pub(super) order: OrderId,
    pub(super) more: Option<&'a str>,
}

impl<'a> About<'a> {
    const fn of(order: OrderId) -> Self {
        Self { order, more: None }
    }

    pub(super) fn read(payload: &'a str) -> Option<Self> {
        let mut words = payload.split_whitespace();
        let order = OrderId(Uuid::parse_str(words.next()?).ok()?);
        let more = words.next();
        Some(Self { order, more })
    }

    /// Whether a day of the order opens at the moment that a reminder is about: the day may have moved since.
    fn is_next(&self, view: &OrderView) -> bool {
        let Some(opens) = self.more.and_then(|text| text.parse().ok()) else {
            return true;
        };
        days(view).any(|day| day.opens_at == Timestamp(opens))
    }
}

/// Whether the order still stands where the letter makes sense.
fn is_wanted(kind: LetterKind, view: &OrderView) -> bool {
    let status = view.order.status;
    let is_disputed = view.is_disputed();
    match kind {
        LetterKind::PaymentPending => status == OrderStatus::Pending,
        LetterKind::PaymentExpired => status == OrderStatus::Expired,
        LetterKind::PaymentReversed => status == OrderStatus::Failed,
        LetterKind::PaymentDisputed => status.is_settled() && is_disputed,
        LetterKind::Tickets
        | LetterKind::TicketsAgain
        | LetterKind::EventReminder
        | LetterKind::EventMoved
        | LetterKind::DisputeWon => {
            let has_tickets = matches!(status, OrderStatus::Paid | OrderStatus::PartlyRefunded);
            has_tickets && !is_disputed
        }
        _ => status.is_settled(),
    }
}

pub(super) fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.0).unwrap_or_default()
}
