//! What leaves the panel and the shop on paper, by mail and as files, in a world whose every field attacks its reader.
use std::collections::BTreeSet;

use central::http::panel::{ROUTES, Verb};
use support::{
    letter::{connected, header, parsed, text},
    panel_world::PanelWorld,
    pdf,
    post_box::PostBox,
};

/// What a spreadsheet might run; also where it begins with a wide sign, or with a blank that is cut off.
const FORMULAS: [&str; 8] = [
    "=HYPERLINK(\"http://evil.example\";\"x\")",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)x",
    "\u{FF1D}1+1+x",
    "\u{FF0B}1+x",
    "\u{FF0D}1+x",
    "\u{FF20}SUM(x)",
];

#[tokio::test]
async fn letters_about_hostile_names_have_their_own_headers_and_no_live_markup() {
    let (world, post) = (PanelWorld::hostile().await, PostBox::open().await);
    let mut wish = world.shop.wish(&[(0, 1)]);
    // Line breaks in a name are blanks before they come near a header.
    wish["buyer"]["full_name"] = "h-lines\r\nBcc: evil@example.org\r\n\r\n<b>body</b>".into();
    let (status, order) = world.shop.place("h-key-with-lines", &wish).await;
    assert_eq!(status, 201, "{order}");
    world.shop.central.clock.advance_ms(3 * 60_000);
    let app = connected(&world.shop, &post);
    while app.send_letters(50).await.expect("sent") > 0 {}
    let letters = post.letters();
    assert!(letters.len() > 3, "{}", letters.len());
    let known: BTreeSet<&str> = "from to subject message-id date auto-submitted mime-version content-type content-transfer-encoding reply-to"
        .split(' ')
        .collect();
    let mut seen = String::new();
    for posted in &letters {
        assert_eq!(posted.to.len(), 1, "one receiver: {:?}", posted.to);
        let letter = parsed(posted);
        for pair in letter["headers"].as_array().expect("headers") {
            let name = pair[0].as_str().expect("text");
            assert!(known.contains(name), "a header of the data: {name}");
        }
        let subject = header(&letter, "subject");
        assert!(!subject.contains(['\r', '\n']), "{subject}");
        assert!(!header(&letter, "to").contains("evil@example.org,"));
        let html = letter["parts"][1]["text"].as_str().expect("a page");
        for live in ["<script", "<img src=x", "<b>body"] {
            assert!(!html.contains(live), "{live} is alive in {html}");
        }
        seen.push_str(text(&letter));
    }
    assert!(
        seen.contains("h-event <img src=x"),
        "told literally: {seen}"
    );
}

#[tokio::test]
async fn documents_of_hostile_names_hold_their_text_and_their_numbers() {
    let (world, post) = (PanelWorld::hostile().await, PostBox::open().await);
    let app = connected(&world.shop, &post);
    world.shop.central.clock.advance_ms(60_000);
    while app.send_letters(50).await.expect("sent") > 0 {}
    let mut read = 0;
    for posted in post.letters() {
        let letter = parsed(&posted);
        for part in letter["parts"].as_array().expect("parts") {
            if part["type"] != "application/pdf" {
                continue;
            }
            let bytes = part["base64"].as_str().expect("a file");
            let bytes = data_encoding::BASE64
                .decode(bytes.as_bytes())
                .expect("base64");
            let words = pdf::words(&bytes);
            let words: String = words.split_whitespace().collect();
            for mark in ["h-event<imgsrc=x", "h-buyer"] {
                assert!(words.contains(mark), "{mark} is not in {words}");
            }
            assert!(words.contains("GRB-"), "{words}");
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("/JavaScript") && !text.contains("/Launch"));
            read += 1;
        }
    }
    assert!(read > 0, "a ticket was written");
}

#[tokio::test]
async fn formula_injection_reaches_no_file_of_the_panel() {
    let mut world = PanelWorld::hostile().await;
    for (n, formula) in FORMULAS.iter().enumerate() {
        let mut wish = world.shop.wish(&[(0, 1)]);
        wish["buyer"]["full_name"] = (*formula).into();
        let (status, order) = world.shop.place(&format!("h-formula-{n}"), &wish).await;
        assert_eq!(status, 201, "{order}");
    }
    let mut desk = world.desks.remove(0).2;
    let (mut files, mut names) = (0, 0);
    for route in ROUTES.iter().filter(|route| route.verb == Verb::Get) {
        let address = world.address(route).await;
        if address.ends_with(".csv") {
            let page = desk.get(&address).await.page;
            for cell in cells(&page) {
                assert!(is_harmless(&cell), "{address}: {cell}");
                names += usize::from(cell.contains("cmd|"));
            }
            files += 1;
        }
        if address.ends_with(".xlsx") {
            let text = sheet(&desk.bytes(&address).await);
            assert!(
                !text.contains("<f>") && !text.contains("<f "),
                "a formula in {address}"
            );
            assert!(!text.contains("<hyperlink"), "a link in {address}");
            files += 1;
        }
    }
    assert!(files > 1 && names > 1, "{files} files, {names} names");
}

/// A cell that no spreadsheet takes for a formula; a number may have its sign.
fn is_harmless(cell: &str) -> bool {
    let start = cell.trim_start_matches([' ', '\u{A0}', '\u{FEFF}']);
    let is_number = start
        .trim_start_matches('-')
        .chars()
        .all(|c| c.is_ascii_digit() || ".,:-+TZ".contains(c));
    is_number
        || !start.starts_with([
            '=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
        ])
}

/// The cells of a list with commas, as a stranger reads it.
fn cells(csv: &str) -> Vec<String> {
    let read = "import csv, io, json, sys\nprint(json.dumps([c for r in csv.reader(io.StringIO(sys.stdin.read(), newline='')) for c in r]))";
    let said = python(read, csv.as_bytes());
    serde_json::from_str(&said).expect("a list")
}

/// All parts of a sheet as one text.
fn sheet(bytes: &[u8]) -> String {
    let read = "import io, sys, zipfile\nz = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))\nprint(''.join(z.read(n).decode() for n in z.namelist()))";
    python(read, bytes)
}

fn python(program: &str, input: &[u8]) -> String {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };
    let mut running = Command::new("/usr/bin/python3")
        .args(["-c", program])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut stdin = running.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = running.wait_with_output().expect("python3");
    writing.join().expect("a thread").expect("written");
    assert!(output.status.success(), "python3 reads it");
    String::from_utf8(output.stdout).expect("text")
}
