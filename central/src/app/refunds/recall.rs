//! Tickets taken back with the money: their shares of what was paid, their tombstones, and their capacity.
//!
//! Invariant: the caller has taken the event's revision and writes it back; every ticket is taken out of its manifest
//! as it was and put into it as it is, so replicas stay exact.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sync_protocol::{id::TicketId, ticket::TicketStatus};

use super::RefundError;
use crate::{
    app::{App, trail::Actor},
    domain::{
        hold::{self, Claim},
        money::Money,
        order::{Order, OrderItem},
        refund::{self, Plan, Refund, RefundStatus, Seat},
        ticket::SoldTicket,
    },
    store::{self, StoreError, Tx, payment::Payment, revision::EventRevision},
};

impl App {
    /// The tickets of an order with their shares of what was paid.
    pub(super) async fn seats(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: Option<&Payment>,
    ) -> Result<Vec<Seat>, StoreError> {
        let tickets = store::ticket::of_order(tx, order.id).await?;
        let items = store::order::items(tx, order.id).await?;
        let frozen: BTreeSet<TicketId> = store::frozen::of_order(tx, order.id)
            .await?
            .into_iter()
            .collect();
        let prices = prices(&tickets, &items, &frozen);
        let paid = payment.map_or(0, |payment| payment.amount.minor);
        let shares = refund::shares(paid, &prices);
        let seat = |(ticket, share_minor): (&SoldTicket, i64)| Seat {
            ticket: ticket.gate.id,
            share_minor,
            stands: ticket.gate.status == TicketStatus::Valid || frozen.contains(&ticket.gate.id),
        };
        Ok(tickets.iter().zip(shares).map(seat).collect())
    }

    /// Takes the tickets of a plan back and moves the order.
    pub(super) async fn take_back(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        plan: &Plan,
    ) -> Result<(), RefundError> {
        let to = refund::order_after(order.status, plan)?;
        let gone: BTreeSet<TicketId> = plan.items.iter().map(|(ticket, _)| *ticket).collect();
        let tickets = store::ticket::of_order(tx, order.id).await?;
        let mut back = Vec::new();
        for mut ticket in tickets.into_iter().filter(|t| gone.contains(&t.gate.id)) {
            put_status(tx, revision, &mut ticket, TicketStatus::Refunded).await?;
            back.push((ticket.ticket_type, 1));
        }
        self.give_places_back(tx, order, &hold::claims(back))
            .await?;
        store::order::advance(tx, order.id, order.status, to).await?;
        Ok(self.overtake_requests(tx, order).await?)
    }

    /// Gives every standing ticket of an order another status; gives which they were.
    pub(in crate::app) async fn put_standing(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        to: TicketStatus,
    ) -> Result<Vec<TicketId>, StoreError> {
        let mut moved = Vec::new();
        for mut ticket in store::ticket::of_order(tx, order.id).await? {
            if ticket.gate.status == TicketStatus::Valid {
                put_status(tx, revision, &mut ticket, to).await?;
                moved.push(ticket.gate.id);
            }
        }
        Ok(moved)
    }

    /// Takes every ticket of an order back whose money is gone, frozen or not.
    pub(in crate::app) async fn take_all(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
    ) -> Result<(), RefundError> {
        let to = order.status.refund()?;
        let frozen = store::frozen::of_order(tx, order.id).await?;
        self.thaw(tx, revision, order, TicketStatus::Refunded)
            .await?;
        let moved = self
            .put_standing(tx, revision, order, TicketStatus::Refunded)
            .await?;
        let gone: BTreeSet<TicketId> = frozen.into_iter().chain(moved).collect();
        let tickets = store::ticket::of_order(tx, order.id).await?;
        let back = tickets.iter().filter(|t| gone.contains(&t.gate.id));
        let claims = hold::claims(back.map(|ticket| (ticket.ticket_type, 1)));
        self.give_places_back(tx, order, &claims).await?;
        store::order::advance(tx, order.id, order.status, to).await?;
        Ok(self.overtake_requests(tx, order).await?)
    }

