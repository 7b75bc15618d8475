//! What visitors find: events that are on, and who is behind them. Reads alone.

use super::App;
use crate::{
    domain::{id::ClientId, listing::Listed},
    store::{self, StoreError},
};

impl App {
    /// Events that visitors may see and that have not ended, with what they offer, the soonest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upcoming_events(&self) -> Result<Vec<Listed>, StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        store::listing::upcoming(&mut tx, now).await
    }

    /// An organiser's name in addresses and its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organiser(
        &self,
        client: ClientId,
    ) -> Result<Option<(String, String)>, StoreError> {
        let mut tx = self.store.read().await?;
        store::client::names(&mut tx, client).await
    }

    /// The name of the organiser of this slug, and what it has on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organiser_events(
        &self,
        slug: &str,
    ) -> Result<Option<(String, Vec<Listed>)>, StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let Some(client) = store::event::client_by_slug(&mut tx, slug).await? else {
            return Ok(None);
        };
        let Some((_, name)) = store::client::names(&mut tx, client).await? else {
            return Ok(None);
        };
        let mut events = store::listing::upcoming(&mut tx, now).await?;
        events.retain(|listed| listed.event.client == client);
        Ok(Some((name, events)))
    }
}
