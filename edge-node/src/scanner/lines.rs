//! Bytes of a serial line → texts.
//!
//! A text ends with CR, LF, Tab or ETX, or with a silence. A line at the wrong speed sends nonsense without end: what is
//! mostly no printable text is no attempt at the gate, so it is counted and told instead, and fills no log. Pure.

use super::text::Text;

/// Shortest text that a silence ends; below it, bytes were noise.
const LEAST_WITHOUT_END: usize = 4;

/// What came off the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A text.
    Text(String),
    /// Bytes that are none.
    Garbage,
}

/// The text that is coming in.
#[derive(Debug, Default)]
pub struct Lines {
    text: Text,
    /// Characters of it that can be printed, and bytes that cannot.
    printable: usize,
    other: usize,
}

impl Lines {
    /// Takes in bytes; gives what ended in them.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Line> {
        bytes.iter().filter_map(|byte| self.byte(*byte)).collect()
    }

    /// Nothing came for a while: gives what stands there.
    pub fn silence(&mut self) -> Option<Line> {
        self.end(LEAST_WITHOUT_END)
    }

    /// Whether a text is under way.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.printable + self.other > 0
    }

    fn byte(&mut self, byte: u8) -> Option<Line> {
        const ETX: u8 = 3;
        if matches!(byte, b'\r' | b'\n' | b'\t' | ETX) {
            return self.end(1);
        }
        // Bytes above ASCII are kept as they stand in Latin-1: no code of ours has any, an imported one may.
        self.text.push(char::from(byte));
        match byte.is_ascii_graphic() || byte == b' ' {
            true => self.printable += 1,
            false => self.other += 1,
        }
        None
    }

    fn end(&mut self, least: usize) -> Option<Line> {
        let text = self.text.take(least);
        let (printable, other) = (
            std::mem::take(&mut self.printable),
            std::mem::take(&mut self.other),
        );
        // A few control bytes around a code (STX, a group separator) are usual.
        if other > 4 && other * 4 > printable {
            return Some(Line::Garbage);
        }
        text.map(Line::Text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sync_protocol::scanner_text::{MAX_LEN, clean, find_code};

    use super::*;

    const CODE: &str = include_str!("../../../sync-protocol/vectors/ticket-code-v1.txt");

    fn all(bytes: &[u8]) -> Vec<Line> {
        let mut lines = Lines::default();
        let mut found: Vec<_> = bytes
            .chunks(7)
            .flat_map(|chunk| lines.take(chunk))
            .collect();
        found.extend(lines.silence());
        found
    }

    #[test]
    fn case_12_a_code_as_serial_scanners_send_it() {
        let code = CODE.trim();
        for (name, sent, texts) in [
            ("CR", format!("{code}\r"), 1),
            ("CR LF", format!("{code}\r\n"), 1),
            ("LF", format!("{code}\n"), 1),
            ("Tab", format!("{code}\t"), 1),
            ("no end", code.to_owned(), 1),
            ("STX and ETX", format!("\u{2}{code}\u{3}"), 1),
            ("AIM prefix", format!("]Q1{code}\r"), 1),
            ("doubled without an end", format!("{code}{code}\r"), 1),
            ("doubled", format!("{code}\r{code}\r"), 2),
            ("empty lines", format!("\r\n\r\n{code}\r\n\r\n"), 1),
        ] {
            let found = all(sent.as_bytes());
            assert_eq!(found.len(), texts, "{name}: {found:?}");
            for line in found {
                let Line::Text(text) = line else {
                    panic!("{name}: {line:?}")
                };
                let read = find_code(&clean(&text)).map(|code| code.to_text());
                assert_eq!(read.as_deref(), Some(code), "{name}");
            }
        }
    }

    #[test]
    fn a_wrong_speed_is_told_and_is_no_attempt() {
        let nonsense: Vec<u8> = (0..3_000u32)
            .map(|i| u8::try_from(128 + i % 128).expect("a byte"))
            .collect();
        assert_eq!(all(&nonsense), [Line::Garbage]);
        let mut then = nonsense;
        then.extend_from_slice(b"\rABCDEF\r");
        assert_eq!(all(&then), [Line::Garbage, Line::Text("ABCDEF".to_owned())]);
    }

    #[test]
    fn noise_of_plugging_in_is_nothing() {
        assert_eq!(all(b"\x00\xff"), []);
        assert_eq!(all(b"\x00"), []);
    }

    proptest! {
        #[test]
        fn whatever_comes_texts_are_bounded(bytes in prop::collection::vec(any::<u8>(), 0..8_000)) {
            for line in all(&bytes) {
                if let Line::Text(text) = line {
                    prop_assert!(text.len() <= MAX_LEN + 2);
                }
            }
        }
    }
}
