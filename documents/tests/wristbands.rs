//! Sheets of wristbands, looked at with independent tools: poppler renders them, zbar and our own decoder read them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use chrono::DateTime;
use decoder::{Effort, Format, FrameDecoder as _, GrayFrame, Zxing};
use documents::{Band, SheetHead, wristband_sheets};

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A code as long as the real one, in its alphabet.
fn band(serial: u32) -> Band {
    let mut state = u64::from(serial);
    let mut letter = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(LETTERS[(state >> 59) as usize])
    };
    Band {
        serial,
        code: (0..16).map(|_| letter()).collect(),
    }
}

fn head<'a>(event: &'a str, roll: &'a str) -> SheetHead<'a> {
    SheetHead {
        event,
        roll,
        made_at: DateTime::from_timestamp(1_796_083_200, 0).expect("a moment"),
    }
}

fn sheets(head: &SheetHead, count: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let bands: Vec<Band> = (1..=count).map(band).collect();
    let pages = wristband_sheets(head, bands.into_iter(), &mut bytes).expect("sheets");
    assert_eq!(pages, count.div_ceil(10) as usize);
    bytes
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program is there");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// A page as a picture at a resolution that any office printer beats, or one strip of it, counted from 0.
fn rendered(folder: &Path, pdf: &[u8], page: u32, strip: Option<u32>) -> PathBuf {
    let file = folder.join("roll.pdf");
    fs::write(&file, pdf).expect("written");
    let page = page.to_string();
    let mut poppler = Command::new("pdftoppm");
    poppler.args(["-png", "-gray", "-r", "150", "-singlefile", "-f", &page]);
    if let Some(strip) = strip {
        // In pixels: strips of 27 mm that begin 15 mm below the edge.
        let top = (15 + 27 * strip) * 1_500 / 254;
        poppler.args(["-x", "0", "-W", "1240", "-H", "159", "-y", &top.to_string()]);
    }
    run(poppler.arg(file).arg(folder.join("page")));
    folder.join("page.png")
}

/// What zbar reads of one kind.
fn strangers(picture: &Path, kind: &str) -> Vec<String> {
    let read = run(Command::new("zbarimg").arg("-q").arg(picture));
    let lines = read.lines().filter_map(|line| line.strip_prefix(kind));
    lines.map(str::to_owned).collect()
}

/// What the gate's decoder reads of one kind.
fn ours(picture: &Path, format: Format) -> BTreeSet<String> {
    let frame = GrayFrame::load(picture).expect("a picture");
    let codes = Zxing::new(Effort::Usual, 64).decode(&frame);
    let of_kind = codes.into_iter().filter(|code| code.format == format);
    of_kind.map(|code| code.text).collect()
}

#[test]
fn both_codes_of_every_wristband_are_read_by_a_stranger_and_by_the_gate() {
    let pdf = sheets(&head("Gema Nusantara Festival 2026", "VIP – merah"), 13);
    for (page, serials) in [(1, 1..=10), (2, 11..=13)] {
        let folder = tempfile::tempdir().expect("a folder");
        for (strip, serial) in (0..).zip(serials.clone()) {
            let picture = rendered(folder.path(), &pdf, page, Some(strip));
            for kind in ["QR-Code:", "CODE-128:"] {
                let code = band(serial).code;
                assert_eq!(strangers(&picture, kind), [code], "{serial}, {kind}");
            }
        }
        let picture = rendered(folder.path(), &pdf, page, None);
        let want: BTreeSet<String> = serials.map(|serial| band(serial).code).collect();
        for format in [Format::Qr, Format::Code128] {
            assert_eq!(ours(&picture, format), want, "{format:?}");
        }
    }
}

#[test]
fn text_and_serials_can_be_read_and_long_names_leave_the_codes_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = "Pagelaran Seni Rakyat Nusantara Kusumowardhaningrat ".repeat(4);
    let pdf = sheets(&head(&long, &"W".repeat(100)), 2);
    let picture = rendered(folder.path(), &pdf, 1, Some(1));
    for kind in ["QR-Code:", "CODE-128:"] {
        assert_eq!(strangers(&picture, kind), [band(2).code]);
    }
    let pdf = sheets(&head("Żółć Festival 王", "Roll (1)"), 12);
    rendered(folder.path(), &pdf, 1, None);
    let text = run(Command::new("pdftotext")
        .arg("-layout")
        .arg(folder.path().join("roll.pdf"))
        .arg("-"));
    let code = band(12).code;
    let spaced = [&code[..4], &code[4..8], &code[8..12], &code[12..]].join(" ");
    for part in [
        "Żółć Festival Wang",
        "Roll (1)",
        "00000001",
        "00000012",
        "2/2",
        &spaced,
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    let about = run(Command::new("pdfinfo").arg(folder.path().join("roll.pdf")));
    assert!(
        about.contains("A4") && about.contains("Roll (1)"),
        "{about}"
    );
}

#[test]
fn equal_rolls_give_equal_bytes_and_thousands_stay_small() {
    let head = head("Festival", "Roll 1");
    assert_eq!(sheets(&head, 15), sheets(&head, 15));
    let (few, many) = (sheets(&head, 10), sheets(&head, 1_010));
    let each = (many.len() - few.len()) / 1_000;
    assert!(each < 1_500, "{each} bytes per wristband");
    let folder = tempfile::tempdir().expect("a folder");
    let picture = rendered(folder.path(), &many, 101, Some(9));
    assert_eq!(strangers(&picture, "CODE-128:"), [band(1_010).code]);
}

#[test]
fn an_empty_roll_has_no_page_and_a_code_without_bars_is_an_error() {
    let none = wristband_sheets(&head("A", "B"), std::iter::empty(), Vec::new());
    assert_eq!(none, Ok(0));
    let bad = Band {
        serial: 1,
        code: "ß".into(),
    };
    let error = wristband_sheets(&head("A", "B"), std::iter::once(bad), Vec::new());
    assert_eq!(error.map_err(|error| error.code()), Err("no_barcode"));
}

#[test]
fn a_disk_that_is_full_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = wristband_sheets(&head("A", "B"), std::iter::once(band(1)), Full);
    assert_eq!(error.map_err(|error| error.code()), Err("document_write"));
}
