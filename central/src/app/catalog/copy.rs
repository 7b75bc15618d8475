//! The copy of an event: its set-up on other days, as a draft, with its rules about refunds and receipts.
//!
//! Orders, tickets and nodes stay where they are; the search by name too, because its passphrase is known to nobody here.

use serde_json::json;
use sync_protocol::id::EventId;

use super::{Actor, App, CatalogError, Deed};
use crate::{
    app::events::{EventError, slug_taken},
    domain::{
        event_copy::{self, CopyWish, Original},
        new_event::NewClient,
        offer::Offer,
        promo::PromoStatus,
        receipt::Pattern,
    },
    store::{self, StoreError, Tx, refund_rule::RefundRule, tx::transact},
};

/// What is to be copied, and how.
#[derive(Clone, Debug)]
pub struct EventCopy {
    /// Which event.
    pub of: EventId,
    /// What is to be another way about it.
    pub wish: CopyWish,
    /// Its promo codes come along, with all their uses free.
    pub with_promos: bool,
}

impl App {
    /// Makes a draft that is the same event on other days.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::Event`] for a slug that is taken.
    pub async fn copy_event(&self, copy: &EventCopy, by: &Actor) -> Result<EventId, CatalogError> {
        let now = self.clock.now();
        let id = EventId(self.new_id(now));
        let offer = self.offer_of(copy.of).await?;
        let original = {
            let mut tx = self.store.read().await?;
            load_original(&mut tx, copy, offer).await?
        };
        let wish = event_copy::copied(&original, &copy.wish);
        wish.check_draft()?;
        let made = transact!(self.store, |tx| {
            self.insert_event(tx, id, &wish, by, now).await?;
            put_rules(tx, &original, &copy.wish, id).await?;
            keep_closed(tx, &original, id).await?;
            let deed = Deed {
                action: "event.copy",
                subject_kind: "event",
                subject: id.0,
                detail: json!({"of": original.offer.setup.event.slug, "promos": wish.prices.promos.len()}),
            };
            self.leave_row(tx, by, deed, now).await?;
            Ok::<_, EventError>(id)
        });
        Ok(slug_taken(made)?)
    }
}

async fn load_original(
    tx: &mut Tx,
    copy: &EventCopy,
    offer: Offer,
) -> Result<Original, CatalogError> {
    let client = offer.setup.event.client;
    let names = store::client::names(tx, client).await?;
    let contact = store::client::contact(tx, client).await?;
    let Some(((slug, name), (_, email))) = names.zip(contact) else {
        return Err(StoreError::Corrupt("an event of no organiser").into());
    };
    Ok(Original {
        client: NewClient { slug, name, email },
        offer,
        promos: match copy.with_promos {
            true => store::promo::of_event(tx, copy.of).await?,
            false => Vec::new(),
        },
        wristbands: store::wristband::unbound(tx, copy.of).await?,
    })
}

/// What an event says about refunds and receipts.
async fn put_rules(
    tx: &mut Tx,
    original: &Original,
    wish: &CopyWish,
    to: EventId,
) -> Result<(), EventError> {
    let setup = &original.offer.setup;
    let from = setup.event.id;
    let rule = store::refund_rule::of_event(tx, from).await?;
    let later = |at| event_copy::later(setup, wish, at);
    let rule = RefundRule {
        ask_until: rule.ask_until.map(later),
        ..rule
    };
    if rule != RefundRule::default() {
        store::refund_rule::put(tx, to, rule).await?;
    }
    for (kind, pattern, _) in store::receipt::numberings(tx, from).await? {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            store::receipt::put_pattern(tx, to, kind, &pattern).await?;
        }
    }
    Ok(())
}

/// What a wish cannot say: a code that is switched off stays so, and a type of no day is not one of all days.
async fn keep_closed(tx: &mut Tx, original: &Original, to: EventId) -> Result<(), EventError> {
    let off = original
        .promos
        .iter()
        .filter(|promo| promo.status == PromoStatus::Disabled);
    for promo in off {
        if let Some(copy) = store::promo::by_code(tx, to, &promo.code).await? {
            store::promo::move_status(tx, copy.id, copy.status, PromoStatus::Disabled).await?;
        }
    }
    let setup = &original.offer.setup;
    let known = setup
        .days
        .iter()
        .fold(0, |mask, day| mask | 1 << day.number);
    let copies = store::ticket_type::of_event(tx, to).await?;
    for (kind, copy) in setup.types.iter().zip(&copies) {
        if kind.day_mask & known == 0 {
            store::ticket_type::put_days(tx, copy.id, 0, true).await?;
        }
    }
    Ok(())
}
