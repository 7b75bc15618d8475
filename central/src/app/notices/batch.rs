//! Many moves of one event in one transaction.
//!
//! Invariants: what is made here is decided by the same rule and under the same locks as alone. Only plain news is: the
//! payment of a pending order that holds its tickets, a payment begun, and what is known already; everything else is
//! handed back to be made alone (`moves`), and so is all of a batch that one of its notices spoils. Notices of one
//! payment see what those before them made of it.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    NoticeError, NoticeOutcome,
    moves::{MoveError, PAID},
    news::{detail_of_payment, reading},
    paid::second_reference,
};
use crate::{
    app::{App, trail::Actor},
    domain::{
        id::{NoticeId, OrderId, PaymentId},
        order::OrderStatus,
        payment::{self, Move, PaymentStatus, Standing},
    },
    payments::{self, ProviderVerdict},
    store::{
        self, StoreError, Tx, audit::AuditEntry, revision::EventRevision, sale::Attempt,
        standing::Locked, tx::transact,
    },
};

/// A status that was read again because of a notice.
pub(in crate::app) struct Told {
    pub(super) notice: NoticeId,
    /// Our reference, as the notice had it.
    pub(super) reference: String,
    pub(super) order: OrderId,
    pub(super) status: payments::PaymentStatus,
    /// It claims a payment that the status does not show.
    pub(super) differs: bool,
}

/// What became of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Joint {
    /// This move, stored.
    Made(Move),
    /// Nothing: it is to be made alone.
    Alone,
    /// Nothing: the database failed.
    Failed,
}

/// One move, and the payment that it is of.
struct Step<'a> {
    told: &'a Told,
    locked: &'a Locked,
}

/// What is to be written.
#[derive(Default)]
struct Plan<'a> {
    /// What becomes of each, in their order.
    moves: Vec<Joint>,
    /// They pay their order.
    paid: Vec<Step<'a>>,
    /// They begin a payment.
    begun: Vec<Step<'a>>,
    /// They tell what is known.
    known: Vec<PaymentId>,
}

impl App {
    /// Makes the move that a re-read status asks for, together with others of its event that come at the same time.
    pub(super) async fn apply_soon(
        &self,
        event: EventId,
        told: Told,
        now: Timestamp,
    ) -> Result<NoticeOutcome, NoticeError> {
        let app = self.clone();
        let make = move |told: Vec<Told>| {
            let app = app.clone();
            async move {
                let made = app.apply_together(event, &told).await;
                made.into_iter().zip(told).collect()
            }
        };
        let made = self.together.moves.submit(event, told, make).await;
        match made {
            Ok((Joint::Made(made), _)) => Ok(NoticeOutcome::Moved(made)),
            Ok((Joint::Alone, told)) => self.apply_alone(&told, now).await,
            Ok((Joint::Failed, _)) | Err(_) => Err(NoticeError::NotStored),
        }
    }

    async fn apply_alone(&self, told: &Told, now: Timestamp) -> Result<NoticeOutcome, NoticeError> {
        let theirs = &told.status.provider_reference;
        let payment = {
            let (mut tx, name) = (self.store.read().await?, self.provider.name());
            let second = second_reference(theirs);
            match store::payment::by_reference(&mut tx, name, &second).await? {
                Some(second) => Some(second),
                None => store::payment::by_reference(&mut tx, name, &told.reference).await?,
            }
        };
        let payment = payment.ok_or(StoreError::Corrupt("a payment that is gone"))?;
        // What was read before the payment was loaded may be older than what is stored.
        let Some(status) = self.read_status(theirs).await? else {
            return self
                .conclude(told.notice, NoticeOutcome::UnknownPayment, now)
                .await;
        };
        let notice = Some((told.notice, told.differs));
        self.apply(&payment, &status, notice, now).await
    }

    async fn apply_together(&self, event: EventId, told: &[Told]) -> Vec<Joint> {
        let now = self.clock.now();
        let made = transact!(self.store, |tx| {
            self.make_all(tx, event, told, now).await
        });
        match made {
            Ok((moves, has_sold)) => {
                if has_sold {
                    self.waits.changed(event);
                }
                moves
            }
            Err(error) if error.is_of_one() => {
                tracing::warn!(%event, %error, "notices are followed one by one");
                vec![Joint::Alone; told.len()]
            }
            Err(error) => {
                tracing::error!(%event, %error, "notices not followed");
                vec![Joint::Failed; told.len()]
            }
        }
    }

