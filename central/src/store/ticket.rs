//! Tickets as sold. Reading pages of them for gates belongs to the sync side.

use sync_protocol::{
    id::{EventId, TicketId},
    number::TicketNumber,
    ticket::{Ticket, TicketStatus},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::write_many,
    revision::{signed, unsigned},
    tx::{execute, fetch_all},
};
use crate::domain::{
    id::{OrderId, OrderItemId, TicketTypeId},
    ticket::SoldTicket,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Uuid,
    order_id: Uuid,
    order_item_id: Uuid,
    ticket_type_id: Uuid,
    number: i64,
    type_number: i64,
    day_mask: i64,
    status: String,
    attendee_name: String,
    key_slot: i64,
    issued_at: i64,
    sealed: Vec<u8>,
    holder: Option<i64>,
    search: Vec<u8>,
    revision: i64,
}

impl Row {
    fn into_ticket(self) -> Result<SoldTicket, StoreError> {
        let bad = StoreError::Corrupt;
        let gate = Ticket {
            id: TicketId(self.id),
            number: TicketNumber::new(unsigned(self.number)?),
            type_number: u16::try_from(self.type_number).map_err(|_| bad("type number"))?,
            day_mask: u16::try_from(self.day_mask).map_err(|_| bad("day mask"))?,
            status: TicketStatus::from_name(&self.status).ok_or(bad("ticket status"))?,
            revision: unsigned(self.revision)?,
            sealed: self.sealed,
            holder: self.holder.map(i64::cast_unsigned),
            search: self.search,
        };
        Ok(SoldTicket {
            gate,
            event: EventId(self.event_id),
            order: OrderId(self.order_id),
            item: OrderItemId(self.order_item_id),
            ticket_type: TicketTypeId(self.ticket_type_id),
            attendee: self.attendee_name,
            key_slot: u8::try_from(self.key_slot).map_err(|_| bad("key slot"))?,
            issued_at: u32::try_from(self.issued_at).map_err(|_| bad("issued at"))?,
        })
    }
}

/// Stores new tickets.
///
/// # Errors
/// [`StoreError::Duplicate`] when a number is taken.
pub async fn insert(tx: &mut Tx, tickets: &[SoldTicket]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO tickets (id, event_id, order_id, order_item_id, ticket_type_id, number, type_number, \
         day_mask, status, attendee_name, key_slot, issued_at, sealed, holder, search, revision) VALUES ",
        "",
        tickets,
        |row| row.gate.id.0,
        row.event.0,
        row.order.0,
        row.item.0,
        row.ticket_type.0,
        signed(row.gate.number.value()),
        i64::from(row.gate.type_number),
        i64::from(row.gate.day_mask),
        row.gate.status.name(),
        row.attendee.as_str(),
        i64::from(row.key_slot),
        i64::from(row.issued_at),
        row.gate.sealed.as_slice(),
        row.gate.holder.map(u64::cast_signed),
        row.gate.search.as_slice(),
        signed(row.gate.revision),
    )
}

macro_rules! of_search {
    ($which:literal) => {
        concat!(
            "SELECT id, event_id, order_id, order_item_id, ticket_type_id, number, type_number, day_mask, status, \
             attendee_name, key_slot, issued_at, sealed, holder, search, revision FROM tickets \
             WHERE event_id = ? AND ",
            $which,
            " ORDER BY revision, id LIMIT ?"
        )
    };
}

/// The tickets of an order, in the order of its attendees.
///
/// # Errors
/// When the database fails.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<SoldTicket>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT id, event_id, order_id, order_item_id, ticket_type_id, number, type_number, day_mask, status, \
         attendee_name, key_slot, issued_at, sealed, holder, search, revision FROM tickets WHERE order_id = ? ORDER BY id",
        order.0
    )?;
    rows.into_iter().map(Row::into_ticket).collect()
}

/// Gives a ticket the status and the revision of its row; the caller has taken that revision.
///
/// # Errors
/// When the database fails.
pub async fn put_status(tx: &mut Tx, ticket: &Ticket) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE tickets SET status = ?, revision = ? WHERE id = ?",
        ticket.status.name(),
        signed(ticket.revision),
        ticket.id.0
    )?;
    Ok(())
}

/// Tickets of an event whose names are sealed for its search, or those whose names are not: at most `rows`, the
/// longest unchanged first. Who mends them gives them a new revision, so asking again goes on where it ended.
///
/// # Errors
/// When the database fails.
pub async fn of_search(
    tx: &mut Tx,
    event: EventId,
    are_sealed: bool,
    rows: u32,
) -> Result<Vec<SoldTicket>, StoreError> {
    let sql = match are_sealed {
        true => of_search!("LENGTH(search) > 0"),
        false => of_search!("LENGTH(search) = 0"),
    };
    let rows = fetch_all!(tx, Row, sql, event.0, i64::from(rows))?;
    rows.into_iter().map(Row::into_ticket).collect()
}
