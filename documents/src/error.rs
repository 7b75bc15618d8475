//! Why a document could not be made.
//!
//! No case is a person's mistake: a text too long for a QR code and a broken embedded font are
//! faults of ours, so callers log the code and answer with an internal error.

/// Failure to make a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The text does not fit the largest QR code; carries its length in bytes, never the text.
    #[error("a text of {0} bytes does not fit a QR code")]
    QrTooLong(usize),
    /// The text has no Code 128; carries its length in bytes, never the text.
    #[error("a text of {0} bytes cannot be written as a Code 128")]
    NoBarcode(usize),
    /// The embedded font could not be read or cut down to the letters used.
    #[error("the document font cannot be used: {0}")]
    Font(String),
    /// The PDF could not be written out.
    #[error("the document cannot be written: {0}")]
    Write(String),
}

impl DocumentError {
    /// Stable name for logs and answers.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::QrTooLong(_) => "qr_too_long",
            Self::NoBarcode(_) => "no_barcode",
            Self::Font(_) => "document_font",
            Self::Write(_) => "document_write",
        }
    }
}
