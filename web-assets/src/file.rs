//! The embedded files by name, their kinds and their addresses.
//!
//! Called by `serve` and, through [`url`], by every template.

use std::{borrow::Cow, fmt::Write as _, sync::LazyLock};

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Embedded;

/// Hash over all names and contents: changes when any file does.
pub(crate) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Embedded::iter().collect();
    names.sort();
    let mut hasher = Sha256::new();
    for name in names {
        let file = Embedded::get(&name).expect("it was just listed");
        hasher.update(name.as_bytes());
        hasher.update(file.metadata.sha256_hash());
    }
    let digest = hasher.finalize();
    digest[..8].iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writes to a string");
        text
    })
});

/// The address of a file, such as `/assets/0123456789abcdef/app.css`.
///
/// In debug builds an unknown name panics: a template names a file that is not there.
#[must_use]
pub fn url(name: &str) -> String {
    debug_assert!(read(name).is_some(), "no asset is called {name}");
    format!("/assets/{}/{name}", *VERSION)
}

/// A picture of Bootstrap Icons to put into a page, hidden from readers of words; it takes the colour of the text.
///
/// In debug builds an unknown name panics: the list is in `build.rs`.
#[must_use]
pub fn icon(name: &str) -> String {
    let picture = read(&format!("icons/{name}.svg"));
    debug_assert!(picture.is_some(), "no icon is called {name}");
    let text = String::from_utf8(picture.unwrap_or_default().into_owned()).unwrap_or_default();
    // The lines of the file are of no use in a page.
    let text: Vec<_> = text.lines().map(str::trim).collect();
    text.join(" ")
        .replacen("<svg ", "<svg aria-hidden=\"true\" ", 1)
}

/// A file's bytes.
pub(crate) fn read(name: &str) -> Option<Cow<'static, [u8]>> {
    Embedded::get(name).map(|file| file.data)
}

/// The same, compressed with gzip, where that is shorter.
pub(crate) fn read_gzip(name: &str) -> Option<Cow<'static, [u8]>> {
    read(&format!("{name}.gz"))
}

/// The content type that goes with a name.
pub(crate) fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
