//! The catalogue of a new event: categories, types, quotas, fees, discounts and codes, as the wish names them.

use std::collections::BTreeMap;

use sync_protocol::{
    id::{EventId, GateId},
    time::Timestamp,
};

use super::App;
use crate::{
    domain::{
        charge::GroupDiscount,
        event::{Category, TicketType},
        id::{CategoryId, SharedQuotaId, TicketTypeId},
        new_event::{NewEvent, NewType},
        offer::SharedQuota,
        promo,
    },
    store::{self, StoreError, Tx},
};

/// What types of the wish point to by name.
struct Names<'a> {
    gates: &'a BTreeMap<String, GateId>,
    quotas: BTreeMap<String, SharedQuotaId>,
    categories: BTreeMap<(String, Option<String>), CategoryId>,
}

impl App {
    /// Stores all that is sold of a new event.
    pub(in crate::app) async fn insert_catalog(
        &self,
        tx: &mut Tx,
        event: EventId,
        wish: &NewEvent,
        gates: &BTreeMap<String, GateId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut names = Names {
            gates,
            quotas: self.insert_quotas(tx, event, wish, now).await?,
            categories: BTreeMap::new(),
        };
        let mut types = BTreeMap::new();
        for (number, kind) in (1u16..).zip(&wish.types) {
            let category = self.category(tx, event, kind, &mut names, now).await?;
            let row = TicketType {
                id: TicketTypeId(self.new_id(now)),
                number,
                place: i64::from(number),
                day_mask: wish.day_mask(kind),
                ..type_of(kind, event, category, &names)
            };
            store::ticket_type::insert(tx, &row).await?;
            store::type_version::insert(tx, &row, now).await?;
            types.insert(kind.name.clone(), row.id);
        }
        let meant = |name: &Option<String>| name.as_ref().and_then(|name| types.get(name).copied());
        store::charge::replace(tx, event, &wish.prices.charges).await?;
        let groups: Vec<_> = wish
            .prices
            .group_discounts
            .iter()
            .map(|group| GroupDiscount {
                name: group.name.clone(),
                ticket_type: meant(&group.ticket_type),
                min_quantity: group.min_quantity,
                cut: group.cut,
            })
            .collect();
        store::charge::replace_groups(tx, event, &groups).await?;
        for promo in &wish.prices.promos {
            let row = self.new_promo(promo, meant(&promo.ticket_type), now);
            store::promo::insert(tx, event, &row, now).await?;
        }
        Ok(())
    }

    async fn insert_quotas(
        &self,
        tx: &mut Tx,
        event: EventId,
        wish: &NewEvent,
        now: Timestamp,
    ) -> Result<BTreeMap<String, SharedQuotaId>, StoreError> {
        let mut quotas = BTreeMap::new();
        for quota in &wish.prices.shared_quotas {
            let row = SharedQuota {
                id: SharedQuotaId(self.new_id(now)),
                event,
                name: quota.name.clone(),
                quota: quota.quota,
                taken: 0,
            };
            store::shared_quota::insert(tx, &row).await?;
            quotas.insert(row.name, row.id);
        }
        Ok(quotas)
    }

    /// The category that a type is in, or its part; made when it is first named.
    async fn category(
        &self,
        tx: &mut Tx,
        event: EventId,
        kind: &NewType,
        names: &mut Names<'_>,
        now: Timestamp,
    ) -> Result<CategoryId, StoreError> {
        let mut parent = None;
        let whole = (kind.category.clone(), None);
        let part = kind.subcategory.clone();
        let part = part.map(|part| (kind.category.clone(), Some(part)));
        for key in [Some(whole), part].into_iter().flatten() {
            if let Some(known) = names.categories.get(&key) {
                parent = Some(*known);
                continue;
            }
            let row = Category {
                id: CategoryId(self.new_id(now)),
                parent,
                name: key.1.clone().unwrap_or_else(|| key.0.clone()),
                place: i64::try_from(names.categories.len()).unwrap_or(i64::MAX) + 1,
            };
            store::ticket_type::insert_category(tx, event, &row).await?;
            names.categories.insert(key, row.id);
            parent = Some(row.id);
        }
        parent.ok_or(StoreError::Corrupt("a type of no category"))
    }
}

/// The columns that come from the wish.
fn type_of(kind: &NewType, event: EventId, category: CategoryId, names: &Names<'_>) -> TicketType {
    let gates = kind.gates.iter().filter_map(|name| names.gates.get(name));
    let quota = kind.shared_quota.as_ref();
    TicketType {
        id: TicketTypeId::from_u128(0),
        event,
        category,
        number: 0,
        name: kind.name.clone(),
        description: kind.description.clone(),
        price_minor: kind.price_minor,
        quota: kind.quota,
        taken: 0,
        sale_from: kind.sale_from,
        sale_until: kind.sale_until,
        min_per_order: kind.min_per_order,
        max_per_order: kind.max_per_order,
        visibility: kind.visibility,
        day_mask: 0,
        place: 0,
        gates: gates.copied().collect(),
        addon: kind.addon,
        shared_quota: quota.and_then(|name| names.quotas.get(name).copied()),
        access_code: kind.access_code.as_deref().map(promo::normal),
        version: 1,
    }
}
