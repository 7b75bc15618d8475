//! How a scan is told: its words on the screen, and its object in JSON.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{
    moment_text,
    reason_text::{self, Language},
    scan::Scan,
};

impl Scan {
    /// The words for the screen.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        reason_text::text(self.verdict.reason, self.action, language)
    }
}

/// One object per scan, as `--json` prints it.
impl Serialize for Scan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Scan", 15)?;
        object.serialize_field("verdict", &self.verdict.decision)?;
        object.serialize_field("reason", &self.verdict.reason)?;
        object.serialize_field("text", self.text(Language::English))?;
        object.serialize_field("ticket", &self.ticket)?;
        object.serialize_field("wristband", &self.wristband)?;
        object.serialize_field("attendee", &self.attendee)?;
        object.serialize_field("first", &self.first)?;
        object.serialize_field("repeat", &self.repeat)?;
        object.serialize_field("provisional", &self.provisional)?;
        object.serialize_field("rehearsal", &self.rehearsal)?;
        object.serialize_field("answers", &self.answers)?;
        object.serialize_field("scanned_at", &moment_text::rfc3339(self.scanned_at))?;
        object.serialize_field("seq", &self.seq)?;
        object.serialize_field("took_ms", &self.took_ms)?;
        object.serialize_field("cause", &self.cause)?;
        object.end()
    }
}
