//! `sync.ingest`: scan records per second that central takes in and rules, from 8 nodes at once, on both engines,
//! beside a bare multi-row insert of the same records by 8 writers into the same engine.
//!
//! Nodes are real ones in all but their gates: their records are chained, their heads signed, and every record lets
//! a ticket in. Requests are made beforehand, so that only central's work is timed.

use std::time::Instant;

use anyhow::{Result, ensure};
use central::{app::nodes::NewEnrolment, store::Store};
use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteVec;
use support::central::{Engine, TestCentral};
use sync_protocol::{
    id::{BootId, EventId, GateId, NodeId, TicketId},
    rights::Rights,
    scan::{Action, Head, ScanRecord, Subject},
    verdict::{Decision, Reason},
    wire::v1::{EnrolRequest, SyncRequest},
};
use tokio::task::JoinSet;

use crate::figure::{Figure, Report};

const NODES: u64 = 8;
const BATCHES: u64 = 8;
const RECORDS: u64 = 1_000;
const ALL: f64 = (NODES * BATCHES * RECORDS) as f64;
/// Rows per statement of the bare insert.
const BARE_ROWS: usize = 200;

/// Measures both engines.
pub async fn run(report: &mut Report) -> Result<()> {
    for engine in Engine::both() {
        let name = format!(
            "sync.ingest.{}",
            if engine == Engine::Sqlite {
                "sqlite"
            } else {
                "mariadb"
            }
        );
        let central = TestCentral::new(engine).await;
        let logs = nodes(&central).await?;
        let bare = bare(&central.app.store, &logs).await?;
        let ruled = ruled(&central, logs).await?;
        report.add(&Figure::new(name, ruled, "scans/s").beside("bare insert", bare));
    }
    Ok(())
}

/// One node's uploads, ready to be sent.
struct Log {
    node: NodeId,
    requests: Vec<SyncRequest>,
}

async fn nodes(central: &TestCentral) -> Result<Vec<Log>> {
    let setup = central.festival().await;
    let (event, gate) = (setup.event.id, setup.gates[0].id);
    let mut logs = Vec::new();
    for number in 0..NODES {
        let wish = NewEnrolment {
            event,
            gate,
            rights: Rights::ALL,
            node_name: format!("node {number}"),
            valid_for_ms: 60_000,
        };
        let code = central.app.create_enrolment(&wish).await?;
        let key = SigningKey::from_bytes(&[u8::try_from(number)? + 1; 32]);
        let request = EnrolRequest {
            code: code.to_string(),
            public_key: key.verifying_key().to_bytes(),
            program: "bench".into(),
        };
        let node = central.app.enrol(&request).await?.node;
        logs.push(log(node, &key, event, gate, central));
    }
    Ok(logs)
}

fn log(node: NodeId, key: &SigningKey, event: EventId, gate: GateId, central: &TestCentral) -> Log {
    let mut head = Head::empty(node);
    let mut batches = Vec::new();
    for _ in 0..BATCHES {
        let mut records = Vec::new();
        for _ in 0..RECORDS {
            let bytes = record(&head, event, gate, central).to_bytes();
            head = head.follow(&bytes).expect("our own chain").0;
            records.push(ByteVec::from(bytes));
        }
        batches.push((records, head));
    }
    let requests = batches.into_iter().map(|(records, upto)| SyncRequest {
        event,
        boot: BootId::from_u128(1),
        previous: None,
        log: head.sign(key),
        upto: upto.sign(key),
        records,
        position: None,
        page_rows: 1,
        program: "bench".into(),
        config_revision: u64::MAX >> 1,
        report: None,
    });
    Log {
        node,
        requests: requests.collect(),
    }
}

fn record(head: &Head, event: EventId, gate: GateId, central: &TestCentral) -> ScanRecord {
    ScanRecord {
        node: head.node,
        seq: head.seq + 1,
        previous: head.hash,
        boot: BootId::from_u128(1),
        mono_ms: i64::try_from(head.seq).expect("small") * 700,
        wall: central.now(),
        event,
        gate,
        operator: None,
        action: Action::Entry,
        subject: Subject::Ticket(TicketId(central.app.new_id(central.now()))),
        decision: Decision::Admit,
        reason: Reason::Admitted,
        provisional: false,
        cursor: 1,
        wristband: None,
        via: None,
        answers: None,
    }
}

/// Scans per second, all nodes at once.
async fn ruled(central: &TestCentral, logs: Vec<Log>) -> Result<f64> {
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for log in logs {
        let app = central.app.clone();
        let now = central.now();
        tasks.spawn(async move {
            let mut position = None;
            let mut acknowledged = 0;
            for mut request in log.requests {
                request.position = position;
                let answer = app.sync(log.node, &request, now).await?;
                position = Some(answer.page.position);
                acknowledged = answer.acknowledged;
            }
            ensure!(
                acknowledged == BATCHES * RECORDS,
                "only {acknowledged} were acknowledged"
            );
            Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(ALL / start.elapsed().as_secs_f64())
}

/// The same records, in the same batches, by as many writers, into one bare table.
async fn bare(store: &Store, logs: &[Log]) -> Result<f64> {
    let create = "CREATE TABLE bare_records (node_id BINARY(16) NOT NULL, seq BIGINT NOT NULL, \
        record VARBINARY(1000) NOT NULL, PRIMARY KEY (node_id, seq))";
    match store {
        Store::Sqlite { writer, .. } => sqlx::query(create).execute(writer).await.map(|_| ())?,
        Store::MySql { writer, .. } => sqlx::query(create).execute(writer).await.map(|_| ())?,
    }
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for log in logs {
        let (store, node) = (store.clone(), log.node);
        let batches: Vec<Vec<ByteVec>> = log.requests.iter().map(|r| r.records.clone()).collect();
        tasks.spawn(async move { bare_log(&store, node, &batches).await });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(ALL / start.elapsed().as_secs_f64())
}

macro_rules! insert {
    ($tx:expr, $text:expr, $node:expr, $seq:expr, $rows:expr) => {{
        let mut query = sqlx::query(sqlx::AssertSqlSafe($text));
        for row in $rows {
            $seq += 1;
            query = query.bind($node.0).bind($seq).bind(row.as_slice());
        }
        query.execute(&mut **$tx).await?;
    }};
}

async fn bare_log(store: &Store, node: NodeId, batches: &[Vec<ByteVec>]) -> Result<()> {
    let places = vec!["(?, ?, ?)"; BARE_ROWS].join(", ");
    let text = format!("INSERT INTO bare_records (node_id, seq, record) VALUES {places}");
    let mut seq = 0i64;
    for batch in batches {
        let mut tx = store.begin().await?;
        for rows in batch.chunks(BARE_ROWS) {
            match &mut tx {
                central::store::Tx::Sqlite(tx) => insert!(tx, text.clone(), node, seq, rows),
                central::store::Tx::MySql(tx) => insert!(tx, text.clone(), node, seq, rows),
            }
        }
        tx.commit().await?;
    }
    Ok(())
}
