//! `panel.live`: from a scan at a gate until its number stands in a message that somebody who watches the door gets, with
//! fifty gates that sync and scan, on both engines, beside one plain request to the same server.
//!
//! Central with its two listeners, fifty real nodes with their drivers, HTTP between them, and a viewer on the stream. Each
//! measured scan is of the one gate that nobody else stands at; five other gates let somebody in around it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ambient::{Entropy, SeededEntropy, SystemClock};
use anyhow::{Context, Result, bail, ensure};
use central::{
    app::{nodes::NewEnrolment, users::Attempt},
    http::router,
};
use ed25519_dalek::SigningKey;
use edge_node::{
    Identity, Node,
    sync::{
        Driver,
        driver::{INTERVAL_MS, Link},
        http::HttpTransport,
        trust::{Trust, TrustedTime},
    },
};
use futures_util::StreamExt as _;
use support::{
    box_office::{BoxOffice, GATES},
    central::Engine,
    festival,
    http::client,
    mariadb::MariaDb,
};
use sync_protocol::{rights::Rights, scan::Action, wire::v1::EnrolRequest};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, time::timeout};

use crate::figure::{Figure, Report, ms, quantile};

const NODES: usize = 50;
const SCANS: usize = 150;
/// Gates that scan around each measured scan.
const OTHERS: usize = 5;
/// Longest pause between two measured scans.
const PAUSE_MS: u64 = 400;
/// Longer than any scan may take.
const LIMIT: Duration = Duration::from_secs(20);
const ADMIN: &str = "admin@example.id";
const PASSWORD: &str = "a long enough sentence";

/// Measures both engines.
pub async fn run(report: &mut Report) -> Result<()> {
    for engine in Engine::both() {
        let place = Place::open(engine).await?;
        let plain = place.plain_requests().await?;
        let mut took = place.scans().await?;
        took.sort_unstable();
        let engine = match engine {
            Engine::Sqlite => "sqlite",
            Engine::MariaDb => "mariadb",
        };
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let name = format!("panel.live.{name}.{engine}");
            let figure = Figure::new(name, ms(quantile(&took, share)), "ms");
            report.add(&figure.beside("one request", ms(quantile(&plain, share))));
        }
        place.close().await;
    }
    Ok(())
}

/// A gate with its folder and its way to central.
struct Gate {
    node: Arc<Node>,
    driver: Driver,
    _home: TempDir,
}

struct Place {
    office: BoxOffice,
    public: String,
    gates: Vec<Gate>,
    /// What the viewer last read of the measured gate.
    seen: watch::Receiver<usize>,
    _folder: TempDir,
}

impl Place {
    async fn open(engine: Engine) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let office = match engine {
            Engine::Sqlite => BoxOffice::open(folder.path()).await?,
            Engine::MariaDb => {
                let url = MariaDb::shared().await.fresh_database().await;
                BoxOffice::open_at(folder.path(), url).await?
            }
        };
        let nodes = serve(router::nodes(office.app.clone())).await?;
        let public = serve(router::public(office.app.clone())).await?;
        let mut gates = Vec::new();
        for number in 0..NODES {
            gates.push(gate(&office, &nodes, number).await?);
        }
        let seen = viewer(&office, &public).await?;
        Ok(Self {
            office,
            public,
            gates,
            seen,
            _folder: folder,
        })
    }

    /// What a request costs that asks for nothing.
    async fn plain_requests(&self) -> Result<Vec<Duration>> {
        let (client, url) = (client(), format!("{}/healthz", self.public));
        let mut took = Vec::new();
        for _ in 0..SCANS {
            let begun = Instant::now();
            ensure!(client.get(&url).send().await?.status().is_success());
            took.push(begun.elapsed());
        }
        took.sort_unstable();
        Ok(took)
    }

    async fn scans(&self) -> Result<Vec<Duration>> {
        let most = u32::try_from(SCANS * (OTHERS + 1))?;
        let sold = self.office.sell(most).await?;
        self.until_all_know(sold.len()).await?;
        let entropy = SeededEntropy::new(7);
        let (mut seen, mut took) = (self.seen.clone(), Vec::new());
        for (number, tickets) in sold.chunks(OTHERS + 1).enumerate() {
            let pause = Duration::from_millis(entropy.next_u64() % PAUSE_MS);
            tokio::time::sleep(pause).await;
            for (place, ticket) in tickets[1..].iter().enumerate() {
                let other = 1 + (number * OTHERS + place) % (NODES - 1);
                self.admit(other, &ticket.code)?;
            }
            let begun = Instant::now();
            self.admit(0, &tickets[0].code)?;
            let told = seen.wait_for(|count| *count > number);
            timeout(LIMIT, told)
                .await
                .context("the viewer never heard of it")??;
            took.push(begun.elapsed());
        }
        Ok(took)
    }

    fn admit(&self, gate: usize, code: &str) -> Result<()> {
        let gate = &self.gates[gate];
        let scan = gate.node.scan(code, Action::Entry, None);
        // As the gate's door does after each scan.
        gate.driver.hand().scanned();
        let reason = scan.verdict.reason.name();
        ensure!(reason == "admitted", "the gate says {reason}");
        Ok(())
    }

    async fn until_all_know(&self, tickets: usize) -> Result<()> {
        let begun = Instant::now();
        for gate in &self.gates {
            while usize::try_from(gate.node.status()?.replica.total)? < tickets {
                ensure!(
                    begun.elapsed() < 3 * LIMIT,
                    "a gate never heard of the tickets"
                );
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(())
    }

    async fn close(self) {
        for gate in self.gates {
            gate.driver.stop().await;
        }
    }
}

async fn serve(routes: axum::Router) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(address)
}