    /// What became of each, and whether tickets were issued.
    async fn make_all(
        &self,
        tx: &mut Tx,
        event: EventId,
        told: &[Told],
        now: Timestamp,
    ) -> Result<(Vec<Joint>, bool), MoveError> {
        let may_pay = |one: &Told| one.status.verdict == ProviderVerdict::Paid;
        // First of all: it makes revisions visible in order.
        let revision = match told.iter().any(may_pay) {
            true => Some(store::revision::lock(tx, event).await?),
            false => None,
        };
        let orders = BTreeSet::from_iter(told.iter().map(|one| one.order));
        let references = BTreeSet::from_iter(told.iter().map(|one| one.reference.as_str()));
        let locked = store::standing::locked(
            tx,
            self.provider.name(),
            &Vec::from_iter(orders),
            &Vec::from_iter(references),
        )
        .await?;
        let plan = plan(told, &locked);
        let has_sold = !plan.paid.is_empty();
        if let Some(revision) = revision.filter(|_| has_sold) {
            self.pay_all(tx, event, revision, &plan.paid, now).await?;
        }
        advance(tx, &plan.begun, PaymentStatus::Pending, now).await?;
        store::sale::touch(tx, &plan.known, now).await?;
        put_outcomes(tx, told, &plan.moves, now).await?;
        Ok((plan.moves, has_sold))
    }

    /// Marks orders paid, sells what they hold, issues their tickets: all under one revision.
    async fn pay_all(
        &self,
        tx: &mut Tx,
        event: EventId,
        mut revision: EventRevision,
        paid: &[Step<'_>],
        now: Timestamp,
    ) -> Result<(), MoveError> {
        revision.step();
        let orders: Vec<OrderId> = paid.iter().map(|step| step.locked.order).collect();
        let held = paid.iter().map(|step| step.locked.held).sum();
        store::sale::sell(tx, &orders, held).await?;
        store::sale::mark_paid(tx, &orders, now).await?;
        advance(tx, paid, PaymentStatus::Success, now).await?;
        self.issue_tickets(tx, event, &orders, &mut revision, now)
            .await?;
        store::revision::put(tx, event, &revision).await?;
        let told = paid.iter().map(|step| {
            let of = &step.locked.payment;
            let detail = detail_of_payment(*of, &step.told.reference, &step.told.status);
            (self.new_id(now), step.locked.order, detail.to_string())
        });
        let told: Vec<_> = told.collect();
        let entries = told.iter().map(|(id, order, detail)| AuditEntry {
            id: *id,
            now,
            actor_kind: Actor::Provider.kind(),
            action: PAID,
            subject_kind: "order",
            subject: order.0,
            detail,
        });
        let entries: Vec<_> = entries.collect();
        Ok(store::audit::put_all(tx, &entries).await?)
    }
}

/// Decides one after the other, each after what those before it do to its payment.
fn plan<'a>(told: &'a [Told], locked: &'a BTreeMap<String, Locked>) -> Plan<'a> {
    let mut plan = Plan::default();
    let mut standings: BTreeMap<&str, Standing> = BTreeMap::new();
    let mut moved = BTreeSet::new();
    for one in told {
        let found = locked.get(&one.reference);
        let Some(locked) = found.filter(|found| !found.has_beside) else {
            plan.moves.push(Joint::Alone);
            continue;
        };
        let first = || locked.standing.clone();
        let standing = standings.entry(&one.reference).or_insert_with(first);
        let reading = reading(&one.status);
        let decided = payment::decide(standing, &reading);
        let is_plain = match decided {
            // Part of it went back: that is to be booked as well.
            Move::Pay if one.status.verdict != ProviderVerdict::Paid => false,
            Move::Pay | Move::KeepPending => {
                let is_first = standing.payment == PaymentStatus::Pending
                    && locked.order == one.order
                    && locked.held > 0;
                is_first && moved.insert(one.order)
            }
            Move::Ignore(_) => true,
            _ => false,
        };
        if !is_plain {
            plan.moves.push(Joint::Alone);
            continue;
        }
        plan.moves.push(Joint::Made(decided));
        let step = Step { told: one, locked };
        match decided {
            Move::Pay => {
                (standing.order, standing.payment) = (OrderStatus::Paid, PaymentStatus::Success);
                standing.transaction_ref = Some(reading.transaction_ref);
                plan.paid.push(step);
            }
            Move::KeepPending => {
                standing.transaction_ref = Some(reading.transaction_ref);
                plan.begun.push(step);
            }
            _ => plan.known.push(locked.payment),
        }
    }
    plan
}

async fn advance(
    tx: &mut Tx,
    steps: &[Step<'_>],
    to: PaymentStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    let attempt = |step: &Step<'_>| Attempt {
        payment: step.locked.payment,
        transaction_ref: step.told.status.provider_reference.clone(),
        channel: (step.told.status.channel.clone()).or_else(|| step.locked.channel.clone()),
    };
    let attempts: Vec<_> = steps.iter().map(attempt).collect();
    store::sale::advance(tx, &attempts, to, now).await
}

/// Stores what came of the notices whose moves were made.
async fn put_outcomes(
    tx: &mut Tx,
    told: &[Told],
    moves: &[Joint],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut named: BTreeMap<&str, Vec<NoticeId>> = BTreeMap::new();
    for (one, joint) in told.iter().zip(moves) {
        if let Joint::Made(made) = joint {
            let name = match one.differs {
                true => NoticeOutcome::StatusDiffers.name(),
                false => made.name(),
            };
            named.entry(name).or_default().push(one.notice);
        }
    }
    for (name, notices) in named {
        store::notice::put_outcome(tx, &notices, name, now).await?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
