//! Rules of selling: capacity, payment, tickets, and money that goes back.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::super::{
    broken::{Held, demand},
    hall::Hall,
};

/// All of them.
pub async fn hold(hall: &Hall) -> Held {
    never_more_than_capacity(hall).await?;
    every_paid_order_has_its_tickets(hall).await?;
    no_ticket_without_payment(hall).await?;
    money_is_conserved(hall).await?;
    super::prices::hold(hall).await
}

/// Tickets that went with their money: back, with a bank that holds it, or to one that took it.
pub async fn gone(hall: &Hall) -> BTreeSet<Uuid> {
    let sql = "SELECT i.ticket_id FROM refund_items i JOIN refunds r ON r.id = i.refund_id \
               WHERE r.status NOT IN ('requested', 'declined', 'overtaken') \
               UNION SELECT ticket_id FROM frozen_tickets \
               UNION SELECT k.id FROM tickets k JOIN orders o ON o.id = k.order_id \
               WHERE k.status <> 'valid' AND (o.status = 'refunded' OR EXISTS \
               (SELECT 1 FROM audit_log a WHERE a.subject_id = o.id AND a.action = 'payment.reversed'))";
    let rows: Vec<(Uuid,)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    rows.into_iter().map(|(id,)| id).collect()
}

/// What came for an order is with its tickets, on its way back, or back; and the books say no more than the till.
async fn money_is_conserved(hall: &Hall) -> Held {
    for books in all_books(hall).await {
        let Books {
            number,
            came,
            claimed,
            open,
            back,
            by_hand,
            left,
        } = &books;
        // Central need not have heard yet of what a bank took back.
        let (till_came, till_went) = hall.till.ever(number);
        demand(
            (0..=*came).contains(claimed) && *claimed == open + back,
            "money conserved: paid = tickets + refunds + open",
            || format!("{books:?}"),
        )?;
        demand(
            *came == *claimed || *left > 0,
            "no money without ticket or refund",
            || format!("{books:?}"),
        )?;
        demand(
            hall.was_put_back || (*came <= till_came && back - by_hand <= till_went),
            "central's books say no more than the till's",
            || format!("{books:?}, the till: {till_came} came, {till_went} went"),
        )?;
    }
    Ok(())
}

/// When everything has come to rest, both sides say the same, and nothing is on its way any more; no ticket is good whose
/// money a bank took.
pub async fn books_agree(hall: &Hall) -> Held {
    no_ticket_without_its_money(hall).await?;
    for books in all_books(hall).await {
        let (till_came, till_went) = hall.till.totals(&books.number);
        let agree = books.came == till_came && books.back - books.by_hand == till_went;
        // What had gone back as a whole before central heard of it is none of its business.
        let back = books.back - books.by_hand;
        let is_past = till_came > books.came && till_came - books.came == till_went - back;
        demand(
            (agree || is_past) && books.open == 0,
            "at rest central's books are the till's",
            || format!("{books:?}, the till: {till_came} came, {till_went} went"),
        )?;
    }
    Ok(())
}

/// The money of one order, minor units.
#[derive(Debug)]
struct Books {
    number: String,
    /// Payments that brought money.
    came: i64,
    /// What refunds lay claim to.
    claimed: i64,
    /// Refunds that are not made yet.
    open: i64,
    /// Refunds that are made.
    back: i64,
    /// Those of them that a person made.
    by_hand: i64,
    /// Tickets that did not go back.
    left: i64,
}

async fn all_books(hall: &Hall) -> Vec<Books> {
    let sql = "SELECT o.number, \
        (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payments p WHERE p.order_id = o.id \
         AND p.status IN ('success', 'partly_refunded', 'refunded', 'disputed')), \
        (SELECT COALESCE(SUM(p.claimed_minor), 0) FROM payments p WHERE p.order_id = o.id), \
        (SELECT COALESCE(SUM(r.amount_minor), 0) FROM refunds r WHERE r.order_id = o.id \
         AND r.status IN ('approved', 'sent', 'failed', 'manual')), \
        (SELECT COALESCE(SUM(r.amount_minor), 0) FROM refunds r WHERE r.order_id = o.id AND r.status = 'done'), \
        (SELECT COALESCE(SUM(r.amount_minor), 0) FROM refunds r WHERE r.order_id = o.id AND r.status = 'done' \
         AND r.hand_reference IS NOT NULL), \
        (SELECT COUNT(*) FROM tickets t WHERE t.order_id = o.id AND NOT EXISTS (SELECT 1 FROM refund_items i \
         JOIN refunds r ON r.id = i.refund_id WHERE i.ticket_id = t.id \
         AND r.status NOT IN ('requested', 'declined', 'overtaken'))) FROM orders o";
    let rows: Vec<(String, i64, i64, i64, i64, i64, i64)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    let books = |(number, came, claimed, open, back, by_hand, left)| Books {
        number,
        came,
        claimed,
        open,
        back,
        by_hand,
        left,
    };
    rows.into_iter().map(books).collect()
}

/// Never more is taken, and never more tickets stand, than a type has places.
async fn never_more_than_capacity(hall: &Hall) -> Held {
    let sql = "SELECT t.name, t.quota, t.taken, \
               (SELECT COUNT(*) FROM tickets k JOIN orders o ON o.id = k.order_id \
                WHERE k.ticket_type_id = t.id AND o.status <> 'refunded' AND NOT EXISTS \
                (SELECT 1 FROM audit_log a WHERE a.subject_id = o.id AND a.action = 'payment.reversed') AND NOT EXISTS \
                (SELECT 1 FROM refund_items i JOIN refunds r ON r.id = i.refund_id \
                 WHERE i.ticket_id = k.id AND r.status NOT IN ('requested', 'declined', 'overtaken'))), \
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
        let is_settled = ["paid", "partly_refunded", "refunded"].contains(&status.as_str());
        let wanted = if is_settled { ordered } else { 0 };
        // Where a bank took the money back its tickets stay, revoked; who paid again got others.
        let was_reversed = hall.till.was_reversed(&number);
        let is_repeated = was_reversed && tickets % ordered == 0 && tickets >= wanted;
        demand(
            tickets == wanted || is_repeated,
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

/// A good ticket is one of an order that is paid, of which not all went back.
async fn no_ticket_without_its_money(hall: &Hall) -> Held {
    let sql = "SELECT o.number, o.status FROM orders o WHERE o.total_minor > 0 \
               AND o.status NOT IN ('paid', 'partly_refunded') AND EXISTS \
               (SELECT 1 FROM tickets k WHERE k.order_id = o.id AND k.status = 'valid')";
    let rows: Vec<(String, String)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    demand(rows.is_empty(), "no good ticket without its money", || {
        format!("{rows:?}")
    })
}
