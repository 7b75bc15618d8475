//! Changes of what is offered: a type's next version, fees, discounts, quotas of several types.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{Actor, App, Deed};
use crate::{
    app::events::{EventError, put_config},
    domain::{
        charge::{Charge, GroupDiscount},
        event::{TicketType, Visibility},
        id::{SharedQuotaId, TicketTypeId},
        new_event::NewEventError,
        new_price, offer, promo,
        schedule::ScheduleError,
    },
    store::{self, StoreError, Transient, Tx, tx::transact, type_version::TypeVersion},
};

/// Why the catalogue is not changed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Something is wrong with the wish.
    #[error(transparent)]
    Invalid(#[from] NewEventError),
    /// No such type, quota or code.
    #[error("the event has no such thing: choose one of its own")]
    Unknown,
    /// More is taken than there would be.
    #[error("more than that is sold or held: choose a larger quota")]
    QuotaTooSmall,
    /// Another change came first.
    #[error("somebody changed it at the same moment: look again, and repeat the change")]
    Raced,
    /// It is there already.
    #[error("the event has this code already: choose another")]
    Taken,
    /// Another thing of its kind is called so.
    #[error("the event has one of this name already: choose another")]
    NameTaken,
    /// Times of the event are of its zone.
    #[error(
        "days, tickets and codes have times of this zone: take them away first, or keep the zone"
    )]
    ZoneStays,
    /// Amounts of the event are of its currency.
    #[error(
        "prices, fees, discounts or codes are in this currency: take them away first, or keep it"
    )]
    CurrencyStays,
    /// It cannot be taken away as long as something names it.
    #[error("something else of the event names it: change that first")]
    InUse,
    /// A node stands at the gate.
    #[error("a node is at this gate: move it to another gate first, or rename the gate")]
    GateHasNode,
    /// A code for a node waits.
    #[error("a code for a node at this gate is waiting: withdraw it first")]
    GateHasCode,
    /// What happened there stays on record.
    #[error(
        "people were scanned at this gate or a node worked there, which may bring scans later, and that stays on record: rename it \
         instead"
    )]
    GateWasUsed,
    /// Nobody could be let in any more.
    #[error("the event is open and this is its only gate: add another one first")]
    LastGate,
    /// Buyers know it by now.
    #[error("this is changed in drafts alone, and the event was opened to the public")]
    NotDraft,
    /// Somebody holds or bought it for a day that it would lose.
    #[error("tickets of this type are sold or held for a day that it would lose: leave that day")]
    DayTaken,
    /// There is no room for another one.
    #[error("the event has as many as it can have: change one of them")]
    TooMany,
    /// The event's part failed.
    #[error(transparent)]
    Event(EventError),
    /// Days cannot be moved like that.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CatalogError {
    /// Stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "catalog_invalid",
            Self::Unknown => "unknown_item",
            Self::QuotaTooSmall => "quota_too_small",
            Self::Raced => "changed_meanwhile",
            Self::Taken => "code_taken",
            Self::NameTaken => "name_taken",
            Self::InUse => "in_use",
            Self::ZoneStays => "zone_stays",
            Self::CurrencyStays => "currency_stays",
            Self::GateHasNode => "gate_has_node",
            Self::GateHasCode => "gate_has_code",
            Self::GateWasUsed => "gate_was_used",
            Self::LastGate => "last_gate",
            Self::NotDraft => "not_draft",
            Self::DayTaken => "day_taken",
            Self::TooMany => "too_many",
            Self::Schedule(error) => error.code(),
            Self::Event(error) => error.code(),
            Self::Store(_) => "internal",
        }
    }
}

impl From<EventError> for CatalogError {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Store(error) => Self::Store(error),
            other => Self::Event(other),
        }
    }
}

impl Transient for CatalogError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Event(error) => error.is_transient(),
            _ => false,
        }
    }
}

