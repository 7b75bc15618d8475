//! Any text as a wristband: reading it never panics, what is genuine has exactly one spelling, and every code reads back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sync_protocol::{
    id::EventId,
    scanner_text,
    wristband::{self, MAX_SERIAL, WristbandKey},
};

/// The event and key of the unit tests, so that their code is a seed.
const EVENT: EventId = EventId::from_u128(5);
const KEY: WristbandKey = WristbandKey([9; 32]);

fuzz_target!(|raw: &str| {
    if let Ok(serial) = wristband::verify(raw, EVENT, &KEY) {
        assert_eq!(wristband::code(EVENT, serial, &KEY), raw);
    }
    let cleaned = scanner_text::clean(raw);
    let found = scanner_text::find_wristband(&cleaned, |text| wristband::verify(text, EVENT, &KEY));
    if let Ok(serial) = found {
        let code = wristband::code(EVENT, serial, &KEY);
        let compact: String = cleaned.split_whitespace().collect();
        assert!(compact.starts_with(&code) || compact.ends_with(&code));
    }
    let _ = wristband::of_text(EVENT, &cleaned);
    let seed = raw.bytes().fold(0u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    let serial = seed & MAX_SERIAL;
    let code = wristband::code(EVENT, serial, &KEY);
    assert_eq!(wristband::verify(&code, EVENT, &KEY), Ok(serial));
});