/// The first stands alone at the last of the gates; the others share the rest.
async fn gate(office: &BoxOffice, central: &str, number: usize) -> Result<Gate> {
    let place = match number {
        0 => GATES[2],
        number => GATES[number % 2],
    };
    let wish = NewEnrolment {
        event: office.id(),
        gate: festival::gate(&office.event, place),
        node_name: format!("node {number}"),
        rights: Rights::ALL,
        valid_for_ms: 3_600_000,
    };
    let code = office.app.create_enrolment(&wish).await?;
    let mut seed = [1; 32];
    seed[0] = u8::try_from(number)?;
    let key = SigningKey::from_bytes(&seed);
    let request = EnrolRequest {
        code: code.secret_text(),
        public_key: key.verifying_key().to_bytes(),
        program: "bench".into(),
    };
    let identity = Identity {
        answer: office.app.enrol(&request).await?,
        key,
        central: central.to_owned(),
    };
    let home = tempfile::tempdir()?;
    Node::create(home.path(), identity)?;
    let clock = Arc::new(SystemClock::new());
    let node = Arc::new(Node::open(home.path(), clock.clone())?);
    let time = Arc::new(TrustedTime::new(clock, office.app.clock.now()));
    let transport = HttpTransport::new(central, &Trust::WebPki, time)?;
    let entropy = Arc::new(SeededEntropy::new(number as u64));
    let driver = Driver::start(Arc::clone(&node), Arc::new(transport), entropy, INTERVAL_MS);
    let mut hand = driver.hand();
    ensure!(hand.wait_for(|link| *link == Link::Connected).await);
    Ok(Gate {
        node,
        driver,
        _home: home,
    })
}

/// Somebody signed in who watches the door: tells how many entries the measured gate had in the hour.
async fn viewer(office: &BoxOffice, public: &str) -> Result<watch::Receiver<usize>> {
    let attempt = Attempt {
        caller: b"bench",
        address: "bench",
        agent: "bench",
        old_token: None,
        browser: None,
    };
    let secret = office.app.create_admin(ADMIN, "Ayu Admin").await?;
    let opened = office.app.sign_in(ADMIN, &secret, &attempt).await?;
    let signed = office.app.signed_in(&opened.token).await?;
    let signed = signed.context("just signed in")?;
    let changed = office
        .app
        .change_password(&signed, &secret, PASSWORD, &attempt)
        .await?;
    let path = format!(
        "{public}/panel/events/{}/live/stream",
        office.event.event.slug
    );
    let request = client()
        .get(path)
        // The stream lasts as long as the measurement.
        .timeout(Duration::from_secs(3_600))
        .header("accept", "text/event-stream")
        .header(
            "cookie",
            format!("gerbang_panel={}", changed.token.as_str()),
        );
    let answer = request.send().await?;
    let kind = answer.headers().get("content-type").cloned();
    if kind.is_none_or(|kind| kind != "text/event-stream") {
        bail!("the stream is not opened: {}", answer.status());
    }
    let (tell, seen) = watch::channel(0);
    let mut pieces = answer.bytes_stream();
    tokio::spawn(async move {
        let mut text = String::new();
        while let Some(Ok(piece)) = pieces.next().await {
            text.push_str(&String::from_utf8_lossy(&piece));
            while let Some((message, rest)) = text.split_once("\n\n") {
                if let Some(count) = of_gate(message) {
                    tell.send_replace(count);
                }
                text = rest.to_owned();
            }
        }
    });
    Ok(seen)
}

/// The entries of the last hour that a message tells of the measured gate.
fn of_gate(message: &str) -> Option<usize> {
    let (before, _) = message.split_once(&format!(">{}<", GATES[2]))?;
    let (_, count) = before.rsplit_once("data-hour=\"")?;
    count.split('"').next()?.parse().ok()
}
