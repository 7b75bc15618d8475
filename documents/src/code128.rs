//! Code 128: the bars that a long, narrow thing has room for: a wristband, a ticket's stub.
//!
//! Invariant: character set B throughout, so that any printable ASCII text has exactly one shape and a width that is
//! known beforehand. The encoding itself is the crate `barcoders`'; places and sizes are the caller's.

use barcoders::sym::code128::Code128;

use crate::DocumentError;

/// Empty modules that both ends of a Code 128 must have.
pub(crate) const QUIET_ZONE: u8 = 10;
/// How `barcoders` spells "start in character set B".
const START_B: char = '\u{181}';

/// Dark and light bars, in modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bars {
    modules: Vec<u8>,
}

impl Bars {
    /// The bars of a printable ASCII text.
    ///
    /// # Errors
    /// [`DocumentError::NoBarcode`] when the text holds anything else, or nothing.
    pub(crate) fn of(text: &str) -> Result<Self, DocumentError> {
        let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let code = match is_plain && !text.is_empty() {
            true => Code128::new(format!("{START_B}{text}")).ok(),
            false => None,
        };
        let code = code.ok_or(DocumentError::NoBarcode(text.len()))?;
        Ok(Self {
            modules: code.encode(),
        })
    }

    /// Width in modules, without the quiet zones.
    pub(crate) fn width(&self) -> usize {
        self.modules.len()
    }

    /// Dark bars as (place, width).
    pub(crate) fn dark(&self) -> Vec<(usize, usize)> {
        let mut dark: Vec<(usize, usize)> = Vec::new();
        for (at, _) in self
            .modules
            .iter()
            .enumerate()
            .filter(|(_, dark)| **dark == 1)
        {
            match dark.last_mut() {
                Some((place, width)) if *place + *width == at => *width += 1,
                _ => dark.push((at, 1)),
            }
        }
        dark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_a_known_text() {
        // Start B, A (33), check (104 + 33) mod 103 = 34, stop: the table of ISO/IEC 15417.
        let bars = Bars::of("A").expect("bars");
        let shown: String = bars
            .modules
            .iter()
            .map(|bar| char::from(b'0' + bar))
            .collect();
        let want = ["11010010000", "10100011000", "10001011000", "1100011101011"];
        assert_eq!(shown, want.concat());
        assert_eq!(bars.dark().len(), 3 * 3 + 4);
    }

    #[test]
    fn a_wristband_is_211_modules_wide() {
        assert_eq!(Bars::of("DWNAAAICZQKF6QL5").expect("bars").width(), 211);
    }

    #[test]
    fn what_has_no_bars_is_an_error_without_the_text() {
        for text in ["", "ß", "a\nb", "\u{106}12"] {
            let error = Bars::of(text).expect_err("no bars");
            assert_eq!(error, DocumentError::NoBarcode(text.len()));
        }
    }
}
