//! Wristbands of an event: what its gates are told of them.

use sync_protocol::{config::WristbandRules, id::EventId, wristband::WristbandKey};

use super::vault::Vault;
use crate::store::{self, StoreError, Tx};

const KEY_PURPOSE: &str = "wristband key";

/// The key of an event's wristband codes: made from the master key, stored nowhere.
#[must_use]
pub fn key(vault: &Vault, event: EventId) -> WristbandKey {
    WristbandKey(vault.digest(KEY_PURPOSE, event.as_bytes()))
}

/// What gates are told; `None` = the event binds no wristbands.
///
/// # Errors
/// When the database fails.
pub async fn rules(
    tx: &mut Tx,
    vault: &Vault,
    event: EventId,
) -> Result<Option<WristbandRules>, StoreError> {
    let Some(unbound) = store::wristband::unbound(tx, event).await? else {
        return Ok(None);
    };
    Ok(Some(WristbandRules {
        key: key(vault, event),
        rolls: store::wristband::printed(tx, event).await?,
        unbound,
    }))
}
