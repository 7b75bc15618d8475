//! A code that camera and scanners are tried with before doors: never a ticket, a number or a wristband.
//!
//! Invariant: whatever reads it, it is no scan. Camera and scanners note that they read it and hand it to nobody; pages
//! and programs that are given it say so and ask no door.

use sync_protocol::scanner_text::clean;

/// What it says.
pub const TEXT: &str = "GERBANG CAMERA TEST";

/// Whether a text is it, with whatever a scanner adds around a code.
#[must_use]
pub fn is_in(text: &str) -> bool {
    clean(text) == TEXT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_by_whatever_reads_it_and_nothing_else_is_taken_for_it() {
        for text in [
            TEXT,
            "gerbang camera test\r\n",
            "]Q1GERBANG CAMERA TEST",
            " GERBANG CAMERA TEST\t",
        ] {
            assert!(is_in(text), "{text}");
        }
        for text in [
            "",
            "GERBANG CAMERA TEZT",
            "GERBANG CAMERA TEST 2",
            "GERBANG",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
