//! Ticket types as they are set up, with their categories and gates. What is taken of them belongs to `hold`.

use sync_protocol::{
    id::{EventId, GateId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all},
};
use crate::domain::{
    event::{Category, TicketType, Visibility},
    id::{CategoryId, SharedQuotaId, TicketTypeId},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Uuid,
    category_id: Uuid,
    number: i64,
    name: String,
    description: String,
    price_minor: i64,
    quota: i64,
    taken: i64,
    sale_from: i64,
    sale_until: i64,
    min_per_order: i64,
    max_per_order: i64,
    visibility: String,
    day_mask: i64,
    place: i64,
    addon: bool,
    shared_quota_id: Option<Uuid>,
    access_code: Option<String>,
    version: i64,
}

impl Row {
    fn into_type(self) -> Result<TicketType, StoreError> {
        let bad = StoreError::Corrupt;
        Ok(TicketType {
            id: TicketTypeId(self.id),
            event: EventId(self.event_id),
            category: CategoryId(self.category_id),
            number: u16::try_from(self.number).map_err(|_| bad("type number"))?,
            name: self.name,
            description: self.description,
            price_minor: self.price_minor,
            quota: self.quota,
            taken: self.taken,
            sale_from: Timestamp(self.sale_from),
            sale_until: Timestamp(self.sale_until),
            min_per_order: self.min_per_order,
            max_per_order: self.max_per_order,
            visibility: Visibility::from_name(&self.visibility).ok_or(bad("visibility"))?,
            day_mask: u16::try_from(self.day_mask).map_err(|_| bad("day mask"))?,
            place: self.place,
            gates: Vec::new(),
            addon: self.addon,
            shared_quota: self.shared_quota_id.map(SharedQuotaId),
            access_code: self.access_code,
            version: self.version,
        })
    }
}

/// An event's types by number, with the gates that take them.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<TicketType>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT id, event_id, category_id, number, name, description, price_minor, quota, taken, sale_from, \
         sale_until, min_per_order, max_per_order, visibility, day_mask, place, addon, shared_quota_id, access_code, version \
         FROM ticket_types WHERE event_id = ? ORDER BY number",
        event.0
    )?;
    let mut types: Vec<TicketType> = rows
        .into_iter()
        .map(Row::into_type)
        .collect::<Result<_, _>>()?;
    let gates = fetch_all!(
        tx,
        (Uuid, Uuid),
        "SELECT g.ticket_type_id, g.gate_id FROM ticket_type_gates g \
         JOIN ticket_types t ON t.id = g.ticket_type_id WHERE t.event_id = ? ORDER BY g.gate_id",
        event.0
    )?;
    for (kind, gate) in gates {
        let found = types.iter_mut().find(|one| one.id.0 == kind);
        if let Some(found) = found {
            found.gates.push(GateId(gate));
        }
    }
    Ok(types)
}

/// Stores a type with its gates.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has a type of this number.
pub async fn insert(tx: &mut Tx, kind: &TicketType) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO ticket_types (id, event_id, category_id, number, name, description, price_minor, quota, \
         taken, sale_from, sale_until, min_per_order, max_per_order, visibility, day_mask, place, addon, \
         shared_quota_id, access_code, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        kind.id.0,
        kind.event.0,
        kind.category.0,
        i64::from(kind.number),
        &kind.name,
        &kind.description,
        kind.price_minor,
        kind.quota,
        kind.taken,
        kind.sale_from.0,
        kind.sale_until.0,
        kind.min_per_order,
        kind.max_per_order,
        kind.visibility.name(),
        i64::from(kind.day_mask),
        kind.place,
        kind.addon,
        kind.shared_quota.map(|quota| quota.0),
        kind.access_code.as_deref(),
        kind.version
    )?;
    insert_gates(tx, kind).await
}

/// An event's categories, in their order.
///
/// # Errors
/// When the database fails.
pub async fn categories(tx: &mut Tx, event: EventId) -> Result<Vec<Category>, StoreError> {
    let sql = "SELECT id, parent_id, name, place FROM ticket_categories WHERE event_id = ? ORDER BY place, name";
    let rows = fetch_all!(tx, (Uuid, Option<Uuid>, String, i64), sql, event.0)?;
    Ok(rows
        .into_iter()
        .map(|(id, parent, name, place)| Category {
            id: CategoryId(id),
            parent: parent.map(CategoryId),
            name,
            place,
        })
        .collect())
}

