//! What an event puts on its prices and takes off them: fees, taxes, group discounts. And what an order got of it.

use sync_protocol::id::EventId;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::write_many,
    tx::{execute, fetch_all},
};
use crate::domain::{
    charge::{Charge, ChargeBase, ChargeKind, Cut, GroupDiscount, Rate},
    id::{OrderId, PromoId, TicketTypeId},
    price::{Adjustment, AdjustmentKind},
};

#[derive(sqlx::FromRow)]
struct ChargeRow {
    kind: String,
    name: String,
    rate_kind: String,
    rate_value: i64,
    base: String,
    included: bool,
}

/// An event's fees and taxes, in the order of application.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Charge>, StoreError> {
    let sql = "SELECT kind, name, rate_kind, rate_value, base, included FROM event_charges \
        WHERE event_id = ? ORDER BY place";
    let bad = StoreError::Corrupt;
    let charge = |row: ChargeRow| {
        Ok(Charge {
            kind: ChargeKind::from_name(&row.kind).ok_or(bad("charge kind"))?,
            name: row.name,
            rate: Rate::from_columns(&row.rate_kind, row.rate_value).ok_or(bad("rate"))?,
            base: ChargeBase::from_name(&row.base).ok_or(bad("charge base"))?,
            is_included: row.included,
        })
    };
    let rows = fetch_all!(tx, ChargeRow, sql, event.0)?;
    rows.into_iter().map(charge).collect()
}

/// Puts fees and taxes in the place of what an event had; orders keep what they were sold with.
///
/// # Errors
/// When the database fails.
pub async fn replace(tx: &mut Tx, event: EventId, charges: &[Charge]) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM event_charges WHERE event_id = ?", event.0)?;
    for (place, charge) in (0_i64..).zip(charges) {
        let (rate_kind, rate_value) = charge.rate.columns();
        execute!(
            tx,
            "INSERT INTO event_charges (event_id, place, kind, name, rate_kind, rate_value, base, included) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            event.0,
            place,
            charge.kind.name(),
            &charge.name,
            rate_kind,
            rate_value,
            charge.base.name(),
            charge.is_included
        )?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    name: String,
    ticket_type_id: Option<Uuid>,
    min_quantity: i64,
    kind: String,
    value: i64,
}

/// An event's group discounts.
///
/// # Errors
/// When the database fails.
pub async fn groups_of_event(
    tx: &mut Tx,
    event: EventId,
) -> Result<Vec<GroupDiscount>, StoreError> {
    let sql = "SELECT name, ticket_type_id, min_quantity, kind, value FROM group_discounts \
        WHERE event_id = ? ORDER BY place";
    let bad = StoreError::Corrupt;
    let group = |row: GroupRow| {
        Ok(GroupDiscount {
            name: row.name,
            ticket_type: row.ticket_type_id.map(TicketTypeId),
            min_quantity: u32::try_from(row.min_quantity).map_err(|_| bad("min quantity"))?,
            cut: Cut::from_columns(&row.kind, row.value).ok_or(bad("cut"))?,
        })
    };
    let rows = fetch_all!(tx, GroupRow, sql, event.0)?;
    rows.into_iter().map(group).collect()
}

/// Puts group discounts in the place of what an event had.
///
/// # Errors
/// When the database fails.
pub async fn replace_groups(
    tx: &mut Tx,
    event: EventId,
    groups: &[GroupDiscount],
) -> Result<(), StoreError> {
    let sql = "DELETE FROM group_discounts WHERE event_id = ?";
    execute!(tx, sql, event.0)?;
    for (place, group) in (0_i64..).zip(groups) {
        let (kind, value) = group.cut.columns();
        execute!(
            tx,
            "INSERT INTO group_discounts (event_id, place, name, ticket_type_id, min_quantity, kind, value) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            event.0,
            place,
            &group.name,
            group.ticket_type.map(|kind| kind.0),
            i64::from(group.min_quantity),
            kind,
            value
        )?;
    }
    Ok(())
}

/// Stores what stands between the lines of orders and their totals; with each its place in its order.
///
/// # Errors
/// When the database fails.
pub async fn insert_adjustments(
    tx: &mut Tx,
    adjustments: &[&(OrderId, i64, Adjustment)],
) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO order_adjustments (order_id, place, kind, name, promo_code_id, amount_minor, included) VALUES ",
        "",
        adjustments,
        |row| row.0.0,
        row.1,
        row.2.kind.name(),
        row.2.name.as_str(),
        row.2.promo.map(|promo| promo.0),
        row.2.amount_minor,
        row.2.is_included,
    )
}

#[derive(sqlx::FromRow)]
struct AdjustmentRow {
    kind: String,
    name: String,
    promo_code_id: Option<Uuid>,
    amount_minor: i64,
    included: bool,
}

/// What stands between the lines of an order and its total, in the order applied.
///
/// # Errors
/// When the database fails.
pub async fn adjustments(tx: &mut Tx, order: OrderId) -> Result<Vec<Adjustment>, StoreError> {
    let sql = "SELECT kind, name, promo_code_id, amount_minor, included FROM order_adjustments \
        WHERE order_id = ? ORDER BY place";
    let adjustment = |row: AdjustmentRow| {
        Ok(Adjustment {
            kind: AdjustmentKind::from_name(&row.kind).ok_or(StoreError::Corrupt("adjustment"))?,
            name: row.name,
            promo: row.promo_code_id.map(PromoId),
            amount_minor: row.amount_minor,
            is_included: row.included,
        })
    };
    let rows = fetch_all!(tx, AdjustmentRow, sql, order.0)?;
    rows.into_iter().map(adjustment).collect()
}
