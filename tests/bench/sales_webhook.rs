//! `sales.webhook`: payment notices per second handled to their final state, with 30 % repeats, on both engines, beside
//! the reading of as many statuses at the provider, which each first notice needs.
//!
//! Central with the simulated Midtrans in one process, HTTP between them; the notices come to the router as they would
//! from a listener, many at a time.

use std::{sync::Arc, time::Instant};

use anyhow::{Result, ensure};
use central::payments::{Midtrans, MidtransConfig, PaymentProvider as _};
use support::{
    central::Engine,
    shop::{Forged, KEY, Shop},
};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::figure::{Figure, Report};

const ORDERS: usize = 400;
const REPEATS: usize = ORDERS * 3 / 7;
const AT_ONCE: usize = 32;

/// Measures both engines.
pub async fn run(report: &mut Report) -> Result<()> {
    for engine in Engine::both() {
        let engine_name = match engine {
            Engine::Sqlite => "sqlite",
            Engine::MariaDb => "mariadb",
        };
        let shop = Arc::new(
            Shop::open_with(engine, |wish| {
                wish.types[0].quota = 1_000_000;
            })
            .await,
        );
        let mut paid = Vec::new();
        for n in 0..ORDERS {
            let order = shop.buy(&format!("webhook-{n:05}"), &[(0, 1)]).await;
            let transaction = shop.drive_silently(&order, "settlement").await;
            paid.push((order.number, transaction));
        }
        let peer = reads_per_second(&shop, &paid).await?;
        let rate = notices_per_second(&shop, &paid).await?;
        let tickets = shop.number("SELECT COUNT(*) FROM tickets").await;
        ensure!(tickets == i64::try_from(ORDERS)?, "{tickets} tickets");
        let figure = Figure::new(format!("sales.webhook.{engine_name}"), rate, "/s");
        report.add(&figure.beside("status reads alone", peer));
    }
    Ok(())
}

/// Every notice once, and some of them again right behind.
async fn notices_per_second(shop: &Arc<Shop>, paid: &[(String, String)]) -> Result<f64> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let (mut senders, begun) = (JoinSet::new(), Instant::now());
    let all = (0..ORDERS).flat_map(|n| {
        let is_repeated = n * REPEATS / ORDERS != (n + 1) * REPEATS / ORDERS;
        std::iter::repeat_n(n, 1 + usize::from(is_repeated))
    });
    for n in all {
        let (number, transaction) = &paid[n];
        let body = shop.forge(&Forged {
            order: number,
            code: "200",
            amount: "150000.00",
            transaction,
            status: "settlement",
        });
        let (shop, place) = (Arc::clone(shop), Arc::clone(&places).acquire_owned().await?);
        senders.spawn(async move {
            let (status, _) = shop.hook(body).await;
            drop(place);
            status
        });
    }
    let answers = senders.join_all().await;
    ensure!(answers.iter().all(|status| *status == 200), "{answers:?}");
    Ok(answers.len() as f64 / begun.elapsed().as_secs_f64())
}

async fn reads_per_second(shop: &Shop, paid: &[(String, String)]) -> Result<f64> {
    let config = MidtransConfig::at(&shop.line.url, KEY.to_owned().into());
    let midtrans = Arc::new(Midtrans::new(config)?);
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let (mut readers, begun) = (JoinSet::new(), Instant::now());
    for (_, transaction) in paid {
        let (midtrans, transaction) = (Arc::clone(&midtrans), transaction.clone());
        let place = Arc::clone(&places).acquire_owned().await?;
        readers.spawn(async move {
            let read = midtrans.status(&transaction).await;
            drop(place);
            read.is_ok_and(|status| status.is_some())
        });
    }
    let read = readers.join_all().await;
    ensure!(read.iter().all(|is_read| *is_read));
    Ok(read.len() as f64 / begun.elapsed().as_secs_f64())
}
