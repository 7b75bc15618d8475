//! A merchant for tests: a simulator with a hand-moved clock, a client with the right key and a
//! server that keeps the notices it receives.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicU16, Ordering},
};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use midtrans_sim::{Drive, Options, Running, Simulator};
use serde_json::{Value, json};

pub const KEY: &str = "SB-Mid-server-TESTKEY123";
pub const START_MS: i64 = 1_764_547_200_000;

pub struct Shop {
    pub midtrans: Running,
    pub client: reqwest::Client,
    clock: Arc<AtomicI64>,
    inbox: Arc<Inbox>,
}

#[derive(Default)]
struct Inbox {
    notices: Mutex<Vec<Value>>,
    answer: AtomicU16,
}

impl Shop {
    pub async fn open() -> Shop {
        let inbox = Arc::new(Inbox {
            notices: Mutex::default(),
            answer: AtomicU16::new(200),
        });
        let clock = Arc::new(AtomicI64::new(START_MS));
        let reading = Arc::clone(&clock);
        let mut options = Options::new(KEY, Arc::new(move || reading.load(Ordering::SeqCst)));
        options.notification_url = Some(serve(Arc::clone(&inbox)).await);
        options.hurry = 100_000;
        let midtrans = Simulator::start(options).await.expect("simulator starts");
        Shop {
            midtrans,
            client: client(),
            clock,
            inbox,
        }
    }

    /// Moves the simulator's clock.
    pub fn wait(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    /// What the merchant's server answers to notices from now on.
    pub fn answer_with(&self, status: u16) {
        self.inbox.answer.store(status, Ordering::SeqCst);
    }

    pub fn notices(&self) -> Vec<Value> {
        self.inbox.notices.lock().expect("inbox").clone()
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(self.client.post(self.url(path)).json(&body))
            .await
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.client.get(self.url(path))).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = request
            .basic_auth(KEY, Some(""))
            .send()
            .await
            .expect("answer");
        (
            response.status().as_u16(),
            response.json().await.unwrap_or(Value::Null),
        )
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.midtrans.base_url)
    }

    /// Opens a page over Rp 150.000; returns its token.
    pub async fn page(&self, order_id: &str) -> String {
        let (status, body) = self.post("/snap/v1/transactions", order(order_id)).await;
        assert_eq!(status, 201, "{body}");
        body["token"].as_str().expect("token").to_owned()
    }

    /// Drives an order; returns `GET status` afterwards.
    pub async fn drive(&self, order_id: &str, to: &str, channel: &str) -> Value {
        let drive = Drive {
            to: to.to_owned(),
            channel: Some(channel.to_owned()),
            ..Drive::default()
        };
        self.midtrans
            .drive(order_id, &drive)
            .await
            .expect("a documented way");
        self.get(&format!("/v2/{order_id}/status")).await.1
    }
}

pub fn order(order_id: &str) -> Value {
    json!({
        "transaction_details": {"order_id": order_id, "gross_amount": 150_000},
        "item_details": [{"name": "Festival, day 1", "price": 75_000, "quantity": 2}],
    })
}

/// A client that follows nothing, so that redirects can be looked at.
pub fn client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("client")
}

async fn serve(inbox: Arc<Inbox>) -> String {
    let router = Router::new()
        .route("/notice", post(receive))
        .with_state(inbox);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("free port");
    let address = listener.local_addr().expect("address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/notice")
}

async fn receive(State(inbox): State<Arc<Inbox>>, body: String) -> StatusCode {
    let notice = serde_json::from_str(&body).expect("notices are JSON");
    inbox.notices.lock().expect("inbox").push(notice);
    StatusCode::from_u16(inbox.answer.load(Ordering::SeqCst)).expect("status")
}
