//! Gathers the files that are embedded: the few we need of the npm packages, and our own in `static/`.
//!
//! Each is written to `OUT_DIR/assets` as it is and, where that is shorter, as `NAME.gz`. Missing packages stop
//! the build with what to do about it. Nothing is fetched here: `npm ci` has done that from the lock file.

use std::{
    error::Error,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

/// File of a package, and the name under which it is served.
const PACKAGED: [(&str, &str); 5] = [
    ("bootstrap/dist/css/bootstrap.min.css", "bootstrap.css"),
    ("bootstrap/dist/js/bootstrap.bundle.min.js", "bootstrap.js"),
    ("htmx.org/dist/htmx.min.js", "htmx.js"),
    ("bootstrap-icons/font/bootstrap-icons.min.css", "icons.css"),
    (
        "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
        "fonts/bootstrap-icons.woff2",
    ),
];

/// Pictures of Bootstrap Icons that pages hold within themselves.
const ICONS: &[&str] = &[
    "arrow-counterclockwise",
    "arrow-down",
    "arrow-right-circle-fill",
    "arrow-up",
    "bag",
    "bar-chart-line",
    "bookmark",
    "bookmark-plus",
    "box-arrow-right",
    "broadcast",
    "building",
    "calendar-event",
    "calendar-plus",
    "calendar3",
    "check-circle-fill",
    "chevron-left",
    "chevron-right",
    "clock",
    "credit-card",
    "envelope",
    "envelope-exclamation",
    "exclamation-diamond",
    "exclamation-triangle-fill",
    "file-earmark-pdf",
    "flag",
    "flag-fill",
    "geo-alt",
    "hdd-network",
    "hourglass-split",
    "journal-text",
    "key",
    "keyboard",
    "list",
    "list-ul",
    "people",
    "person-circle",
    "qr-code-scan",
    "receipt",
    "search",
    "share",
    "shield-exclamation",
    "shield-lock",
    "sliders",
    "speedometer2",
    "tag",
    "ticket-perforated",
    "x",
    "x-circle-fill",
];

#[expect(clippy::disallowed_methods, reason = "cargo names the folder so")]
fn main() -> Result<(), Box<dyn Error>> {
    // Asked when it runs, not when it is compiled: a build folder may outlive the place it was made for.
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets it")?);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets it")?).join("assets");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    for (file, name) in PACKAGED {
        let bytes = packaged(&here.join("node_modules").join(file))?;
        write(&out, name, &bytes)?;
    }
    for name in ICONS {
        let file = format!("bootstrap-icons/icons/{name}.svg");
        let bytes = packaged(&here.join("node_modules").join(file))?;
        write(&out, &format!("icons/{name}.svg"), &bytes)?;
    }
    let own = here.join("static");
    println!("cargo::rerun-if-changed={}", own.display());
    for entry in fs::read_dir(own)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        write(&out, name.ok_or("a file name in UTF-8")?, &fs::read(&path)?)?;
    }
    Ok(())
}

fn packaged(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", path.display());
    let bytes = fs::read(path).map_err(|error| {
        let file = path.display();
        format!("{file}: {error}. Run `scripts/setup.sh build`, or `npm ci` in web-assets, and build again.")
    })?;
    Ok(without_source_map(bytes))
}

/// The maps are not served, and a browser's tools would ask for them in vain.
fn without_source_map(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(text) = String::from_utf8(bytes.clone()) else {
        return bytes;
    };
    let lines = text.lines().filter(|line| {
        !line.starts_with("//# sourceMappingURL=") && !line.starts_with("/*# sourceMappingURL=")
    });
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

fn write(out: &Path, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let path = out.join(name);
    fs::create_dir_all(path.parent().ok_or("a folder")?)?;
    fs::write(&path, bytes)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    let packed = encoder.finish()?;
    if packed.len() < bytes.len() {
        fs::write(out.join(format!("{name}.gz")), packed)?;
    }
    Ok(())
}
