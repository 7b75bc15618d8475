//! Rules of prices: shared quotas, uses of promo codes, and what orders add up to.

use super::super::{
    broken::{Held, demand},
    hall::Hall,
};

/// All of them.
pub async fn hold(hall: &Hall) -> Held {
    a_shared_quota_is_what_its_types_take(hall).await?;
    a_code_is_used_as_often_as_orders_use_it(hall).await?;
    a_use_goes_with_its_order(hall).await?;
    orders_add_up(hall).await
}

/// What is taken of a shared quota is what its types have taken together, and never more than there is.
async fn a_shared_quota_is_what_its_types_take(hall: &Hall) -> Held {
    let sql = "SELECT q.name, q.quota, q.taken, \
               (SELECT SUM(t.taken) FROM ticket_types t WHERE t.shared_quota_id = q.id) FROM shared_quotas q";
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    for (name, quota, taken, of_types) in rows {
        demand(
            taken == of_types && (0..=quota).contains(&taken),
            "a shared quota is what its types take",
            || format!("{name}: {taken} taken of {quota}, {of_types} by its types"),
        )?;
    }
    Ok(())
}

/// The counters of a code and of its buyers are the uses that stand, and never more than allowed.
async fn a_code_is_used_as_often_as_orders_use_it(hall: &Hall) -> Held {
    let sql = "SELECT p.code, p.quota, p.used, p.per_buyer, p.status, \
               (SELECT COUNT(*) FROM promo_usages u WHERE u.promo_code_id = p.id AND u.status <> 'given_back'), \
               (SELECT COALESCE(MAX(b.used), 0) FROM promo_buyers b WHERE b.promo_code_id = p.id), \
               (SELECT COALESCE(SUM(b.used), 0) FROM promo_buyers b WHERE b.promo_code_id = p.id) \
               FROM promo_codes p";
    type Row = (String, i64, i64, i64, String, i64, i64, i64);
    let rows: Vec<Row> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    for row in rows {
        let (_, quota, used, per_buyer, ref status, uses, most, by_buyers) = row;
        // A buyer is counted by two digests.
        let counts = used == uses && by_buyers == 2 * uses;
        let bounds = used <= quota && most <= per_buyer && (status == "used_up") == (used == quota);
        demand(
            counts && bounds,
            "a code is used as often as orders use it",
            || format!("{row:?}"),
        )?;
    }
    Ok(())
}

/// A use is held while its order is pending, kept once it was paid, and given back otherwise.
async fn a_use_goes_with_its_order(hall: &Hall) -> Held {
    let sql = "SELECT o.number, o.status, u.status FROM promo_usages u JOIN orders o ON o.id = u.order_id";
    let rows: Vec<(String, String, String)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    for (number, order, usage) in rows {
        let wanted = match order.as_str() {
            "pending" => "held",
            "expired" | "cancelled" | "failed" => "given_back",
            _ => "used",
        };
        demand(
            usage == wanted,
            "a use of a code goes with its order",
            || format!("{number} is {order}, and its use is {usage}"),
        )?;
    }
    Ok(())
}

/// An order's total is its lines, less its discounts, with its fees and taxes; its payment asks for exactly that.
async fn orders_add_up(hall: &Hall) -> Held {
    let sql = "SELECT o.number, o.total_minor, \
               (SELECT SUM(i.amount_minor) FROM order_items i WHERE i.order_id = o.id) \
               + (SELECT COALESCE(SUM(CASE WHEN a.kind IN ('fee', 'tax') THEN \
                  CASE WHEN a.included THEN 0 ELSE a.amount_minor END ELSE -a.amount_minor END), 0) \
                  FROM order_adjustments a WHERE a.order_id = o.id), \
               o.subtotal_minor - o.discount_minor + o.fee_minor + o.tax_minor FROM orders o";
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    for (number, total, by_lines, by_sums) in rows {
        demand(
            total == by_lines && total == by_sums && total >= 0,
            "an order adds up",
            || format!("{number} is {total}: {by_lines} by its lines, {by_sums} by its sums"),
        )?;
    }
    Ok(())
}
