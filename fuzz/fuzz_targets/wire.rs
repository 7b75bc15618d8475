//! Any bytes as any message: decoding never panics, and what is decoded encodes and decodes to the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sync_protocol::wire::{self, v1};

macro_rules! check {
    ($bytes:expr, $($message:ty),+) => {$(
        if let Ok(message) = wire::decode::<$message>($bytes) {
            let again = wire::decode::<$message>(&wire::encode(&message)).expect("our own bytes");
            assert_eq!(again, message);
        }
    )+};
}

fuzz_target!(|bytes: &[u8]| {
    check!(bytes, v1::EnrolRequest, v1::EnrolAnswer, v1::Challenge, v1::SessionRequest, v1::Session);
    check!(bytes, v1::SyncRequest, v1::SyncAnswer, v1::Refusal, v1::ChallengeRequest);
    check!(bytes, v1::WaitRequest, v1::WaitAnswer);
});
