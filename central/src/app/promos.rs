//! Promo codes: made, switched off and on, and who used them.
//!
//! Invariant: a code's numbers change only with orders; here it is made and its status moved, each with a row in the
//! audit trail. Who used a code is `promo_usages`, written in the transaction that holds the tickets.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    App,
    catalog::CatalogError,
    trail::{Actor, Deed},
};
use crate::{
    domain::{
        id::{PromoId, TicketTypeId},
        new_price::NewPromo,
        promo::{self, Promo, PromoStatus},
    },
    store::{self, StoreError, promo::UsageRow, tx::transact},
};

impl App {
    /// Makes a code for an event.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::Taken`].
    pub async fn create_promo(
        &self,
        event: EventId,
        wish: &NewPromo,
        by: &Actor,
    ) -> Result<PromoId, CatalogError> {
        let now = self.clock.now();
        let made = transact!(self.store, |tx| {
            let types = store::ticket_type::of_event(tx, event).await?;
            let of_name = |name: &str| {
                let found = types.iter().filter(|kind| kind.name == name);
                found.map(|kind| kind.id).collect::<Vec<_>>()
            };
            wish.check(|name| of_name(name).len() == 1)?;
            let meant = wish.ticket_type.as_deref().map(of_name).unwrap_or_default();
            let row = self.new_promo(wish, meant.first().copied(), now);
            store::promo::insert(tx, event, &row, now).await?;
            let (kind, value) = row.cut.columns();
            let detail = serde_json::json!({"code": row.code, "kind": kind, "value": value, "quota": row.quota});
            self.note_promo(tx, by, ("promo.create", row.id), detail, now)
                .await?;
            Ok::<_, CatalogError>(row.id)
        });
        match made {
            Err(CatalogError::Store(StoreError::Duplicate)) => Err(CatalogError::Taken),
            other => other,
        }
    }

    /// Switches a code off; what it was used for stays. Gives false when it is off already.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`].
    pub async fn disable_promo(
        &self,
        event: EventId,
        code: &str,
        by: &Actor,
    ) -> Result<bool, CatalogError> {
        self.switch_promo(event, code, PromoStatus::Disabled, by)
            .await
    }

    /// Switches a code on again. Gives false when it is on already.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`].
    pub async fn enable_promo(
        &self,
        event: EventId,
        code: &str,
        by: &Actor,
    ) -> Result<bool, CatalogError> {
        self.switch_promo(event, code, PromoStatus::Active, by)
            .await
    }

    /// An event's codes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promos(&self, event: EventId) -> Result<Vec<Promo>, StoreError> {
        let mut tx = self.store.read().await?;
        store::promo::of_event(&mut tx, event).await
    }

    /// Which orders use a code, and what became of each use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promo_usages(&self, promo: PromoId) -> Result<Vec<UsageRow>, StoreError> {
        let mut tx = self.store.read().await?;
        store::promo::usages(&mut tx, promo).await
    }

    /// The row of a new code.
    pub(super) fn new_promo(
        &self,
        wish: &NewPromo,
        ticket_type: Option<TicketTypeId>,
        now: Timestamp,
    ) -> Promo {
        Promo {
            id: PromoId(self.new_id(now)),
            code: promo::normal(&wish.code),
            ticket_type,
            cut: wish.cut,
            valid_from: wish.valid_from,
            valid_until: wish.valid_until,
            quota: wish.quota,
            used: 0,
            per_buyer: wish.per_buyer,
            min_spend_minor: wish.min_spend_minor,
            is_stackable: wish.is_stackable,
            status: PromoStatus::Active,
        }
    }

    async fn switch_promo(
        &self,
        event: EventId,
        code: &str,
        to: PromoStatus,
        by: &Actor,
    ) -> Result<bool, CatalogError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let found = store::promo::by_code(tx, event, &promo::normal(code)).await?;
            let found = found.ok_or(CatalogError::Unknown)?;
            // A code that is used up is on: its numbers alone close it.
            let is_on = found.status != PromoStatus::Disabled;
            if is_on == (to == PromoStatus::Active) {
                return Ok(false);
            }
            let to = match to {
                PromoStatus::Active if found.used >= found.quota => PromoStatus::UsedUp,
                to => to,
            };
            if !store::promo::move_status(tx, found.id, found.status, to).await? {
                return Err(CatalogError::Raced);
            }
            let detail = serde_json::json!({"from": found.status.name(), "to": to.name()});
            self.note_promo(tx, by, ("promo.status", found.id), detail, now)
                .await?;
            Ok(true)
        })
    }

    async fn note_promo(
        &self,
        tx: &mut store::Tx,
        by: &Actor,
        (action, promo): (&str, PromoId),
        detail: serde_json::Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let deed = Deed {
            action,
            subject_kind: "promo_code",
            subject: promo.0,
            detail,
        };
        self.leave_row(tx, by, deed, now).await
    }
}
