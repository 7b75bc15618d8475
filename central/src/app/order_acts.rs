//! What somebody signed in does to an order besides its money: flag it, look at what is wrong with it, send its papers
//! again, give it up unpaid.
//!
//! Invariants: each act says whether it was done now or was so before, so that a form that is sent twice does nothing
//! the second time; what was done has its row in the audit trail, in the same transaction. Who may do it is asked
//! before. Called by the panel.

use data_encoding::HEXLOWER;
use serde_json::json;

use super::{App, attention::notes_of, orders::OrderError, trail::Actor, users::By};
use crate::{
    domain::{
        attention::Attention,
        flagged::{self, OrderFlag},
        id::OrderId,
        letter::LetterKind,
        order::{Order, OrderStatus},
    },
    store::{self, audit::AuditRow, tx::transact},
};

/// What papers that are asked for here are named by.
const PAPERS: &str = "papers by hand";
/// What the audit trail calls it.
const SENT: &str = "order.papers";
/// How often a day the papers of an order are sent again from here.
const MOST_PAPERS: u8 = 10;
const DAY_MS: i64 = 24 * 3_600_000;

/// Whether something was done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acted {
    /// Now.
    Now,
    /// It was so before.
    Before,
}

/// What became of an order's flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagging {
    /// Whether anything was done.
    pub acted: Acted,
    /// What stood there.
    pub before: Option<OrderFlag>,
    /// What stands there, by its stamp.
    pub stamp: String,
}

impl Flagging {
    fn as_it_was(before: Option<OrderFlag>) -> Self {
        Self {
            acted: Acted::Before,
            stamp: flagged::stamp(before.as_ref()),
            before,
        }
    }
}

/// Whether what stands is what somebody knows of it, where they say so.
fn demand_seen(stands: Option<&OrderFlag>, seen: Option<&str>) -> Result<(), OrderError> {
    match seen {
        Some(seen) if seen != flagged::stamp(stands) => Err(OrderError::ChangedMeanwhile),
        _ => Ok(()),
    }
}