    /// Takes tickets that have gone out of what the order's buyer asks for; a request of which nothing is left is over, so
    /// that nobody declines what has gone back.
    pub(in crate::app) async fn overtake_requests(
        &self,
        tx: &mut Tx,
        order: &Order,
    ) -> Result<(), StoreError> {
        let all = store::refund::of_order(tx, order.id).await?;
        let requests = all
            .into_iter()
            .filter(|one| one.status == RefundStatus::Requested);
        for request in requests {
            let standing = self.standing_tickets(tx, order).await?;
            let mut items = store::refund::items(tx, request.id).await?;
            let asked = items.len();
            items.retain(|(ticket, _)| standing.contains(ticket));
            if items.is_empty() {
                self.overtake(tx, order, request).await?;
            } else if items.len() < asked {
                let left = items.iter().map(|(_, share)| share).sum();
                let rest = Refund {
                    amount: Money::new(left, request.amount.currency),
                    ..request
                };
                store::refund::replace_items(tx, rest.id, &items).await?;
                store::refund::advance(tx, RefundStatus::Requested, &rest).await?;
            }
        }
        Ok(())
    }

    async fn overtake(
        &self,
        tx: &mut Tx,
        order: &Order,
        request: Refund,
    ) -> Result<(), StoreError> {
        let Ok(to) = request.status.overtake() else {
            return Ok(());
        };
        let detail = json!({"refund": request.id.to_string()});
        let (from, by) = (request.status, Actor::System);
        let over = Refund {
            status: to,
            decided_by: Some(by.name().to_owned()),
            decided_at: Some(self.clock.now()),
            ..request
        };
        store::refund::advance(tx, from, &over).await?;
        self.tell_of_order(tx, order.id, &by, "refund.overtaken", detail)
            .await
    }

    /// Tickets that are good, or would be if their payment were not disputed.
    async fn standing_tickets(
        &self,
        tx: &mut Tx,
        order: &Order,
    ) -> Result<BTreeSet<TicketId>, StoreError> {
        let frozen = store::frozen::of_order(tx, order.id).await?;
        let tickets = store::ticket::of_order(tx, order.id).await?;
        let good = tickets
            .iter()
            .filter(|t| t.gate.status == TicketStatus::Valid);
        Ok(good.map(|ticket| ticket.gate.id).chain(frozen).collect())
    }

    /// Refunded places are sold again, if the event says so.
    async fn give_places_back(
        &self,
        tx: &mut Tx,
        order: &Order,
        claims: &[Claim],
    ) -> Result<(), StoreError> {
        let rule = store::refund_rule::of_event(tx, order.event).await?;
        match rule.gives_back {
            true => store::hold::give_back(tx, order.id, claims).await,
            false => Ok(()),
        }
    }

    /// Makes frozen tickets good again, or gone for good.
    pub(in crate::app) async fn thaw(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        to: TicketStatus,
    ) -> Result<(), StoreError> {
        let frozen: BTreeSet<TicketId> = store::frozen::of_order(tx, order.id)
            .await?
            .into_iter()
            .collect();
        for mut ticket in store::ticket::of_order(tx, order.id).await? {
            // What was revoked for another reason meanwhile stays revoked.
            let is_frozen = frozen.contains(&ticket.gate.id);
            if is_frozen && ticket.gate.status == TicketStatus::Revoked {
                put_status(tx, revision, &mut ticket, to).await?;
            }
        }
        store::frozen::clear(tx, order.id).await
    }
}

async fn put_status(
    tx: &mut Tx,
    revision: &mut EventRevision,
    ticket: &mut SoldTicket,
    to: TicketStatus,
) -> Result<(), StoreError> {
    revision.manifest.remove(&ticket.gate);
    ticket.gate.status = to;
    ticket.gate.revision = revision.manifest.revision;
    revision.manifest.add(&ticket.gate);
    store::ticket::put_status(tx, &ticket.gate).await
}

/// What each ticket weighs; one that another has replaced weighs nothing.
fn prices(tickets: &[SoldTicket], items: &[OrderItem], frozen: &BTreeSet<TicketId>) -> Vec<i64> {
    let prices: BTreeMap<_, _> = items.iter().map(|i| (i.id, i.unit_price.minor)).collect();
    let price = |ticket: &SoldTicket| match ticket.gate.status {
        TicketStatus::Revoked if !frozen.contains(&ticket.gate.id) => 0,
        TicketStatus::Transferred => 0,
        _ => prices.get(&ticket.item).copied().unwrap_or_default(),
    };
    tickets.iter().map(price).collect()
}
