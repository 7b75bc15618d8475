//! The Midtrans client, from the first call to the last refund.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::http::HeaderMap;
use central::payments::{
    Buyer, CreateSession, LineItem, Midtrans, MidtransConfig, PaymentProvider, PaymentStatus,
    ProviderError, ProviderVerdict, RefundWish,
};
use midtrans_sim::{Drive, Options, Running, Simulator};

const KEY: &str = "SB-Mid-server-TESTKEY123";
const START_MS: i64 = 1_764_547_200_000;
const MINUTE_MS: i64 = 60_000;

struct World {
    simulator: Running,
    midtrans: Midtrans,
    clock: Arc<AtomicI64>,
}

impl World {
    async fn new() -> World {
        let clock = Arc::new(AtomicI64::new(START_MS));
        let reading = Arc::clone(&clock);
        let options = Options::new(KEY, Arc::new(move || reading.load(Ordering::SeqCst)));
        let simulator = Simulator::start(options).await.expect("simulator");
        let midtrans = client(&simulator.base_url, KEY);
        World {
            simulator,
            midtrans,
            clock,
        }
    }

    async fn drive(&self, reference: &str, to: &str, channel: &str, customer_fee: i64) {
        let (to, channel) = (to.to_owned(), Some(channel.to_owned()));
        let drive = Drive {
            to,
            channel,
            customer_fee,
            ..Drive::default()
        };
        self.simulator
            .drive(reference, &drive)
            .await
            .expect("a documented way");
    }

    async fn paid(&self, reference: &str, channel: &str) {
        self.midtrans
            .create_session(&wish(reference))
            .await
            .expect("session");
        self.drive(reference, "settlement", channel, 0).await;
    }

    async fn status(&self, reference: &str) -> PaymentStatus {
        self.midtrans
            .status(reference)
            .await
            .expect("answer")
            .expect("a payment")
    }
}

fn client(base_url: &str, key: &str) -> Midtrans {
    Midtrans::new(MidtransConfig::at(base_url, key.to_owned().into())).expect("client")
}

fn wish(reference: &str) -> CreateSession {
    CreateSession {
        reference: reference.to_owned(),
        amount_minor: 140_000,
        currency: "IDR".to_owned(),
        items: vec![
            LineItem {
                id: "day1".to_owned(),
                name: "Festival | day 1".to_owned(),
                unit_minor: 75_000,
                quantity: 2,
            },
            LineItem {
                id: "promo".to_owned(),
                name: "Promo".to_owned(),
                unit_minor: -10_000,
                quantity: 1,
            },
        ],
        buyer: Buyer {
            name: "Siti Rahma".to_owned(),
            email: "siti@example.com".to_owned(),
            phone: "+628123456789".to_owned(),
        },
        now_ms: START_MS,
        hold_until_ms: START_MS + 15 * MINUTE_MS,
        finish_url: "https://shop.example/done".to_owned(),
    }
}

fn refund(reference: &str, key: &str, amount_minor: i64) -> RefundWish {
    RefundWish {
        reference: reference.to_owned(),
        key: key.to_owned(),
        amount_minor,
        currency: "IDR".to_owned(),
        reason: "The show was moved".to_owned(),
        channel: None,
        is_whole: false,
    }
}

#[tokio::test]
async fn every_row_reads_back_as_our_verdict() {
    use ProviderVerdict as V;
    let world = World::new().await;
    let cases = [
        ("pending", "bank_transfer", V::Pending),
        ("pending", "qris", V::Pending),
        ("authorize", "credit_card", V::Reserved),
        ("capture", "credit_card", V::Paid),
        ("challenge", "credit_card", V::Challenged),
        ("capture_deny", "credit_card", V::Denied),
        ("settlement", "credit_card", V::Paid),
        ("settlement", "bank_transfer", V::Paid),
        ("settlement", "qris", V::Paid),
        ("deny", "credit_card", V::Denied),
        ("cancel", "bank_transfer", V::Cancelled),
        ("expire", "qris", V::Expired),
        ("failure", "bank_transfer", V::Failed),
        ("refund", "qris", V::Refunded),
        ("partial_refund", "qris", V::PartlyRefunded),
        ("chargeback", "credit_card", V::Disputed),
        ("partial_chargeback", "credit_card", V::Disputed),
    ];
    for (row, channel, want) in cases {
        let reference = format!("ROW-{row}-{channel}");
        world
            .midtrans
            .create_session(&wish(&reference))
            .await
            .expect("session");
        world.drive(&reference, row, channel, 0).await;
        let status = world.status(&reference).await;
        assert_eq!(status.verdict, want, "{row} {channel}");
        assert_eq!(
            (status.amount_minor, status.reference),
            (140_000, reference)
        );
        assert_eq!(status.channel.as_deref(), Some(channel));
    }
}

