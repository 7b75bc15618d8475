//! A shop in a test: central on a real database, its API in process, and the real simulated Midtrans beside it,
//! whose notices come in over HTTP. Both run on one clock that the test moves.
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use ambient::{Clock, ManualClock};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, header},
};
use central::{
    domain::{event::EventSetup, new_event::NewEvent},
    http::router,
    payments::{Midtrans, MidtransConfig},
    store::Store,
};
use midtrans_sim::{Drive, Options, Running, Simulator, signature::sign};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::{
    central::{Engine, START, TestCentral},
    festival::festival,
    line::Line,
};

/// The server key that both sides know.
pub const KEY: &str = "SB-Mid-server-TESTKEY123";
/// A KTP number that must never be seen in clear.
pub const IDENTITY: &str = "3171011708450001";

/// A shop with a published festival.
pub struct Shop {
    /// Central and its clock.
    pub central: TestCentral,
    /// The provider.
    pub midtrans: Running,
    /// Its event.
    pub event: EventSetup,
    /// Where it listens.
    pub url: String,
    router: Router,
    /// Between central and the provider.
    pub line: Line,
}

/// What a forged notice says.
#[derive(Clone, Copy, Debug)]
pub struct Forged<'a> {
    /// Our reference.
    pub order: &'a str,
    /// `status_code`.
    pub code: &'a str,
    /// As written.
    pub amount: &'a str,
    /// Theirs.
    pub transaction: &'a str,
    /// `transaction_status`.
    pub status: &'a str,
}

/// An order as its buyer holds it.
#[derive(Clone, Debug)]
pub struct Bought {
    /// Its number.
    pub number: String,
    /// The secret of its link.
    pub access: String,
}

impl Shop {
    /// Opens a shop that sells [`crate::festival::festival`].
    ///
    /// # Panics
    /// When a part does not start.
    pub async fn open(engine: Engine) -> Self {
        Self::open_with(engine, |_| {}).await
    }

    /// The same, after a change of the festival.
    ///
    /// # Panics
    /// When a part does not start.
    pub async fn open_with(engine: Engine, change: impl FnOnce(&mut NewEvent)) -> Self {
        Self::open_by(engine, change, true).await
    }

    /// The same without a line that can be cut, for measuring.
    ///
    /// # Panics
    /// When a part does not start.
    pub async fn open_direct(engine: Engine) -> Self {
        Self::open_by(engine, |_| {}, false).await
    }

    async fn open_by(engine: Engine, change: impl FnOnce(&mut NewEvent), has_line: bool) -> Self {
        let clock: Arc<OnceLock<Arc<ManualClock>>> = Arc::default();
        let reading = Arc::clone(&clock);
        let now = move || reading.get().map_or(START.0, |clock| clock.now().0);
        let mut options = Options::new(KEY, Arc::new(now));
        options.hurry = 1_000;
        let midtrans = Simulator::start(options).await.expect("the simulator");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut config = MidtransConfig::at(&midtrans.base_url, KEY.to_owned().into());
        config.notification_url = Some(format!("http://{address}/hooks/midtrans"));
        let line = Line::open(midtrans.address).await;
        if has_line {
            config.snap_url = line.url.clone();
            config.core_url = line.url.clone();
        }
        let provider = Arc::new(Midtrans::new(config).expect("a client"));
        let central = TestCentral::with_provider(engine, provider).await;
        clock.set(Arc::clone(&central.clock)).expect("set once");
        let mut wish = festival();
        change(&mut wish);
        let event = central.publish(&wish).await;
        let router = router::public(central.app.clone());
        let server = router.clone();
        tokio::spawn(async move { axum::serve(listener, server).await });
        Self {
            central,
            midtrans,
            event,
            url: format!("http://{address}"),
            router,
            line,
        }
    }

    /// Cuts the line to the provider: connections end without an answer.
    pub fn cut_provider(&self) {
        self.line.cut();
    }

    /// Mends it.
    pub fn mend_provider(&self) {
        self.line.mend();
    }

    /// A request body for tickets of the event's types: (number of the type from 0, how many).
    #[must_use]
    pub fn wish(&self, lines: &[(usize, u32)]) -> Value {
        let item = |(kind, quantity): &(usize, u32)| json!({"ticket_type_id": self.event.types[*kind].id, "quantity": quantity});
        json!({
            "event": self.event.event.slug,
            "buyer": {
                "full_name": "Siti Rahma",
                "identity_type": "ktp",
                "identity_number": IDENTITY,
                "email": "siti@example.id",
                "whatsapp_number": "0812-3456-7890",
            },
            "language": "en",
            "items": lines.iter().map(item).collect::<Vec<_>>(),
        })
    }

