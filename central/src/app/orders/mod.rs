//! Orders: placed, found again, given up.
//!
//! Invariants: capacity is held in the transaction that stores the order, and the provider is only called after
//! it; the same request under the same key is the same order, however often and however concurrently it comes.
//! The secret of the buyer's link is made from the vault and the order's id: it can be given out again to whoever
//! repeats the request, and the database holds its digest alone.

mod batch;
mod draft;
mod error;

pub(in crate::app) use batch::Outcome;
pub(in crate::app) use draft::Draft;
pub use error::OrderError;

use std::sync::Arc;

use super::{App, events::load_setup};
use crate::{
    domain::{
        cart::{self, OrderForm},
        channel::Channel,
        event::EventSetup,
        id::OrderId,
        offer::Offer,
        order::{Order, OrderItem},
        payment::PaymentStatus,
        price::Adjustment,
        ticket::SoldTicket,
    },
    store::{self, StoreError, Tx, payment::Payment, tx::transact},
};
use data_encoding::BASE32_NOPAD;
use serde::Serialize;
use subtle::ConstantTimeEq;
use sync_protocol::{ticket::TicketStatus, time::Timestamp};

pub(super) const IDENTITY: &str = "identity";
const REQUEST: &str = "order request";
pub(super) const ACCESS: &str = "order access";
const ACCESS_SECRET: &str = "order access secret";
/// Tries at prices that are still true and an order number that nobody has.
const TRIES: u32 = 8;

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
    /// What stands between the sum of its lines and its total, in the order applied.
    pub adjustments: Vec<Adjustment>,
    /// Its tickets, once paid.
    pub tickets: Vec<SoldTicket>,
    /// Its payment, unless it is free.
    pub payment: Option<Payment>,
    /// The one that paid it.
    pub paying: Option<Payment>,
}

impl OrderView {
    /// What a line was sold as, whatever its type is called today.
    #[must_use]
    pub fn sold_name<'a>(&'a self, item: &'a OrderItem) -> &'a str {
        if !item.name.is_empty() {
            return &item.name;
        }
        // An order from before names were kept with it.
        let mut types = self.setup.types.iter();
        let found = types.find(|kind| kind.id == item.ticket_type);
        found.map_or("", |kind| kind.name.as_str())
    }

    /// What a ticket was sold as.
    #[must_use]
    pub fn ticket_name(&self, ticket: &SoldTicket) -> &str {
        let item = self.items.iter().find(|item| item.id == ticket.item);
        item.map_or("", |item| self.sold_name(item))
    }

    /// Whether the buyer's bank holds the money: the tickets are blocked until that is decided.
    #[must_use]
    pub fn is_disputed(&self) -> bool {
        let paying = self.paying.as_ref();
        paying.is_some_and(|payment| payment.status == PaymentStatus::Disputed)
    }

    /// The days that its valid tickets are good for, as bits.
    #[must_use]
    pub fn valid_day_mask(&self) -> u16 {
        let valid = |ticket: &&SoldTicket| ticket.gate.status == TicketStatus::Valid;
        let masks = self.tickets.iter().filter(valid);
        masks.fold(0, |days, ticket| days | ticket.gate.day_mask)
    }
}

/// A wish for an order, and when it came.
pub(super) struct Request<'a> {
    slug: &'a str,
    pub(super) key: &'a str,
    pub(super) digest: [u8; 32],
    form: &'a OrderForm,
    channel: Channel,
    pub(super) now: Timestamp,
}