#[tokio::test]
async fn a_purchase_from_session_to_settlement() {
    let world = World::new().await;
    let session = world
        .midtrans
        .create_session(&wish("BUY-1"))
        .await
        .expect("session");
    assert!(
        session
            .redirect_url
            .expect("page")
            .ends_with(&session.token)
    );
    assert_eq!(world.midtrans.status("BUY-1").await, Ok(None));
    world.drive("BUY-1", "pending", "bank_transfer", 0).await;
    let pending = world.status("BUY-1").await;
    assert_eq!(pending.pending_until_ms, Some(START_MS + 15 * MINUTE_MS));
    world.drive("BUY-1", "settlement", "bank_transfer", 0).await;
    let paid = world.status(&pending.provider_reference).await;
    assert_eq!(
        (paid.verdict, paid.settled_at_ms),
        (ProviderVerdict::Paid, Some(START_MS))
    );
}

#[tokio::test]
async fn the_hold_bounds_the_payment() {
    let world = World::new().await;
    world
        .midtrans
        .create_session(&wish("LATE-1"))
        .await
        .expect("session");
    world.drive("LATE-1", "pending", "bank_transfer", 0).await;
    world.clock.fetch_add(15 * MINUTE_MS, Ordering::SeqCst);
    assert_eq!(
        world.status("LATE-1").await.verdict,
        ProviderVerdict::Expired
    );
}

#[tokio::test]
async fn an_imposed_fee_leaves_the_order_amount_alone() {
    let world = World::new().await;
    world
        .midtrans
        .create_session(&wish("FEE-1"))
        .await
        .expect("session");
    world.drive("FEE-1", "settlement", "qris", 980).await;
    let status = world.status("FEE-1").await;
    assert_eq!(
        (status.amount_minor, status.charged_minor),
        (140_000, 140_980)
    );
}

#[tokio::test]
async fn sessions_are_replaced_taken_and_cancelled() {
    let world = World::new().await;
    let midtrans = &world.midtrans;
    let first = midtrans
        .create_session(&wish("AGAIN-1"))
        .await
        .expect("session");
    let second = midtrans
        .create_session(&wish("AGAIN-1"))
        .await
        .expect("session");
    assert_ne!(first.token, second.token);
    assert_eq!(midtrans.cancel_session(&second.token).await, Ok(()));
    assert_eq!(
        midtrans.cancel_session(&second.token).await,
        Ok(()),
        "a repeat is no error"
    );
    assert_eq!(
        midtrans.cancel_session("nobody").await,
        Err(ProviderError::UnknownPayment)
    );
    world.paid("AGAIN-2", "qris").await;
    let taken = midtrans.create_session(&wish("AGAIN-2")).await;
    assert_eq!(taken, Err(ProviderError::ReferenceTaken));
}

#[tokio::test]
async fn cancel_and_expire_work_where_allowed() {
    let world = World::new().await;
    let midtrans = &world.midtrans;
    for reference in ["END-1", "END-2"] {
        midtrans
            .create_session(&wish(reference))
            .await
            .expect("session");
        world.drive(reference, "pending", "bank_transfer", 0).await;
    }
    assert_eq!(midtrans.cancel("END-1").await, Ok(()));
    assert_eq!(midtrans.expire("END-2").await, Ok(()));
    world.paid("END-3", "bank_transfer").await;
    for refused in [
        midtrans.cancel("END-3").await,
        midtrans.expire("END-3").await,
    ] {
        let error = refused.expect_err("settled");
        assert_eq!(
            (error.code(), error.can_retry()),
            ("provider_not_allowed", false)
        );
    }
    assert_eq!(
        midtrans.expire("NOBODY").await,
        Err(ProviderError::UnknownPayment)
    );
}

