//! Any text at a gate: reading it never panics, and a code that parses has exactly one spelling.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sync_protocol::{code::TicketCode, number::TicketNumber, scanner_text};

fuzz_target!(|raw: &str| {
    if let Ok(code) = TicketCode::parse(raw) {
        assert_eq!(code.to_text(), raw);
    }
    if let Some(code) = scanner_text::find_code(&scanner_text::clean(raw)) {
        assert_eq!(TicketCode::parse(&code.to_text()), Ok(code));
    }
    if let Ok(number) = TicketNumber::parse(raw) {
        assert_eq!(TicketNumber::parse(&number.to_string()), Ok(number));
    }
});
