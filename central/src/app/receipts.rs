//! Receipts: numbered in the transaction that moves the money.
//!
//! Invariant: a sale or refund that is committed has exactly one number of its event's numbering, and one that is
//! rolled back leaves no gap. The year is the one at the venue.

use chrono::{DateTime, Datelike as _};
use chrono_tz::Tz;
use serde_json::json;
use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    App,
    trail::{Actor, Deed},
};
use crate::{
    domain::{
        id::OrderId,
        receipt::{Pattern, ReceiptKind},
    },
    store::{
        self, StoreError, Tx,
        receipt::{Numbering, Receipt},
        tx::transact,
    },
};

impl App {
    /// Gives a refund that the caller makes in this transaction its number.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when it has one.
    pub async fn number_refund(
        &self,
        tx: &mut Tx,
        event: EventId,
        order: OrderId,
        refund: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        number(tx, ReceiptKind::Refund, event, &[(refund, order)], now).await
    }

    /// Gives orders that the caller marks paid in this transaction their numbers; one that is paid again after a
    /// reversal keeps the number that it had.
    pub(super) async fn number_sales(
        &self,
        tx: &mut Tx,
        event: EventId,
        orders: &[OrderId],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let all: Vec<Uuid> = orders.iter().map(|order| order.0).collect();
        let numbered = store::receipt::numbered(tx, &all).await?;
        let new = orders.iter().filter(|order| !numbered.contains(&order.0));
        let new: Vec<_> = new.map(|order| (order.0, *order)).collect();
        number(tx, ReceiptKind::Sale, event, &new, now).await
    }

    /// Writes an event's receipt numbers by this pattern from now on; they go on counting. The audit trail keeps both
    /// patterns: what a number looks like is what an auditor reads.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_receipt_pattern(
        &self,
        event: EventId,
        kind: ReceiptKind,
        pattern: &Pattern,
        by: &Actor,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let begun = store::receipt::numberings(tx, event).await?;
            let old = begun.into_iter().find(|(of, ..)| *of == kind);
            let old = old.map_or_else(|| kind.usual_pattern().to_owned(), |(_, old, _)| old);
            store::receipt::put_pattern(tx, event, kind, pattern).await?;
            let deed = Deed {
                action: "event.receipt_pattern",
                subject_kind: "event",
                subject: event.0,
                detail: json!({"kind": kind.name(), "from": old, "to": pattern.as_str()}),
            };
            self.leave_row(tx, by, deed, now).await
        })
    }

    /// The patterns of an event and the last number of each; a kind that has none yet is written by the usual one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn receipt_numberings(&self, event: EventId) -> Result<Vec<Numbering>, StoreError> {
        let mut tx = self.store.read().await?;
        let begun = store::receipt::numberings(&mut tx, event).await?;
        let all = ReceiptKind::ALL.iter().map(|kind| {
            let known = begun.iter().find(|(of, ..)| of == kind).cloned();
            known.unwrap_or_else(|| (*kind, kind.usual_pattern().to_owned(), 0))
        });
        Ok(all.collect())
    }
}

/// Numbers subjects, each of which is of an order.
async fn number(
    tx: &mut Tx,
    kind: ReceiptKind,
    event: EventId,
    subjects: &[(Uuid, OrderId)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let count = i64::try_from(subjects.len()).map_err(|_| StoreError::Corrupt("receipts"))?;
    if count == 0 {
        return Ok(());
    }
    let taken = store::receipt::take(tx, event, kind, count).await?;
    let zone: Tz = taken.time_zone.parse().unwrap_or(Tz::UTC);
    let local = DateTime::from_timestamp_millis(now.0).unwrap_or_default();
    let year = local.with_timezone(&zone).year();
    let receipt = |(number, (subject, order)): (i64, &(Uuid, OrderId))| Receipt {
        subject: *subject,
        event,
        order: *order,
        kind,
        number,
        shown: taken.pattern.write(&taken.slug, year, number),
        issued_at: now,
    };
    let receipts: Vec<_> = (taken.first..).zip(subjects).map(receipt).collect();
    store::receipt::insert(tx, &receipts).await
}
