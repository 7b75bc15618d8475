//! A shop whose central is a program of its own that can be killed, with the simulated provider beside it.
use std::{
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    time::Duration,
};

use ambient::{Clock, SystemClock};
use central::store::Store;
use midtrans_sim::{Drive, Options, Running as Provider, Simulator};
use serde_json::{Value, json};
use support::{
    box_office::BoxOffice,
    central::Engine,
    http::client,
    line::Line,
    mariadb::MariaDb,
    program::{self, Running},
    shop::{IDENTITY, KEY},
};
use tempfile::TempDir;
use tokio::{process::Command, time::Instant};

/// Longer than anything here takes on a busy machine, the longest pause between two tries of a refund included.
const LONG: Duration = Duration::from_secs(150);

/// The shop.
pub struct Cashier {
    /// Its books, open here too.
    pub office: BoxOffice,
    /// The provider.
    pub provider: Provider,
    /// Between central and the provider.
    pub line: Line,
    folder: TempDir,
    port: u16,
    central: Option<Running>,
}

impl Cashier {
    /// Opens it, with central running.
    pub async fn open(engine: Engine) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let office = match engine {
            Engine::Sqlite => BoxOffice::open(folder.path()).await,
            Engine::MariaDb => {
                let database = MariaDb::shared().await.fresh_database().await;
                BoxOffice::open_at(folder.path(), database).await
            }
        };
        let office = office.expect("a database");
        let port = free_port();
        let clock = SystemClock::new();
        let mut options = Options::new(KEY, Arc::new(move || clock.now().0));
        options.notification_url = Some(format!("http://127.0.0.1:{port}/hooks/midtrans"));
        options.hurry = 1_000;
        let provider = Simulator::start(options).await.expect("the simulator");
        let line = Line::open(provider.address).await;
        std::fs::write(folder.path().join("key"), KEY).expect("a file");
        let mut cashier = Self {
            office,
            provider,
            line,
            folder,
            port,
            central: None,
        };
        cashier.start().await;
        cashier
    }

    /// Starts central, or starts it again.
    pub async fn start(&mut self) {
        let mut serve = self.command();
        serve.arg("serve");
        let running = program::start(serve, "central", self.folder.path());
        let mut running = running.expect("central starts");
        let answers = running.answers(&self.url("/healthz")).await;
        answers.expect("central answers");
        self.central = Some(running);
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        let running = self.central.take().expect("it runs");
        running.kill().await.expect("nobody survives that");
    }

    /// The program, ready for arguments.
    pub fn command(&self) -> Command {
        let mut central = self.office.central().expect("it was built");
        central
            .env("LISTEN", format!("127.0.0.1:{}", self.port))
            .env("NODE_LISTEN", "off")
            .env("MIDTRANS_BASE_URL", &self.line.url)
            .env("MIDTRANS_SERVER_KEY_FILE", self.folder.path().join("key"))
            .env("LOG", "trace,sqlx=info");
        central
    }

    /// Starts a command beside central.
    pub fn start_beside(&self, command: Command, name: &str) -> Running {
        program::start(command, name, self.folder.path()).expect("it starts")
    }

    /// All that central said so far.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("central.log"));
        log.expect("a log")
    }

    /// Orders so many tickets; gives the order's number.
    pub async fn order(&self, key: &str, quantity: u32) -> String {
        let wish = json!({
            "event": self.office.event.event.slug,
            "buyer": {
                "full_name": "Siti Rahma",
                "identity_type": "ktp",
                "identity_number": IDENTITY,
                "email": "siti@example.id",
                "whatsapp_number": "0812-3456-7890",
            },
            "language": "en",
            "items": [{"ticket_type_id": self.office.event.types[0].id, "quantity": quantity}],
        });
        let asked = client()
            .post(self.url("/api/v1/orders"))
            .header("idempotency-key", key)
            .json(&wish);
        let answer = asked.send().await.expect("central answers");
        let order: Value = answer.json().await.expect("JSON");
        order["number"].as_str().expect("an order").to_owned()
    }

    /// The buyer pays at the provider, whose notice goes out at once.
    pub async fn pay(&self, number: &str) {
        let drive = Drive {
            to: "settlement".to_owned(),
            channel: Some("qris".to_owned()),
            ..Drive::default()
        };
        let driven = self.provider.drive(number, &drive).await;
        driven.expect("a documented way");
    }

    /// One number out of the database.
    pub async fn number(&self, question: &'static str) -> i64 {
        match &self.office.app.store {
            Store::Sqlite { reader, .. } => sqlx::query_scalar(question).fetch_one(reader).await,
            Store::MySql { reader, .. } => sqlx::query_scalar(question).fetch_one(reader).await,
        }
        .expect(question)
    }

    /// Waits until a question has this answer.
    pub async fn until(&self, question: &'static str, want: i64) {
        let end = Instant::now() + LONG;
        loop {
            let is = self.number(question).await;
            if is == want {
                return;
            }
            assert!(Instant::now() < end, "{question}: {is} instead of {want}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What went back at the provider, over all orders, whole rupiah.
    pub async fn refunded(&self) -> i64 {
        let url = format!("{}/sim/transactions", self.provider.base_url);
        let answer = client().get(url).send().await.expect("the simulator");
        let told: Value = answer.json().await.expect("JSON");
        let orders = told["orders"].as_array().expect("orders");
        let all = orders.iter().flat_map(|o| o["transactions"].as_array());
        all.flatten().filter_map(|t| t["refunded"].as_i64()).sum()
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}
