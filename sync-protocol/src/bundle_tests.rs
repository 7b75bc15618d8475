//! Whatever is done to a file, it is refused with a name.

use proptest::prelude::*;

use super::*;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn file(kind: Kind, frames: &[&[u8]]) -> Vec<u8> {
    let (mut writer, mut file) = Writer::begin(kind);
    for frame in frames {
        file.extend(writer.frame(frame));
    }
    file.extend(writer.seal(&key()));
    file
}

fn refused(file: &[u8]) -> BundleError {
    Sealed::read(file, Kind::Log).expect_err("refused")
}

#[test]
fn frames_come_back_in_order_and_are_signed() {
    let file = file(Kind::Log, &[b"cover", b"first", b"second"]);
    let sealed = Sealed::read(&file, Kind::Log).expect("whole");
    assert_eq!(sealed.frames, [b"cover".as_slice(), b"first", b"second"]);
    assert_eq!(sealed.verify(&key().verifying_key()), Ok(()));
    let stranger = SigningKey::from_bytes(&[2; 32]).verifying_key();
    assert_eq!(sealed.verify(&stranger), Err(BundleError::Forged));
}

#[test]
fn case_26_a_byte_altered_anywhere_a_cut_anywhere_and_what_is_added_are_refused() {
    let file = file(Kind::Log, &[b"cover", b"records"]);
    for place in 0..file.len() {
        for bit in 0..8 {
            let mut altered = file.clone();
            altered[place] ^= 1 << bit;
            assert!(!refused(&altered).code().is_empty(), "byte {place}");
        }
        let cut = refused(&file[..place]);
        let named = [
            BundleError::NotABundle,
            BundleError::Truncated,
            BundleError::Damaged,
        ];
        assert!(named.contains(&cut), "{place}: {cut}");
    }
    assert_eq!(refused(&[file, vec![0]].concat()).code(), "bundle_damaged");
}

#[test]
fn each_refusal_has_its_name() {
    let log = file(Kind::Log, &[b"cover"]);
    let with = |place: usize, byte: u8| {
        let mut altered = log.clone();
        altered[place] = byte;
        altered
    };
    let long = [log[..BEGIN].to_vec(), vec![0xFF; 200]].concat();
    let far = [log[..BEGIN].to_vec(), vec![0, 0, 2, 0], vec![7; 200]].concat();
    for (bytes, code) in [
        (b"PK\x03\x04 a picture".to_vec(), "not_a_bundle"),
        (with(14, 2), "bundle_version"),
        (file(Kind::Answer, &[b"cover"]), "bundle_other_way"),
        (with(15, 9), "bundle_damaged"),
        (with(22, 9), "bundle_damaged"),
        (long, "bundle_damaged"),
        (far, "bundle_truncated"),
        (MAGIC.to_vec(), "bundle_truncated"),
        (vec![0; MAX_FILE + 1], "bundle_too_long"),
    ] {
        assert_eq!(refused(&bytes).code(), code);
    }
}

#[test]
fn case_26_a_signature_of_one_kind_does_not_serve_the_other() {
    let log = file(Kind::Log, &[b"cover"]);
    let sealed = Sealed::read(&log, Kind::Log).expect("whole");
    let turned = Sealed {
        kind: Kind::Answer,
        ..sealed
    };
    assert_eq!(
        turned.verify(&key().verifying_key()),
        Err(BundleError::Forged)
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let file = [MAGIC.as_slice(), &[VERSION, 1], &bytes].concat();
        prop_assert!(Sealed::read(&file, Kind::Log).is_err());
        prop_assert!(Sealed::read(&bytes, Kind::Answer).is_err());
    }
}
