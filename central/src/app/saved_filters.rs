//! Filters of lists that somebody keeps for themselves: private, so they leave no row in the audit trail.

use uuid::Uuid;

use super::App;
use crate::{
    domain::{
        id::UserId,
        saved_filter::{Unfit, Wish},
    },
    store::{self, StoreError, Transient, tx::transact},
};

/// Why a filter is not kept.
#[derive(Debug, thiserror::Error)]
pub enum SavedFilterError {
    /// It is no filter, or one too many.
    #[error("the filter cannot be kept: {0:?}")]
    Unfit(Unfit),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Transient for SavedFilterError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

impl App {
    /// Keeps a filter, in the place of one of the same name.
    ///
    /// # Errors
    /// [`SavedFilterError::Unfit`].
    pub async fn keep_filter(&self, user: UserId, wish: &Wish) -> Result<(), SavedFilterError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            store::saved_filter::remove_named(tx, user, wish).await?;
            let (of_list, of_account) = store::saved_filter::count(tx, user, &wish.list).await?;
            let many = |count: i64| usize::try_from(count).unwrap_or(usize::MAX);
            wish.fits_beside(many(of_list), many(of_account))
                .map_err(SavedFilterError::Unfit)?;
            let id = (self.new_id(now), user);
            Ok(store::saved_filter::put(tx, id, wish, now).await?)
        })
    }

    /// Forgets a filter, and gives what it was; nothing when this account keeps none of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_filter(&self, user: UserId, id: Uuid) -> Result<Option<Wish>, StoreError> {
        transact!(self.store, |tx| {
            store::saved_filter::remove(tx, user, id).await
        })
    }
}
