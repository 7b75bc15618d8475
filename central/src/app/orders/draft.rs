//! All rows of a new order, made before the transaction that stores them.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{ACCESS, IDENTITY};
use crate::{
    app::App,
    domain::{
        cart::Cart,
        event::EventSetup,
        id::{OrderId, OrderItemId, PaymentId},
        order::{self, Order, OrderItem, OrderStatus},
        payment::PaymentStatus,
    },
    store::{
        order::{Attendee, OrderSecrets},
        payment::Payment,
    },
};

/// All rows of a new order.
pub(super) struct Draft {
    pub(super) order: (Order, OrderSecrets),
    pub(super) items: Vec<(OrderId, OrderItem)>,
    pub(super) attendees: Vec<Attendee>,
    pub(super) payment: Option<Payment>,
}

impl App {
    pub(super) fn draft(
        &self,
        setup: &EventSetup,
        cart: &Cart,
        key: &str,
        request_digest: [u8; 32],
        now: Timestamp,
    ) -> Draft {
        let order = self.new_order(setup.event.id, setup.event.hold_ms, cart, now);
        let identity = cart.buyer.identity.reveal().as_bytes();
        let access = self.access_secret(order.id);
        let secrets = OrderSecrets {
            identity_sealed: self.vault.seal(IDENTITY, identity, &*self.entropy),
            identity_digest: self.vault.digest(IDENTITY, identity),
            idempotency_key: key.to_owned(),
            request_digest,
            access_digest: self.vault.digest(ACCESS, access.as_bytes()),
        };
        let (items, attendees) = self.lines(&order, cart, now);
        Draft {
            payment: self.new_payment(&order),
            order: (order, secrets),
            items,
            attendees,
        }
    }

    pub(in crate::app) fn new_order(
        &self,
        event: EventId,
        hold_ms: i64,
        cart: &Cart,
        now: Timestamp,
    ) -> Order {
        let buyer = &cart.buyer;
        Order {
            id: OrderId(self.new_id(now)),
            number: order::number(self.entropy.next_u64()),
            event,
            status: OrderStatus::Pending,
            buyer_name: buyer.name.clone(),
            identity_kind: buyer.identity.kind(),
            email: buyer.email.as_str().to_owned(),
            phone: buyer.phone.as_str().to_owned(),
            language: buyer.language.tag().to_owned(),
            total: cart.total,
            hold_until: now.plus_ms(hold_ms),
            created_at: now,
            paid_at: None,
            attention: None,
        }
    }

    fn lines(
        &self,
        order: &Order,
        cart: &Cart,
        now: Timestamp,
    ) -> (Vec<(OrderId, OrderItem)>, Vec<Attendee>) {
        let mut ids: Vec<_> = cart.lines.iter().map(|_| self.new_id(now)).collect();
        // Lines are read back by id.
        ids.sort_unstable();
        let (mut items, mut attendees) = (Vec::new(), Vec::new());
        for (id, line) in ids.into_iter().zip(&cart.lines) {
            let item = OrderItem {
                id: OrderItemId(id),
                ticket_type: line.ticket_type,
                quantity: line.quantity,
                unit_price: line.unit_price,
            };
            items.push((order.id, item));
            attendees.extend(line.attendees.iter().map(|name| (OrderItemId(id), name)));
        }
        let place = |(place, (item, name)): (i64, (OrderItemId, &String))| Attendee {
            order: order.id,
            place,
            item,
            name: name.clone(),
        };
        (items, (0..).zip(attendees).map(place).collect())
    }

    /// The payment of an order that costs something; its reference is the order's number.
    fn new_payment(&self, order: &Order) -> Option<Payment> {
        (order.total.minor > 0).then(|| Payment {
            id: PaymentId(self.new_id(order.created_at)),
            order: order.id,
            provider: self.provider.name().to_owned(),
            reference: order.number.clone(),
            transaction_ref: None,
            status: PaymentStatus::Pending,
            channel: None,
            amount: order.total,
            token: None,
            redirect_url: None,
            expires_at: order.hold_until,
            created_at: order.created_at,
            updated_at: order.created_at,
        })
    }
}
