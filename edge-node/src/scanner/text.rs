//! A text that grows character by character, and never beyond what a code could need.

use sync_protocol::scanner_text::MAX_LEN;

/// What came so far.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    /// Adds a character. What is longer than any code is cut, one character late, so that it is refused as unreadable.
    pub(super) fn push(&mut self, character: char) {
        if self.0.len() <= MAX_LEN {
            self.0.push(character);
        }
    }

    /// The text, if it has at least so many characters that are not blank; from here on another one grows.
    pub(super) fn take(&mut self, least: usize) -> Option<String> {
        let text = std::mem::take(&mut self.0);
        let visible = text
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control());
        (visible.count() >= least.max(1)).then_some(text)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
