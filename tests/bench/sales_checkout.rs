//! `sales.checkout`: whole purchases per second by 200 buyers at once, on both engines: the order is placed, the real
//! simulated Midtrans opens a Snap token over HTTP, is paid there, sends its notice over HTTP, central reads the
//! status back and issues the tickets. With each the times from the order to the issued tickets (p50, p99).
//! The peer is one buyer at a time, in the same run.
//!
//! Everything (central, simulator, database, buyers) shares the machine, so this is a lower bound.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use midtrans_sim::Drive;
use support::{buyers::form, central::Engine, shop::Shop};
use tokio::task::JoinSet;

use crate::figure::{Figure, Report, ms, quantile};

const BUYERS: usize = 200;
/// Purchases of each buyer, one after the other.
const TURNS: usize = 12;
/// Purchases of the one buyer before.
const ALONE: usize = 40;

/// Measures both engines.
pub async fn run(report: &mut Report) -> Result<()> {
    for (engine, name) in [(Engine::Sqlite, "sqlite"), (Engine::MariaDb, "mariadb")] {
        let shop = Arc::new(Shop::open(engine).await);
        let (alone, _) = buy_all(&shop, 1, ALONE).await?;
        let (rate, times) = buy_all(&shop, BUYERS, TURNS).await?;
        let issued = shop.number("SELECT COUNT(*) FROM tickets").await;
        ensure!(
            usize::try_from(issued)? == ALONE + BUYERS * TURNS,
            "{issued} tickets are issued"
        );
        let figure = Figure::new(format!("sales.checkout.{name}"), rate, "orders/s");
        report.add(&figure.beside("one buyer at a time", alone));
        for (share, word) in [(0.5, "p50"), (0.99, "p99")] {
            let name = format!("sales.checkout.{name}.{word}");
            report.add(&Figure::new(name, ms(quantile(&times, share)), "ms"));
        }
    }
    Ok(())
}

/// Purchases per second, and how long each took, sorted.
async fn buy_all(shop: &Arc<Shop>, count: usize, turns: usize) -> Result<(f64, Vec<Duration>)> {
    let start = Instant::now();
    let mut buyers = JoinSet::new();
    for buyer in 0..count {
        let shop = Arc::clone(shop);
        buyers.spawn(async move {
            let mut times = Vec::with_capacity(turns);
            for turn in 0..turns {
                let began = Instant::now();
                buy(&shop, count, buyer, turn).await?;
                times.push(began.elapsed());
            }
            Ok::<_, anyhow::Error>(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = buyers.join_next().await {
        times.extend(done??);
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort_unstable();
    Ok((rate, times))
}

/// One purchase: when this returns, the notice was answered.
async fn buy(shop: &Shop, crowd: usize, buyer: usize, turn: usize) -> Result<()> {
    let (app, event) = (&shop.central.app, &shop.event);
    // The one buyer of before is none of them.
    let key = format!("checkout-{crowd:04}-{buyer:04}-{turn:04}");
    let wish = form(buyer, event.types[0].id, 1);
    let placed = app.place_order(&event.event.slug, &key, &wish).await?;
    ensure!(placed.pay_url.is_some(), "no Snap token");
    let drive = Drive {
        to: "settlement".to_owned(),
        ..Drive::default()
    };
    let driven = shop.midtrans.drive(&placed.order.number, &drive).await;
    driven.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    Ok(())
}
