//! `edge.decode`: a 720p gray frame → text; the cascade beside each decoder alone, interleaved frame by frame.

use std::time::{Duration, Instant};

use decoder::{Cascade, CascadeOptions, Effort, FrameDecoder, Rqrr, Zxing, synth};

use crate::figure::{Figure, Report, ms, quantile};

const FRAMES: usize = 240;
const SEED: u64 = 2_026;

/// Runs all decoders over the same seeded degraded frames.
pub fn run(report: &mut Report) {
    let quick = CascadeOptions {
        max_codes: 1,
        find_all: false,
        ..CascadeOptions::default()
    };
    let mut decoders: Vec<(&str, Box<dyn FrameDecoder>)> = vec![
        ("cascade", Box::new(Cascade::new(quick))),
        ("zxing", Box::new(Zxing::new(Effort::Usual, 1))),
        ("rqrr", Box::new(Rqrr::default())),
    ];
    let mut tries: Vec<Vec<(Duration, bool)>> = vec![Vec::new(); decoders.len()];
    for case in synth::cases(FRAMES, SEED) {
        for ((_, decoder), tries) in decoders.iter_mut().zip(&mut tries) {
            let start = Instant::now();
            let codes = decoder.decode(&case.frame);
            tries.push((
                start.elapsed(),
                codes.iter().any(|code| code.text == case.text),
            ));
        }
    }
    let summary: Vec<_> = tries.iter().map(|tries| summarise(tries)).collect();
    for ((name, _), own) in decoders.iter().zip(&summary) {
        for (place, (figure, unit)) in [("read", "%"), ("median", "ms"), ("p95", "ms")]
            .into_iter()
            .enumerate()
        {
            let figure = Figure::new(format!("edge.decode.{figure}.{name}"), own[place], unit);
            report.add(&if *name == "cascade" {
                figure.beside("zxing alone", summary[1][place])
            } else {
                figure
            });
        }
    }
}

/// Share read, median and p95 over all frames.
fn summarise(tries: &[(Duration, bool)]) -> [f64; 3] {
    let mut times: Vec<_> = tries.iter().map(|(took, _)| *took).collect();
    times.sort();
    let read = tries.iter().filter(|(_, read)| *read).count();
    [
        read as f64 * 100.0 / tries.len() as f64,
        ms(quantile(&times, 0.5)),
        ms(quantile(&times, 0.95)),
    ]
}
