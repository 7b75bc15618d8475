//! Orders: placed, found again, given up.
//!
//! Invariants: capacity is held in the transaction that stores the order, and the provider is only called after
//! it; the same request under the same key is the same order, however often and however concurrently it comes.
//! The secret of the buyer's link is made from the vault and the order's id: it can be given out again to whoever
//! repeats the request, and the database holds its digest alone.

mod draft;
mod error;

pub use error::OrderError;

use self::draft::Draft;
use super::{
    App,
    events::{EventError, load_setup},
};
use crate::{
    domain::{
        cart::{self, Cart, OrderForm},
        event::{Event, EventSetup, EventStatus},
        hold::{self, HoldStatus},
        id::{OrderId, TicketTypeId},
        listing::Listed,
        order::{Order, OrderItem},
        ticket::SoldTicket,
    },
    store::{self, StoreError, Tx, payment::Payment, tx::transact},
};
use data_encoding::BASE32_NOPAD;
use serde::Serialize;
use subtle::ConstantTimeEq;
use sync_protocol::ticket::TicketStatus;

pub(super) const IDENTITY: &str = "identity";
const REQUEST: &str = "order request";
pub(super) const ACCESS: &str = "order access";
const ACCESS_SECRET: &str = "order access secret";
/// Tries at an order number that nobody has.
const NUMBERS: u32 = 4;

/// An order as its buyer is answered.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The order.
    pub order: Order,
    /// The secret of the buyer's link.
    pub access: String,
    /// Where to pay; `None` if there is nothing to pay or the payment must be started again.
    pub pay_url: Option<String>,
    /// False for a repeated request.
    pub is_new: bool,
}

/// An order with all that its buyer may see.
#[derive(Clone, Debug)]
pub struct OrderView {
    /// The order.
    pub order: Order,
    /// Its event.
    pub setup: EventSetup,
    /// Its lines.
    pub items: Vec<OrderItem>,
    /// Its tickets, once paid.
    pub tickets: Vec<SoldTicket>,
    /// Its payment, unless it is free.
    pub payment: Option<Payment>,
}

impl OrderView {
    /// What people call a ticket type of its event.
    #[must_use]
    pub fn type_name(&self, id: TicketTypeId) -> &str {
        let found = self.setup.types.iter().find(|kind| kind.id == id);
        found.map_or("", |kind| kind.name.as_str())
    }

    /// The days that its valid tickets are good for, as bits.
    #[must_use]
    pub fn valid_day_mask(&self) -> u16 {
        let valid = |ticket: &&SoldTicket| ticket.gate.status == TicketStatus::Valid;
        let masks = self.tickets.iter().filter(valid);
        masks.fold(0, |days, ticket| days | ticket.gate.day_mask)
    }
}

#[derive(Serialize)]
struct Asked<'a> {
    event: &'a str,
    form: &'a OrderForm,
}

impl App {
    /// Places an order for the event of this slug, holds its capacity and opens its payment. A provider that
    /// does not answer leaves a pending order whose payment can be started again.
    ///
    /// # Errors
    /// See [`OrderError`]; nothing is held then.
    pub async fn place_order(
        &self,
        slug: &str,
        key: &str,
        form: &OrderForm,
    ) -> Result<Placed, OrderError> {
        check_key(key)?;
        let now = self.clock.now();
        let digest = self.request_digest(slug, form);
        if let Some(order) = self.placed_before(key, &digest).await? {
            return self.answer(order, false).await;
        }
        let setup = self.on_sale(slug).await?;
        let cart = cart::check(form, setup.event.currency, &setup.types, now)
            .map_err(OrderError::Invalid)?;
        for _ in 0..NUMBERS {
            let draft = self.draft(&setup, &cart, key, digest, now);
            match self.store_draft(&draft, &cart).await {
                Ok(()) => return self.answer(draft.order.0, true).await,
                // The same request was quicker, or the number is taken.
                Err(OrderError::Store(StoreError::Duplicate)) => {}
                Err(error) => return Err(error),
            }
            if let Some(order) = self.placed_before(key, &digest).await? {
                return self.answer(order, false).await;
            }
        }
        Err(OrderError::Store(StoreError::Duplicate))
    }

