//! A QR code as a drawing of the page itself: no picture to fetch, and nothing that the policy of pages forbids.

use qrcodegen::{QrCode, QrCodeEcc};

/// Side of the drawing, and the path of its dark modules, with the quiet zone that cameras need.
pub(super) fn picture(text: &str) -> (i32, String) {
    const QUIET: i32 = 4;
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return (0, String::new());
    };
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
            }
        }
    }
    (code.size() + 2 * QUIET, path)
}
