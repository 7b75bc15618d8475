//! Whole PDFs, looked at with independent tools: poppler renders and extracts, zbar reads the codes.

use std::{fs, path::Path, process::Command};

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use documents::{
    Accent, DocumentKind, Event, EventDay, Invoice, InvoiceLine, Language, Party, PaymentStatus,
    TicketPage, invoice,
};

const POLISH: &str = "Zażółć Gęślą-Jaźń Łódzka";
const VIETNAMESE: &str = "Nguyễn Thị Ánh Tuyết";
const MARKUP: &str = "<b>Robert</b> & \"Bob\" \\(TJ) %s";

fn at(hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, hour, minute, 0)
        .single()
        .expect("a moment")
}

fn day(of_month: u32) -> EventDay {
    EventDay {
        date: NaiveDate::from_ymd_opt(2026, 12, of_month).expect("a date"),
        gates_open_at: Utc.with_ymd_and_hms(2026, 12, of_month, 9, 0, 0).single(),
    }
}

/// A code as long as the real one, in its alphabet, different for every ticket.
fn code(ticket: usize) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut state = ticket as u64 + 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(letters[(state >> 59) as usize])
    };
    (0..143).map(|_| next()).collect()
}

fn ticket(number: usize, attendee: &str) -> TicketPage {
    TicketPage {
        code: code(number),
        number: format!("K7QM{number:04}X2PR"),
        attendee: attendee.to_owned(),
        ticket_type: "Festival A (berdiri) – Presale 2".to_owned(),
        days: vec![day(12)],
    }
}

fn order(attendees: &[&str]) -> Invoice {
    Invoice {
        kind: DocumentKind::Invoice,
        receipt: Some("INV/GEMA-NUSANTARA/2026/00042".to_owned()),
        notes: vec!["Harga termasuk PBJT 10%: Rp\u{A0}306.818".to_owned()],
        language: Language::Indonesian,
        time_zone: chrono_tz::Asia::Jakarta,
        accent: Accent::pick(b"gema nusantara"),
        number: "GRB-20261121-0007".to_owned(),
        issued_at: at(17, 5),
        status: PaymentStatus::Paid,
        paid_at: Some(at(17, 9)),
        payment_method: Some("QRIS".to_owned()),
        seller: Party {
            name: "PT Gema Nusantara Kreasi".to_owned(),
            lines: vec![
                "Jl. Kemang Raya 14, Jakarta 12730".to_owned(),
                "NPWP 01.234.567.8-901.000".to_owned(),
            ],
        },
        buyer: Party {
            name: POLISH.to_owned(),
            lines: vec!["buyer@example.id".to_owned()],
        },
        event: Event {
            name: "Gema Nusantara Festival 2026".to_owned(),
            venue: "Stadion Utama Gelora Bung Karno, Jakarta".to_owned(),
            days: vec![day(12), day(13), day(14)],
        },
        lines: vec![
            InvoiceLine {
                description: "Festival A (berdiri) – Presale 2".to_owned(),
                detail: Some("Sab 12 Desember 2026".to_owned()),
                quantity: u32::try_from(attendees.len()).expect("few"),
                unit_price: "Rp\u{A0}1.250.000".to_owned(),
                amount: "Rp\u{A0}3.750.000".to_owned(),
            },
            InvoiceLine {
                description: "Kode promo GEMA10".to_owned(),
                detail: None,
                quantity: 1,
                unit_price: "-Rp\u{A0}375.000".to_owned(),
                amount: "-Rp\u{A0}375.000".to_owned(),
            },
        ],
        total: "Rp\u{A0}3.375.000".to_owned(),
        terms: Vec::new(),
        tickets: attendees
            .iter()
            .enumerate()
            .map(|(at, name)| ticket(at, name))
            .collect(),
    }
}

fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

fn written(folder: &Path, order: &Invoice) -> std::path::PathBuf {
    let path = folder.join("order.pdf");
    fs::write(&path, invoice(order).expect("a PDF")).expect("written");
    path
}

