//! Buyers' own keys of requests: which order was placed under which.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{StoreError, Tx, many::ask};
use crate::domain::id::OrderId;

/// Orders by the key they were placed under, each with the digest of what was asked then.
pub type Keyed = BTreeMap<String, (OrderId, Vec<u8>)>;

/// The orders that were placed under these keys.
///
/// # Errors
/// When the database fails.
pub async fn placed(tx: &mut Tx, keys: &[&str]) -> Result<Keyed, StoreError> {
    let rows = ask!(
        tx,
        (String, Uuid, Vec<u8>),
        "SELECT idempotency_key, id, request_digest FROM orders WHERE idempotency_key IN ",
        "",
        [],
        keys,
        |key| *key
    )?;
    let keyed = rows.into_iter();
    Ok(keyed
        .map(|(key, id, digest)| (key, (OrderId(id), digest)))
        .collect())
}
