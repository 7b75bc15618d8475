//! Rules of selling: capacity, payment, tickets.

use super::super::{
    broken::{Held, demand},
    hall::Hall,
};

/// All of them.
pub async fn hold(hall: &Hall) -> Held {
    never_more_than_capacity(hall).await?;
    every_paid_order_has_its_tickets(hall).await?;
    no_ticket_without_payment(hall).await
}

/// Never more is taken, and never more tickets stand, than a type has places.
async fn never_more_than_capacity(hall: &Hall) -> Held {
    let sql = "SELECT t.name, t.quota, t.taken, \
               (SELECT COUNT(*) FROM tickets k WHERE k.ticket_type_id = t.id), \
               (SELECT COALESCE(SUM(h.quantity), 0) FROM holds h \
                WHERE h.ticket_type_id = t.id AND h.status IN ('held', 'sold')) \
               FROM ticket_types t";
    let rows: Vec<(String, i64, i64, i64, i64)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    for (name, quota, taken, tickets, claimed) in rows {
        demand(
            taken <= quota && tickets <= quota && tickets <= taken && claimed == taken,
            "never more tickets than capacity",
            || format!("{name}: {tickets} tickets, {taken} taken, {claimed} claimed, of {quota}"),
        )?;
    }
    Ok(())
}

/// A paid order has as many tickets as it ordered, and an unpaid one none.
async fn every_paid_order_has_its_tickets(hall: &Hall) -> Held {
    let sql = "SELECT o.number, o.status, \
               (SELECT COALESCE(SUM(i.quantity), 0) FROM order_items i WHERE i.order_id = o.id), \
               (SELECT COUNT(*) FROM tickets k WHERE k.order_id = o.id) FROM orders o";
    let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    for (number, status, ordered, tickets) in rows {
        let wanted = if status == "paid" { ordered } else { 0 };
        demand(
            tickets == wanted,
            "a paid order has its tickets, an unpaid one none",
            || format!("{number} is {status}: {tickets} tickets of {ordered}"),
        )?;
    }
    Ok(())
}

/// Whoever has a ticket paid for it, by the till's own books.
async fn no_ticket_without_payment(hall: &Hall) -> Held {
    let sql =
        "SELECT DISTINCT o.number, o.total_minor FROM orders o JOIN tickets k ON k.order_id = o.id";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    for (number, total) in rows {
        demand(
            total == 0 || hall.till.is_paid(&number),
            "no ticket without payment",
            || format!("{number} has tickets and the till has no money"),
        )?;
    }
    Ok(())
}
