//! Buyers' own keys of requests: which order was placed under which.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::{self, pieces},
};
use crate::domain::id::OrderId;

/// Orders by the key they were placed under, each with the digest of what was asked then.
pub type Keyed = BTreeMap<String, (OrderId, Vec<u8>)>;

/// The orders that were placed under these keys.
///
/// # Errors
/// When the database fails.
pub async fn placed(tx: &mut Tx, keys: &[&str]) -> Result<Keyed, StoreError> {
    let mut keyed = Keyed::new();
    for piece in pieces(keys) {
        let head =
            "SELECT idempotency_key, id, request_digest FROM orders WHERE idempotency_key IN ";
        let text = many::list(head, piece.len());
        let rows = match &mut *tx {
            Tx::Sqlite(tx) => {
                let query = sqlx::query_as::<_, (String, Uuid, Vec<u8>)>(text);
                let query = piece.iter().fold(query, |query, key| query.bind(*key));
                query.fetch_all(&mut **tx).await
            }
            Tx::MySql(tx) => {
                let query = sqlx::query_as::<_, (String, Uuid, Vec<u8>)>(text);
                let query = piece.iter().fold(query, |query, key| query.bind(*key));
                query.fetch_all(&mut **tx).await
            }
        };
        let rows = many::kind(rows)?.into_iter();
        keyed.extend(rows.map(|(key, id, digest)| (key, (OrderId(id), digest))));
    }
    Ok(keyed)
}
