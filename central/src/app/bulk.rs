//! Tickets in bulk: paid orders of several tickets each, as a demo or a measurement needs them.
//!
//! Invariant: what comes out is what a sale leaves behind (orders, items, attendees, holds, payments, tickets,
//! manifest, capacity), so everything else treats it alike; no mail is asked for, since the buyers are invented.
//! Some hundred tickets share one transaction and one revision, and rows go in many at a time.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    App,
    orders::{ACCESS, IDENTITY, OrderError},
};
use crate::{
    domain::{
        channel::Channel,
        event::TicketType,
        hold::{Claim, HoldStatus},
        id::{OrderId, OrderItemId, PaymentId, TicketTypeId},
        identity::IdentityKind,
        money::{Currency, Money},
        order::{self, Order, OrderItem, OrderStatus},
        payment::PaymentStatus,
        price::Sums,
        ticket::Press,
    },
    store::{
        self,
        hold::Hold,
        order::{Attendee, OrderSecrets},
        payment::Payment,
        tx::transact,
    },
};

/// Tickets per order.
const PER_ORDER: u32 = 4;
/// Tickets per transaction.
const PER_TRANSACTION: u32 = 800;

/// All rows of one transaction.
#[derive(Default)]
struct Batch {
    orders: Vec<(Order, OrderSecrets)>,
    items: Vec<(OrderId, OrderItem)>,
    attendees: Vec<Attendee>,
    holds: Vec<Hold>,
    payments: Vec<Payment>,
}

impl App {
    /// Sells `count` tickets of one type at the desk, to people of these names in turn; gives the orders'
    /// numbers.
    ///
    /// # Errors
    /// [`OrderError::UnknownEvent`] when the event has no such type or there are no names,
    /// [`OrderError::SoldOut`] when the quota is too small; only if others buy at the same time is a part sold then.
    pub async fn issue_tickets_in_bulk(
        &self,
        event: EventId,
        ticket_type: TicketTypeId,
        count: u32,
        names: &[&str],
    ) -> Result<Vec<String>, OrderError> {
        let setup = self.event(event).await?;
        let found = setup.types.iter().find(|t| t.id == ticket_type);
        let kind = found
            .filter(|_| !names.is_empty())
            .ok_or(OrderError::UnknownEvent)?;
        if i64::from(count) > kind.quota - kind.taken {
            return Err(OrderError::SoldOut(kind.name.clone()));
        }
        let mut numbers = Vec::new();
        let mut sold = 0;
        while sold < count {
            let wanted = (count - sold).min(PER_TRANSACTION);
            let batch = self.bulk_batch(kind, setup.event.currency, sold..sold + wanted, names);
            numbers.extend(batch.orders.iter().map(|(order, _)| order.number.clone()));
            self.sell_batch(kind, &batch, wanted).await?;
            sold += wanted;
        }
        Ok(numbers)
    }

    async fn sell_batch(
        &self,
        kind: &TicketType,
        batch: &Batch,
        quantity: u32,
    ) -> Result<(), OrderError> {
        let now = self.clock.now();
        let claim = Claim {
            ticket_type: kind.id,
            quantity,
        };
        let sold = transact!(self.store, |tx| {
            // First of all: it makes revisions visible in order.
            let mut revision = store::revision::take(tx, kind.event).await?;
            if !store::hold::claim(tx, &[claim]).await? {
                return Err(OrderError::SoldOut(kind.name.clone()));
            }
            let (key_slot, key) = self.signing_key(tx, kind.event).await?;
            let index_key = self.index_key(tx, kind.event).await?;
            let press = Press {
                event: kind.event,
                key_slot,
                key: &key,
                index_key: index_key.as_ref(),
                revision: revision.manifest.revision,
                now,
            };
            let items = batch.items.iter();
            let items = items.map(|(_, item)| (item.id, item.ticket_type)).collect();
            let types = std::slice::from_ref(kind);
            let tickets = self.press_tickets(&press, types, &items, &batch.attendees)?;
            store::order::insert(tx, &Vec::from_iter(&batch.orders)).await?;
            store::order::insert_items(tx, &Vec::from_iter(&batch.items)).await?;
            store::order::insert_attendees(tx, &Vec::from_iter(&batch.attendees)).await?;
            store::hold::insert(tx, &batch.holds).await?;
            store::payment::insert(tx, &batch.payments).await?;
            store::ticket::insert(tx, &tickets).await?;
            for ticket in &tickets {
                revision.manifest.add(&ticket.gate);
            }
            store::revision::put(tx, kind.event, &revision).await?;
            Ok::<(), OrderError>(())
        });
        self.waits.changed(kind.event);
        sold
    }

