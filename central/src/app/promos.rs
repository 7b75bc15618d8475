//! Promo codes: made, switched off and on, and who used them.
//!
//! Invariant: a code's numbers change only with orders; here it is made and its status moved, each with a row in the
//! audit trail. Who used a code is `promo_usages`, written in the transaction that holds the tickets.

use std::collections::BTreeSet;

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    App,
    catalog::CatalogError,
    trail::{Actor, Deed},
};
use crate::{
    domain::{
        id::{PromoId, TicketTypeId},
        new_event::demand,
        new_price::NewPromo,
        promo::{self, Promo, PromoStatus},
        promo_list,
    },
    store::{self, StoreError, promo::UsageRow, tx::transact},
};

/// Most codes that are made at once.
pub const MOST_MADE: usize = 5_000;
/// What the trail calls a code that was switched off or on.
const SWITCHED: &str = "promo.status";

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
        taken(made)
    }

    /// Makes many codes of one kind, each for one draw of random letters after `prefix`; gives them. All or none.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::TooMany`] for none or more than [`MOST_MADE`].
    pub async fn create_promos(
        &self,
        event: EventId,
        wish: &NewPromo,
        (prefix, count): (&str, usize),
        by: &Actor,
    ) -> Result<Vec<String>, CatalogError> {
        if !(1..=MOST_MADE).contains(&count) {
            return Err(CatalogError::TooMany);
        }
        let now = self.clock.now();
        let mut codes = BTreeSet::new();
        while codes.len() < count {
            codes.insert(self.made_code(prefix));
        }
        let made = transact!(self.store, |tx| {
            let types = store::ticket_type::of_event(tx, event).await?;
            let meant = types
                .iter()
                .filter(|kind| Some(&kind.name) == wish.ticket_type.as_ref());
            let meant: Vec<_> = meant.map(|kind| kind.id).collect();
            for code in &codes {
                let one = NewPromo {
                    code: code.clone(),
                    ..wish.clone()
                };
                one.check(|_| meant.len() == 1)?;
                let row = self.new_promo(&one, meant.first().copied(), now);
                store::promo::insert(tx, event, &row, now).await?;
            }
            let (kind, value) = wish.cut.columns();
            let detail = serde_json::json!({"count": codes.len(), "prefix": promo::normal(prefix), "kind": kind,
                "value": value, "quota": wish.quota});
            let deed = Deed {
                action: "promo.create_many",
                subject_kind: "event",
                subject: event.0,
                detail,
            };
            self.leave_row(tx, by, deed, now).await?;
            Ok::<_, CatalogError>(codes.iter().cloned().collect())
        });
        taken(made)
    }

    /// Limits a code anew: how many orders may use it, and until when.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`], [`CatalogError::QuotaTooSmall`] where more orders use it, [`CatalogError::Invalid`].
    pub async fn limit_promo(
        &self,
        event: EventId,
        code: &str,
        (quota, valid_until): (i64, Timestamp),
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let found = store::promo::by_code(tx, event, &promo::normal(code)).await?;
            let found = found.ok_or(CatalogError::Unknown)?;
            let field = format!("promo {}", found.code);
            let is_forward = valid_until > found.valid_from;
            demand(quota >= 1, &field, "its quota must be at least 1")?;
            demand(is_forward, &field, "must end after it begins")?;
            let limit = (quota, valid_until);
            if !store::promo::put_limit(tx, found.id, limit, found.status).await? {
                return Err(CatalogError::QuotaTooSmall);
            }
            let detail = serde_json::json!({"quota": {"from": found.quota, "to": quota},
                "valid_until": {"from": found.valid_until.0, "to": valid_until.0}});
            self.note_promo(tx, by, ("promo.limit", found.id), detail, now)
                .await?;
            Ok(())
        })
    }

    fn made_code(&self, prefix: &str) -> String {
        let mut random = [0; promo_list::MADE_LETTERS];
        self.entropy.fill(&mut random);
        promo_list::made(prefix, random)
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
        let made = self.switch_promo(event, code, (PromoStatus::Disabled, None), by);
        Ok(made.await?.is_some())
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
        let made = self.switch_promo(event, code, (PromoStatus::Active, None), by);
        Ok(made.await?.is_some())
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

    /// Switches a code off, or on again; only where nobody has switched it since this switch, if one is named by its
    /// number. Gives the number of the switch; nothing when it stood so already.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`], [`CatalogError::Raced`].
    pub async fn switch_promo(
        &self,
        event: EventId,
        code: &str,
        (to, left): (PromoStatus, Option<i64>),
        by: &Actor,
    ) -> Result<Option<i64>, CatalogError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let found = store::promo::by_code(tx, event, &promo::normal(code)).await?;
            let found = found.ok_or(CatalogError::Unknown)?;
            // A code that is used up is on: its numbers alone close it.
            let is_on = found.status != PromoStatus::Disabled;
            if is_on == (to == PromoStatus::Active) {
                return Ok(None);
            }
            let to = match to {
                PromoStatus::Active if found.used >= found.quota => PromoStatus::UsedUp,
                to => to,
            };
            if !store::promo::move_status(tx, found.id, found.status, to).await? {
                return Err(CatalogError::Raced);
            }
            // The row is locked from here on, so the number stands.
            let subject = ("promo_code", found.id.0);
            let switched = store::audit::times(tx, subject, SWITCHED).await?;
            if left.is_some_and(|left| left != switched) {
                return Err(CatalogError::Raced);
            }
            let detail = serde_json::json!({"from": found.status.name(), "to": to.name()});
            self.note_promo(tx, by, (SWITCHED, found.id), detail, now)
                .await?;
            Ok(Some(switched + 1))
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

/// The event has such a code already.
fn taken<T>(made: Result<T, CatalogError>) -> Result<T, CatalogError> {
    match made {
        Err(CatalogError::Store(StoreError::Duplicate)) => Err(CatalogError::Taken),
        other => other,
    }
}