    /// Sends a request to the API.
    ///
    /// # Panics
    /// When the router breaks.
    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        let answered = self.router.clone().oneshot(request).await;
        answered.expect("a router always answers")
    }

    /// Gets a page or an answer: status and body.
    ///
    /// # Panics
    /// When the body does not arrive.
    pub async fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let request = Request::get(path).body(Body::empty());
        self.bytes(request.expect("a request")).await
    }

    /// Gets JSON.
    pub async fn get_json(&self, path: &str) -> (u16, Value) {
        let (status, body) = self.get(path).await;
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Posts a body of this type with these headers.
    ///
    /// # Panics
    /// When a header is none.
    pub async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> (u16, Value) {
        let start = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let with = headers
            .iter()
            .fold(start, |r, (name, value)| r.header(*name, *value));
        let (status, body) = self.bytes(with.body(body.into()).expect("a request")).await;
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Places an order: status and answer.
    pub async fn place(&self, key: &str, wish: &Value) -> (u16, Value) {
        let headers = [("idempotency-key", key)];
        self.post("/api/v1/orders", &headers, wish.to_string())
            .await
    }

    /// Places an order that must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub async fn buy(&self, key: &str, lines: &[(usize, u32)]) -> Bought {
        let (status, order) = self.place(key, &self.wish(lines)).await;
        assert_eq!(status, 201, "{order}");
        let text = |name: &str| order[name].as_str().expect(name).to_owned();
        Bought {
            number: text("number"),
            access: text("access"),
        }
    }

    /// The order as its buyer sees it.
    ///
    /// # Panics
    /// When it is not found.
    pub async fn look(&self, order: &Bought) -> Value {
        let (status, body) = self.get_json(&order.path("")).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Drives the order's payment while notices are held back; gives the transaction's id.
    ///
    /// # Panics
    /// When no documented way leads there.
    pub async fn drive_silently(&self, order: &Bought, to: &str) -> String {
        self.notify(false).await;
        let drive = Drive {
            to: to.to_owned(),
            ..Drive::default()
        };
        let driven = self.midtrans.drive(&order.number, &drive).await;
        self.notify(true).await;
        driven.expect("a documented way")
    }

    /// Drives the order's payment at the provider, whose notices arrive before this returns.
    ///
    /// # Panics
    /// When no documented way leads there.
    pub async fn drive(&self, order: &Bought, to: &str) {
        self.drive_by(
            order,
            Drive {
                to: to.to_owned(),
                ..Drive::default()
            },
        )
        .await;
    }

    /// The same with everything said.
    ///
    /// # Panics
    /// When no documented way leads there.
    pub async fn drive_by(&self, order: &Bought, drive: Drive) {
        let driven = self.midtrans.drive(&order.number, &drive).await;
        driven.expect("a documented way");
    }

    /// Stops the provider's notices, or lets them go out again.
    ///
    /// # Panics
    /// When the simulator does not answer.
    pub async fn notify(&self, on: bool) {
        self.control("/sim/notifications", &json!({"on": on})).await;
    }

    /// Has the provider send the order's last notice again, byte for byte.
    ///
    /// # Panics
    /// When the simulator does not answer.
    pub async fn resend(&self, order: &Bought) {
        let path = format!("/sim/transactions/{}/resend", order.number);
        self.control(&path, &json!({})).await;
    }

    /// Sends a notice as it is; status and outcome.
    pub async fn hook(&self, body: impl Into<Body>) -> (u16, Value) {
        self.post("/hooks/midtrans", &[], body).await
    }

    /// A notice as the provider would sign it, of any status.
    #[must_use]
    pub fn forge(&self, notice: &Forged<'_>) -> String {
        let signature = sign(notice.order, notice.code, notice.amount, KEY);
        json!({
            "order_id": notice.order,
            "status_code": notice.code,
            "gross_amount": notice.amount,
            "signature_key": signature,
            "transaction_id": notice.transaction,
            "transaction_status": notice.status,
            "payment_type": "bank_transfer",
        })
        .to_string()
    }

    /// One number out of the database.
    ///
    /// # Panics
    /// When the question is wrong.
    pub async fn number(&self, question: &'static str) -> i64 {
        match &self.central.app.store {
            Store::Sqlite { reader, .. } => sqlx::query_scalar(question).fetch_one(reader).await,
            Store::MySql { reader, .. } => sqlx::query_scalar(question).fetch_one(reader).await,
        }
        .expect(question)
    }

    /// How often each outcome stands in the notices.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn outcomes(&self) -> BTreeMap<String, i64> {
        let question =
            "SELECT COALESCE(outcome, 'open'), COUNT(*) FROM payment_notices GROUP BY outcome";
        let rows: Vec<(String, i64)> = match &self.central.app.store {
            Store::Sqlite { reader, .. } => sqlx::query_as(question).fetch_all(reader).await,
            Store::MySql { reader, .. } => sqlx::query_as(question).fetch_all(reader).await,
        }
        .expect("outcomes");
        rows.into_iter().collect()
    }

    /// How much capacity of a type is taken.
    ///
    /// # Panics
    /// When the event cannot be loaded.
    pub async fn taken(&self, kind: usize) -> i64 {
        let event = self.central.app.event(self.event.event.id).await;
        event.expect("the event").types[kind].taken
    }

    async fn bytes(&self, request: Request<Body>) -> (u16, Vec<u8>) {
        let response = self.send(request).await;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await;
        (status, body.expect("a body").to_vec())
    }
}

impl Bought {
    /// Address of the order, or of something below it, with its secret.
    #[must_use]
    pub fn path(&self, below: &str) -> String {
        format!(
            "/api/v1/orders/{}{below}?access={}",
            self.number, self.access
        )
    }
}
