//! Frozen vectors, read by somebody else: Node's own cryptography and a base32 of its own.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use sync_protocol::{
    code::{Payload, TicketCode},
    id::{EventId, TicketId},
    wristband::{self, MAX_SERIAL, WristbandKey},
};

const FROZEN: &str = include_str!("../../sync-protocol/vectors/ticket-code-v1.txt");
const FROZEN_WRISTBAND: &str = include_str!("../../sync-protocol/vectors/wristband-code-v1.txt");
const EVENT: EventId = EventId::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

#[test]
fn the_frozen_ticket_code_is_what_design_says() {
    let read = ask(FROZEN.trim(), EVENT, &SigningKey::from_bytes(&[7; 32]));
    let want = json!({
        "genuine": true,
        "version": 1,
        "slot": 3,
        "ticket": "0190000000007000800000000000002a",
        "type_number": 2,
        "day_mask": 5,
        "issued_at": 1_764_547_200,
    });
    assert_eq!(read, want);
}

#[test]
fn codes_of_many_shapes_are_genuine_to_a_stranger_and_only_for_their_event() {
    let key = SigningKey::from_bytes(&[9; 32]);
    for (slot, type_number, day_mask) in [(0, 0, 0), (15, u16::MAX, u16::MAX), (7, 1, 1 << 15)] {
        let payload = Payload {
            key_slot: slot,
            ticket: TicketId::from_u128(u128::MAX - u128::from(slot)),
            type_number,
            day_mask,
            issued_at: u32::MAX,
        };
        let text = TicketCode::sign(payload, EVENT, &key).to_text();
        let read = ask(&text, EVENT, &key);
        assert_eq!(read["genuine"], true, "{read}");
        assert_eq!(
            (read["slot"].clone(), read["day_mask"].clone()),
            (slot.into(), day_mask.into())
        );
        assert_eq!(ask(&text, EventId::from_u128(2), &key)["genuine"], false);
    }
}

#[test]
fn case_33_the_frozen_wristband_code_is_genuine_to_a_stranger() {
    let key = WristbandKey([9; 32]);
    let text = FROZEN_WRISTBAND.trim();
    assert_eq!(text, wristband::code(EVENT, 258, &key), "it never changes");
    let want =
        json!({ "genuine": true, "length": 16, "version": 1, "of_event": true, "serial": 258 });
    assert_eq!(ask_wristband(text, EVENT, &key), want);
}

#[test]
fn case_33_wristband_codes_are_genuine_to_a_stranger_only_for_their_event_and_key() {
    let key = WristbandKey([1; 32]);
    for serial in [0, 1, 65_536, MAX_SERIAL] {
        let text = wristband::code(EVENT, serial, &key);
        let read = ask_wristband(&text, EVENT, &key);
        assert_eq!(
            (&read["genuine"], &read["serial"]),
            (&true.into(), &serial.into())
        );
    }
    let text = wristband::code(EVENT, 7, &key);
    let other_event = ask_wristband(&text, EventId::from_u128(2), &key);
    let other_key = ask_wristband(&text, EVENT, &WristbandKey([2; 32]));
    assert_eq!(
        (&other_event["genuine"], &other_key["genuine"]),
        (&false.into(), &false.into())
    );
}

fn ask_wristband(text: &str, event: EventId, key: &WristbandKey) -> Value {
    let input = json!({ "text": text, "event": hex(event.as_bytes()), "key": hex(&key.0) });
    node("wristband.mjs", &input)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn ask(text: &str, event: EventId, key: &SigningKey) -> Value {
    let input = json!({
        "text": text,
        "event": hex(event.as_bytes()),
        "public_key": hex(key.verifying_key().as_bytes()),
    });
    node("ticket_code.mjs", &input)
}

fn node(script: &str, input: &Value) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");
    let mut node = Command::new("node")
        .arg(format!("{folder}/{script}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node runs");
    node.stdin
        .take()
        .expect("a pipe")
        .write_all(input.to_string().as_bytes())
        .expect("Node reads");
    let output = node.wait_with_output().expect("Node ends");
    assert!(output.status.success(), "Node could not read the code");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
