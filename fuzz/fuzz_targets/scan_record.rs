//! Any bytes as a scan record: reading never panics, and what is read has exactly one spelling.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sync_protocol::scan::ScanRecord;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = ScanRecord::from_bytes(bytes) {
        assert_eq!(record.to_bytes(), bytes);
    }
});