    fn bulk_batch(
        &self,
        kind: &TicketType,
        currency: Currency,
        places: std::ops::Range<u32>,
        names: &[&str],
    ) -> Batch {
        let now = self.clock.now();
        let mut batch = Batch::default();
        let mut place = places.start;
        while place < places.end {
            let quantity = PER_ORDER.min(places.end - place);
            let guests: Vec<&str> = (place..place + quantity)
                .map(|n| names[n as usize % names.len()])
                .collect();
            self.add_order(&mut batch, kind, currency, &guests, place, now);
            place += quantity;
        }
        batch
    }

    fn add_order(
        &self,
        batch: &mut Batch,
        kind: &TicketType,
        currency: Currency,
        guests: &[&str],
        place: u32,
        now: Timestamp,
    ) {
        let quantity = u32::try_from(guests.len()).unwrap_or(PER_ORDER);
        let item = OrderItem {
            id: OrderItemId(self.new_id(now)),
            ticket_type: kind.id,
            name: kind.name.clone(),
            type_version: kind.version,
            quantity,
            unit_price: Money::new(kind.price_minor, currency),
        };
        let order = self.bulk_order(kind, &item, guests[0], place, now);
        let claim = Claim {
            ticket_type: kind.id,
            quantity,
        };
        batch.holds.push(Hold {
            order: order.id,
            claim,
            until: now,
            status: HoldStatus::Sold,
        });
        batch
            .attendees
            .extend((0..).zip(guests).map(|(at, name)| Attendee {
                order: order.id,
                place: at,
                item: item.id,
                name: (*name).to_owned(),
            }));
        batch.payments.push(self.bulk_payment(&order));
        batch.items.push((order.id, item));
        let secrets = self.bulk_secrets(&order, place);
        batch.orders.push((order, secrets));
    }

    fn bulk_order(
        &self,
        kind: &TicketType,
        item: &OrderItem,
        name: &str,
        place: u32,
        now: Timestamp,
    ) -> Order {
        Order {
            id: OrderId(self.new_id(now)),
            number: order::number(self.entropy.next_u64()),
            event: kind.event,
            status: OrderStatus::Paid,
            buyer_name: name.to_owned(),
            identity_kind: IdentityKind::Passport,
            email: format!("guest{place}@example.org"),
            phone: format!("+62812{place:08}"),
            language: "id".to_owned(),
            sums: Sums::plain(item.amount_minor()),
            total: Money::new(item.amount_minor(), item.unit_price.currency),
            hold_until: now,
            created_at: now,
            paid_at: Some(now),
            attention: None,
            channel: Channel::Web,
            address_changes: 0,
        }
    }

    fn bulk_secrets(&self, order: &Order, place: u32) -> OrderSecrets {
        let identity = format!("G{place:07}");
        OrderSecrets {
            identity_sealed: self
                .vault
                .seal(IDENTITY, identity.as_bytes(), &*self.entropy),
            identity_digest: self.vault.digest(IDENTITY, identity.as_bytes()),
            idempotency_key: order.id.to_string(),
            request_digest: [0; 32],
            access_digest: self
                .vault
                .digest(ACCESS, self.access_secret(order.id, 0).as_bytes()),
        }
    }

    fn bulk_payment(&self, order: &Order) -> Payment {
        Payment {
            id: PaymentId(self.new_id(order.created_at)),
            order: order.id,
            provider: "on_site".to_owned(),
            reference: order.number.clone(),
            transaction_ref: None,
            status: PaymentStatus::Success,
            channel: None,
            amount: order.total,
            token: None,
            redirect_url: None,
            expires_at: order.created_at,
            created_at: order.created_at,
            updated_at: order.created_at,
        }
    }
}
