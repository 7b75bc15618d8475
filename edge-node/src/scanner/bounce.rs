//! The same code twice in a moment: a trigger that bounces, or a scanner on a stand that reads what lies before it again
//! and again. It is one attempt, however long it goes on; after a pause it is another.

/// As long as a text comes again within this, it is the same attempt.
pub const AGAIN_MS: u64 = 1_000;

/// What a device typed last.
#[derive(Debug, Default)]
pub struct Bounce {
    last: Option<(String, u64)>,
}

impl Bounce {
    /// Whether this text is the last one still.
    pub fn is_again(&mut self, text: &str, now_ms: u64) -> bool {
        let is_again = matches!(&self.last, Some((last, at_ms)) if last == text && now_ms.saturating_sub(*at_ms) <= AGAIN_MS);
        self.last = Some((text.to_owned(), now_ms));
        is_again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_12_a_doubled_scan_is_one_attempt() {
        let mut bounce = Bounce::default();
        for (text, now_ms, is_again) in [
            ("A", 0, false),
            ("A", 120, true),
            ("A", 1_100, true),
            ("A", 2_050, true),
            ("A", 3_051, false),
            ("B", 3_060, false),
            ("A", 3_070, false),
        ] {
            assert_eq!(
                bounce.is_again(text, now_ms),
                is_again,
                "{text} at {now_ms}"
            );
        }
    }
}
