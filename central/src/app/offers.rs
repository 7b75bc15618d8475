//! Offers: what is sold of an event, loaded once per revision of its catalogue and kept; and the price of a live cart.
//!
//! Invariant: a kept offer is believed only where its revision is still the event's: orders have the transaction that
//! holds their tickets compare it, everything else asks first. Promo codes are read each time: they change with
//! every sale.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use sync_protocol::id::EventId;

use super::{
    App,
    events::{EventError, load_setup},
    orders::OrderError,
};
use crate::{
    domain::{
        cart::{self, Quote, QuoteForm},
        event::EventStatus,
        offer::Offer,
        promo::{self, CODES, Promo},
    },
    store::{self, Tx},
};

/// Most offers that are kept: more events are hardly on sale at once.
const KEPT: usize = 500;

/// Kept offers by slug; clones share them.
#[derive(Clone, Default)]
pub struct Offers(Arc<Mutex<BTreeMap<String, Arc<Offer>>>>);

impl Offers {
    /// The offer as it was last loaded, however old.
    #[must_use]
    pub fn kept(&self, slug: &str) -> Option<Arc<Offer>> {
        self.lock().get(slug).cloned()
    }

    fn keep(&self, offer: &Arc<Offer>) {
        let mut kept = self.lock();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(offer.setup.event.slug.clone(), Arc::clone(offer));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Offer>>> {
        // What a panic left behind is a whole map all the same.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// What is offered of the event of this slug, as of now.
    ///
    /// # Errors
    /// [`EventError::Unknown`], also for a draft.
    pub async fn offer(&self, slug: &str) -> Result<Arc<Offer>, EventError> {
        let mut tx = self.store.read().await?;
        let event = store::event::by_slug(&mut tx, slug).await?;
        let event = event.ok_or(EventError::Unknown)?;
        if event.status == EventStatus::Draft {
            return Err(EventError::Unknown);
        }
        let revision = store::event::catalog_revision(&mut tx, event.id).await?;
        if let Some(kept) = self.offers.kept(slug)
            && kept.revision == revision
        {
            return Ok(kept);
        }
        let offer = Arc::new(load_offer(&mut tx, event.id, revision).await?);
        self.offers.keep(&offer);
        Ok(offer)
    }

    /// What is offered of an event as of now, a draft too, for whoever works here.
    ///
    /// # Errors
    /// [`EventError::Unknown`].
    pub async fn offer_of(&self, event: EventId) -> Result<Offer, EventError> {
        let mut tx = self.store.read().await?;
        load_setup(&mut tx, event).await?;
        let revision = store::event::catalog_revision(&mut tx, event).await?;
        load_offer(&mut tx, event, revision).await
    }

    /// The price of a live cart, by the very rules of an order; nothing is held.
    ///
    /// # Errors
    /// [`OrderError::UnknownEvent`], [`OrderError::NotOnSale`], [`OrderError::Invalid`].
    pub async fn quote(&self, slug: &str, form: &QuoteForm) -> Result<Quote, OrderError> {
        let now = self.clock.now();
        let offer = self.on_sale(slug).await?;
        let known = self
            .promos_of(offer.setup.event.id, &form.promo_codes)
            .await?;
        cart::quote(form, &offer, &known, now).map_err(OrderError::Invalid)
    }

    /// What is offered of an event, if it is on sale here now.
    pub(super) async fn on_sale(&self, slug: &str) -> Result<Arc<Offer>, OrderError> {
        let offer = match self.offer(slug).await {
            Err(EventError::Unknown) => return Err(OrderError::UnknownEvent),
            other => other?,
        };
        self.check_sale(&offer)?;
        Ok(offer)
    }

    pub(super) fn check_sale(&self, offer: &Offer) -> Result<(), OrderError> {
        let event = &offer.setup.event;
        // What the provider does not take, nobody could pay.
        let is_payable = self.provider.wire_exponent(event.currency.code()).is_some();
        if is_payable && event.status == EventStatus::Published {
            return Ok(());
        }
        Err(OrderError::NotOnSale)
    }

    /// The promo codes among what was typed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promos_of(
        &self,
        event: EventId,
        typed: &[String],
    ) -> Result<Vec<Promo>, store::StoreError> {
        if typed.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store.read().await?;
        let mut known: Vec<Promo> = Vec::new();
        // One more than may be used, so that the rule can say so.
        for typed in typed.iter().take(CODES + 1) {
            let code = promo::normal(typed);
            let is_known = known.iter().any(|promo| promo.code == code);
            if is_known || !promo::is_code(&code) {
                continue;
            }
            known.extend(store::promo::by_code(&mut tx, event, &code).await?);
        }
        Ok(known)
    }
}

async fn load_offer(tx: &mut Tx, event: EventId, revision: i64) -> Result<Offer, EventError> {
    Ok(Offer {
        revision,
        setup: load_setup(tx, event).await?,
        categories: store::ticket_type::categories(tx, event).await?,
        charges: store::charge::of_event(tx, event).await?,
        group_discounts: store::charge::groups_of_event(tx, event).await?,
        shared_quotas: store::shared_quota::of_event(tx, event).await?,
    })
}
