//! `gate.decode_rate` and `gate.decode_time`: seeded degraded 720p frames → text; the cascade beside each decoder
//! alone, interleaved frame by frame. What reads the first text only is beside zxing-cpp that ends at the first, what
//! reads all beside zxing-cpp that reads all.
//!
//! A camera's cascade is measured on empty frames too, as a gate sees them most of the day: its budget is a thirtieth
//! of a second on a machine with a quarter of this one's speed.
//!
//! Every frame is read several times and the quickest counts: a decoder's work is the same each time, so what is
//! longer was other work on the machine.

use std::time::{Duration, Instant};

use decoder::{
    Cascade, CascadeOptions, Effort, FrameDecoder, GrayFrame, Rqrr, Zxing,
    synth::{self, Picture, Random},
};

use crate::figure::{Figure, Report, ms, quantile};

const FRAMES: usize = 420;
const SEED: u64 = 2_026;
const EMPTY: u64 = 24;
/// Frames that the camera's cascade sees of each empty room: every step has its turn several times.
const LOOKS: usize = 40;
/// How often each frame is read.
const TIMES: usize = 3;
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
        Measured::new("zxing_all", Zxing::new(Effort::Usual, 8)),
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
    for (one, own) in all.iter().zip(&summary) {
        let reads_all = one.name.ends_with("_all");
        let zxing = summary[if reads_all { 3 } else { 2 }];
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
            let peer = if reads_all {
                "zxing, all codes"
            } else {
                "zxing alone"
            };
            report.add(&figure.beside(peer, zxing[place]));
        }
    }
}

/// Every frame of a camera that sees nobody, after the first guest has shown a ticket.
fn camera(report: &mut Report) {
    let mut took: Vec<_> = (0..EMPTY / 4).flat_map(looks_at_a_room).collect();
    took.sort();
    for (share, of) in [(0.5, "median"), (0.95, "p95"), (1.0, "max")] {
        let name = format!("gate.decode_time.empty_camera.{of}");
        let figure = Figure::new(name, ms(quantile(&took, share)), "ms");
        report.add(&figure.beside("budget", BUDGET_MS));
    }
}

/// The same frames for as many new cameras: which step has its turn depends on the frame's number alone.
fn looks_at_a_room(seed: u64) -> Vec<Duration> {
    let room = empty_room(seed);
    let mut quickest = vec![Duration::MAX; LOOKS];
    for _ in 0..2 * TIMES {
        let mut live = Cascade::new(CascadeOptions::live());
        live.read(&synth::clean_frame(&synth::ticket_text(seed), 1_280, 720));
        for best in &mut quickest {
            *best = (*best).min(measured(|| drop(live.read(&room))));
        }
    }
    quickest
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
    let started = Instant::now();
    work();
    started.elapsed()
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
        let once = |_| measured(|| codes = self.decoder.decode(&case.frame));
        self.took.extend((0..TIMES).map(once).min());
        self.read += usize::from(codes.iter().any(|code| code.text == case.text));
        self.wrong += codes.iter().filter(|code| code.text != case.text).count();
    }

    fn pass(&mut self, room: &GrayFrame<'_>) {
        let mut codes = Vec::new();
        let once = |_| measured(|| codes = self.decoder.decode(room));
        self.empty.extend((0..TIMES).map(once).min());
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