/// Why a draft is made anew, if there is anything newer.
enum Redraft {
    /// There is no offer at hand.
    Offer,
    /// The offer at hand does not allow it.
    Refused(OrderError),
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
        self.place_order_by(Channel::Web, slug, key, form).await
    }

    /// The same for an order that came another way than by the pages.
    ///
    /// # Errors
    /// As for [`App::place_order`].
    pub async fn place_order_by(
        &self,
        channel: Channel,
        slug: &str,
        key: &str,
        form: &OrderForm,
    ) -> Result<Placed, OrderError> {
        check_key(key)?;
        let request = Request {
            slug,
            key,
            digest: self.request_digest(slug, form),
            form,
            channel,
            now: self.clock.now(),
        };
        let mut offer = self.offers.kept(slug);
        for _ in 0..TRIES {
            let drafted = match &offer {
                Some(kept) => self.draft_of(kept, &request).await,
                None => Err(Redraft::Offer),
            };
            let draft = match drafted {
                Ok(draft) => draft,
                Err(why) => {
                    // The same request may have been placed while it was right.
                    if let Some(order) = self.placed_before(&request).await? {
                        return self.answer(order, None).await;
                    }
                    offer = Some(self.fresher(&request, offer.as_deref(), why).await?);
                    continue;
                }
            };
            let (outcome, draft) = self.hold_draft(draft).await?;
            match outcome {
                Outcome::Placed => return self.answer(draft.order.0.clone(), Some(&draft)).await,
                Outcome::Before(order) => return self.answer_again(order).await,
                Outcome::KeyReused => return Err(OrderError::KeyReused),
                Outcome::Stale => offer = Some(self.on_sale(slug).await?),
                Outcome::Lacks(pool) => return Err(draft.refusal(pool)),
                Outcome::Again => {}
                Outcome::Failed => return Err(OrderError::NotStored),
            }
        }
        Err(OrderError::NotStored)
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
            adjustments: store::charge::adjustments(tx, order.id).await?,
            tickets: store::ticket::of_order(tx, order.id).await?,
            payment: store::payment::of_order(tx, order.id).await?,
            paying: self.paying(tx, &order).await?,
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

    /// The secret of an order's link, after so many changes of its address.
    pub(super) fn access_secret(&self, order: OrderId, changes: i64) -> String {
        let mut named = order.as_bytes().to_vec();
        if changes > 0 {
            named.extend(changes.to_be_bytes());
        }
        let secret = self.vault.digest(ACCESS_SECRET, &named);
        BASE32_NOPAD.encode(&secret[..20])
    }

    /// The draft of a request at these prices.
    async fn draft_of(&self, offer: &Arc<Offer>, request: &Request<'_>) -> Result<Draft, Redraft> {
        self.check_sale(offer).map_err(Redraft::Refused)?;
        let event = offer.setup.event.id;
        let known = self.promos_of(event, &request.form.promo_codes).await;
        let known = known.map_err(|error| Redraft::Refused(error.into()))?;
        let cart = cart::check(request.form, offer, &known, request.now)
            .map_err(|fields| Redraft::Refused(OrderError::Invalid(fields)))?;
        Ok(self.draft(offer, &cart, request))
    }

    /// The offer as of now, if it is another than the one that refused the request.
    async fn fresher(
        &self,
        request: &Request<'_>,
        old: Option<&Offer>,
        why: Redraft,
    ) -> Result<Arc<Offer>, OrderError> {
        let fresh = self.on_sale(request.slug).await?;
        match why {
            Redraft::Refused(error) if old.is_some_and(|old| old.revision == fresh.revision) => {
                Err(error)
            }
            _ => Ok(fresh),
        }
    }

    /// Stores a draft, together with others of its event that come at the same time.
    async fn hold_draft(&self, draft: Draft) -> Result<(Outcome, Draft), OrderError> {
        let app = self.clone();
        let store = move |drafts: Vec<Draft>| {
            let app = app.clone();
            async move {
                let outcomes = app.store_drafts(&drafts).await;
                outcomes.into_iter().zip(drafts).collect()
            }
        };
        let event = draft.order.0.event;
        let stored = self.together.orders.submit(event, draft, store).await;
        stored.map_err(|error| {
            tracing::error!(%error, %event, "order not stored");
            OrderError::NotStored
        })
    }

    /// What the buyer of an order is answered; `draft` is what it was just made from. Whoever repeats the request of an
    /// order that went to another address since is told nothing: the link is not theirs any more.
    async fn answer(&self, order: Order, draft: Option<&Draft>) -> Result<Placed, OrderError> {
        if draft.is_none() && order.address_changes > 0 {
            return Err(OrderError::UnknownOrder);
        }
        let access = self.access_secret(order.id, order.address_changes);
        let is_new = draft.is_some();
        let (order, pay_url) = match draft {
            Some(draft) => self.open_first_payment(order, draft).await?,
            None => self.prepare_payment(order).await?,
        };
        Ok(Placed {
            order,
            access,
            pay_url,
            is_new,
        })
    }

    async fn answer_again(&self, order: OrderId) -> Result<Placed, OrderError> {
        let found = {
            let mut tx = self.store.read().await?;
            store::order::by_id(&mut tx, order).await?
        };
        let order = found.ok_or(StoreError::Corrupt("an order that is gone"))?;
        self.answer(order, None).await
    }

    async fn placed_before(&self, request: &Request<'_>) -> Result<Option<Order>, OrderError> {
        let mut tx = self.store.read().await?;
        let mut placed = store::order_key::placed(&mut tx, &[request.key]).await?;
        let Some((id, asked)) = placed.remove(request.key) else {
            return Ok(None);
        };
        if !bool::from(asked.as_slice().ct_eq(&request.digest)) {
            return Err(OrderError::KeyReused);
        }
        Ok(store::order::by_id(&mut tx, id).await?)
    }

    fn request_digest(&self, event: &str, form: &OrderForm) -> [u8; 32] {
        let asked = serde_json::to_vec(&Asked { event, form }).unwrap_or_default();
        self.vault.digest(REQUEST, &asked)
    }
}

pub(super) fn check_key(key: &str) -> Result<(), OrderError> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (8..=64).contains(&key.len()) && key.bytes().all(is_plain) {
        return Ok(());
    }
    Err(OrderError::KeyForm)
}