#[tokio::test]
async fn a_refund_key_gives_money_back_once() {
    let world = World::new().await;
    world.paid("BACK-1", "qris").await;
    let midtrans = &world.midtrans;
    let first = midtrans
        .refund(&refund("BACK-1", "r1", 40_000))
        .await
        .expect("refund");
    assert_eq!(
        (first.verdict, first.is_repeat),
        (ProviderVerdict::PartlyRefunded, false)
    );
    let again = midtrans
        .refund(&refund("BACK-1", "r1", 40_000))
        .await
        .expect("repeat");
    assert_eq!((again.amount_minor, again.is_repeat), (40_000, true));
    let other_amount = midtrans.refund(&refund("BACK-1", "r1", 50_000)).await;
    assert!(matches!(
        other_amount,
        Err(ProviderError::Impossible { .. })
    ));
    let rest = midtrans
        .refund(&refund("BACK-1", "r2", 100_000))
        .await
        .expect("rest");
    assert_eq!(rest.verdict, ProviderVerdict::Refunded);
    assert_eq!(world.status("BACK-1").await.refunded_minor(), 140_000);
    let again = midtrans
        .refund(&refund("BACK-1", "r2", 100_000))
        .await
        .expect("repeat");
    assert!(again.is_repeat);
    world.paid("BACK-2", "bank_transfer").await;
    let refused = midtrans
        .refund(&refund("BACK-2", "r3", 1_000))
        .await
        .expect_err("no way back");
    assert_eq!(refused.code(), "provider_not_allowed");
}

#[tokio::test]
async fn errors_say_whether_to_try_again() {
    let world = World::new().await;
    let stranger = client(&world.simulator.base_url, "wrong");
    assert_eq!(stranger.status("ANY-1").await, Err(ProviderError::WrongKey));
    assert_eq!(
        stranger.create_session(&wish("ANY-1")).await,
        Err(ProviderError::WrongKey)
    );
    world.simulator.stop().await;
    let error = world
        .midtrans
        .status("ANY-1")
        .await
        .expect_err("nobody is there");
    assert_eq!(
        (error.code(), error.can_retry()),
        ("provider_unreachable", true)
    );
}

#[tokio::test]
async fn notices_are_authenticated_as_they_arrive() {
    let (url, mut received) = listen().await;
    let world = World::new().await;
    let mut config = MidtransConfig::at(&world.simulator.base_url, KEY.to_owned().into());
    config.notification_url = Some(url);
    let midtrans = Midtrans::new(config).expect("client");
    midtrans
        .create_session(&wish("TELL-1"))
        .await
        .expect("session");
    world
        .drive("TELL-1", "settlement", "bank_transfer", 0)
        .await;
    for want in [ProviderVerdict::Pending, ProviderVerdict::Paid] {
        let body = received.recv().await.expect("notice");
        let notice = midtrans
            .authenticate(&HeaderMap::new(), &body)
            .expect("authentic");
        assert_eq!(
            (notice.reference.as_str(), notice.claimed),
            ("TELL-1", want)
        );
        let other_key = client(&world.simulator.base_url, "other");
        let refused = other_key.authenticate(&HeaderMap::new(), &body);
        assert_eq!(refused, Err(ProviderError::BadSignature));
    }
}

/// A server that passes on the bodies it receives.
async fn listen() -> (String, tokio::sync::mpsc::UnboundedReceiver<Vec<u8>>) {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let receive = move |body: axum::body::Bytes| {
        let passed_on = sender.send(body.to_vec());
        async move { passed_on.expect("the test listens") }
    };
    let router = axum::Router::new().route("/notice", axum::routing::post(receive));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("free port");
    let address = listener.local_addr().expect("address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}/notice"), receiver)
}
