//! Work that nobody asks for: holds that end, payments nobody told us about, money that goes back,
//! sessions that are over.
//!
//! Every step is a loop of its own, so none can stop or delay another, however slow the provider is. A step does a
//! bounded piece and says how much that was; it goes on at once while there is work, and rests when there is none.
//! One that fails is logged and tried again after a longer rest. Several central servers may run this at once:
//! every step's writes are conditional.

use std::{fmt::Display, time::Duration};

use crate::app::App;

/// Pause when there is nothing to do.
const REST: Duration = Duration::from_secs(2);
/// Longest pause after failures.
const LONGEST_REST: Duration = Duration::from_secs(10);
/// Rows that a step takes on at once.
const MOST: i64 = 100;
/// Letters of a mailing that are asked for at once.
const MANY: i64 = 500;
/// Pieces that a step does without a rest.
const PIECES: u32 = 1_000;

/// Works until it is dropped.
pub async fn run(app: App) {
    let app = &app;
    tokio::join!(
        repeat("expire_holds", || app.expire_holds(MOST)),
        repeat("settle_payments", || app.settle_payments(MOST)),
        repeat("follow_notices", || app.follow_notices(MOST)),
        repeat("send_refunds", || app.send_refunds(MOST)),
        repeat("refund_cancelled", || app.refund_cancelled(MOST)),
        repeat("close_sessions", || app.close_sessions(MOST)),
        repeat("sweep_sessions", || app.sweep_sessions()),
        repeat("send_letters", || app.send_letters(MOST)),
        repeat("mail_to_many", || app.mail_to_many(MANY)),
        repeat("tell_of_sales", || app.tell_of_sales()),
        repeat("answer_questions", || app.answer_questions(MOST)),
        repeat("forget_questions", || app.forget_questions()),
        repeat("forget_sessions", || app.forget_sessions()),
    );
}

/// One step, for ever.
async fn repeat<E: Display, W>(step: &str, work: impl Fn() -> W)
where
    W: Future<Output = Result<usize, E>>,
{
    let mut failures = 0;
    loop {
        match exhaust(&work).await {
            Ok(()) => failures = 0,
            Err(error) => {
                failures += 1;
                tracing::error!(step, %error, failures, "a step of the worker failed");
            }
        }
        tokio::time::sleep(rest(failures)).await;
    }
}

/// Does pieces until one was empty.
async fn exhaust<E, W>(work: &impl Fn() -> W) -> Result<(), E>
where
    W: Future<Output = Result<usize, E>>,
{
    for _ in 0..PIECES {
        if work().await? == 0 {
            break;
        }
    }
    Ok(())
}

fn rest(failures: u32) -> Duration {
    let rest = REST * 2u32.saturating_pow(failures.min(5));
    rest.min(LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn a_step_goes_on_while_there_is_work_and_not_for_ever() {
        for (pieces, want) in [(0, 1), (7, 8), (usize::MAX, PIECES)] {
            let (left, asked) = (Cell::new(pieces), Cell::new(0));
            let work = || {
                asked.set(asked.get() + 1);
                let done = left.get().min(1);
                left.set(left.get() - done);
                std::future::ready(Ok::<_, String>(done))
            };
            exhaust(&work).await.expect("nothing fails");
            assert_eq!(asked.get(), want);
        }
    }

    #[test]
    fn rests_grow_with_failures_up_to_an_end() {
        assert_eq!(
            [0, 1, 2, 3, 99].map(|n| rest(n).as_secs()),
            [2, 4, 8, 10, 10]
        );
    }
}
