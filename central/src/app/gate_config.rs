//! Events' configs as gates get them, kept in memory by revision.
//!
//! Every sync round needs the config and it changes a few times a week, so it is read once per revision. The
//! revision itself is read from the database each round: other central servers may have changed it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use sync_protocol::{config::EventConfig, id::EventId};

use super::{
    events::{EventError, load_setup},
    vault::Vault,
};
use crate::{domain::event::GateRules, store, store::Tx};

/// What a sync round needs of its event.
#[derive(Debug)]
pub struct GateConfig {
    /// What gates are told.
    pub config: EventConfig,
    /// How they decide.
    pub rules: GateRules,
}

/// The configs of all events that were asked for.
#[derive(Clone, Debug, Default)]
pub struct GateConfigs(Arc<Mutex<BTreeMap<EventId, Arc<GateConfig>>>>);

impl GateConfigs {
    /// The config of this revision.
    ///
    /// # Errors
    /// [`EventError::Unknown`], or when the database fails.
    pub async fn get(
        &self,
        tx: &mut Tx,
        vault: &Vault,
        event: EventId,
        revision: u64,
    ) -> Result<Arc<GateConfig>, EventError> {
        if let Some(known) = self.known(event, revision) {
            return Ok(known);
        }
        let setup = load_setup(tx, event).await?;
        let keys = store::gate::public_keys(tx, setup.event.client).await?;
        let mut config = setup.config(revision, keys);
        config.wristbands = super::wristbands::rules(tx, vault, event).await?;
        config.search = store::search::lock(tx, event).await?;
        config.operators = store::staff::operators(tx, event).await?;
        let loaded = Arc::new(GateConfig {
            config,
            rules: setup.event.rules,
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(event, loaded.clone());
        Ok(loaded)
    }

    fn known(&self, event: EventId, revision: u64) -> Option<Arc<GateConfig>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&event)?;
        (known.config.revision == revision).then(|| known.clone())
    }
}