impl App {
    /// Flags an order with a note; only where this flag stands, if one is named by its stamp.
    ///
    /// # Errors
    /// [`OrderError::ChangedMeanwhile`] where another flag stands, or none.
    pub async fn flag_order(
        &self,
        by: &By,
        order: OrderId,
        note: &str,
        seen: Option<&str>,
    ) -> Result<Flagging, OrderError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            store::order::lock(tx, order).await?;
            let before = store::order_flag::of_order(tx, order).await?;
            if before.as_ref().is_some_and(|flag| flag.note == note) {
                return Ok(Flagging::as_it_was(before));
            }
            demand_seen(before.as_ref(), seen)?;
            let flag = OrderFlag {
                author: by.name().to_owned(),
                note: note.to_owned(),
                at: now,
            };
            store::order_flag::put(tx, order, &flag).await?;
            let detail = json!({"note": note});
            self.note_by(tx, by, "order.flag", ("order", order.0), now, detail)
                .await?;
            Ok(Flagging {
                acted: Acted::Now,
                before,
                stamp: flag.stamp(),
            })
        })
    }

    /// Takes an order's flag away; only where it is this one, if one is named by its stamp.
    ///
    /// # Errors
    /// [`OrderError::ChangedMeanwhile`] where another flag stands.
    pub async fn unflag_order(
        &self,
        by: &By,
        order: OrderId,
        seen: Option<&str>,
    ) -> Result<Flagging, OrderError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            store::order::lock(tx, order).await?;
            let before = store::order_flag::of_order(tx, order).await?;
            if before.is_none() {
                return Ok(Flagging::as_it_was(before));
            }
            demand_seen(before.as_ref(), seen)?;
            store::order_flag::take(tx, order).await?;
            let subject = ("order", order.0);
            self.note_by(tx, by, "order.unflag", subject, now, json!({}))
                .await?;
            Ok(Flagging {
                acted: Acted::Now,
                before,
                stamp: flagged::stamp(None),
            })
        })
    }

    /// Takes an order off the list of those that must be looked at: somebody has. `seen` is what they were shown,
    /// and how much had been noted by then; what came meanwhile stays. The trail keeps who it was.
    ///
    /// # Errors
    /// [`OrderError::ChangedMeanwhile`], [`OrderError::AnswerFirst`].
    pub async fn look_at_order(
        &self,
        by: &By,
        order: OrderId,
        (seen, notes): (Attention, usize),
    ) -> Result<Acted, OrderError> {
        transact!(self.store, |tx| {
            let order = store::order::lock(tx, order).await?;
            match order.attention {
                None => return Ok(Acted::Before),
                Some(why) if why != seen => return Err(OrderError::ChangedMeanwhile),
                Some(why) if why.wants_an_answer() => return Err(OrderError::AnswerFirst),
                Some(_) => {}
            }
            if notes_of(tx, order.id).await?.count != notes {
                return Err(OrderError::ChangedMeanwhile);
            }
            self.look(tx, order.id, seen, &Actor::from(by)).await?;
            Ok(Acted::Now)
        })
    }

    /// Sends the tickets and receipt of a paid order to its own address once more; once for each key.
    ///
    /// # Errors
    /// [`OrderError::NotPaid`], [`OrderError::SentOften`].
    pub async fn send_papers(
        &self,
        by: &By,
        order: OrderId,
        key: &str,
    ) -> Result<Acted, OrderError> {
        let now = self.clock.now();
        let day = now.0.div_euclid(DAY_MS);
        let key = HEXLOWER.encode(&self.vault.digest(PAPERS, key.as_bytes())[..8]);
        let payload = order.0.to_string();
        transact!(self.store, |tx| {
            let status = store::order::lock(tx, order).await?.status;
            if !matches!(status, OrderStatus::Paid | OrderStatus::PartlyRefunded) {
                return Err(OrderError::NotPaid);
            }
            let told = store::audit::of_subject(tx, "order", order.0).await?;
            let is_it = |row: &AuditRow| row.action == SENT && row.detail.contains(&key);
            if told.iter().any(is_it) {
                return Ok(Acted::Before);
            }
            for n in 0..MOST_PAPERS {
                let subject = self.nth_of_day(PAPERS, order.0, day, n);
                let letter = (self.new_id(now), LetterKind::TicketsAgain, subject);
                if store::letter::put(tx, letter, &payload, now, now).await? {
                    let subject = ("order", order.0);
                    let detail = json!({"key": key});
                    self.note_by(tx, by, SENT, subject, now, detail).await?;
                    return Ok(Acted::Now);
                }
            }
            Err(OrderError::SentOften)
        })
    }

    /// Gives an unpaid order up and its capacity back; its session at the provider is closed soon after.
    ///
    /// # Errors
    /// [`OrderError::Illegal`] when there is money in it, or it ended otherwise.
    pub async fn cancel_unpaid(&self, by: &By, order: OrderId) -> Result<Acted, OrderError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let order = store::order::lock(tx, order).await?;
            if order.status == OrderStatus::Cancelled {
                return Ok(Acted::Before);
            }
            let to = order.status.cancel()?;
            self.give_up(tx, &order, to, now).await?;
            let subject = ("order", order.id.0);
            self.note_by(tx, by, "order.cancel", subject, now, json!({}))
                .await?;
            Ok(Acted::Now)
        })
    }

    /// The receipt of a paid order with its valid tickets. Whoever takes it leaves a row in the audit trail: it opens gates.
    ///
    /// # Errors
    /// [`OrderError::NotPaid`].
    pub async fn papers_of(&self, by: &By, order: &Order) -> Result<Vec<u8>, OrderError> {
        if !order.status.is_settled() {
            return Err(OrderError::NotPaid);
        }
        let now = self.clock.now();
        let noted: Result<(), OrderError> = transact!(self.store, |tx| {
            let subject = ("order", order.id.0);
            self.note_by(tx, by, "order.papers_taken", subject, now, json!({}))
                .await?;
            Ok(())
        });
        noted?;
        let view = {
            let mut tx = self.store.read().await?;
            self.view_of(&mut tx, order.clone()).await?
        };
        self.document_of(&view).await
    }
}
