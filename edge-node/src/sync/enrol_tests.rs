//! Enrolment against a real TLS server with an authority of its own.

use std::sync::atomic::{AtomicU32, Ordering};

use ambient::{ManualClock, SeededEntropy};
use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use minicbor::bytes::ByteVec;
use sync_protocol::{
    id::{EventId, GateId, NodeId},
    wire::{self, v1::Refusal},
};

use super::*;
use crate::{
    sync::test_server::{Authority, Server},
    testing::{EVENT, Gate, valid},
};

const NOW: Timestamp = Timestamp(1_893_456_000_000);

/// A central that takes in whoever comes, and names `authority` as its own.
struct Central {
    server: Server,
    asked: Arc<AtomicU32>,
}

async fn central(ours: &Authority, named: Option<&Authority>) -> Central {
    let asked = Arc::new(AtomicU32::new(0));
    let answer = EnrolAnswer {
        node: NodeId::from_u128(9),
        name: "East 1".to_owned(),
        event: EventId::from_u128(1),
        gate: GateId::from_u128(2),
        authority: named.map(|authority| ByteVec::from(authority.der.to_vec())),
        now: NOW,
    };
    let counted = Arc::clone(&asked);
    let enrol = async move |body: Bytes| {
        counted.fetch_add(1, Ordering::Relaxed);
        let request: EnrolRequest = wire::decode(&body).expect("a request");
        match request.code.as_str() {
            "0000-0000-0000-0000" => (StatusCode::OK, wire::encode(&answer)),
            _ => (StatusCode::FORBIDDEN, refusal()),
        }
    };
    let router = Router::new().route("/node/v1/enrol", post(enrol));
    let server = ours.serve((2025, 2040), router).await;
    Central { server, asked }
}

fn refusal() -> Vec<u8> {
    wire::encode(&Refusal {
        code: "enrol_code_used".to_owned(),
        message: "This code was used.".to_owned(),
        acknowledged: None,
    })
}

fn code(secret: u8, authority: &Authority) -> String {
    let code = EnrolCode {
        secret: [secret; 10],
        authority: Some(Fingerprint::of(&authority.der)),
    };
    code.to_string().to_lowercase()
}

async fn try_enrol(home: &Path, central: &Central, code: &str) -> Result<Node, String> {
    let clock = Arc::new(ManualClock::new(NOW, &SeededEntropy::new(1)));
    let address = format!("{}/", central.server.address);
    let enrolled = enrol(home, &address, code, clock, &SeededEntropy::new(2)).await;
    enrolled.map_err(|error| error.code().to_owned())
}

#[tokio::test]
async fn a_code_becomes_a_node_that_trusts_this_authority_alone() {
    let ours = Authority::new();
    let central = central(&ours, Some(&ours)).await;
    let home = tempfile::tempdir().expect("a folder");
    let node = try_enrol(home.path(), &central, &code(0, &ours))
        .await
        .expect("enrolled");
    let identity = node.identity();
    assert_eq!(identity.answer.name, "East 1");
    assert_eq!(identity.central, central.server.address);
    assert_eq!(
        identity.answer.authority.as_deref(),
        Some(&ours.der.to_vec())
    );
    let transport = transport_of(&node).expect("a transport");
    let request = EnrolRequest {
        code: "again".to_owned(),
        public_key: [0; 32],
        program: String::new(),
    };
    let answer: Result<EnrolAnswer, _> = call(&transport, ENROL, &request, None).await;
    assert_eq!(
        answer.expect_err("used").code(),
        "enrol_code_used",
        "it is trusted from now on"
    );
}

#[tokio::test]
async fn what_goes_wrong_is_named_and_leaves_no_node() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let good = central(&ours, Some(&ours)).await;
    let forgetful = central(&ours, None).await;
    let lying = central(&ours, Some(&theirs)).await;
    let home = tempfile::tempdir().expect("a folder");
    for (central, code, expected) in [
        (&good, "0000-0000".to_owned(), "bad_enrol_code"),
        (&good, code(0, &theirs), "central_untrusted"),
        (&good, "0000-0000-0000-0000".to_owned(), "central_untrusted"),
        (&good, code(1, &ours), "enrol_code_used"),
        (&forgetful, code(0, &ours), "authority_mismatch"),
        (&lying, code(0, &ours), "authority_mismatch"),
    ] {
        let refused = try_enrol(home.path(), central, &code).await;
        assert_eq!(refused.err().as_deref(), Some(expected), "{code}");
    }
    try_enrol(home.path(), &good, &code(0, &ours))
        .await
        .expect("the folder is still free");
}

#[tokio::test]
async fn a_folder_with_a_node_costs_no_code() {
    let ours = Authority::new();
    let central = central(&ours, Some(&ours)).await;
    let home = tempfile::tempdir().expect("a folder");
    drop(
        try_enrol(home.path(), &central, &code(0, &ours))
            .await
            .expect("enrolled"),
    );
    let again = try_enrol(home.path(), &central, &code(0, &ours)).await;
    assert_eq!(again.err().as_deref(), Some("already_enrolled"));
    assert_eq!(central.asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_folder_with_an_earlier_nodes_remains_costs_no_code() {
    let ours = Authority::new();
    let central = central(&ours, Some(&ours)).await;
    for kept in [
        &["log.db"][..],
        &["replica.db"],
        &["log.db", "log.db-wal", "replica.db", "replica.db-wal"],
    ] {
        let Gate { node, home, .. } = Gate::with(&[valid(1)]);
        drop(node);
        for entry in std::fs::read_dir(home.path()).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name();
            if !kept.iter().any(|kept| name == *kept) {
                std::fs::remove_file(entry.path()).expect("removed");
            }
        }
        let refused = try_enrol(home.path(), &central, &code(0, &ours)).await;
        assert_eq!(
            refused.err().as_deref(),
            Some("home_has_remains"),
            "{kept:?}"
        );
    }
    assert_eq!(central.asked.load(Ordering::Relaxed), 0);
}

#[test]
fn a_replica_of_another_event_is_not_opened() {
    let Gate { node, home, .. } = Gate::with(&[valid(1)]);
    drop(node);
    let papers = home.path().join("node.json");
    let text = std::fs::read_to_string(&papers).expect("papers");
    let (event, other) = (EVENT.to_string(), EventId::from_u128(99).to_string());
    assert!(text.contains(&event), "{text}");
    std::fs::write(&papers, text.replace(&event, &other)).expect("written");
    let clock = Arc::new(ManualClock::new(NOW, &SeededEntropy::new(1)));
    let refused = Node::open(home.path(), clock).err().expect("refused");
    assert_eq!(refused.code(), "replica_of_other_event");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_found_before_the_code_is_used() {
    let ours = Authority::new();
    let central = central(&ours, Some(&ours)).await;
    // Not even root makes files there.
    let refused = try_enrol(Path::new("/proc/self"), &central, &code(0, &ours)).await;
    assert_eq!(refused.err().as_deref(), Some("file_failed"));
    assert_eq!(central.asked.load(Ordering::Relaxed), 0);
}
