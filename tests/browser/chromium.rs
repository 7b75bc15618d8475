//! A headless Chromium with a fresh profile and no business of its own on the network.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// The browser; each page is a run of its own.
pub struct Chromium {
    profile: TempDir,
}

impl Default for Chromium {
    fn default() -> Self {
        Self {
            profile: tempfile::tempdir().expect("a folder"),
        }
    }
}

impl Chromium {
    /// Opens a page: gives its document after the scripts ran, and puts a picture into `target/screenshots`.
    pub fn open(&self, url: &str, (width, height): (u32, u32), picture: &str) -> String {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let picture = folder.join(picture).with_extension("png");
        let _ = std::fs::remove_file(&picture);
        let size = format!("--window-size={width},{height}");
        self.run(&[&size, &format!("--screenshot={}", picture.display()), url]);
        assert!(picture.is_file(), "Chromium made no picture of {url}");
        self.run(&[&size, "--dump-dom", url])
    }

    fn run(&self, words: &[&str]) -> String {
        let output = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--virtual-time-budget=3000", "--lang=en"])
            .arg(format!("--user-data-dir={}", self.profile.path().display()))
            .args(words)
            .stderr(Stdio::null())
            .output()
            .expect("Chromium runs (scripts/setup.sh test installs it)");
        assert!(output.status.success(), "Chromium failed: {words:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
