//! `sync.propagation`: from the provider's webhook at central to a ticket that a connected gate admits, on both
//! engines, beside one plain request to the same server.
//!
//! Central with the simulated Midtrans, a real node with its driver, HTTP between them. The webhook is a signed
//! notice whose payment central reads again from the provider. Sales come at odd moments, so that some fall into the
//! pause that a gate leaves between two rounds.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ambient::{Entropy, SeededEntropy, SystemClock};
use anyhow::{Context, Result, ensure};
use central::{domain::ticket, http::router, store};
use edge_node::{
    Node,
    sync::{
        Driver,
        driver::{INTERVAL_MS, Link},
        http::HttpTransport,
        trust::{Trust, TrustedTime},
    },
};
use support::{
    central::Engine,
    http::client,
    shop::{Bought, Forged, Shop},
};
use sync_protocol::scan::Action;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::figure::{Figure, Report, ms, quantile};

const TICKETS: usize = 200;
/// Longest pause between two sales.
const PAUSE_MS: u64 = 700;
/// Longer than any ticket may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Measures both engines.
pub async fn run(report: &mut Report) -> Result<()> {
    for engine in Engine::both() {
        let engine_name = match engine {
            Engine::Sqlite => "sqlite",
            Engine::MariaDb => "mariadb",
        };
        let place = Place::open(engine).await?;
        let plain = place.plain_requests().await?;
        let mut took = Vec::new();
        let entropy = SeededEntropy::new(5);
        for number in 0..TICKETS {
            let pause = Duration::from_millis(entropy.next_u64() % PAUSE_MS);
            tokio::time::sleep(pause).await;
            took.push(place.sale(number).await?);
        }
        took.sort_unstable();
        place.driver.stop().await;
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let name = format!("sync.propagation.{name}.{engine_name}");
            let figure = Figure::new(name, ms(quantile(&took, share)), "ms");
            report.add(&figure.beside("one request", ms(quantile(&plain, share))));
        }
    }
    Ok(())
}

/// A shop, its server for gates, and a gate that is in touch with it.
struct Place {
    shop: Shop,
    address: String,
    node: Arc<Node>,
    driver: Driver,
    _home: TempDir,
}

impl Place {
    async fn open(engine: Engine) -> Result<Self> {
        let shop = Shop::open(engine).await;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let routes = router::nodes(shop.central.app.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let gate = shop.central.open_gate(&shop.event, "Gate A", "north").await;
        drop(gate.node);
        let node = Arc::new(Node::open(gate.home.path(), Arc::new(SystemClock::new()))?);
        let time = Arc::new(TrustedTime::new(
            Arc::new(SystemClock::new()),
            shop.central.now(),
        ));
        let transport = HttpTransport::new(&address, &Trust::WebPki, time)?;
        let entropy = Arc::new(SeededEntropy::new(2));
        let driver = Driver::start(Arc::clone(&node), Arc::new(transport), entropy, INTERVAL_MS);
        let mut hand = driver.hand();
        ensure!(hand.wait_for(|link| *link == Link::Connected).await);
        Ok(Self {
            shop,
            address,
            node,
            driver,
            _home: gate.home,
        })
    }

    /// What a request costs that asks for nothing.
    async fn plain_requests(&self) -> Result<Vec<Duration>> {
        let (client, url) = (client(), format!("{}/healthz", self.address));
        let mut took = Vec::new();
        for _ in 0..TICKETS {
            let begun = Instant::now();
            ensure!(client.get(&url).send().await?.status().is_success());
            took.push(begun.elapsed());
        }
        took.sort_unstable();
        Ok(took)
    }

    /// One ticket: from its webhook to the green light.
    async fn sale(&self, number: usize) -> Result<Duration> {
        let order = self
            .shop
            .buy(&format!("propagation-{number}"), &[(0, 1)])
            .await;
        let transaction = self.shop.drive_silently(&order, "settlement").await;
        let notice = self.shop.forge(&Forged {
            order: &order.number,
            code: "200",
            amount: "150000.00",
            transaction: &transaction,
            status: "settlement",
        });
        let before = self.node.status()?.replica.total;
        let begun = Instant::now();
        let (status, answer) = self.shop.hook(notice).await;
        ensure!(status == 200, "the notice: {status} {answer}");
        while self.node.status()?.replica.total == before {
            ensure!(begun.elapsed() < LIMIT, "the gate never heard of it");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let known = begun.elapsed();
        let code = self.code(&order).await?;
        let begun = Instant::now();
        let scan = self.node.scan(&code, Action::Entry, None);
        let reason = scan.verdict.reason.name();
        ensure!(reason == "admitted", "the gate says {reason}");
        Ok(known + begun.elapsed())
    }

    /// What the buyer shows.
    async fn code(&self, order: &Bought) -> Result<String> {
        let app = &self.shop.central.app;
        let mut tx = app.store.read().await?;
        let event = self.shop.event.event.id;
        let (_, key) = app.signing_key(&mut tx, event).await?;
        let order = store::order::by_number(&mut tx, &order.number).await?;
        let order = order.context("the order")?;
        let tickets = store::ticket::of_order(&mut tx, order.id).await?;
        let sold = tickets.first().context("a ticket")?;
        Ok(ticket::code(sold, &key).to_text())
    }
}