fn text(pdf: &Path, page: usize) -> String {
    let page = page.to_string();
    let text = run(Command::new("pdftotext")
        .args(["-layout", "-f", &page, "-l", &page])
        .arg(pdf)
        .arg("-"));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What zbar reads on each page, rendered at a resolution a home printer beats.
fn codes(folder: &Path, pdf: &Path) -> Vec<Vec<String>> {
    run(Command::new("pdftoppm")
        .args(["-png", "-gray", "-r", "200"])
        .arg(pdf)
        .arg(folder.join("page")));
    let mut pages: Vec<_> = fs::read_dir(folder)
        .expect("folder")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "png"))
        .collect();
    pages.sort();
    pages.iter().map(|page| read(page)).collect()
}

/// The QR's text, then the bars' text.
fn read(page: &Path) -> Vec<String> {
    let mut all = zbar(page);
    all.sort_by_key(|text| std::cmp::Reverse(text.len()));
    all
}

fn zbar(page: &Path) -> Vec<String> {
    let output = Command::new("zbarimg")
        .args(["--raw", "-q"])
        .arg(page)
        .output()
        .expect("zbarimg");
    String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_code_reads_back_from_its_own_page() {
    for count in [1, 3, 50] {
        let folder = tempfile::tempdir().expect("folder");
        let names = vec!["Siti Rahmawati"; count];
        let order = order(&names);
        let pdf = written(folder.path(), &order);
        let read = codes(folder.path(), &pdf);
        let mut expected = vec![Vec::new()];
        expected.extend(order.tickets.iter().map(both));
        assert_eq!(read, expected, "{count} tickets");
    }
}

fn both(ticket: &TicketPage) -> Vec<String> {
    vec![ticket.code.clone(), ticket.number.clone()]
}

#[test]
fn an_independent_checker_finds_nothing_wrong() {
    let folder = tempfile::tempdir().expect("folder");
    let mut order = order(&[POLISH, "王芳 😀", ""]);
    order
        .tickets
        .extend((3..30).map(|at| ticket(at, VIETNAMESE)));
    for language in [Language::English, Language::Indonesian] {
        order.language = language;
        let pdf = written(folder.path(), &order);
        let said = run(Command::new("qpdf").arg("--check").arg(&pdf));
        assert!(
            said.contains("No syntax or stream encoding errors"),
            "{said}"
        );
    }
}

#[test]
fn what_went_back_is_a_credit_note() {
    let folder = tempfile::tempdir().expect("folder");
    let mut note = order(&[]);
    note.kind = DocumentKind::CreditNote {
        of: "INV/GEMA-NUSANTARA/2026/00042".to_owned(),
    };
    note.receipt = Some("CN/GEMA-NUSANTARA/2026/00007".to_owned());
    for (language, parts) in [
        (
            Language::English,
            [
                "Credit note",
                "For receipt",
                "Total refunded",
                "Refunded on",
            ],
        ),
        (
            Language::Indonesian,
            [
                "Nota kredit",
                "Untuk kuitansi",
                "Total dikembalikan",
                "Dikembalikan",
            ],
        ),
    ] {
        note.language = language;
        let shown = text(&written(folder.path(), &note), 1);
        let numbers = [
            "CN/GEMA-NUSANTARA/2026/00007",
            "INV/GEMA-NUSANTARA/2026/00042",
        ];
        for part in parts.into_iter().chain(numbers) {
            assert!(shown.contains(part), "{part:?} in {shown}");
        }
    }
}

#[test]
fn names_and_numbers_can_be_found_as_text() {
    let folder = tempfile::tempdir().expect("folder");
    let pdf = written(folder.path(), &order(&[POLISH, VIETNAMESE, MARKUP]));
    let first = text(&pdf, 1);
    for part in [
        "INV/GEMA-NUSANTARA/2026/00042",
        "Harga termasuk PBJT 10%: Rp 306.818",
        "GRB-20261121-0007",
        POLISH,
        "PT Gema Nusantara Kreasi",
        "Gema Nusantara Festival 2026",
        "Lunas",
        "22 November 2026, 00.05 WIB",
        "Rp 1.250.000",
        "-Rp 375.000",
        "Rp 3.375.000",
        "QRIS",
    ] {
        assert!(first.contains(part), "{part:?} in {first}");
    }
    for (page, name) in [(2, POLISH), (3, VIETNAMESE), (4, MARKUP)] {
        let shown = text(&pdf, page);
        let number = format!("K7QM-{:04}-X2PR", page - 2);
        for part in [name, &number, "16.00 WIB", "Sab 12 Desember 2026"] {
            assert!(shown.contains(part), "{part:?} in {shown}");
        }
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    let order = order(&["Siti", "Budi"]);
    assert_eq!(
        invoice(&order).expect("a PDF"),
        invoice(&order).expect("a PDF")
    );
    let mut other = order.clone();
    other.number.push('8');
    assert_ne!(
        invoice(&order).expect("a PDF"),
        invoice(&other).expect("a PDF")
    );
}

#[test]
fn fonts_are_embedded_subset_and_readable() {
    let folder = tempfile::tempdir().expect("folder");
    let pdf = written(folder.path(), &order(&[VIETNAMESE]));
    let fonts = run(Command::new("pdffonts").arg(&pdf));
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(rows.len(), 2, "{fonts}");
    for row in rows {
        assert!(
            row.contains("+NotoSans-") && row.contains("yes yes yes"),
            "{fonts}"
        );
    }
    let bytes = fs::metadata(&pdf).expect("written").len();
    assert!(bytes < 80_000, "{bytes} bytes for one ticket");
    let about = run(Command::new("pdfinfo").arg(&pdf));
    assert!(
        about.contains("GRB-20261121-0007") && about.contains("Gerbang"),
        "{about}"
    );
}

#[test]
fn long_and_foreign_text_leaves_the_code_alone() {
    let long = "Raden Mas Aryo Kusumowardhaningrat ".repeat(8);
    let unbroken = "W".repeat(300);
    let folder = tempfile::tempdir().expect("folder");
    let mut order = order(&[&long, &unbroken, "王芳 😀", "\u{202E}\u{0}", ""]);
    order.event.name = unbroken.clone();
    order.event.venue = long.clone();
    order.seller.name = long.clone();
    order.terms = vec![long.clone(); 12];
    order.lines[0].description = unbroken;
    order.lines[0].amount = "Rp 999.999.999.999.999.999".to_owned();
    let pdf = written(folder.path(), &order);
    let read = codes(folder.path(), &pdf);
    for (ticket, read) in order.tickets.iter().zip(&read[1..]) {
        assert_eq!(read, &both(ticket));
    }
    assert!(
        text(&pdf, 4).contains("Wang Fang ?"),
        "letters that the font lacks are spelled, signs are shown as missing"
    );
}

#[test]
fn a_long_order_runs_on_and_ends_with_one_total() {
    let folder = tempfile::tempdir().expect("folder");
    let mut order = order(&[]);
    order.language = Language::English;
    order.status = PaymentStatus::Pending;
    let line = order.lines[0].clone();
    order.lines = (1..=40)
        .map(|at| InvoiceLine {
            description: format!("Line number {at}."),
            ..line.clone()
        })
        .collect();
    let pdf = written(folder.path(), &order);
    let about = run(Command::new("pdfinfo").arg(&pdf));
    let pages: usize = about
        .lines()
        .find_map(|line| line.strip_prefix("Pages:"))
        .and_then(|count| count.trim().parse().ok())
        .expect("a count");
    assert!(pages > 2, "{pages}");
    let all: String = (1..=pages).map(|page| text(&pdf, page) + " ").collect();
    for at in 1..=40 {
        assert_eq!(
            all.matches(&format!("Line number {at}.")).count(),
            1,
            "line {at}"
        );
    }
    assert_eq!(all.matches("Rp 3.375.000").count(), 1);
    assert!(all.contains("Awaiting payment") && all.contains(&format!("Page {pages}/{pages}")));
}

#[test]
fn a_code_too_long_for_any_qr_is_an_error() {
    let mut order = order(&["Siti"]);
    order.tickets[0].code = "A".repeat(5000);
    assert_eq!(invoice(&order).expect_err("too long").code(), "qr_too_long");
}