/// What is to be another way about a type; `None` = as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it includes.
    pub description: Option<String>,
    /// Price in the event's currency.
    pub price_minor: Option<i64>,
    /// How many there are.
    pub quota: Option<i64>,
    /// First moment of its sale.
    pub sale_from: Option<Timestamp>,
    /// First moment at which it is no longer sold.
    pub sale_until: Option<Timestamp>,
    /// Fewest in one order.
    pub min_per_order: Option<i64>,
    /// Most in one order.
    pub max_per_order: Option<i64>,
    /// Who sees it.
    pub visibility: Option<Visibility>,
    /// Opens it to who has it, where it is hidden; empty = none any more.
    pub access_code: Option<String>,
}

impl TypeChange {
    /// The type's next version.
    fn apply(&self, kind: &TicketType) -> TicketType {
        let kind = kind.clone();
        let access_code = self.access_code.as_deref().map(promo::normal);
        TicketType {
            name: self.name.clone().unwrap_or(kind.name),
            description: self.description.clone().unwrap_or(kind.description),
            price_minor: self.price_minor.unwrap_or(kind.price_minor),
            quota: self.quota.unwrap_or(kind.quota),
            sale_from: self.sale_from.unwrap_or(kind.sale_from),
            sale_until: self.sale_until.unwrap_or(kind.sale_until),
            min_per_order: self.min_per_order.unwrap_or(kind.min_per_order),
            max_per_order: self.max_per_order.unwrap_or(kind.max_per_order),
            visibility: self.visibility.unwrap_or(kind.visibility),
            access_code: match access_code {
                Some(code) if code.is_empty() => None,
                code => code.or(kind.access_code),
            },
            version: kind.version + 1,
            ..kind
        }
    }

    /// Whether anything is another way about it.
    pub(super) fn changes(&self, kind: &TicketType) -> bool {
        let version = kind.version;
        TicketType {
            version,
            ..self.apply(kind)
        } != *kind
    }
}

impl App {
    /// Offers a type another way from now on; orders keep what they were sold at. Gives the new version.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`], [`CatalogError::Invalid`], [`CatalogError::QuotaTooSmall`],
    /// [`CatalogError::Raced`].
    pub async fn change_type(
        &self,
        id: TicketTypeId,
        change: &TypeChange,
        by: &Actor,
    ) -> Result<i64, CatalogError> {
        let now = self.clock.now();
        let event = {
            let mut tx = self.store.read().await?;
            let event = store::type_version::event_of(&mut tx, id).await?;
            event.ok_or(CatalogError::Unknown)?
        };
        let changed = transact!(self.store, |tx| {
            // First of all: gates see names.
            let revision = store::revision::take(tx, event).await?;
            let types = store::ticket_type::of_event(tx, event).await?;
            let old = types.into_iter().find(|kind| kind.id == id);
            let old = old.ok_or(CatalogError::Unknown)?;
            let version = self.put_type(tx, &old, change, by, now).await?;
            put_config(tx, event, revision).await?;
            Ok(version)
        });
        self.waits.changed(event);
        changed
    }

    /// Stores a type's next version; the caller holds the event's revision.
    pub(super) async fn put_type(
        &self,
        tx: &mut Tx,
        old: &TicketType,
        change: &TypeChange,
        by: &Actor,
        now: Timestamp,
    ) -> Result<i64, CatalogError> {
        let new = change.apply(old);
        offer::check_type(&new)?;
        if !store::type_version::put_current(tx, &new).await? {
            // The revision's lock keeps other changes away, so it is what is taken.
            return Err(CatalogError::QuotaTooSmall);
        }
        store::type_version::insert(tx, &new, now).await?;
        let deed = Deed {
            action: "type.change",
            subject_kind: "ticket_type",
            subject: old.id.0,
            detail: serde_json::json!({
                "version": new.version,
                "name": {"from": old.name, "to": new.name},
                "price_minor": {"from": old.price_minor, "to": new.price_minor},
                "quota": {"from": old.quota, "to": new.quota},
                "sale_until": {"from": old.sale_until.0, "to": new.sale_until.0},
                "visibility": new.visibility.name(),
            }),
        };
        self.note_catalog(tx, old.event, by, deed).await?;
        Ok(new.version)
    }

