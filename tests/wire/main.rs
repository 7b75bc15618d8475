//! Frozen samples of every message: what was once sent must be readable for ever, and what we send must stay the
//! same. A sample is hexadecimal CBOR in `tests/fixtures/wire/v1`; a released one is never edited.
//!
//! A new field makes `encode` differ from its sample: then keep the old sample as one that must only decode, and
//! add another beside it.
mod later;
mod sample;

use std::{fs, path::Path};

use sync_protocol::wire;

/// Compares a message with its sample, both ways.
fn check<T>(name: &str, message: &T)
where
    T: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()> + PartialEq + std::fmt::Debug,
{
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/wire/v1/{name}.hex"));
    let hex = hex(&wire::encode(message));
    let frozen = fs::read_to_string(&path).unwrap_or_default();
    let frozen: String = frozen.split_whitespace().collect();
    assert_eq!(
        hex, frozen,
        "{name} is encoded otherwise than its frozen sample"
    );
    let decoded: T = wire::decode(&bytes(&frozen)).expect("a frozen sample decodes");
    assert_eq!(&decoded, message, "{name}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digit).collect()
}

#[test]
fn every_message_is_encoded_as_it_was_frozen() {
    check("refusal", &sample::refusal());
    check("enrol_request", &sample::enrol_request());
    check("enrol_answer", &sample::enrol_answer());
    check("challenge_request", &sample::challenge_request());
    check("challenge", &sample::challenge());
    check("session_request", &sample::session_request());
    check("session", &sample::session());
    check("sync_request", &sample::sync_request());
    check("sync_request_chained", &sample::sync_request_chained());
    check("sync_request_report", &later::sync_request_report());
    check("sync_answer_assignment", &later::sync_answer_assignment());
    check("sync_answer", &sample::sync_answer());
    check("sync_answer_erase", &sample::sync_answer_erase());
    check("sync_answer_operators", &sample::sync_answer_operators());
    check("sync_answer_overrides", &sample::sync_answer_overrides());
    check("scan_record", &sample::scan_record());
    check("scan_record_answer", &sample::scan_record_answer());
    check("wait_request", &sample::wait_request());
    check("wait_answer", &sample::wait_answer());
}

#[test]
fn no_sample_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wire/v1");
    let files = fs::read_dir(folder).expect("the folder of samples");
    assert_eq!(files.count(), 19, "one file per message that is checked");
}

#[test]
fn a_field_that_we_do_not_know_yet_is_skipped() {
    let challenge = sample::challenge();
    let mut longer = wire::encode(&challenge);
    assert_eq!(longer[0], 0xa1, "a map of one field");
    longer[0] = 0xa2;
    longer.extend([0x18, 0x63, 0x01]);
    let decoded: wire::v1::Challenge = wire::decode(&longer).expect("a newer program's message");
    assert_eq!(decoded, challenge);
}
