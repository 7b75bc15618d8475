//! `sales.checkout`: whole purchases per second by 200 buyers at once, on both engines: the order is posted to central,
//! the real simulated Midtrans opens a Snap token, is paid there, tells of the payment begun and of the payment made,
//! and central reads the status back for each and issues the ticket. All of it over HTTP with connections that are
//! kept. With it the times of whole purchases, of the order and of the payment until both notices were answered.
//!
//! Beside it, in the same run and by as many at once: the limit, which is the same number of round trips to central
//! for nothing and one durable commit of one row; and one buyer at a time.
//! Everything (central, simulator, database, buyers) shares the machine, so this is a lower bound; `.cpu` is the
//! processor time of all of them per purchase, which other programs do not change.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use central::store;
use midtrans_sim::Drive;
use serde_json::{Value, json};
use support::{central::Engine, http::client, shop::Shop};
use tokio::task::JoinSet;

use crate::figure::{Figure, Report, ms, quantile};

const BUYERS: usize = 200;
/// Purchases of each buyer, one after the other.
const TURNS: usize = 12;
/// Purchases of the one buyer before.
const ALONE: usize = 40;
/// HTTP round trips of a purchase: the order, its Snap token, two notices, a status for each.
const TRIPS: usize = 6;

/// Measures both engines.
pub async fn run(report: &mut Report) -> Result<()> {
    for (engine, name) in [(Engine::Sqlite, "sqlite"), (Engine::MariaDb, "mariadb")] {
        let hall = Arc::new(Hall::open(engine).await);
        let (alone, _) = buy_all(&hall, 1, ALONE).await?;
        let cpu = crate::cpu::seconds();
        let (rate, times) = buy_all(&hall, BUYERS, TURNS).await?;
        let cpu = (crate::cpu::seconds() - cpu) * 1_000.0 / (BUYERS * TURNS) as f64;
        let limit = bare_all(&hall).await?;
        let issued = hall.shop.number("SELECT COUNT(*) FROM tickets").await;
        ensure!(
            usize::try_from(issued)? == ALONE + BUYERS * TURNS,
            "{issued} tickets are issued"
        );
        let name = format!("sales.checkout.{name}");
        let figure = |what: &str, value| Figure::new(format!("{name}{what}"), value, "orders/s");
        report.add(&figure("", rate).beside("bare round trips and a commit", limit));
        report.add(&figure(".alone", alone).beside("200 buyers at once", rate));
        report.add(&Figure::new(format!("{name}.cpu"), cpu, "ms/order"));
        for (what, times) in [
            ("", times.whole()),
            (".order", times.order),
            (".payment", times.payment),
        ] {
            for (share, word) in [(0.5, "p50"), (0.99, "p99")] {
                let name = format!("{name}{what}.{word}");
                report.add(&Figure::new(name, ms(quantile(&times, share)), "ms"));
            }
        }
    }
    Ok(())
}

struct Hall {
    shop: Shop,
    client: reqwest::Client,
}

/// How long each purchase took.
#[derive(Default)]
struct Times {
    /// Both, before sorting.
    each: Vec<(Duration, Duration)>,
    order: Vec<Duration>,
    payment: Vec<Duration>,
}

impl Times {
    fn sort(&mut self) {
        self.order = self.each.iter().map(|(order, _)| *order).collect();
        self.payment = self.each.iter().map(|(_, payment)| *payment).collect();
        self.order.sort_unstable();
        self.payment.sort_unstable();
    }

    fn whole(&self) -> Vec<Duration> {
        let mut whole: Vec<_> = self.each.iter().map(|(a, b)| *a + *b).collect();
        whole.sort_unstable();
        whole
    }
}

impl Hall {
    async fn open(engine: Engine) -> Self {
        Self {
            shop: Shop::open_direct(engine).await,
            client: client(),
        }
    }

    /// One purchase: when this returns, both notices were answered.
    async fn buy(&self, crowd: usize, buyer: usize, turn: usize) -> Result<(Duration, Duration)> {
        let began = Instant::now();
        // The one buyer of before is none of them.
        let key = format!("checkout-{crowd:04}-{buyer:04}-{turn:04}");
        let order = self
            .client
            .post(format!("{}/api/v1/orders", self.shop.url))
            .header("idempotency-key", key)
            .json(&self.wish(buyer));
        let order: Value = order.send().await?.json().await?;
        ensure!(order["pay_url"].is_string(), "no Snap token: {order}");
        let ordered = began.elapsed();
        let number = order["number"].as_str().unwrap_or_default();
        let drive = Drive {
            to: "settlement".to_owned(),
            ..Drive::default()
        };
        let driven = self.shop.midtrans.drive(number, &drive).await;
        driven.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
        Ok((ordered, began.elapsed() - ordered))
    }

    /// What a buyer asks for, a person of her own.
    fn wish(&self, buyer: usize) -> Value {
        let mut wish = self.shop.wish(&[(0, 1)]);
        wish["buyer"]["identity_type"] = json!("passport");
        wish["buyer"]["identity_number"] = json!(format!("A{buyer:07}"));
        wish["buyer"]["email"] = json!(format!("buyer{buyer}@example.id"));
        wish
    }

    /// As many round trips as a purchase takes, and one durable commit.
    async fn bare(&self, name: &str) -> Result<()> {
        for _ in 0..TRIPS {
            let answer = self.client.get(format!("{}/healthz", self.shop.url));
            answer.send().await?.error_for_status()?.bytes().await?;
        }
        let mut tx = self.shop.central.app.store.begin().await?;
        store::setting::insert(&mut tx, name, b"bare").await?;
        Ok(tx.commit().await?)
    }
}

/// Purchases per second, and how long each took.
async fn buy_all(hall: &Arc<Hall>, count: usize, turns: usize) -> Result<(f64, Times)> {
    let start = Instant::now();
    let mut buyers = JoinSet::new();
    for buyer in 0..count {
        let hall = Arc::clone(hall);
        buyers.spawn(async move {
            let mut times = Vec::with_capacity(turns);
            for turn in 0..turns {
                times.push(hall.buy(count, buyer, turn).await?);
            }
            Ok::<_, anyhow::Error>(times)
        });
    }
    let mut times = Times::default();
    while let Some(done) = buyers.join_next().await {
        times.each.extend(done??);
    }
    let rate = times.each.len() as f64 / start.elapsed().as_secs_f64();
    times.sort();
    Ok((rate, times))
}

/// The limit, per second.
async fn bare_all(hall: &Arc<Hall>) -> Result<f64> {
    let start = Instant::now();
    let mut buyers = JoinSet::new();
    for buyer in 0..BUYERS {
        let hall = Arc::clone(hall);
        buyers.spawn(async move {
            for turn in 0..TURNS {
                hall.bare(&format!("bare-{buyer}-{turn}")).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(done) = buyers.join_next().await {
        done??;
    }
    Ok((BUYERS * TURNS) as f64 / start.elapsed().as_secs_f64())
}