    /// Puts fees and taxes in the place of an event's; orders keep what they were sold with.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`].
    pub async fn change_charges(
        &self,
        event: EventId,
        charges: &[Charge],
        by: &Actor,
    ) -> Result<(), CatalogError> {
        transact!(self.store, |tx| {
            self.put_charges(tx, event, charges, by).await
        })
    }

    /// The same in the caller's transaction.
    pub(super) async fn put_charges(
        &self,
        tx: &mut Tx,
        event: EventId,
        charges: &[Charge],
        by: &Actor,
    ) -> Result<(), CatalogError> {
        new_price::check_charges(charges)?;
        store::charge::replace(tx, event, charges).await?;
        let told = |charge: &Charge| {
            let (rate, value) = charge.rate.columns();
            serde_json::json!({"kind": charge.kind.name(), "name": charge.name, "rate": rate, "value": value,
                    "base": charge.base.name(), "included": charge.is_included})
        };
        let told: Vec<_> = charges.iter().map(told).collect();
        let detail = serde_json::json!({"charges": told});
        self.note_setup(tx, by, (event, "event.charges", detail))
            .await
    }

    /// Puts group discounts in the place of an event's.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::Unknown`] for a type of another event.
    pub async fn change_group_discounts(
        &self,
        event: EventId,
        groups: &[GroupDiscount],
        by: &Actor,
    ) -> Result<(), CatalogError> {
        transact!(self.store, |tx| {
            self.put_groups(tx, event, groups, by).await
        })
    }

    /// The same in the caller's transaction.
    pub(super) async fn put_groups(
        &self,
        tx: &mut Tx,
        event: EventId,
        groups: &[GroupDiscount],
        by: &Actor,
    ) -> Result<(), CatalogError> {
        for group in groups {
            let wish = new_price::NewGroupDiscount {
                name: group.name.clone(),
                ticket_type: None,
                min_quantity: group.min_quantity,
                cut: group.cut,
            };
            wish.check(|_| true)?;
        }
        let types = store::ticket_type::of_event(tx, event).await?;
        let is_own = |id: TicketTypeId| types.iter().any(|kind| kind.id == id);
        if !groups
            .iter()
            .all(|group| group.ticket_type.is_none_or(is_own))
        {
            return Err(CatalogError::Unknown);
        }
        store::charge::replace_groups(tx, event, groups).await?;
        let detail = serde_json::json!({"count": groups.len()});
        self.note_setup(tx, by, (event, "event.group_discounts", detail))
            .await
    }

    /// Changes how much there is of a quota of several types.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`], [`CatalogError::QuotaTooSmall`].
    pub async fn resize_shared_quota(
        &self,
        event: EventId,
        quota: SharedQuotaId,
        to: i64,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        transact!(self.store, |tx| {
            let quotas = store::shared_quota::of_event(tx, event).await?;
            let old = quotas.into_iter().find(|one| one.id == quota);
            let old = old.ok_or(CatalogError::Unknown)?;
            if to < 0 || !store::shared_quota::resize(tx, quota, to).await? {
                return Err(CatalogError::QuotaTooSmall);
            }
            let detail = serde_json::json!({"name": old.name, "from": old.quota, "to": to});
            self.note_catalog(
                tx,
                event,
                by,
                Deed {
                    action: "quota.change",
                    subject_kind: "shared_quota",
                    subject: quota.0,
                    detail,
                },
            )
            .await
        })
    }

    /// All that a type was offered as, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn type_versions(&self, id: TicketTypeId) -> Result<Vec<TypeVersion>, StoreError> {
        let mut tx = self.store.read().await?;
        store::type_version::of_type(&mut tx, id).await
    }

    /// Counts the change of the catalogue and leaves its row in the audit trail.
    pub(super) async fn note_catalog(
        &self,
        tx: &mut Tx,
        event: EventId,
        by: &Actor,
        deed: Deed<'_>,
    ) -> Result<(), CatalogError> {
        store::type_version::touch_catalog(tx, event).await?;
        Ok(self.leave_row(tx, by, deed, self.clock.now()).await?)
    }
}
