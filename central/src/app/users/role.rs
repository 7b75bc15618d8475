//! The editor of roles: what each one allows.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::{App, By, Signed, UserError};
use crate::{
    domain::{
        permission::{Permission, Role},
        policy::Thing,
    },
    store::{self, StoreError, tx::transact},
};

impl App {
    /// All roles.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roles(&self) -> Result<Vec<Role>, StoreError> {
        let mut tx = self.store.read().await?;
        store::role::all(&mut tx).await
    }

    /// Changes what a role allows. What does not fit its reach is left out; what is new must be the giver's own.
    ///
    /// # Errors
    /// [`UserError::Role`] for one that stays as it is, [`UserError::NotYours`].
    pub async fn set_permissions(
        &self,
        by: &Signed,
        role: &str,
        permissions: &BTreeSet<Permission>,
    ) -> Result<(), UserError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let mut roles = store::role::all(tx).await?.into_iter();
            let role = roles.find(|one| one.name == role && !one.is_fixed());
            let role = role.ok_or(UserError::Role)?;
            let fitting = permissions.iter().copied();
            let wanted: BTreeSet<_> = fitting.filter(|one| one.fits(role.reach)).collect();
            let mut new = wanted.difference(&role.permissions);
            if new.any(|one| !by.powers.may(*one, Thing::Platform)) {
                return Err(UserError::NotYours);
            }
            store::role::set_permissions(tx, &role.name, &wanted).await?;
            let names =
                |all: &BTreeSet<Permission>| all.iter().map(|one| one.name()).collect::<Vec<_>>();
            let detail = json!({
                "role": role.name, "before": names(&role.permissions), "after": names(&wanted),
            });
            let by = By::account(&by.account);
            // Roles have names and no ids.
            self.note_by(tx, &by, "role.change", ("role", Uuid::nil()), now, detail)
                .await?;
            Ok(())
        })
    }
}
