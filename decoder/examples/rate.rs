//! How much each decoder reads of the seeded degraded frames, and how long it takes.
//!
//! `cargo run -p decoder --example rate -- [FRAMES] [SEED]`: one row per kind of damage, then the
//! share read, wrong texts, median and 95th percentile in milliseconds, and an empty frame's median.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Instant;

use decoder::synth::{self, Damage};
use decoder::{Cascade, CascadeOptions, Engine, FrameDecoder, GrayFrame, Rqrr};

/// One decoder and what it did so far.
struct Runner {
    name: &'static str,
    decoder: Box<dyn FrameDecoder>,
    read: BTreeMap<Damage, usize>,
    wrong: usize,
    took_ms: Vec<f64>,
    empty_ms: Vec<f64>,
}

impl Runner {
    fn new(name: &'static str, decoder: impl FrameDecoder + 'static) -> Self {
        let decoder = Box::new(decoder);
        let read = BTreeMap::new();
        Self {
            name,
            decoder,
            read,
            wrong: 0,
            took_ms: Vec::new(),
            empty_ms: Vec::new(),
        }
    }

    fn texts(&mut self, frame: &GrayFrame<'_>) -> (Vec<String>, f64) {
        let start = Instant::now();
        let codes = self.decoder.decode(frame);
        let took = start.elapsed().as_secs_f64() * 1000.0;
        (codes.into_iter().map(|code| code.text).collect(), took)
    }

    fn try_case(&mut self, case: &synth::Case) {
        let (texts, took) = self.texts(&case.frame);
        self.took_ms.push(took);
        self.wrong += usize::from(texts.iter().any(|text| *text != case.text));
        *self.read.entry(case.damage).or_default() += usize::from(texts.contains(&case.text));
    }

    fn try_empty(&mut self, frame: &GrayFrame<'_>) {
        let (texts, took) = self.texts(frame);
        self.empty_ms.push(took);
        self.wrong += texts.len();
    }
}

fn runners() -> Vec<Runner> {
    let still = CascadeOptions::default();
    let first = CascadeOptions {
        max_codes: 1,
        find_all: false,
        ..still.clone()
    };
    let quick = CascadeOptions {
        deep_every: 0,
        ..first.clone()
    };
    let pure = CascadeOptions {
        engine: Engine::Rqrr,
        ..still.clone()
    };
    let mut runners = vec![Runner::new("rqrr", Rqrr::default())];
    #[cfg(feature = "zxing")]
    runners.extend([
        Runner::new("zx fast", decoder::Zxing::new(decoder::Effort::Quick, 1)),
        Runner::new("zx one", decoder::Zxing::new(decoder::Effort::Usual, 1)),
        Runner::new("zx all", decoder::Zxing::default()),
    ]);
    runners.extend([
        Runner::new("quick", Cascade::new(quick)),
        Runner::new("first", Cascade::new(first)),
        Runner::new("still", Cascade::new(still)),
        Runner::new("pure", Cascade::new(pure)),
    ]);
    runners
}

fn nth(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let index = ((values.len() as f64 - 1.0) * share).round() as usize;
    values.get(index).copied().unwrap_or(f64::NAN)
}

fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse::<u64>().ok());
    let count = usize::try_from(numbers.next().unwrap_or(420)).unwrap_or(420);
    let seed = numbers.next().unwrap_or(1);
    let mut runners = runners();
    for case in synth::cases(count, seed) {
        runners.iter_mut().for_each(|runner| runner.try_case(&case));
    }
    for empty in 0..20 {
        let frame = synth::empty_frame(seed ^ empty);
        runners
            .iter_mut()
            .for_each(|runner| runner.try_empty(&frame));
    }
    report(&mut runners, count)
}

fn report(runners: &mut [Runner], count: usize) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut row = |head: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>9}")).collect();
        writeln!(out, "{head:<12}{cells}")
    };
    row("", runners.iter().map(|r| r.name.to_owned()).collect())?;
    for damage in Damage::ALL {
        let read = runners
            .iter()
            .map(|r| r.read.get(&damage).copied().unwrap_or(0).to_string());
        row(&format!("{damage:?}"), read.collect())?;
    }
    let share = |r: &Runner| 100.0 * r.read.values().sum::<usize>() as f64 / count as f64;
    row(
        "read %",
        runners.iter().map(|r| format!("{:.1}", share(r))).collect(),
    )?;
    row(
        "wrong",
        runners.iter().map(|r| r.wrong.to_string()).collect(),
    )?;
    let mut times = |head: &str, of: fn(&mut Runner) -> f64| {
        row(
            head,
            runners
                .iter_mut()
                .map(|r| format!("{:.2}", of(r)))
                .collect(),
        )
    };
    times("median ms", |r| nth(&mut r.took_ms, 0.5))?;
    times("p95 ms", |r| nth(&mut r.took_ms, 0.95))?;
    times("empty ms", |r| nth(&mut r.empty_ms, 0.5))
}