/// Stores a category.
///
/// # Errors
/// When the database fails.
pub async fn insert_category(
    tx: &mut Tx,
    event: EventId,
    category: &Category,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO ticket_categories (id, event_id, parent_id, name, place) VALUES (?, ?, ?, ?, ?)",
        category.id.0,
        event.0,
        category.parent.map(|parent| parent.0),
        &category.name,
        category.place
    )?;
    Ok(())
}

/// Says on which days a type is good; false where it `loses` one for which somebody holds or bought a ticket.
///
/// # Errors
/// When the database fails.
pub async fn put_days(
    tx: &mut Tx,
    kind: TicketTypeId,
    mask: u16,
    loses: bool,
) -> Result<bool, StoreError> {
    let sql = "UPDATE ticket_types SET day_mask = ? WHERE id = ? AND (? = 0 OR taken = 0)";
    Ok(execute!(tx, sql, i64::from(mask), kind.0, i64::from(loses))? == 1)
}

/// Puts a type into its category, to its gates and on its shared quota; false where it is to draw on another quota and
/// something of it is taken.
///
/// # Errors
/// When the database fails.
pub async fn put_place(
    tx: &mut Tx,
    kind: &TicketType,
    shares_other: bool,
) -> Result<bool, StoreError> {
    let changed = execute!(
        tx,
        "UPDATE ticket_types SET category_id = ?, addon = ?, shared_quota_id = ? \
         WHERE id = ? AND (? = 0 OR taken = 0)",
        kind.category.0,
        kind.addon,
        kind.shared_quota.map(|quota| quota.0),
        kind.id.0,
        i64::from(shares_other)
    )?;
    let sql = "DELETE FROM ticket_type_gates WHERE ticket_type_id = ?";
    execute!(tx, sql, kind.id.0)?;
    insert_gates(tx, kind).await?;
    Ok(changed == 1)
}

async fn insert_gates(tx: &mut Tx, kind: &TicketType) -> Result<(), StoreError> {
    let sql = "INSERT INTO ticket_type_gates (ticket_type_id, gate_id) VALUES (?, ?)";
    for gate in &kind.gates {
        execute!(tx, sql, kind.id.0, gate.0)?;
    }
    Ok(())
}

/// Takes a type away of which nothing was ever taken.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, kind: TicketTypeId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM ticket_type_gates WHERE ticket_type_id = ?",
        "DELETE FROM ticket_type_versions WHERE ticket_type_id = ?",
        "DELETE FROM ticket_types WHERE id = ?",
    ] {
        execute!(tx, sql, kind.0)?;
    }
    Ok(())
}

/// Calls a category something else.
///
/// # Errors
/// When the database fails.
pub async fn rename_category(
    tx: &mut Tx,
    category: CategoryId,
    name: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE ticket_categories SET name = ? WHERE id = ?";
    execute!(tx, sql, name, category.0)?;
    Ok(())
}

/// Says where a type stands among those of its category.
///
/// # Errors
/// When the database fails.
pub async fn put_in_order(tx: &mut Tx, kind: TicketTypeId, place: i64) -> Result<(), StoreError> {
    let sql = "UPDATE ticket_types SET place = ? WHERE id = ?";
    execute!(tx, sql, place, kind.0)?;
    Ok(())
}

/// Says where a category stands among its like.
///
/// # Errors
/// When the database fails.
pub async fn put_category_in_order(
    tx: &mut Tx,
    category: CategoryId,
    place: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE ticket_categories SET place = ? WHERE id = ?";
    execute!(tx, sql, place, category.0)?;
    Ok(())
}

/// Takes an empty category away.
///
/// # Errors
/// When the database fails.
pub async fn delete_category(tx: &mut Tx, category: CategoryId) -> Result<(), StoreError> {
    let sql = "DELETE FROM ticket_categories WHERE id = ?";
    execute!(tx, sql, category.0)?;
    Ok(())
}
