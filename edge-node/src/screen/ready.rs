//! Before doors: what `doctor` finds, with a sign and a word each, and what only this page can try: whether the sound is
//! heard, whether a scanner types and whether the camera sees, by a test code that is never a ticket.

use std::{cmp::Reverse, path::PathBuf, sync::Arc};

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, header::CONTENT_TYPE},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Screen,
    choice::{Asked, Choice},
    handler::{Answer, Failure, html},
    look::Look,
    page::Place,
    test_code,
    trial::Tried,
    words::word_list,
};
use crate::{
    doctor::{self, Check, Level, Report},
    node::Node,
};

word_list! {
    /// The words of this page.
    ReadyWords {
        title: "Before doors", "Sebelum dibuka";
        go: "GO", "SIAP";
        go_hint: "This gate can open.", "Gerbang ini dapat dibuka.";
        look: "GO, but look", "SIAP, tetapi periksa";
        look_hint: "This gate can open. Somebody should look at what is marked.", "Gerbang ini dapat dibuka. Periksa yang ditandai.";
        no_go: "NO GO", "BELUM SIAP";
        no_go_hint: "Do not open this gate before the marked lines are mended.", "Jangan buka gerbang ini sebelum yang ditandai diperbaiki.";
        ok: "Good", "Baik";
        warning: "Look", "Periksa";
        stop: "Mend", "Perbaiki";
        again: "Look again", "Periksa lagi";
        back: "Back to the gate", "Kembali ke gerbang";
        tries: "Try it out", "Coba sendiri";
        sound: "Sound", "Suara";
        sound_try: "Press, and listen: two notes up, two alike, one low", "Tekan, lalu dengarkan: dua nada naik, dua sama, satu rendah";
        sound_play: "Play the three sounds", "Putar tiga suara";
        sound_played: "Played. If nothing was heard, turn the loudspeaker up.", "Sudah diputar. Jika tidak terdengar, besarkan pengeras suara.";
        scanner: "Scanner", "Pemindai";
        scanner_try: "Scan the test code with each scanner. It is no ticket and counts for nothing.", "Pindai kode uji dengan setiap pemindai. Bukan tiket dan tidak dihitung.";
        scanner_waits: "Nothing was typed into this page yet", "Belum ada yang diketik ke halaman ini";
        scanner_good: "The scanner types every character right", "Pemindai mengetik semua karakter dengan benar";
        scanner_bad: "Characters came wrong: set the scanner to the US keyboard layout", "Karakter salah: atur pemindai ke tata letak keyboard US";
        camera: "Camera", "Kamera";
        camera_try: "Take a picture of the test code with a phone and hold it before the camera.", "Foto kode uji dengan ponsel lalu tunjukkan ke kamera.";
        test_code: "The test code", "Kode uji";
        found: "Found", "Temuan";
    }
}

const NO_HOME: doctor::said::Words = (
    "this screen was not told the node's folder, so nothing was looked at",
    "layar ini tidak diberi tahu folder node, jadi tidak ada yang diperiksa",
);
const START_AGAIN: doctor::said::Words = (
    "start the gate with `edge-node run`",
    "jalankan gerbang dengan `edge-node run`",
);

/// The page.
#[derive(Template)]
#[template(path = "gate/ready.html")]
struct ReadyPage {
    said: &'static ReadyWords,
    choice: Choice,
    look: Look,
    place: Place,
    report: Report,
    code: String,
    tried: Tried,
    has_camera: bool,
}

/// `GET /ready`.
pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    if screen.kiosk.is_on() {
        return Ok(Redirect::to("/").into_response());
    }
    let choice = screen.choice(&asked, &headers);
    let home = screen.home.clone();
    let (status, report) = screen
        .ask(move |node| Ok((node.status()?, examined(node, home))))
        .await?;
    let mut report = report.corrected(screen.devices.checks());
    // What must be mended is seen without scrolling.
    report.checks.sort_by_key(|check| Reverse(check.level));
    html(&ReadyPage {
        said: ReadyWords::of(choice.language),
        choice,
        look: Look::of(&headers, screen.port),
        place: Place::of(&status),
        report,
        code: crate::test_code::TEXT.to_owned(),
        tried: screen.tried(choice.language),
        has_camera: screen.devices.has_camera(),
    })
}

/// `GET /ready/code.svg`: what is held before camera and scanner.
pub(super) async fn code() -> Result<Response, Failure> {
    let drawn = test_code::svg().map_err(Failure::internal)?;
    Ok(([(CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}

fn examined(node: &Node, home: Option<PathBuf>) -> Report {
    let looked = match home {
        Some(home) => doctor::examine(&home, node.clock(), &mut |_, _| {}),
        None => {
            let check = Check::no_go("node", NO_HOME, START_AGAIN);
            return Report::new(vec![check]);
        }
    };
    looked.unwrap_or_else(|error| Report::new(vec![Check::failed("node", &error)]))
}

impl ReadyPage {
    /// Look, word and hint of the whole.
    fn sum(&self) -> (&'static str, &'static str, &'static str) {
        let said = self.said;
        if !self.report.go {
            return ("refuse", said.no_go, said.no_go_hint);
        }
        match self.report.names(Level::Warning).is_empty() {
            true => ("admit", said.go, said.go_hint),
            false => ("ask", said.look, said.look_hint),
        }
    }

    fn found<'c>(&self, check: &'c Check) -> &'c str {
        check.found.of(self.choice.language)
    }

    fn advice<'c>(&self, check: &'c Check) -> Option<&'c str> {
        let advice = check.advice.as_ref();
        advice.map(|advice| advice.of(self.choice.language))
    }

    fn level(&self, check: &Check) -> (&'static str, &'static str) {
        match check.level {
            Level::Ok => ("admit", self.said.ok),
            Level::Warning => ("ask", self.said.warning),
            Level::NoGo => ("refuse", self.said.stop),
        }
    }

    fn title(&self, check: &Check) -> &'static str {
        let names = names(check.name);
        match self.choice.language {
            crate::reason_text::Language::English => names.0,
            crate::reason_text::Language::Indonesian => names.1,
        }
    }
}

/// What a check is called by people; a new one by its own name until it has one here.
const fn names(name: &'static str) -> (&'static str, &'static str) {
    match name.as_bytes() {
        b"node" => ("This node", "Node ini"),
        b"key" => ("Its key", "Kuncinya"),
        b"log" => ("Log of scans", "Catatan pindaian"),
        b"replica" => ("Tickets held here", "Tiket di sini"),
        b"event_keys" => ("Keys of the tickets", "Kunci tiket"),
        b"lease" => ("Lease", "Izin bekerja"),
        b"standing" => ("Standing with central", "Status di pusat"),
        b"rights" => ("What it may do", "Wewenang"),
        b"clock" => ("Clock", "Jam"),
        b"last_sync" => ("Last sync", "Sinkronisasi terakhir"),
        b"unsent" => ("Unsent scans", "Pindaian belum terkirim"),
        b"parked" => ("Put aside by central", "Disisihkan oleh pusat"),
        b"disk" => ("Disk", "Disk"),
        b"camera" => ("Camera", "Kamera"),
        b"scanner" => ("Scanner", "Pemindai"),
        b"power" => ("Power", "Daya"),
        b"folder" => ("Other programs", "Program lain"),
        b"peers" => ("Other gates", "Gerbang lain"),
        _ => (name, name),
    }
}
