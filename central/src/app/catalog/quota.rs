//! Quotas that several types draw on: made, and taken away while no type draws on them. How large they are: `change`.

use sync_protocol::id::EventId;

use super::{Actor, App, CatalogError};
use crate::{
    domain::{
        id::SharedQuotaId,
        new_event::{NewEventError, demand},
        offer::SharedQuota,
    },
    store::{self, StoreError, tx::transact},
};

impl App {
    /// Makes a quota that types may draw on.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::NameTaken`].
    pub async fn add_shared_quota(
        &self,
        event: EventId,
        name: &str,
        quota: i64,
        by: &Actor,
    ) -> Result<SharedQuotaId, CatalogError> {
        let row = SharedQuota {
            id: SharedQuotaId(self.new_id(self.clock.now())),
            event,
            name: name.trim().to_owned(),
            quota,
            taken: 0,
        };
        check(&row)?;
        let added = transact!(self.store, |tx| {
            store::shared_quota::insert(tx, &row).await?;
            let detail = serde_json::json!({"name": row.name, "quota": quota});
            self.note_setup(tx, by, (event, "quota.create", detail))
                .await?;
            Ok::<_, CatalogError>(row.id)
        });
        match added {
            Err(CatalogError::Store(StoreError::Duplicate)) => Err(CatalogError::NameTaken),
            other => other,
        }
    }

    /// Takes a quota away on which no type draws.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`], [`CatalogError::InUse`].
    pub async fn remove_shared_quota(
        &self,
        event: EventId,
        quota: SharedQuotaId,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        transact!(self.store, |tx| {
            store::revision::lock(tx, event).await?;
            let quotas = store::shared_quota::of_event(tx, event).await?;
            let old = quotas.into_iter().find(|one| one.id == quota);
            let old = old.ok_or(CatalogError::Unknown)?;
            let types = store::ticket_type::of_event(tx, event).await?;
            if types.iter().any(|kind| kind.shared_quota == Some(quota)) {
                return Err(CatalogError::InUse);
            }
            store::shared_quota::delete(tx, quota).await?;
            let detail = serde_json::json!({"name": old.name});
            self.note_setup(tx, by, (event, "quota.remove", detail))
                .await
        })
    }
}

fn check(quota: &SharedQuota) -> Result<(), NewEventError> {
    let fits = (1..=100).contains(&quota.name.chars().count());
    demand(fits, "shared_quotas", "names have 1 to 100 characters")?;
    demand(quota.quota >= 0, &quota.name, "its quota is negative")
}
