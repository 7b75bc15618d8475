//! Any bytes as a file from a stick, as its frames, and as what is in them: reading never panics, what is sealed comes
//! back, and a chain is followed to its first fault.

#![no_main]

use ed25519_dalek::SigningKey;
use libfuzzer_sys::fuzz_target;
use sync_protocol::{
    bundle::{AnswerCover, AnswerSheet, Kind, LogCover, Sealed, Writer},
    scan::Head,
    wire::{self, v1::SyncRequest},
};

macro_rules! check {
    ($bytes:expr, $($message:ty),+) => {$(
        if let Ok(message) = wire::decode::<$message>($bytes) {
            let again = wire::decode::<$message>(&wire::encode(&message)).expect("our own bytes");
            assert_eq!(again, message);
        }
    )+};
}

fuzz_target!(|bytes: &[u8]| {
    for kind in [Kind::Log, Kind::Answer] {
        if let Ok(sealed) = Sealed::read(bytes, kind) {
            assert!(sealed.frames.iter().all(|frame| !frame.is_empty()));
        }
        resealed(bytes, kind);
    }
    check!(bytes, LogCover, AnswerCover, AnswerSheet, SyncRequest);
    if let Ok(request) = wire::decode::<SyncRequest>(bytes) {
        let mut head = Head::empty(request.log.head.node);
        for record in &request.records {
            match head.follow(record) {
                Ok((next, _)) => head = next,
                Err(_) => break,
            }
        }
    }
});

/// The bytes cut into frames by their first byte, sealed, and read again.
fn resealed(bytes: &[u8], kind: Kind) {
    let Some((length, rest)) = bytes.split_first() else {
        return;
    };
    let frames: Vec<_> = rest.chunks(usize::from(*length).max(1)).collect();
    let key = SigningKey::from_bytes(&[1; 32]);
    let (mut writer, mut file) = Writer::begin(kind);
    frames
        .iter()
        .for_each(|frame| file.extend(writer.frame(frame)));
    file.extend(writer.seal(&key));
    let sealed = Sealed::read(&file, kind).expect("our own file");
    assert_eq!(sealed.frames, frames);
    assert_eq!(sealed.verify(&key.verifying_key()), Ok(()));
    let place = usize::from(*length) % file.len();
    file[place] ^= 1 | length;
    assert!(Sealed::read(&file, kind).is_err());
}
