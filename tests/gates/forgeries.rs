//! Files that are not what they say: forged, foreign, replayed, bombs.
use ed25519_dalek::SigningKey;
use edge_node::bundle::{export::Options, file::pack};
use support::central::Engine;
use sync_protocol::bundle::{AnswerCover, Kind, LogCover, Writer};

use crate::{
    sticks::{Stick, answer, carry, frames, log_of, take},
    venue::{HOUR, MINUTE, Venue},
};

/// Frames sealed by a key of the test's choice.
fn sealed(kind: Kind, frames: &[Vec<u8>], key: &SigningKey) -> Vec<u8> {
    let (mut writer, mut file) = Writer::begin(kind);
    frames
        .iter()
        .for_each(|frame| file.extend(writer.frame(frame)));
    file.extend(writer.seal(key));
    file
}

#[tokio::test]
async fn case_26_a_log_under_another_nodes_name_is_refused_and_changes_nothing() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        let north = log_of(&venue.north);
        let own = frames(&north, Kind::Log);
        let thief = venue.south.node.key();
        let foreign = {
            let cover = LogCover {
                node: venue.south.id(),
                event: venue.event.event.id,
                made_at: venue.central.now(),
                program: "1".into(),
                after: 0,
                upto: 1,
            };
            sealed(Kind::Log, &[pack(&cover), own[1].clone()], thief)
        };
        let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 19).expect("packs");
        let key = venue.north.node.key();
        for (file, code) in [
            (sealed(Kind::Log, &own, thief), "bundle_forged"),
            (foreign, "bad_head_signature"),
            (
                sealed(Kind::Log, &[own[0].clone(), bomb], key),
                "bundle_not_unpacked",
            ),
            (
                sealed(Kind::Log, &[own[0].clone(), own[0].clone()], key),
                "bundle_malformed",
            ),
            (sealed(Kind::Log, &own[..1], key), "bundle_malformed"),
            (sealed(Kind::Log, &[], key), "bundle_malformed"),
            (north[..north.len() - 1].to_vec(), "bundle_truncated"),
            (sealed(Kind::Answer, &own, key), "bundle_other_way"),
        ] {
            let refused = carry(&venue, &file).await.expect_err(code);
            assert_eq!(refused.code(), code, "{refused}");
        }
        assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 0);
        assert_eq!(venue.number("SELECT COUNT(*) FROM parked_records").await, 0);
        let active = "SELECT COUNT(*) FROM nodes WHERE status = 'active'";
        assert_eq!(venue.number(active).await, 2);
        carry(&venue, &north).await.expect("the real one");
    }
}

#[tokio::test]
async fn case_26_replayed_forged_and_foreign_answers_are_refused_by_the_gate() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        let stick = Stick::new();
        stick
            .write(&venue.north, Options::default())
            .expect("written");
        venue.pass(MINUTE);
        let file = answer(&venue, &venue.north).await;
        let mut parts = frames(&file, Kind::Answer);
        let stranger = SigningKey::from_bytes(&[9; 32]);
        let forged = sealed(Kind::Answer, &parts, &stranger);
        assert_eq!(
            take(&venue.north, &forged).expect_err("forged").code(),
            "bundle_forged"
        );
        let cover = AnswerCover {
            node: venue.north.id(),
            event: venue.event.event.id,
            made_at: venue.central.now().plus_ms(HOUR),
            slot: 7,
        };
        parts[0] = pack(&cover);
        let unknown = sealed(Kind::Answer, &parts, &stranger);
        assert_eq!(
            take(&venue.north, &unknown).expect_err("slot").code(),
            "event_key_unknown"
        );
        let foreign = take(&venue.south, &file).expect_err("not for south");
        assert_eq!(foreign.code(), "answer_for_other_node");
        let log = take(&venue.north, &stick.bytes()).expect_err("a log");
        assert_eq!(log.code(), "bundle_other_way");
        take(&venue.north, &file).expect("taken in");
        let lease = venue.north.status().lease_until;
        assert_eq!(
            take(&venue.north, &file).expect_err("replayed").code(),
            "answer_old"
        );
        // Made later from the same export, but the replica has gone on since.
        venue.central.sell_to(&venue.event, 0, 1, &["Budi"]).await;
        venue.pass(MINUTE);
        let current = answer(&venue, &venue.north).await;
        take(&venue.north, &current).expect("taken in");
        venue.central.sell_to(&venue.event, 0, 1, &["Citra"]).await;
        venue.pass(MINUTE);
        let old = carry(&venue, &stick.bytes()).await.expect("nothing new");
        let old = venue.central.app.answer_log(&old).await.expect("an answer");
        let refused = take(&venue.north, &old).expect_err("behind");
        assert_eq!(refused.code(), "answer_does_not_fit");
        assert!(venue.north.status().replica.complete);
        assert!(venue.north.status().lease_until > lease);
        venue.pass(MINUTE);
        venue.north.sync(&venue.central).await;
        assert_eq!(
            take(&venue.north, &current).expect_err("overtaken").code(),
            "answer_old"
        );
    }
}