    /// Events that buyers see, the soonest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published_events(&self) -> Result<Vec<Event>, StoreError> {
        let mut tx = self.store.read().await?;
        store::event::of_status(&mut tx, EventStatus::Published).await
    }

    /// Events that visitors may see and that have not ended, with what they offer, the soonest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upcoming_events(&self) -> Result<Vec<Listed>, StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        store::listing::upcoming(&mut tx, now).await
    }

    /// An event that buyers see.
    ///
    /// # Errors
    /// [`EventError::Unknown`], also for a draft.
    pub async fn public_event(&self, slug: &str) -> Result<EventSetup, EventError> {
        let setup = self.event_by_slug(slug).await?;
        if setup.event.status == EventStatus::Draft {
            return Err(EventError::Unknown);
        }
        Ok(setup)
    }

    /// An order by its number and the secret of its link.
    ///
    /// # Errors
    /// [`OrderError::UnknownOrder`] for a wrong number and a wrong secret alike.
    pub async fn find_order(&self, number: &str, access: &str) -> Result<OrderView, OrderError> {
        let mut tx = self.store.read().await?;
        let order = self.authorized(&mut tx, number, access).await?;
        self.view_of(&mut tx, order).await
    }

    /// An order with all that its buyer may see.
    pub(super) async fn view_of(&self, tx: &mut Tx, order: Order) -> Result<OrderView, OrderError> {
        Ok(OrderView {
            setup: load_setup(tx, order.event).await?,
            items: store::order::items(tx, order.id).await?,
            tickets: store::ticket::of_order(tx, order.id).await?,
            payment: store::payment::of_order(tx, order.id).await?,
            order,
        })
    }

    /// The same without its parts: for whoever asks again and again.
    ///
    /// # Errors
    /// [`OrderError::UnknownOrder`].
    pub async fn order_status(&self, number: &str, access: &str) -> Result<Order, OrderError> {
        let mut tx = self.store.read().await?;
        self.authorized(&mut tx, number, access).await
    }

    /// Gives an unpaid order up and its capacity back; its session at the provider is closed soon after.
    ///
    /// # Errors
    /// [`OrderError::Illegal`] when it is not pending.
    pub async fn cancel_order(&self, number: &str, access: &str) -> Result<Order, OrderError> {
        let now = self.clock.now();
        let cancelled: Result<Order, OrderError> = transact!(self.store, |tx| {
            let found = self.authorized(tx, number, access).await?;
            let order = store::order::lock(tx, found.id).await?;
            let to = order.status.cancel()?;
            self.give_up(tx, &order, to, now).await?;
            Ok(Order {
                status: to,
                ..order
            })
        });
        cancelled
    }

    /// The order of this number, if the secret is its own.
    pub(super) async fn authorized(
        &self,
        tx: &mut Tx,
        number: &str,
        access: &str,
    ) -> Result<Order, OrderError> {
        let order = store::order::by_number(tx, number).await?;
        let order = order.ok_or(OrderError::UnknownOrder)?;
        let stored = store::order::access_digest(tx, order.id).await?;
        let given = self.vault.digest(ACCESS, access.as_bytes());
        let is_own = stored.is_some_and(|stored| stored.as_slice().ct_eq(&given).into());
        if is_own {
            Ok(order)
        } else {
            Err(OrderError::UnknownOrder)
        }
    }

    /// The secret of an order's link.
    pub(super) fn access_secret(&self, order: OrderId) -> String {
        let secret = self.vault.digest(ACCESS_SECRET, order.as_bytes());
        BASE32_NOPAD.encode(&secret[..20])
    }

    async fn answer(&self, order: Order, is_new: bool) -> Result<Placed, OrderError> {
        let access = self.access_secret(order.id);
        let (order, pay_url) = self.prepare_payment(order, is_new).await?;
        Ok(Placed {
            order,
            access,
            pay_url,
            is_new,
        })
    }

    async fn placed_before(
        &self,
        key: &str,
        digest: &[u8; 32],
    ) -> Result<Option<Order>, OrderError> {
        let mut tx = self.store.read().await?;
        let Some((id, asked)) = store::order::by_key(&mut tx, key).await? else {
            return Ok(None);
        };
        if !bool::from(asked.as_slice().ct_eq(digest)) {
            return Err(OrderError::KeyReused);
        }
        Ok(store::order::by_id(&mut tx, id).await?)
    }

    async fn on_sale(&self, slug: &str) -> Result<EventSetup, OrderError> {
        let setup = match self.public_event(slug).await {
            Err(EventError::Unknown) => return Err(OrderError::UnknownEvent),
            other => other?,
        };
        let currency = setup.event.currency;
        // What the provider does not take, nobody could pay.
        let is_payable = self.provider.wire_exponent(currency.code()).is_some();
        if is_payable && setup.event.status == EventStatus::Published {
            return Ok(setup);
        }
        Err(OrderError::NotOnSale)
    }

    async fn store_draft(&self, draft: &Draft, cart: &Cart) -> Result<(), OrderError> {
        let order = &draft.order.0;
        let claims = hold::claims(cart.lines.iter().map(|l| (l.ticket_type, l.quantity)));
        transact!(self.store, |tx| {
            for claim in &claims {
                if !store::hold::claim(tx, *claim).await? {
                    let line = cart
                        .lines
                        .iter()
                        .find(|l| l.ticket_type == claim.ticket_type);
                    let name = line.map(|line| line.name.clone()).unwrap_or_default();
                    return Err(OrderError::SoldOut(name));
                }
            }
            store::order::insert(tx, std::slice::from_ref(&draft.order)).await?;
            store::order::insert_items(tx, &draft.items).await?;
            store::order::insert_attendees(tx, &draft.attendees).await?;
            let holds: Vec<_> = claims.iter().map(|claim| (order.id, *claim)).collect();
            store::hold::insert(tx, &holds, order.hold_until, HoldStatus::Held).await?;
            store::payment::insert(tx, draft.payment.as_slice()).await?;
            Ok(())
        })
    }

    fn request_digest(&self, event: &str, form: &OrderForm) -> [u8; 32] {
        let asked = serde_json::to_vec(&Asked { event, form }).unwrap_or_default();
        self.vault.digest(REQUEST, &asked)
    }
}

fn check_key(key: &str) -> Result<(), OrderError> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (8..=64).contains(&key.len()) && key.bytes().all(is_plain) {
        return Ok(());
    }
    Err(OrderError::KeyForm)
}
