//! Taking nodes in, believing them, and sending them away.
use central::app::nodes::{NewEnrolment, NodeError};
use ed25519_dalek::SigningKey;
use support::{
    central::{Engine, TestCentral},
    festival::gate,
};
use sync_protocol::{
    id::NodeId,
    wire::v1::{EnrolRequest, Order, SessionRequest},
};

const HOUR: i64 = 3_600_000;

fn request(code: &str, seed: u8) -> EnrolRequest {
    EnrolRequest {
        code: code.to_owned(),
        public_key: SigningKey::from_bytes(&[seed; 32])
            .verifying_key()
            .to_bytes(),
        program: "test".into(),
    }
}

fn code_of<T: std::fmt::Debug>(outcome: Result<T, NodeError>) -> &'static str {
    outcome.expect_err("refused").code()
}

#[tokio::test]
async fn a_code_is_good_once_for_one_hour_and_for_one_key() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let wish = |name: &str| NewEnrolment {
            rights: sync_protocol::rights::Rights::ALL,
            event: event.event.id,
            gate: gate(&event, "Gate A"),
            node_name: name.into(),
            valid_for_ms: HOUR,
        };
        let app = &central.app;
        let code = app.create_enrolment(&wish("north")).await.expect("a code");
        assert_eq!(
            code.authority, None,
            "this central has no authority of its own"
        );
        let text = code.secret_text();

        let first = app.enrol(&request(&text, 1)).await.expect("taken in");
        assert_eq!(
            (first.event, first.gate, first.name.as_str()),
            (event.event.id, wish("").gate, "north")
        );
        let again = app
            .enrol(&request(&text.to_lowercase(), 1))
            .await
            .expect("its answer was lost");
        assert_eq!(again.node, first.node);

        assert_eq!(
            code_of(app.enrol(&request(&text, 2)).await),
            "enrol_code_used"
        );
        assert_eq!(
            code_of(app.enrol(&request("7K3M-09QF-X2ZD-4A8T", 3)).await),
            "enrol_code_unknown"
        );
        assert_eq!(
            code_of(app.enrol(&request("no code", 3)).await),
            "enrol_code_malformed"
        );
        let late = app.create_enrolment(&wish("late")).await.expect("a code");
        central.clock.advance_ms(HOUR);
        assert_eq!(
            code_of(app.enrol(&request(&late.secret_text(), 4)).await),
            "enrol_code_expired"
        );

        assert_eq!(
            code_of(app.create_enrolment(&wish("north")).await),
            "node_name_taken"
        );
        assert_eq!(code_of(app.create_enrolment(&wish(" ")).await), "node_name");
        let elsewhere = NewEnrolment {
            gate: sync_protocol::id::GateId::from_u128(1),
            ..wish("x")
        };
        assert_eq!(
            code_of(app.create_enrolment(&elsewhere).await),
            "unknown_gate"
        );
        let weak = EnrolRequest {
            public_key: [0; 32],
            ..request(&late.secret_text(), 5)
        };
        assert_eq!(code_of(app.enrol(&weak).await), "bad_public_key");
    }
}

#[tokio::test]
async fn case_26_a_session_needs_the_nodes_own_signature_and_each_challenge_counts_once() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let (north, south) = (
            central.enrol(&event, "Gate A", "north").await,
            central.enrol(&event, "Gate B", "south").await,
        );
        let app = &central.app;

        let nonce = app.challenge(north.id).await.expect("a challenge").nonce;
        let signed = SessionRequest::sign(north.id, nonce, &north.key);
        let session = app.open_session(&signed).await.expect("a session");
        assert_eq!(
            app.node_of_token(&session.token).await.expect("known").id,
            north.id
        );
        assert_eq!(
            code_of(app.open_session(&signed).await),
            "unknown_challenge",
            "replayed"
        );
        assert_eq!(code_of(app.node_of_token("guess").await), "unknown_token");

        let nonce = app.challenge(north.id).await.expect("a challenge").nonce;
        let forged = SessionRequest::sign(north.id, nonce, &south.key);
        assert_eq!(code_of(app.open_session(&forged).await), "bad_signature");
        let nonce = app.challenge(north.id).await.expect("a challenge").nonce;
        let borrowed = SessionRequest::sign(south.id, nonce, &south.key);
        assert_eq!(
            code_of(app.open_session(&borrowed).await),
            "unknown_challenge"
        );
        let nonce = app.challenge(north.id).await.expect("a challenge").nonce;
        central.clock.advance_ms(61_000);
        let slow = SessionRequest::sign(north.id, nonce, &north.key);
        assert_eq!(code_of(app.open_session(&slow).await), "unknown_challenge");
        let unknown = NodeId::from_u128(7);
        let nonce = app
            .challenge(unknown)
            .await
            .expect("tells nobody which nodes there are")
            .nonce;
        let nobody = SessionRequest::sign(unknown, nonce, &north.key);
        assert_eq!(
            code_of(app.open_session(&nobody).await),
            "unknown_challenge"
        );

        central.clock.advance_ms(session.lasts_ms);
        assert_eq!(
            code_of(app.node_of_token(&session.token).await),
            "unknown_token",
            "it is over"
        );
        assert!(app.sweep_sessions().await.expect("swept") >= 2);
    }
}

#[tokio::test]
async fn case_16_a_revoked_node_is_told_to_erase_and_its_scans_are_kept() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let tickets = central.sell(&event, 4).await;
        let mut stolen = central.enrol(&event, "Gate A", "stolen").await;
        let mut other = central.enrol(&event, "Gate B", "other").await;
        stolen.sync(&central).await;
        let scan = stolen.admit(&central, tickets[0]);
        central.app.revoke_node(stolen.id).await.expect("known");

        let answer = stolen.sync(&central).await;
        assert_eq!(answer.order, Some(Order::Erase));
        assert_eq!(answer.acknowledged, 1, "its scan was taken");
        assert!(answer.page.tickets.is_empty() && answer.page.manifest.is_none());
        assert!(
            answer.lease_until <= central.now(),
            "it may decide nothing more"
        );
        other.sync(&central).await;
        assert!(other.ruling(scan).is_some(), "the others are told of it");
        assert_eq!(
            code_of(central.app.revoke_node(NodeId::from_u128(9)).await),
            "unknown_node"
        );
    }
}
