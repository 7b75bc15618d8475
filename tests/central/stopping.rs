//! Stopping a real central under load, and what it says of itself meanwhile.
use std::{
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use central::store::Store;
use serde_json::{Value, json};
use support::{
    box_office::BoxOffice,
    central::{Engine, TestCentral},
    http::client,
    mariadb::MariaDb,
    panel::Desk,
    program::{self, Running},
    shop::IDENTITY,
};
use tempfile::TempDir;

struct Served {
    office: BoxOffice,
    folder: TempDir,
    central: Running,
    url: String,
    metrics: String,
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

async fn serve(engine: Engine) -> Served {
    let folder = TempDir::new().expect("a folder");
    let office = match engine {
        Engine::Sqlite => BoxOffice::open(folder.path()).await,
        Engine::MariaDb => {
            let database = MariaDb::shared().await.fresh_database().await;
            BoxOffice::open_at(folder.path(), database).await
        }
    };
    let office = office.expect("a database");
    let (public, metrics) = (free_port(), free_port());
    let mut command = office.central().expect("it was built");
    command
        .arg("serve")
        .env("LISTEN", format!("127.0.0.1:{public}"))
        .env("METRICS_LISTEN", format!("127.0.0.1:{metrics}"))
        .env("NODE_LISTEN", "off")
        .env("RATE_LIMITS", "off")
        .env("LOG_FORMAT", "json")
        .env("LOG", "debug,sqlx=info,hyper=info");
    let mut central = program::start(command, "central", folder.path()).expect("it starts");
    let url = format!("http://127.0.0.1:{public}");
    central
        .answers(&format!("{url}/healthz"))
        .await
        .expect("it answers");
    Served {
        office,
        folder,
        central,
        url,
        metrics: format!("http://127.0.0.1:{metrics}/metrics"),
    }
}

async fn text(url: &str) -> (u16, String) {
    let answer = client().get(url).send().await.expect("an answer");
    (
        answer.status().as_u16(),
        answer.text().await.expect("a text"),
    )
}

fn wish(office: &BoxOffice, n: usize) -> Value {
    json!({
        "event": office.event.event.slug,
        "buyer": {
            "full_name": "Siti Rahma",
            "identity_type": "ktp",
            "identity_number": IDENTITY,
            "email": format!("siti{n}@example.id"),
            "whatsapp_number": "0812-3456-7890",
        },
        "language": "en",
        "items": [{"ticket_type_id": office.event.types[0].id, "quantity": 1}],
    })
}

/// Orders until central is gone; numbers that were answered, and answers that were none of ours.
async fn buy(
    url: String,
    wish: Value,
    buyer: usize,
    answered: Arc<Mutex<Vec<String>>>,
    go_on: Arc<AtomicBool>,
) -> Vec<u16> {
    let (client, mut strange) = (client(), Vec::new());
    for n in 0.. {
        if !go_on.load(Ordering::Relaxed) {
            break;
        }
        let asked = client
            .post(format!("{url}/api/v1/orders"))
            .header("idempotency-key", format!("buyer-{buyer:03}-{n:06}"))
            .json(&wish);
        // No connection, or one that ended: central stops, and the buyer asks again under the same key.
        let Ok(answer) = asked.send().await else {
            continue;
        };
        let status = answer.status().as_u16();
        match answer.json::<Value>().await {
            Ok(order) if status == 201 => {
                let number = order["number"].as_str().expect("a number").to_owned();
                answered.lock().expect("a list").push(number);
            }
            _ => strange.push(status),
        }
    }
    strange
}

#[tokio::test(flavor = "multi_thread")]
async fn a_central_that_is_stopped_under_load_loses_nothing_that_it_answered() {
    for engine in Engine::both() {
        let served = serve(engine).await;
        let answered: Arc<Mutex<Vec<String>>> = Arc::default();
        let go_on = Arc::new(AtomicBool::new(true));
        let buyers: Vec<_> = (0..12)
            .map(|n| {
                let wish = wish(&served.office, n);
                tokio::spawn(buy(
                    served.url.clone(),
                    wish,
                    n,
                    answered.clone(),
                    go_on.clone(),
                ))
            })
            .collect();
        while answered.lock().expect("a list").len() < 60 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let status = served.central.stop_with_status().await.expect("it stops");
        assert!(status.success(), "{engine:?}: {status}");
        go_on.store(false, Ordering::Relaxed);
        let mut strange = Vec::new();
        for buyer in buyers {
            strange.extend(buyer.await.expect("a buyer"));
        }
        assert!(
            strange.is_empty(),
            "{engine:?}: answers that were none: {strange:?}"
        );
        let answered = answered.lock().expect("a list").clone();
        let store = &served.office.app.store;
        for number in &answered {
            let mut tx = store.read().await.expect("a snapshot");
            let order = central::store::order::by_number(&mut tx, number).await;
            assert!(
                order.expect("a row").is_some(),
                "{engine:?}: {number} was answered and is lost"
            );
        }
        let log = std::fs::read_to_string(served.folder.path().join("central.log")).expect("a log");
        for said in ["\"stopping\"", "\"stopped\""] {
            assert!(
                log.contains(said),
                "{engine:?}: {said}:\n{}",
                log.lines().last().unwrap_or_default()
            );
        }
        assert!(
            !log.contains("did not finish"),
            "the worker's steps were finished"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_found_in_the_log_by_its_number_and_so_is_a_run_of_the_worker() {
    let served = serve(Engine::Sqlite).await;
    let asked = client()
        .get(format!("{}/events/nowhere", served.url))
        .send()
        .await;
    let answer = asked.expect("an answer");
    let id = answer.headers()["x-request-id"]
        .to_str()
        .expect("text")
        .to_owned();
    let path = served.folder.path().join("central.log");
    served.central.stop_with_status().await.expect("it stops");
    let log = std::fs::read_to_string(path).expect("a log");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let of_request = |line: &&Value| {
        line["span"]["id"] == json!(id) && line["span"]["path"] == json!("/events/nowhere")
    };
    assert!(lines.iter().any(|line| of_request(&line)), "{id}:\n{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_and_counters_say_how_it_goes_by_documented_names() {
    let served = serve(Engine::Sqlite).await;
    let (status, ready) = text(&format!("{}/readyz", served.url)).await;
    assert_eq!(
        (status, ready.as_str()),
        (
            200,
            "ready\ndatabase: ok\nschema: ok\ndisk: ok\nworker: ok\n"
        )
    );
    text(&format!("{}/", served.url)).await;
    let (_, counters) = text(&served.metrics).await;
    for line in [
        "gerbang_http_seconds_bucket{route=\"/\",method=\"GET\",class=\"2xx\",le=\"10\"} 1",
        "gerbang_database_connections{pool=\"writer\",state=\"idle\"}",
        "gerbang_worker_step_age_seconds{step=\"expire_holds\"}",
        "gerbang_worker_step_failures{step=\"send_letters\"} 0",
        "gerbang_outbox_waiting{kind=\"tickets_mail\"} 0",
    ] {
        assert!(counters.contains(line), "{line}:\n{counters}");
    }
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let page = std::fs::read_to_string(page).expect("the page");
    for name in central::counter::NAMES {
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/operations.md does not say what {name} is"
        );
    }
    // A newer program has been at the database: this one must get no more work.
    if let Store::Sqlite { writer, .. } = &served.office.app.store {
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
            VALUES (9999, 'later', 1, 'x', 0)";
        sqlx::query(newer).execute(writer).await.expect("a row");
    }
    let unfit = async {
        loop {
            let (status, ready) = text(&format!("{}/readyz", served.url)).await;
            if status == 503 {
                break ready;
            }
        }
    };
    let ready = tokio::time::timeout(Duration::from_secs(20), unfit).await;
    let ready = ready.expect("an answer holds for a second");
    assert!(
        ready.contains("not ready") && ready.contains("schema: newer than this program"),
        "{ready}"
    );
    let (status, _) = text(&format!("{}/healthz", served.url)).await;
    assert_eq!(status, 200, "it runs all the same");
}

#[tokio::test]
async fn readiness_takes_no_writer() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let writing = central.app.store.begin().await.expect("the writer");
        let mut desk = Desk::new(&central);
        let asked = tokio::time::timeout(Duration::from_secs(5), desk.get("/readyz"));
        let seen = asked.await.expect("it does not wait for the writer");
        assert_eq!(seen.status, 200, "{engine:?}: {}", seen.page);
        drop(writing);
    }
}

#[tokio::test]
async fn whoever_asks_for_readiness_often_asks_the_database_once_a_second() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut desk = Desk::new(&central);
    assert_eq!(desk.get("/readyz").await.status, 200);
    central.app.store.close().await;
    assert_eq!(desk.get("/readyz").await.status, 200, "as it was just now");
    central.clock.advance_ms(1_000);
    let seen = desk.get("/readyz").await;
    assert_eq!(seen.status, 503);
    assert!(
        seen.page.contains("database: does not answer"),
        "{}",
        seen.page
    );
}
