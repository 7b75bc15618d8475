//! All rows of a new order, made before the transaction that stores them.

use std::sync::Arc;

use sync_protocol::{id::EventId, time::Timestamp};

use super::{ACCESS, IDENTITY, Request};
use crate::{
    app::App,
    domain::{
        cart::Cart,
        channel::Channel,
        hold::{self, Claim},
        id::{OrderId, OrderItemId, PaymentId},
        offer::Offer,
        order::{self, Order, OrderItem, OrderStatus},
        payment::PaymentStatus,
        price::{Adjustment, AdjustmentKind},
    },
    store::{
        order::{Attendee, OrderSecrets},
        payment::Payment,
        promo::Usage,
    },
};

/// What a buyer's mail address is digested for, where uses of a promo code are counted.
const MAIL: &str = "promo mail";

/// All rows of a new order, and what it was made from.
pub(in crate::app) struct Draft {
    /// The prices are of this one.
    pub(in crate::app) offer: Arc<Offer>,
    pub(in crate::app) claims: Vec<Claim>,
    pub(in crate::app) usages: Vec<Usage>,
    pub(in crate::app) adjustments: Vec<(OrderId, i64, Adjustment)>,
    pub(in crate::app) order: (Order, OrderSecrets),
    pub(in crate::app) items: Vec<(OrderId, OrderItem)>,
    pub(in crate::app) attendees: Vec<Attendee>,
    pub(in crate::app) payment: Option<Payment>,
}

impl App {
    pub(super) fn draft(&self, offer: &Arc<Offer>, cart: &Cart, request: &Request<'_>) -> Draft {
        let now = request.now;
        let event = &offer.setup.event;
        let mut order = self.new_order(event.id, event.hold_ms, cart, now);
        order.channel = request.channel;
        let identity = cart.buyer.identity.reveal().as_bytes();
        let access = self.access_secret(order.id, order.address_changes);
        let secrets = OrderSecrets {
            identity_sealed: self.vault.seal(IDENTITY, identity, &*self.entropy),
            identity_digest: self.vault.digest(IDENTITY, identity),
            idempotency_key: request.key.to_owned(),
            request_digest: request.digest,
            access_digest: self.vault.digest(ACCESS, access.as_bytes()),
        };
        let (items, attendees) = self.lines(&order, cart, now);
        let places = (0..).zip(&cart.price.adjustments);
        let adjustments = places.map(|(place, one)| (order.id, place, one.clone()));
        Draft {
            offer: Arc::clone(offer),
            claims: hold::claims(cart.lines.iter().map(|l| (l.ticket_type, l.quantity))),
            usages: self.usages(&order, cart, secrets.identity_digest),
            adjustments: adjustments.collect(),
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
            sums: cart.price.sums,
            total: cart.total,
            hold_until: now.plus_ms(hold_ms),
            created_at: now,
            paid_at: None,
            attention: None,
            channel: Channel::Web,
            address_changes: 0,
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
                name: line.name.clone(),
                type_version: line.type_version,
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

    /// One use of each promo code; a buyer is known by identity number and by address.
    fn usages(&self, order: &Order, cart: &Cart, identity: [u8; 32]) -> Vec<Usage> {
        if cart.promos.is_empty() {
            return Vec::new();
        }
        let mail = self
            .vault
            .digest(MAIL, order.email.to_lowercase().as_bytes());
        let discount = |promo| {
            let of_code =
                |one: &&Adjustment| one.kind == AdjustmentKind::Promo && one.promo == Some(promo);
            let found = cart.price.adjustments.iter().find(of_code);
            found.map_or(0, |one| one.amount_minor)
        };
        let usage = |promo| Usage {
            promo,
            order: order.id,
            identity,
            mail,
            discount_minor: discount(promo),
            created_at: order.created_at,
        };
        cart.promos.iter().map(|promo| usage(promo.id)).collect()
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
