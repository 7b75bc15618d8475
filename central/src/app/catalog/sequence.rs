//! The order in which buyers and the panel see categories and types.
//!
//! Invariant: a thing passes its neighbour alone: a type among those of its category, a category among those of its
//! parent. Gates know types by number, so nothing of this concerns them.

use super::{Actor, App, CatalogError, Deed, kind::of_number};
use crate::{
    domain::{
        event::EventSetup,
        id::CategoryId,
        sequence::{self, Step},
    },
    store::{self, Tx},
};

/// What goes a step on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// The type of this number.
    Type(u16),
    /// A category, or a part of one.
    Category(CategoryId),
}

impl App {
    /// Moves it, in the caller's transaction. [`CatalogError::Raced`] where it can go no further: its page offered it.
    pub(super) async fn put_step(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        (moved, step): (Moved, Step),
        by: &Actor,
    ) -> Result<(), CatalogError> {
        match moved {
            Moved::Type(number) => self.put_type_step(tx, setup, (number, step), by).await,
            Moved::Category(id) => self.put_category_step(tx, setup, (id, step), by).await,
        }
    }

    async fn put_type_step(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        (number, step): (u16, Step),
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let kind = of_number(setup, number)?;
        let in_order = setup.types_in_order();
        let all = in_order.iter().filter(|one| one.category == kind.category);
        let all: Vec<_> = all.map(|one| one.id).collect();
        let all = sequence::stepped(&all, kind.id, step).ok_or(CatalogError::Raced)?;
        for (place, id) in (1..).zip(&all) {
            store::ticket_type::put_in_order(tx, *id, place).await?;
        }
        let detail = serde_json::json!({"name": kind.name, "step": step.name()});
        self.note_setup(tx, by, (setup.event.id, "type.order", detail))
            .await
    }

    async fn put_category_step(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        (id, step): (CategoryId, Step),
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let event = setup.event.id;
        let all = store::ticket_type::categories(tx, event).await?;
        let one = all.iter().find(|one| one.id == id);
        let one = one.ok_or(CatalogError::Unknown)?;
        let beside = all.iter().filter(|other| other.parent == one.parent);
        let beside: Vec<_> = beside.map(|other| other.id).collect();
        let beside = sequence::stepped(&beside, id, step).ok_or(CatalogError::Raced)?;
        for (place, id) in (1..).zip(&beside) {
            store::ticket_type::put_category_in_order(tx, *id, place).await?;
        }
        let deed = Deed {
            action: "category.order",
            subject_kind: "ticket_category",
            subject: id.0,
            detail: serde_json::json!({"name": one.name, "step": step.name()}),
        };
        self.note_catalog(tx, event, by, deed).await
    }
}
