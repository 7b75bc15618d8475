//! A board without a clock battery: whenever the power comes back, it is 1970.
use std::{fs, time::Duration};

use ambient::{Clock, SystemClock};
use serde_json::Value;
use sync_protocol::time::Timestamp;

use crate::{
    disk::Disk,
    guest::{Board, Guest},
    log_file,
    parts::Parts,
    scanning::{HOME, Seen},
    settings,
    venue::{Held, Sold, Venue, on_host},
};

const BOARD: Board = Board {
    wakes_in: Some("1970-01-01"),
    has_network: true,
    has_usb: false,
};
/// From one gate to the other: longer than the clocks can err.
const WALK: Duration = Duration::from_secs(3);
/// What a scan's stated error may be at most; with more the test would prove little.
const MOST_ERROR_MS: i64 = 1_500;
const HALF_A_CENTURY_MS: i64 = 50 * 365 * 86_400_000;

#[tokio::test(flavor = "multi_thread")]
async fn case_20_a_board_that_wakes_in_1970_still_syncs_and_is_ruled_right() {
    if settings::is_off() {
        return;
    }
    let venue = Venue::open(8).await;
    let mut gates = Gates::set_up(&venue).await;
    let [board_first, host_first, alone, after] = &venue.sold[..4] else {
        unreachable!("eight were sold")
    };
    // Nobody knows of anybody, and the board has not heard the time since it woke.
    gates.scan_on_board(board_first).await;
    tokio::time::sleep(WALK).await;
    gates.scan_on_host(host_first).await;
    gates.scan_on_host(board_first).await;
    tokio::time::sleep(WALK).await;
    gates.scan_on_board(host_first).await;
    gates.scan_on_board(alone).await;
    // The gate that scanned second reports first.
    on_host(&gates.host, &["sync", "--json"]).await;
    gates.sync_board().await;
    gates.scan_on_board(after).await;
    gates.sync_board().await;
    gates.board_knows_the_time().await;
    on_host(&gates.host, &["sync", "--json"]).await;
    let files = gates.switch_off().await;
    let board = log_file::node(&files.join("node")).to_string();
    times_are_true(&venue.held(&board), &gates.scans);
    rulings_are_right(&venue, board_first, host_first).await;
}

/// Between these two moments of the true time the board scanned.
type Between = (Timestamp, Timestamp);

struct Gates {
    board: Option<Guest>,
    disk: Disk,
    host: std::path::PathBuf,
    scans: Vec<Between>,
}

impl Gates {
    /// The board is enrolled in 1970, synced in 1970, loses its power and wakes in 1970 again.
    async fn set_up(venue: &Venue) -> Self {
        let (parts, folder) = (Parts::ready(), venue.folder().join("machine"));
        fs::create_dir_all(folder.join("empty")).expect("a folder");
        let disk = Disk::holding(&folder.join("empty"), &folder);
        let mut board = Guest::power_on(&parts, &BOARD, &disk, &folder);
        board.boot().await;
        board.connect().await;
        let (url, code) = (venue.url_for_guests(), venue.enrolment("North").await);
        board
            .must(&format!(
                "edge-node --home {HOME} enrol {url} {code} --json"
            ))
            .await;
        let enrolled = disk.written();
        board
            .must(&format!("edge-node --home {HOME} sync --json"))
            .await;
        board.cut_power().await;
        // Its code is used up, so who was told "enrolled" must stay it, wherever the power went.
        let (files, _) = disk.files_at(enrolled, "enrolled", &mut || false);
        on_host(&files.join("node"), &["status", "--json"]).await;
        disk.lose_power(&mut || false);
        let mut board = Guest::power_on(&parts, &BOARD, &disk, &folder);
        board.boot().await;
        assert_eq!(board.must("date -u +%Y").await, ["1970"]);
        let host = venue.enrol("South").await;
        Self {
            board: Some(board),
            disk,
            host,
            scans: Vec::new(),
        }
    }

    fn board(&mut self) -> &mut Guest {
        self.board.as_mut().expect("it is on")
    }

    async fn scan_on_board(&mut self, sold: &Sold) {
        let clock = SystemClock::new();
        let from = clock.now();
        let scan = format!("edge-node --home {HOME} scan --json --code {}", sold.code);
        let said = self.board().must(&scan).await;
        self.scans.push((from, clock.now()));
        let seen = Seen::of(&said[0]);
        assert_eq!(
            (seen.verdict.as_str(), seen.reason.as_str()),
            ("admit", "admitted"),
            "{said:?}"
        );
    }

    async fn scan_on_host(&self, sold: &Sold) {
        let seen = on_host(&self.host, &["scan", "--json", "--code", &sold.code]).await;
        assert_eq!(seen[0]["verdict"], "admit", "{seen:?}");
    }

    /// Plugs the cable in and syncs: no certificate is too new for 1970.
    async fn sync_board(&mut self) {
        self.board().connect().await;
        let sync = format!("edge-node --home {HOME} sync --json");
        self.board().must(&sync).await;
    }

    /// Its screen can warn of the wall clock, and its own estimate is right.
    async fn board_knows_the_time(&mut self) {
        assert_eq!(self.board().must("date -u +%Y").await, ["1970"]);
        let said = self
            .board()
            .must(&format!("edge-node --home {HOME} status --json"))
            .await;
        let status: Value = serde_json::from_str(&said[0]).expect("JSON");
        let offset = status["clock"]["offset_ms"].as_i64().expect("an offset");
        assert!(offset < -HALF_A_CENTURY_MS, "{status}");
        let this_year = SystemClock::new().now();
        let year = 1970 + this_year.0 / (365 * 86_400_000 + 86_400_000 / 4);
        assert!(
            status["now"]
                .as_str()
                .is_some_and(|now| now.starts_with(&year.to_string())),
            "{status}"
        );
        assert_eq!(status["unsent"], 0, "{status}");
    }

    async fn switch_off(&mut self) -> std::path::PathBuf {
        let board = self.board.take().expect("it is on");
        board.shut_down().await;
        self.disk.files("files")
    }
}

/// What central calls the time of a scan holds the true time, and says it precisely.
fn times_are_true(held: &[Held], scans: &[Between]) {
    assert_eq!(held.len(), scans.len(), "all scans arrived");
    for (held, (from, until)) in held.iter().zip(scans) {
        let (lo, hi) = (held.lo_ms, held.hi_ms);
        eprintln!(
            "scan {}: true between {} and {}, stated {lo} to {hi}",
            held.seq, from.0, until.0
        );
        assert!(
            lo <= until.0 && from.0 <= hi,
            "scan {}: the true time is not in it",
            held.seq
        );
        assert!(hi - lo <= 2 * MOST_ERROR_MS, "scan {}: too vague", held.seq);
    }
}

/// For each ticket the gate that was truly first has won, without doubt.
async fn rulings_are_right(venue: &Venue, board_first: &Sold, host_first: &Sold) {
    let conflicts = venue.conflicts().await;
    assert_eq!(conflicts.len(), 2, "{conflicts:?}");
    for (sold, first, second) in [
        (board_first, "North", "South"),
        (host_first, "South", "North"),
    ] {
        let ticket = sold.ticket.to_string();
        let of_ticket = conflicts
            .iter()
            .find(|conflict| conflict["ticket"] == *ticket);
        let conflict = of_ticket.unwrap_or_else(|| panic!("{ticket}: {conflicts:?}"));
        assert_eq!(conflict["winner"]["gate"], first, "{conflict}");
        assert_eq!(conflict["double"]["gate"], second, "{conflict}");
        assert_eq!(conflict["undecidable"], false, "{conflict}");
    }
}
