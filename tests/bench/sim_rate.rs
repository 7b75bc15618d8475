//! `sim.rate`: simulated scans per second on all cores, with everything that a world checks, beside the scans of one
//! core alone.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use crate::figure::{Figure, Report};

#[path = "../simulation/world/mod.rs"]
mod world;

/// How long each measurement plays.
const TIME: Duration = Duration::from_secs(10);

/// Measures.
pub fn run(report: &mut Report) -> Result<()> {
    support::temp::in_memory();
    let cores = thread::available_parallelism()?.get();
    let one = rate(1)?;
    let all = rate(cores)?;
    report.add(&Figure::new("sim.rate", all, "scans/s").beside("one core", one));
    Ok(())
}

/// Scans per second of so many worlds at once.
fn rate(players: usize) -> Result<f64> {
    let next = AtomicU64::new(0);
    let started = Instant::now();
    let play = || {
        let mut scans = 0;
        while started.elapsed() < TIME {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            let told = world::run(seed, false).map_err(|broken| anyhow!(broken))?;
            scans += u64::from(told.scans);
        }
        Ok::<_, anyhow::Error>(scans)
    };
    let scans: Result<u64> = thread::scope(|scope| {
        let players: Vec<_> = (0..players).map(|_| scope.spawn(play)).collect();
        let played = players
            .into_iter()
            .map(|player| player.join().expect("it does not panic"));
        played.sum()
    });
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let scans = scans? as f64;
    Ok(scans / started.elapsed().as_secs_f64())
}
