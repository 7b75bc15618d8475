//! Sums of reports beside sums that are made here, order by order.
use std::collections::BTreeMap;

use central::store::Store;
use support::{
    central::{Engine, START},
    panel::Desk,
    shop::Shop,
};

use crate::panel_reports::{ALL, DAY, HOUR, busy_days, number, table};

/// One order as its rows tell it.
#[derive(Clone, Debug, Default)]
struct Told {
    currency: String,
    channel: String,
    is_sold: bool,
    day: i64,
    total: i64,
    gross: i64,
    discounts: i64,
    fees: i64,
    taxes: i64,
    returned: Vec<(i64, i64)>,
}

type OrderRow = (Vec<u8>, String, String, String, Option<i64>, i64);

/// All orders, read row by row and put together here: no sum of the database, and none that was stored.
async fn told(shop: &Shop) -> Vec<Told> {
    let mut orders: BTreeMap<Vec<u8>, Told> = BTreeMap::new();
    let rows: Vec<OrderRow> = all_rows(
        shop,
        "SELECT id, currency, channel, status, paid_at, total_minor FROM orders",
    )
    .await;
    for (id, currency, channel, status, paid_at, total) in rows {
        let is_sold = matches!(status.as_str(), "paid" | "partly_refunded" | "refunded");
        let day = jakarta_day(paid_at.unwrap_or_default());
        let told = Told {
            currency,
            channel,
            is_sold,
            day,
            total,
            ..Told::default()
        };
        orders.insert(id, told);
    }
    let items: Vec<(Vec<u8>, i64, i64)> = all_rows(
        shop,
        "SELECT order_id, quantity, unit_price_minor FROM order_items",
    )
    .await;
    for (order, quantity, price) in items {
        orders.get_mut(&order).expect("an order").gross += quantity * price;
    }
    let adjustments: Vec<(Vec<u8>, String, i64)> = all_rows(
        shop,
        "SELECT order_id, kind, amount_minor FROM order_adjustments",
    )
    .await;
    for (order, kind, amount) in adjustments {
        let told = orders.get_mut(&order).expect("an order");
        match kind.as_str() {
            "fee" => told.fees += amount,
            "tax" => told.taxes += amount,
            _ => told.discounts += amount,
        }
    }
    let refunds: Vec<(Vec<u8>, String, i64, i64)> = all_rows(
        shop,
        "SELECT order_id, reason, done_at, amount_minor FROM refunds WHERE status = 'done'",
    )
    .await;
    for (order, reason, done_at, amount) in refunds {
        if reason != "paid_twice" {
            let told = orders.get_mut(&order).expect("an order");
            told.returned.push((jakarta_day(done_at), amount));
        }
    }
    orders.into_values().collect()
}

fn jakarta_day(at: i64) -> i64 {
    (at + 7 * HOUR).div_euclid(DAY)
}

async fn all_rows<T>(shop: &Shop, question: &'static str) -> Vec<T>
where
    T: Send + Unpin,
    for<'r> T:
        sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + sqlx::FromRow<'r, sqlx::mysql::MySqlRow>,
{
    match &shop.central.app.store {
        Store::Sqlite { reader, .. } => sqlx::query_as(question).fetch_all(reader).await,
        Store::MySql { reader, .. } => sqlx::query_as(question).fetch_all(reader).await,
    }
    .expect(question)
}

#[tokio::test]
async fn sums_are_those_of_all_orders_whatever_became_of_them() {
    for engine in Engine::both() {
        let shop = busy_days(engine).await;
        let told = told(&shop).await;
        let rupiah: Vec<&Told> = told
            .iter()
            .filter(|one| one.currency == "IDR" && one.is_sold)
            .collect();
        assert!(
            rupiah.len() >= 6 && told.len() > rupiah.len() + 2,
            "{told:?}"
        );
        let sum = |of: &dyn Fn(&Told) -> i64| rupiah.iter().map(|one| of(one)).sum::<i64>();
        let returned = |one: &Told| one.returned.iter().map(|(_, amount)| amount).sum::<i64>();
        // What all refunds of an order took of a charge, to the nearest unit.
        let part =
            |one: &Told, charge: i64| (charge * returned(one) * 2 + one.total) / (one.total * 2);
        let (paid, back) = (sum(&|one| one.total), sum(&returned));
        let fees = sum(&|one| {
            one.fees
                - if one.total > 0 {
                    part(one, one.fees)
                } else {
                    0
                }
        });
        let taxes = sum(&|one| {
            one.taxes
                - if one.total > 0 {
                    part(one, one.taxes)
                } else {
                    0
                }
        });
        assert!(fees > 0 && taxes > 0 && back > 0);
        let mut desk = shop.central.admin().await;
        let money = table(&mut desk, &format!("{ALL}money-idr")).await;
        let money: Vec<i64> = money.iter().map(|row| number(&row[1])).collect();
        let (gross, discounts) = (sum(&|one| one.gross), sum(&|one| one.discounts));
        assert_eq!(
            money,
            [
                gross,
                -discounts,
                paid - gross + discounts,
                paid,
                -back,
                paid - back,
                -fees,
                -taxes,
                paid - back - fees - taxes
            ],
            "{engine:?}"
        );
        assert_days(&mut desk, &rupiah).await;
        assert_channels(&mut desk, &rupiah).await;
        let types = table(&mut desk, &format!("{ALL}types-idr")).await;
        let of_types: i64 = types.iter().map(|row| number(&row[2])).sum();
        assert_eq!(of_types, gross, "{types:?}");
        let promos = table(&mut desk, &format!("{ALL}promos-idr")).await;
        assert_eq!(
            (promos.len(), promos[0][0].as_str()),
            (1, "THIRD · Festival")
        );
        assert_eq!(
            promos[0][1], "2",
            "a refunded order was sold with it all the same"
        );
        let reasons = table(&mut desk, &format!("{ALL}refunds-idr")).await;
        let all: i64 = reasons.iter().map(|row| number(&row[2])).sum();
        assert!(all > back, "the second payment is told: {reasons:?}");
        let shillings = table(&mut desk, &format!("{ALL}money-kes")).await;
        assert_eq!(shillings[3][1], "4500", "in whole shillings");
    }
}

async fn assert_days(desk: &mut Desk, orders: &[&Told]) {
    let days = table(desk, &format!("{ALL}days-idr")).await;
    assert_eq!(days.len(), 32, "days without sales too");
    for (place, row) in (0..).zip(&days) {
        let day = jakarta_day(START.0) - 1 + place;
        let sold = orders.iter().filter(|one| one.day == day);
        let paid: i64 = sold.clone().map(|one| one.total).sum();
        let back = orders.iter().flat_map(|one| &one.returned);
        let back: i64 = back
            .filter(|(on, _)| *on == day)
            .map(|(_, amount)| amount)
            .sum();
        assert_eq!(
            (row[1].clone(), number(&row[2]), number(&row[3])),
            (sold.count().to_string(), paid, back),
            "{row:?}"
        );
    }
}

async fn assert_channels(desk: &mut Desk, orders: &[&Told]) {
    let channels = table(desk, &format!("{ALL}channels-idr")).await;
    for (name, channel) in [("API", "api"), ("Desk", "desk")] {
        let sold = orders.iter().filter(|one| one.channel == channel);
        let paid: i64 = sold.clone().map(|one| one.total).sum();
        let row = channels.iter().find(|row| row[0] == name).expect(name);
        assert!(paid > 0, "{channel}");
        assert_eq!(
            (number(&row[1]), number(&row[2])),
            (i64::try_from(sold.count()).expect("few"), paid)
        );
    }
}
