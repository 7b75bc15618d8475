//! QR codes: modules for drawing, and an SVG for web pages.
//!
//! Invariant: level M at least, the smallest version that fits, and the densest mode the text allows,
//! so a ticket code (143 characters of base32) is alphanumeric and exactly version 6: large modules
//! read faster at the gate. Called by the ticket page and by web pages (ticket view, enrolment).
//! What the text means is none of this file's business.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

use crate::DocumentError;

/// Empty modules that every side of a QR code must have.
pub(crate) const QUIET_ZONE: u8 = 4;

/// A square of dark and light modules, without the quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrModules {
    size: usize,
    version: u8,
    dark: Vec<bool>,
}

impl QrModules {
    /// Modules per side.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// QR version, 1 to 40.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Whether the module in column `x`, row `y` (from the top left) is dark; outside is light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.size && y < self.size && self.dark[y * self.size + x]
    }

    /// Horizontal runs of dark modules as (column, row, length), row by row.
    #[must_use]
    pub fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let length = (x..self.size).take_while(|x| self.is_dark(*x, y)).count();
                if length > 0 {
                    runs.push((x, y, length));
                }
                x += length + 1;
            }
        }
        runs
    }
}

/// The modules of the smallest QR code that carries `text` at level M or better.
///
/// # Errors
/// [`DocumentError::QrTooLong`] when the text does not fit version 40.
pub fn qr_modules(text: &str) -> Result<QrModules, DocumentError> {
    let code = QrCode::encode_segments(&QrSegment::make_segments(text), QrCodeEcc::Medium)
        .map_err(|_| DocumentError::QrTooLong(text.len()))?;
    let side = code.size();
    let dark = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    Ok(QrModules {
        size: side.unsigned_abs() as usize,
        version: code.version().value(),
        dark: dark.map(|(x, y)| code.get_module(x, y)).collect(),
    })
}

/// A stand-alone SVG of `text`'s QR code with its quiet zone, one unit per module.
///
/// Only numbers go into the markup, so any text is safe to embed in a page.
///
/// # Errors
/// [`DocumentError::QrTooLong`] when the text does not fit version 40.
pub fn qr_svg(text: &str) -> Result<String, DocumentError> {
    let modules = qr_modules(text)?;
    let quiet = usize::from(QUIET_ZONE);
    let side = modules.size() + 2 * quiet;
    let mut path = String::new();
    for (x, y, length) in modules.runs() {
        let (x, y) = (x + quiet, y + quiet);
        write!(path, "M{x} {y}h{length}v1h-{length}z").expect("writing to a string");
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_code_is_version_6() {
        let code = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(5)[..143].to_owned();
        let modules = qr_modules(&code).expect("fits");
        assert_eq!((modules.version(), modules.size()), (6, 41));
        let lower = qr_modules(&code.to_lowercase()).expect("fits");
        assert!(
            lower.version() > 6,
            "byte mode costs versions: {}",
            lower.version()
        );
    }

    #[test]
    fn runs_cover_exactly_the_dark_modules() {
        let modules = qr_modules("GERBANG").expect("fits");
        let mut drawn = std::collections::BTreeSet::new();
        for (x, y, length) in modules.runs() {
            for x in x..x + length {
                assert!(drawn.insert((x, y)), "drawn once");
            }
        }
        for y in 0..modules.size() {
            for x in 0..modules.size() {
                assert_eq!(drawn.contains(&(x, y)), modules.is_dark(x, y), "{x} {y}");
            }
        }
    }

    #[test]
    fn too_long_is_an_error_without_the_text() {
        let error = qr_modules(&"secret".repeat(1000)).expect_err("too long");
        assert_eq!(error, DocumentError::QrTooLong(6000));
        assert_eq!(error.code(), "qr_too_long");
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn svg_holds_no_text() {
        let svg = qr_svg("<script>alert(1)</script>").expect("fits");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
        assert!(!svg.contains("script"));
    }
}
