//! Ticket types that an event gets or, as a draft, loses, and where they stand: category, gates, quota that they share.
//! What they are offered as is a version (`change`), on which days they are good is `access`.

use std::collections::BTreeSet;

use sync_protocol::{
    id::{EventId, GateId},
    time::Timestamp,
};

use super::{Actor, App, CatalogError};
use crate::{
    domain::{
        event::{EventSetup, EventStatus, TicketType, Visibility},
        id::{CategoryId, SharedQuotaId, TicketTypeId},
        offer, promo,
    },
    store::{self, Tx, tx::transact},
};

/// A ticket type that an event is to get.
#[derive(Clone, Debug)]
pub struct NewKind {
    /// What people call it.
    pub name: String,
    /// What it includes.
    pub description: String,
    /// Price in the event's currency.
    pub price_minor: i64,
    /// How many there are.
    pub quota: i64,
    /// First moment of its sale.
    pub sale_from: Timestamp,
    /// First moment at which it is no longer sold.
    pub sale_until: Timestamp,
    /// Fewest and most in one order.
    pub per_order: (i64, i64),
    /// Who sees it.
    pub visibility: Visibility,
    /// Opens it to who has it, where it is hidden.
    pub access_code: Option<String>,
    /// Where it stands.
    pub place: KindPlace,
}

/// Where a type stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindPlace {
    /// Its group.
    pub category: CategoryId,
    /// Gates at which it is taken; empty = all.
    pub gates: BTreeSet<GateId>,
    /// It goes with another ticket of the same person.
    pub addon: bool,
    /// The quota that it draws on beside its own.
    pub shared_quota: Option<SharedQuotaId>,
}

impl App {
    /// Adds a type, good on all days that the event has; gives its number.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::NameTaken`], [`CatalogError::TooMany`], [`CatalogError::Unknown`] for a
    /// category, gate or quota of another event.
    pub async fn add_type(
        &self,
        event: EventId,
        wish: &NewKind,
        by: &Actor,
    ) -> Result<u16, CatalogError> {
        let now = self.clock.now();
        let id = TicketTypeId(self.new_id(now));
        let added = transact!(self.store, |tx| {
            let (revision, setup) = self.begin_change(tx, event).await?;
            let kind = new_kind(&setup, id, wish)?;
            offer::check_type(&kind)?;
            check_free(&setup, &kind.name, id)?;
            self.check_place(tx, &setup, &wish.place).await?;
            store::ticket_type::insert(tx, &kind).await?;
            store::type_version::insert(tx, &kind, now).await?;
            let detail = serde_json::json!({"name": kind.name, "number": kind.number, "price_minor": kind.price_minor,
                "quota": kind.quota, "visibility": kind.visibility.name()});
            self.end_change(tx, revision, by, (event, "type.create", detail))
                .await?;
            Ok(kind.number)
        });
        self.waits.changed(event);
        added
    }

    /// Puts a type elsewhere, in the caller's transaction: into another category, to other gates, on another quota.
    /// [`CatalogError::InUse`] where tickets that are sold or held draw on the quota that it would leave.
    pub(super) async fn put_kind_place(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        (number, place): (u16, &KindPlace),
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let kind = of_number(setup, number)?;
        self.check_place(tx, setup, place).await?;
        let old = KindPlace {
            category: kind.category,
            gates: kind.gates.iter().copied().collect(),
            addon: kind.addon,
            shared_quota: kind.shared_quota,
        };
        if old == *place {
            return Ok(());
        }
        let new = TicketType {
            category: place.category,
            gates: place.gates.iter().copied().collect(),
            addon: place.addon,
            shared_quota: place.shared_quota,
            ..kind.clone()
        };
        let shares_other = old.shared_quota != place.shared_quota;
        if !store::ticket_type::put_place(tx, &new, shares_other).await? {
            return Err(CatalogError::InUse);
        }
        let detail = serde_json::json!({"name": kind.name, "gates": place.gates.len(), "addon": place.addon});
        self.note_setup(tx, by, (setup.event.id, "type.place", detail))
            .await
    }

    /// Takes a type of a draft away.
    ///
    /// # Errors
    /// [`CatalogError::NotDraft`], [`CatalogError::Unknown`], [`CatalogError::InUse`] where a code or a group discount is
    /// for it.
    pub async fn remove_type(
        &self,
        event: EventId,
        number: u16,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let removed = transact!(self.store, |tx| {
            let (revision, setup) = self.begin_change(tx, event).await?;
            let kind = of_number(&setup, number)?;
            if setup.event.status != EventStatus::Draft {
                return Err(CatalogError::NotDraft);
            }
            let groups = store::charge::groups_of_event(tx, event).await?;
            let promos = store::promo::of_type(tx, kind.id).await?;
            let is_named = groups.iter().any(|one| one.ticket_type == Some(kind.id));
            if is_named || promos > 0 || kind.taken > 0 {
                return Err(CatalogError::InUse);
            }
            store::ticket_type::delete(tx, kind.id).await?;
            let detail = serde_json::json!({"name": kind.name, "number": number});
            self.end_change(tx, revision, by, (event, "type.remove", detail))
                .await
        });
        self.waits.changed(event);
        removed
    }

    async fn check_place(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        place: &KindPlace,
    ) -> Result<(), CatalogError> {
        let event = setup.event.id;
        let categories = store::ticket_type::categories(tx, event).await?;
        let quotas = store::shared_quota::of_event(tx, event).await?;
        let is_gate = |id: &GateId| setup.gates.iter().any(|gate| gate.id == *id);
        let is_own = categories.iter().any(|one| one.id == place.category)
            && place.gates.iter().all(is_gate)
            && place
                .shared_quota
                .is_none_or(|id| quotas.iter().any(|quota| quota.id == id));
        is_own.then_some(()).ok_or(CatalogError::Unknown)
    }
}

pub(super) fn of_number(setup: &EventSetup, number: u16) -> Result<&TicketType, CatalogError> {
    let found = setup.types.iter().find(|kind| kind.number == number);
    found.ok_or(CatalogError::Unknown)
}

/// Two types of one name could not be told apart by a copy, a code or a buyer.
pub(super) fn check_free(
    setup: &EventSetup,
    name: &str,
    own: TicketTypeId,
) -> Result<(), CatalogError> {
    let mut others = setup.types.iter().filter(|kind| kind.id != own);
    match others.any(|kind| kind.name == name) {
        true => Err(CatalogError::NameTaken),
        false => Ok(()),
    }
}

fn new_kind(
    setup: &EventSetup,
    id: TicketTypeId,
    wish: &NewKind,
) -> Result<TicketType, CatalogError> {
    let last = setup.types.iter().map(|kind| kind.number).max();
    let number = last.unwrap_or_default().checked_add(1);
    let number = number.ok_or(CatalogError::TooMany)?;
    let days = setup
        .days
        .iter()
        .fold(0, |mask, day| mask | 1 << day.number);
    Ok(TicketType {
        id,
        event: setup.event.id,
        category: wish.place.category,
        number,
        name: wish.name.trim().to_owned(),
        description: wish.description.clone(),
        price_minor: wish.price_minor,
        quota: wish.quota,
        taken: 0,
        sale_from: wish.sale_from,
        sale_until: wish.sale_until,
        min_per_order: wish.per_order.0,
        max_per_order: wish.per_order.1,
        visibility: wish.visibility,
        day_mask: days,
        place: i64::from(number),
        gates: wish.place.gates.iter().copied().collect(),
        addon: wish.place.addon,
        shared_quota: wish.place.shared_quota,
        access_code: wish.access_code.as_deref().map(promo::normal),
        version: 1,
    })
}
