//! `gate.decode_rate` and `gate.decode_time`: seeded degraded 720p frames → text; the cascade beside each decoder
//! alone, interleaved frame by frame. Times are CPU time, which other work on the machine stretches less.
//!
//! A camera's cascade is measured on empty frames too, as a gate sees them most of the day: its budget is a thirtieth
//! of a second on a machine with a quarter of this one's speed.

use std::time::Duration;

use decoder::{
    Cascade, CascadeOptions, Effort, FrameDecoder, GrayFrame, Rqrr, Zxing,
    synth::{self, Picture, Random},
};
use rustix::time::{ClockId, clock_gettime};

use crate::figure::{Figure, Report, ms, quantile};

const FRAMES: usize = 420;
const SEED: u64 = 2_026;
const EMPTY: u64 = 24;
/// Frames that the camera's cascade sees of each empty room: every step has its turn several times.
const LOOKS: usize = 40;
/// A thirtieth of a second, at four times this machine's speed.
const BUDGET_MS: f64 = 1_000.0 / 30.0 / 4.0;

struct Measured {
    name: &'static str,
    decoder: Box<dyn FrameDecoder>,
    read: usize,
    wrong: usize,
    took: Vec<Duration>,
    empty: Vec<Duration>,
}

/// Runs all decoders over the same frames.
pub fn run(report: &mut Report) {
    let first = CascadeOptions {
        max_codes: 1,
        find_all: false,
        ..CascadeOptions::default()
    };
    let mut all = [
        Measured::new("cascade", Cascade::new(first)),
        Measured::new("cascade_all", Cascade::default()),
        Measured::new("zxing", Zxing::new(Effort::Usual, 1)),
        Measured::new("rqrr", Rqrr::default()),
    ];
    for case in synth::cases(FRAMES, SEED) {
        all.iter_mut().for_each(|one| one.read(&case));
    }
    for seed in 0..EMPTY {
        let room = empty_room(seed);
        all.iter_mut().for_each(|one| one.pass(&room));
    }
    tell(report, &mut all);
    camera(report);
}

fn tell(report: &mut Report, all: &mut [Measured]) {
    let summary: Vec<[f64; 5]> = all.iter_mut().map(Measured::summary).collect();
    let best_alone = summary[2..].iter().map(|one| one[0]).fold(0.0, f64::max);
    let zxing = summary[2];
    for (one, own) in all.iter().zip(&summary) {
        let name = |of: &str| format!("gate.{of}.{}", one.name);
        let rate = Figure::new(name("decode_rate"), own[0], "%");
        report.add(&rate.beside("best decoder alone", best_alone));
        report.add(&Figure::new(
            name("decode_wrong"),
            one.wrong as f64,
            "texts",
        ));
        for (place, of) in [
            (1, "decode_time.median"),
            (2, "decode_time.p95"),
            (3, "decode_time.empty"),
            (4, "decode_time.empty_p95"),
        ] {
            let figure = Figure::new(name(of), own[place], "ms");
            report.add(&figure.beside("zxing alone", zxing[place]));
        }
    }
}

/// Every frame of a camera that sees nobody, after the first guest has shown a ticket.
fn camera(report: &mut Report) {
    let mut took = Vec::new();
    for seed in 0..EMPTY / 4 {
        let mut live = Cascade::new(CascadeOptions::live());
        live.read(&synth::clean_frame(&synth::ticket_text(seed), 1_280, 720));
        let room = empty_room(seed);
        took.extend((0..LOOKS).map(|_| measured(|| drop(live.read(&room)))));
    }
    took.sort();
    for (share, of) in [(0.5, "median"), (0.95, "p95"), (1.0, "max")] {
        let name = format!("gate.decode_time.empty_camera.{of}");
        let figure = Figure::new(name, ms(quantile(&took, share)), "ms");
        report.add(&figure.beside("budget", BUDGET_MS));
    }
}

/// What a webcam sees of a room in fair light: a little blur, a little grain.
fn empty_room(seed: u64) -> GrayFrame<'static> {
    let mut random = Random::new(seed);
    let mut room = Picture::room(1_280, 720, &mut random);
    room.blur(0.8);
    room.add_noise(3.0, &mut random);
    room.into_frame()
}

fn measured(work: impl FnOnce()) -> Duration {
    let before = used();
    work();
    used().saturating_sub(before)
}

/// CPU time of all threads of this process: rqrr has one of its own.
fn used() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(used).unwrap_or_default()
}

impl Measured {
    fn new(name: &'static str, decoder: impl FrameDecoder + 'static) -> Self {
        Self {
            name,
            decoder: Box::new(decoder),
            read: 0,
            wrong: 0,
            took: Vec::new(),
            empty: Vec::new(),
        }
    }

    fn read(&mut self, case: &synth::Case) {
        let mut codes = Vec::new();
        let took = measured(|| codes = self.decoder.decode(&case.frame));
        self.took.push(took);
        self.read += usize::from(codes.iter().any(|code| code.text == case.text));
        self.wrong += codes.iter().filter(|code| code.text != case.text).count();
    }

    fn pass(&mut self, room: &GrayFrame<'_>) {
        let mut codes = Vec::new();
        let took = measured(|| codes = self.decoder.decode(room));
        self.empty.push(took);
        self.wrong += codes.len();
    }

    /// Share read, then median and p95 with a code, then without.
    fn summary(&mut self) -> [f64; 5] {
        self.took.sort();
        self.empty.sort();
        [
            self.read as f64 * 100.0 / self.took.len() as f64,
            ms(quantile(&self.took, 0.5)),
            ms(quantile(&self.took, 0.95)),
            ms(quantile(&self.empty, 0.5)),
            ms(quantile(&self.empty, 0.95)),
        ]
    }
}
