//! What an event says about refunds. No row: capacity is sold again, and buyers may ask until the event begins.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    StoreError, Tx,
    tx::{execute, fetch_optional},
};

/// What an event says about refunds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundRule {
    /// Capacity of refunded tickets is sold again.
    pub gives_back: bool,
    /// Until when buyers may ask; `None` = until the event begins.
    pub ask_until: Option<Timestamp>,
}

impl Default for RefundRule {
    fn default() -> Self {
        Self {
            gives_back: true,
            ask_until: None,
        }
    }
}

/// The rule of an event.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<RefundRule, StoreError> {
    let sql = "SELECT gives_back, ask_until FROM event_refund_rules WHERE event_id = ?";
    let row = fetch_optional!(tx, (bool, Option<i64>), sql, event.0)?;
    Ok(
        row.map_or_else(RefundRule::default, |(gives_back, ask_until)| RefundRule {
            gives_back,
            ask_until: ask_until.map(Timestamp),
        }),
    )
}

/// Puts the rule of an event.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, event: EventId, rule: RefundRule) -> Result<(), StoreError> {
    let sql = "DELETE FROM event_refund_rules WHERE event_id = ?";
    execute!(tx, sql, event.0)?;
    let sql = "INSERT INTO event_refund_rules (event_id, gives_back, ask_until) VALUES (?, ?, ?)";
    let until = rule.ask_until.map(|until| until.0);
    execute!(tx, sql, event.0, rule.gives_back, until)?;
    Ok(())
}
