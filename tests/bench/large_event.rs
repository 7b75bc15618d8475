//! `event.200k`: an event of 200,000 tickets at one gate: first sync, delta, look-up by number, scan. The real node at
//! the real central without a wire, so that only their own work is timed; every answer is checked
//! (`support::large_event`). The scan stands beside the same node's look-up, which writes a record as well.

use anyhow::Result;
use support::{central::Engine, large_event};

use crate::figure::{Figure, Report, ms, quantile};

/// Plays the event and adds its figures.
pub async fn run(report: &mut Report) -> Result<()> {
    let took = large_event::play(Engine::Sqlite, large_event::TICKETS).await;
    let seconds = |steps: &[std::time::Duration]| steps[0].as_secs_f64();
    report.add(&Figure::new(
        "event.200k.cold_sync",
        seconds(&took.cold_sync),
        "s",
    ));
    report.add(&Figure::new("event.200k.delta", seconds(&took.delta), "s"));
    let (lookup, scan) = (
        ms(quantile(&took.lookup, 0.5)),
        ms(quantile(&took.scan, 0.5)),
    );
    report.add(&Figure::new("event.200k.lookup", lookup, "ms"));
    report.add(&Figure::new("event.200k.scan", scan, "ms").beside("look-up", lookup));
    Ok(())
}
