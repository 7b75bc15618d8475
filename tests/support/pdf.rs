//! What an independent reader finds in a PDF.
use std::process::Command;

/// The words of all pages, in the order of the page's own text.
///
/// # Panics
/// When `pdftotext` does not run or refuses the document.
#[must_use]
pub fn words(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, pdf).expect("written");
    let read = Command::new("pdftotext").arg(&file).arg("-").output();
    let read = read.expect("pdftotext");
    let trouble = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "pdftotext: {trouble}");
    String::from_utf8(read.stdout).expect("text")
}
