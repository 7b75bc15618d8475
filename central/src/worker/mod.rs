//! Work that nobody asks for: holds that end, payments nobody told us about, sessions that are over.
//!
//! Each step does a bounded piece and says whether there was any; the loop rests when all are idle. A step that
//! fails is logged and tried again later; none can stop the others. Several central servers may run this at once:
//! every step's writes are conditional.

use std::time::Duration;

use crate::app::App;

/// Pause when there is nothing to do.
const REST: Duration = Duration::from_secs(2);
/// Longest pause after failures.
const LONGEST_REST: Duration = Duration::from_secs(10);
/// Rows that a step takes on at once.
const MOST: i64 = 100;

/// Works until it is dropped.
pub async fn run(app: App) {
    let mut failures = 0u32;
    loop {
        let (done, failed) = run_once(&app).await;
        failures = if failed {
            failures.saturating_add(1)
        } else {
            0
        };
        if done == 0 {
            let rest = REST * 2u32.saturating_pow(failures.min(5));
            tokio::time::sleep(rest.min(LONGEST_REST)).await;
        }
    }
}

/// Every step once: how much was done, and whether one failed.
pub async fn run_once(app: &App) -> (usize, bool) {
    let steps = [
        (
            "expire_holds",
            app.expire_holds(MOST).await.map_err(|e| e.to_string()),
        ),
        (
            "settle_payments",
            app.settle_payments(MOST).await.map_err(|e| e.to_string()),
        ),
        (
            "sweep_sessions",
            app.sweep_sessions().await.map_err(|e| e.to_string()),
        ),
    ];
    let (mut done, mut failed) = (0, false);
    for (step, outcome) in steps {
        match outcome {
            Ok(count) => done += count,
            Err(error) => {
                failed = true;
                tracing::error!(step, error, "a step of the worker failed");
            }
        }
    }
    (done, failed)
}
