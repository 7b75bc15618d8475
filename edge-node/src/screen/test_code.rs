//! The test code as a picture, to be held before camera and scanners.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::test_code::TEXT;

const QUIET: i32 = 4;

/// It as SVG.
pub fn svg() -> Result<String, String> {
    let code = QrCode::encode_text(TEXT, QrCodeEcc::Medium).map_err(|error| error.to_string())?;
    let size = code.size();
    let whole = size + 2 * QUIET;
    let mut path = String::new();
    for (x, y) in (0..size).flat_map(|y| (0..size).map(move |x| (x, y))) {
        if code.get_module(x, y) {
            path += &format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{whole}v{whole}H0z"/><path d="{path}"/></svg>"##
    ))
}
