//! Events as visitors find them: those that are still to end, with what they offer to everybody.

use std::collections::BTreeMap;

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, event, tx::fetch_all};
use crate::domain::listing::{Listed, Offer};

#[derive(sqlx::FromRow)]
struct Row {
    event_id: Uuid,
    category: String,
    price_minor: i64,
    quota: i64,
    taken: i64,
    sale_from: i64,
    sale_until: i64,
    /// Of the quota that it shares; as much as anybody wants where it shares none.
    shared_left: i64,
}

/// Every event that visitors may see and that has not ended, the soonest first.
///
/// # Errors
/// When the database fails.
pub async fn upcoming(tx: &mut Tx, now: Timestamp) -> Result<Vec<Listed>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT t.event_id, c.name AS category, t.price_minor, t.quota, t.taken, t.sale_from, t.sale_until, \
         COALESCE(s.quota - s.taken, t.quota) AS shared_left \
         FROM ticket_types t JOIN events e ON e.id = t.event_id JOIN ticket_categories c ON c.id = t.category_id \
         LEFT JOIN shared_quotas s ON s.id = t.shared_quota_id \
         WHERE e.ends_at > ? AND e.status IN ('published', 'closed', 'postponed', 'cancelled') \
         AND t.visibility = 'public' ORDER BY t.event_id, t.place",
        now.0
    )?;
    let mut offers: BTreeMap<Uuid, Vec<Offer>> = BTreeMap::new();
    for row in rows {
        let is_open = now.0 >= row.sale_from && now.0 < row.sale_until;
        offers.entry(row.event_id).or_default().push(Offer {
            category: row.category,
            price_minor: row.price_minor,
            is_on_sale: is_open && row.taken < row.quota && row.shared_left > 0,
            is_to_come: now.0 < row.sale_from,
        });
    }
    let events = event::listed(tx, now).await?;
    let listed = events.into_iter().map(|event| Listed {
        offers: offers.remove(&event.id.0).unwrap_or_default(),
        event,
    });
    Ok(listed.collect())
}
