//! What the log says at its most talkative, and what it never says.
use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use support::{
    central::Engine,
    shop::{Forged, IDENTITY, KEY, Shop},
};
use tracing_subscriber::{fmt::MakeWriter, util::SubscriberInitExt};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("unpoisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_holds_neither_identity_numbers_nor_links_nor_keys() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    let subscriber = subscriber.with_ansi(false).with_writer(log.clone());
    let _guard = subscriber.finish().set_default();

    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("talkative-log", &[(0, 1)]).await;
    let mut wrong = shop.wish(&[(0, 1)]);
    wrong["buyer"]["identity_number"] = format!("{IDENTITY}9").into();
    assert_eq!(shop.place("wrong-number", &wrong).await.0, 422);
    let forged = Forged {
        order: &order.number,
        code: "200",
        amount: "150000.00",
        transaction: "t",
        status: "settlement",
    };
    let spoiled = shop
        .forge(&forged)
        .replace("\"signature_key\":\"", "\"signature_key\":\"0");
    assert_eq!(shop.hook(spoiled).await.0, 401);
    shop.drive(&order, "settlement").await;
    assert_eq!(shop.get(&order.path("/invoice.pdf")).await.0, 200);

    let text = String::from_utf8_lossy(&log.0.lock().expect("unpoisoned")).into_owned();
    assert!(
        text.contains("bad_signature") && text.contains("outcome=\"paid\""),
        "the log was captured"
    );
    let basic = "U0ItTWlkLXNlcnZlci1URVNUS0VZMTIz";
    for secret in [
        IDENTITY,
        &order.access,
        KEY,
        basic,
        "siti@example.id",
        "81234567890",
    ] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} in the log");
    }
}
