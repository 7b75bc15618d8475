//! The outbox: what is still to be done outside the database, written with what makes it necessary.
//!
//! Invariant: one row per kind and subject, so that nothing is sent twice because it was decided twice.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, tx::execute};

/// Mail the tickets of the order to its buyer.
pub const TICKETS_MAIL: &str = "tickets_mail";

/// Puts something to be done; `subject` is what it is about.
///
/// # Errors
/// [`StoreError::Duplicate`] when it is there already.
pub async fn put(
    tx: &mut Tx,
    id: Uuid,
    kind: &str,
    subject: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO outbox (id, kind, subject_id, payload, created_at, due_at, attempts) \
         VALUES (?, ?, ?, '{}', ?, ?, 0)",
        id,
        kind,
        subject,
        now.0,
        now.0
    )?;
    Ok(())
}
