//! Categories of ticket types, and their parts.
//!
//! Invariant: a part has no parts, and two of one parent have different names: types are grouped by them on the public
//! page and found by them in a copy.

use sync_protocol::id::EventId;

use super::{Actor, App, CatalogError, Deed};
use crate::{
    domain::{
        event::Category,
        id::CategoryId,
        new_event::{NewEventError, demand},
    },
    store::{self, Tx, tx::transact},
};

impl App {
    /// Adds a category, or a part of one.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::NameTaken`], [`CatalogError::Unknown`] for a parent that the event has
    /// not, or that is a part itself.
    pub async fn add_category(
        &self,
        event: EventId,
        name: &str,
        parent: Option<CategoryId>,
        by: &Actor,
    ) -> Result<CategoryId, CatalogError> {
        let now = self.clock.now();
        let id = CategoryId(self.new_id(now));
        let name = name.trim();
        check_name(name)?;
        transact!(self.store, |tx| {
            let all = self.lock_categories(tx, event).await?;
            if let Some(parent) = parent {
                let found = all.iter().find(|one| one.id == parent);
                let is_whole = found.is_some_and(|found| found.parent.is_none());
                is_whole.then_some(()).ok_or(CatalogError::Unknown)?;
            }
            check_free(&all, name, parent, id)?;
            let place = all.iter().map(|one| one.place).max().unwrap_or_default() + 1;
            let row = Category {
                id,
                parent,
                name: name.to_owned(),
                place,
            };
            store::ticket_type::insert_category(tx, event, &row).await?;
            let detail = serde_json::json!({"name": name});
            self.note_category(tx, event, by, ("category.create", id, detail))
                .await?;
            Ok(id)
        })
    }

    /// Calls a category something else.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`], [`CatalogError::Invalid`], [`CatalogError::NameTaken`].
    pub async fn rename_category(
        &self,
        event: EventId,
        id: CategoryId,
        name: &str,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let name = name.trim();
        check_name(name)?;
        transact!(self.store, |tx| {
            let all = self.lock_categories(tx, event).await?;
            let old = all.iter().find(|one| one.id == id);
            let old = old.ok_or(CatalogError::Unknown)?;
            check_free(&all, name, old.parent, id)?;
            store::ticket_type::rename_category(tx, id, name).await?;
            let detail = serde_json::json!({"from": old.name, "to": name});
            self.note_category(tx, event, by, ("category.rename", id, detail))
                .await
        })
    }

    /// Takes an empty category away.
    ///
    /// # Errors
    /// [`CatalogError::Unknown`], [`CatalogError::InUse`] while it has types or parts.
    pub async fn remove_category(
        &self,
        event: EventId,
        id: CategoryId,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        transact!(self.store, |tx| {
            let all = self.lock_categories(tx, event).await?;
            let old = all.iter().find(|one| one.id == id);
            let old = old.ok_or(CatalogError::Unknown)?;
            let types = store::ticket_type::of_event(tx, event).await?;
            let is_used = types.iter().any(|kind| kind.category == id)
                || all.iter().any(|one| one.parent == Some(id));
            if is_used {
                return Err(CatalogError::InUse);
            }
            store::ticket_type::delete_category(tx, id).await?;
            let detail = serde_json::json!({"name": old.name});
            self.note_category(tx, event, by, ("category.remove", id, detail))
                .await
        })
    }

    /// Under the event's lock, so that two of one name are not made at once.
    async fn lock_categories(
        &self,
        tx: &mut Tx,
        event: EventId,
    ) -> Result<Vec<Category>, CatalogError> {
        store::revision::lock(tx, event).await?;
        Ok(store::ticket_type::categories(tx, event).await?)
    }

    async fn note_category(
        &self,
        tx: &mut Tx,
        event: EventId,
        by: &Actor,
        (action, id, detail): (&str, CategoryId, serde_json::Value),
    ) -> Result<(), CatalogError> {
        let deed = Deed {
            action,
            subject_kind: "ticket_category",
            subject: id.0,
            detail,
        };
        self.note_catalog(tx, event, by, deed).await
    }
}

fn check_name(name: &str) -> Result<(), NewEventError> {
    let fits = (1..=100).contains(&name.chars().count());
    demand(fits, "category", "needs a name of 1 to 100 characters")
}

fn check_free(
    all: &[Category],
    name: &str,
    parent: Option<CategoryId>,
    own: CategoryId,
) -> Result<(), CatalogError> {
    let is_other = |one: &&Category| one.id != own && one.parent == parent;
    match all.iter().filter(is_other).any(|one| one.name == name) {
        true => Err(CatalogError::NameTaken),
        false => Ok(()),
    }
}
