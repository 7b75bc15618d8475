//! Everything that a hostile or broken node may send is refused under a stable name, and counted under it.
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use central::http::router;
use ed25519_dalek::SigningKey;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use minicbor::bytes::ByteVec;
use support::{
    central::{Engine, TestCentral},
    naive_gate::NaiveGate,
};
use sync_protocol::{
    id::{EventId, NodeId, TicketId},
    moment::Trip,
    wire::{
        self,
        v1::{
            Challenge, ChallengeRequest, EnrolRequest, Refusal, RoundTrip, Session, SessionRequest,
            SyncRequest, WaitRequest,
        },
    },
};
use tower::ServiceExt;

const SYNC: &str = "sync";

/// A node that says whatever the test wants.
struct Liar {
    routes: Router,
    counters: PrometheusHandle,
    token: String,
}

/// One request.
struct Call<'a> {
    path: &'a str,
    version: &'a str,
    encoding: Option<&'a str>,
    token: &'a str,
    body: Vec<u8>,
}

impl Liar {
    fn call(&self, path: &'static str, body: Vec<u8>) -> Call<'_> {
        Call {
            path,
            version: "1",
            encoding: None,
            token: &self.token,
            body,
        }
    }

    fn sync(&self, request: &SyncRequest) -> Call<'_> {
        self.call(SYNC, wire::encode(request))
    }

    /// Status and body.
    async fn send(&self, call: &Call<'_>) -> (u16, Vec<u8>) {
        let mut request = Request::post(format!("/node/v1/{}", call.path))
            .header(wire::VERSION_HEADER, call.version)
            .header(header::AUTHORIZATION, format!("Bearer {}", call.token));
        if let Some(encoding) = call.encoding {
            request = request.header(header::CONTENT_ENCODING, encoding);
        }
        let request = request.body(Body::from(call.body.clone()));
        let answer = self.routes.clone().oneshot(request.expect("a request"));
        let (parts, body) = answer.await.expect("an answer").into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        (parts.status.as_u16(), body.to_vec())
    }

    /// Sends it, which must be refused under this code and counted once under it.
    async fn refused(&self, call: Call<'_>, code: &str) {
        let before = self.count(code);
        let (status, body) = self.send(&call).await;
        let refusal: Refusal = wire::decode(&body).expect("a refusal");
        assert_eq!(refusal.code, code);
        assert!((400..500).contains(&status), "{code}: {status}");
        assert_eq!(self.count(code), before + 1, "{code}");
    }

    fn count(&self, code: &str) -> u64 {
        self.read("gerbang_node_messages_refused_total", code)
    }

    /// A counter as Prometheus reads it.
    fn read(&self, name: &str, code: &str) -> u64 {
        let text = self.counters.render();
        let line = format!("{name}{{code=\"{code}\"}} ");
        let value = text.lines().find_map(|one| one.strip_prefix(&line));
        value.map_or(0, |value| value.parse().expect("a number"))
    }

    async fn challenge(&self, node: NodeId) -> Challenge {
        let call = self.call("challenge", wire::encode(&ChallengeRequest { node }));
        wire::decode(&self.send(&call).await.1).expect("a challenge")
    }

    async fn open_session(&mut self, gate: &NaiveGate) -> SessionRequest {
        let nonce = self.challenge(gate.id).await.nonce;
        let request = SessionRequest::sign(gate.id, nonce, &gate.key);
        let call = self.call("session", wire::encode(&request));
        let session: Session = wire::decode(&self.send(&call).await.1).expect("a session");
        self.token = session.token;
        request
    }
}

struct Place {
    central: TestCentral,
    north: NaiveGate,
    south: NaiveGate,
    tickets: Vec<TicketId>,
    liar: Liar,
    used: SessionRequest,
}

impl Place {
    async fn open(counters: PrometheusHandle) -> Self {
        let central = TestCentral::new(Engine::Sqlite).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 5).await;
        let north = central.enrol(&event, "Gate A", "north").await;
        let south = central.enrol(&event, "Gate B", "south").await;
        let mut liar = Liar {
            routes: router::nodes(central.app.clone()),
            counters,
            token: String::new(),
        };
        let used = liar.open_session(&north).await;
        Self {
            central,
            north,
            south,
            tickets,
            liar,
            used,
        }
    }
}

#[tokio::test]
async fn messages_that_cannot_be_read_are_counted_by_what_is_wrong_with_them() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let place = Place::open(recorder.handle()).await;
    let liar = &place.liar;
    let good = wire::encode(&place.north.request());
    let bomb = zstd::bulk::compress(&vec![0; wire::MAX_BODY + 2], 19).expect("packs");
    let plain = |body: &[u8]| liar.call(SYNC, body.to_vec());
    liar.refused(plain(b"xx"), "malformed_message").await;
    liar.refused(plain(&good[..good.len() - 1]), "malformed_message")
        .await;
    liar.refused(
        plain(&[good.as_slice(), b"x"].concat()),
        "malformed_message",
    )
    .await;
    let encoded = |encoding, body: &[u8]| Call {
        encoding: Some(encoding),
        ..plain(body)
    };
    liar.refused(encoded("zstd", &good), "malformed_body").await;
    liar.refused(encoded("zstd", &bomb), "body_too_long").await;
    liar.refused(encoded("gzip", &good), "unknown_encoding")
        .await;
    for version in ["0", "x", ""] {
        let call = Call {
            version,
            ..plain(&good)
        };
        liar.refused(call, "unknown_version").await;
    }
    for path in ["challenge", "session", "enrol", "wait"] {
        liar.refused(liar.call(path, vec![0; 5_000]), "body_too_long")
            .await;
    }
    liar.refused(liar.call("nothing", Vec::new()), "unknown_call")
        .await;
}

