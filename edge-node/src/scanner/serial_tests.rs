//! Pseudo-terminals: to the reader they are serial lines.

use std::{
    io::Write,
    sync::mpsc::Receiver,
    time::{Duration, Instant},
};

use serialport::{SerialPort, TTYPort};

use crate::{
    scanner::{Affixes, Kind, Roots, ScannerState, ScannerStatus, Scanners, Setup, Typed, Wanted},
    test_code,
};

const LONG: Duration = Duration::from_secs(20);

/// A line with a scanner at the far end.
struct Line {
    far: TTYPort,
    path: String,
}

impl Line {
    fn new() -> Self {
        let (far, near) = TTYPort::pair().expect("a pseudo-terminal");
        let path = near.name().expect("a path");
        Self { far, path }
    }

    fn sends(&mut self, bytes: &[u8]) {
        self.far.write_all(bytes).expect("sent");
    }
}

fn start(wanted: &[&str]) -> (Scanners, Receiver<Typed>) {
    let wanted = wanted
        .iter()
        .map(|wanted| Wanted::parse(wanted).expect("a spelling"));
    Scanners::start(Setup {
        wanted: wanted.collect(),
        affixes: Affixes {
            prefix: "G1".to_owned(),
            suffix: String::new(),
        },
        roots: Roots::default(),
    })
}

fn next(typed: &Receiver<Typed>) -> String {
    let typed = typed.recv_timeout(LONG).expect("a text");
    assert_eq!(typed.kind, Kind::Serial);
    typed.text
}

#[track_caller]
fn await_state(scanners: &Scanners, path: &str, state: ScannerState) {
    let until = Instant::now() + LONG;
    let is_there = |scanner: &ScannerStatus| {
        scanner.state == state && (scanner.place == path || scanner.name == path)
    };
    while !scanners.states().iter().any(is_there) {
        assert!(
            Instant::now() < until,
            "{state:?} never came: {:?}",
            scanners.states()
        );
        std::thread::yield_now();
    }
}

#[test]
fn codes_come_through_in_order_and_once() {
    let mut line = Line::new();
    let (scanners, typed) = start(&[&line.path]);
    await_state(&scanners, &line.path, ScannerState::Connected);
    line.sends(b"FIRST-CODE\r\nSECOND");
    line.sends(b"-CODE\rG1THIRD-CODE\tTHIRD-CODE\t");
    assert_eq!(next(&typed), "FIRST-CODE");
    assert_eq!(next(&typed), "SECOND-CODE");
    assert_eq!(next(&typed), "THIRD-CODE");
    line.sends(b"NO-END-HERE");
    assert_eq!(
        next(&typed),
        "NO-END-HERE",
        "the doubled scan did not come again"
    );
}

#[test]
fn the_test_code_proves_the_scanner_and_is_no_scan() {
    let mut line = Line::new();
    let (scanners, typed) = start(&[&line.path]);
    await_state(&scanners, &line.path, ScannerState::Connected);
    assert!(scanners.states()[0].test_code.is_none());
    line.sends(format!("{}\r\nA-TICKET-CODE\r\n", test_code::TEXT).as_bytes());
    assert_eq!(next(&typed), "A-TICKET-CODE");
    assert!(scanners.states()[0].test_code.is_some());
}

#[test]
fn garbage_is_told_and_is_no_attempt() {
    let mut line = Line::new();
    let (scanners, typed) = start(&[&line.path]);
    await_state(&scanners, &line.path, ScannerState::Connected);
    line.sends(&[0xfe; 3_000]);
    await_state(&scanners, &line.path, ScannerState::Garbled);
    line.sends(b"\rGOOD-CODE\r");
    assert_eq!(next(&typed), "GOOD-CODE");
    await_state(&scanners, &line.path, ScannerState::Connected);
}

#[test]
fn a_line_that_another_program_reads_is_busy_until_it_lets_go() {
    let mut line = Line::new();
    let (first, first_typed) = start(&[&line.path]);
    await_state(&first, &line.path, ScannerState::Connected);
    let (second, typed) = start(&[&line.path]);
    await_state(&second, &line.path, ScannerState::Busy);
    drop((first, first_typed));
    await_state(&second, &line.path, ScannerState::Connected);
    line.sends(b"CODE-FOR-THE-SECOND\r");
    assert_eq!(next(&typed), "CODE-FOR-THE-SECOND");
}

#[test]
fn an_unplugged_line_is_gone_and_the_others_go_on() {
    let (line, mut other) = (Line::new(), Line::new());
    let (scanners, typed) = start(&[&line.path, &other.path, "/dev/ttyACM-none"]);
    await_state(&scanners, "/dev/ttyACM-none", ScannerState::Missing);
    await_state(&scanners, &other.path, ScannerState::Connected);
    await_state(&scanners, &line.path, ScannerState::Connected);
    other.sends(b"BEFORE-IT\r");
    assert_eq!(next(&typed), "BEFORE-IT");
    let path = line.path.clone();
    drop(line);
    await_state(&scanners, &path, ScannerState::Gone);
    other.sends(b"AFTER-IT\r");
    assert_eq!(next(&typed), "AFTER-IT");
}