#[tokio::test]
async fn senders_that_are_not_who_they_say_are_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let mut place = Place::open(recorder.handle()).await;
    let liar = &place.liar;
    let request = place.north.request();
    let stranger = Call {
        token: "guessed",
        ..liar.sync(&request)
    };
    liar.refused(stranger, "unknown_token").await;
    let replayed = liar.call("session", wire::encode(&place.used));
    liar.refused(replayed, "unknown_challenge").await;
    let nonce = liar.challenge(place.north.id).await.nonce;
    let forged = SessionRequest::sign(place.north.id, nonce, &place.south.key);
    let forged = liar.call("session", wire::encode(&forged));
    liar.refused(forged, "bad_signature").await;
    let enrol = |code: &str| {
        let request = EnrolRequest {
            code: code.to_owned(),
            public_key: place.south.key.verifying_key().to_bytes(),
            program: "liar".to_owned(),
        };
        liar.call("enrol", wire::encode(&request))
    };
    liar.refused(enrol("no code at all"), "enrol_code_malformed")
        .await;
    let wait = WaitRequest {
        event: EventId::from_u128(7),
        revision: 0,
        longest_ms: 1,
    };
    liar.refused(liar.call("wait", wire::encode(&wait)), "other_event")
        .await;
    // Another node's upload, played back with this node's token; and one that was signed by nobody we know.
    place.south.admit(&place.central, place.tickets[0]);
    liar.refused(liar.sync(&place.south.request()), "bad_head_signature")
        .await;
    place.north.key = SigningKey::from_bytes(&[77; 32]);
    place.north.admit(&place.central, place.tickets[0]);
    liar.refused(liar.sync(&place.north.request()), "bad_head_signature")
        .await;
}

#[tokio::test]
async fn contents_that_contradict_what_is_known_are_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let mut place = Place::open(recorder.handle()).await;
    let (central, north, liar) = (&place.central, &mut place.north, &place.liar);
    for ticket in &place.tickets[..3] {
        north.admit(central, *ticket);
    }
    let whole = north.request();
    let changed = |change: &dyn Fn(&mut SyncRequest)| {
        let mut request = whole.clone();
        change(&mut request);
        liar.sync(&request)
    };
    let other = changed(&|request| request.event = EventId::from_u128(7));
    liar.refused(other, "other_event").await;
    let nowhere = changed(&|request| request.position = Some(ByteVec::from(vec![1, 2, 3])));
    liar.refused(nowhere, "bad_position").await;
    let many = changed(&|request| request.records = vec![ByteVec::from(vec![0]); 2_001]);
    liar.refused(many, "batch_too_large").await;
    liar.refused(
        changed(&|request| request.records[2] = ByteVec::from(vec![0])),
        "log_broken",
    )
    .await;
    liar.refused(liar.sync(&north.request_of(1, 3)), "log_gap")
        .await;
    assert_eq!(liar.read("gerbang_records_parked_total", "log_gap"), 2);
    // A clock sample that says the answer arrived a day later, or before it was asked for.
    let answer = central
        .app
        .sync(north.id, &whole, central.now())
        .await
        .expect("taken");
    for (sent_ms, got_ms) in [(0, 86_400_000), (500, 0), (0, i64::MAX)] {
        let boot = north.boot;
        let trip = Trip {
            boot,
            sent_ms,
            got_ms,
        };
        let mut request = north.request_of(3, 3);
        request.previous = Some(RoundTrip {
            round: answer.round,
            trip,
        });
        let before = liar.count("clock_sample_impossible");
        assert_eq!(
            liar.send(&liar.sync(&request)).await.0,
            200,
            "the rest of it counts"
        );
        assert_eq!(liar.count("clock_sample_impossible"), before + 1);
    }
    north.acknowledged = 3;
    north.write(central, |record| record.mono_ms = i64::MAX);
    assert_eq!(liar.send(&liar.sync(&north.request())).await.0, 200);
    assert_eq!(
        liar.read("gerbang_records_parked_total", "record_clock_impossible"),
        1
    );
    // Another log under the same name: the disk was copied. From then on everything of it is put aside.
    north.log.truncate(2);
    north.heads.truncate(3);
    north.admit(central, place.tickets[4]);
    liar.refused(liar.sync(&north.request_of(2, 3)), "log_forked")
        .await;
    liar.refused(liar.sync(&north.request_of(2, 3)), "node_quarantined")
        .await;
}

#[tokio::test]
async fn what_is_taken_in_is_counted_too() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let mut place = Place::open(recorder.handle()).await;
    let ticket = place.tickets[0];
    // South was first and reports last: north's scan is ruled anew.
    place.south.admit(&place.central, ticket);
    place.central.clock.advance_ms(60_000);
    place.north.admit(&place.central, ticket);
    place.north.sync(&place.central).await;
    place.south.sync(&place.central).await;
    let text = place.liar.counters.render();
    let count = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name));
        value.map_or(0, |value| value.trim().parse::<u64>().expect("a number"))
    };
    assert!(count("gerbang_rounds_total ") >= 2, "{text}");
    assert_eq!(count("gerbang_scans_taken_in_total "), 2);
    assert_eq!(count("gerbang_rulings_changed_total "), 1);
}
