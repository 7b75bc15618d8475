//! Work that nobody waits for: holds that end, payments nobody told us about, money that goes back, names that are sealed
//! for a search, sessions that are over.
//!
//! Every step is a loop of its own, so none can stop or delay another, however slow the provider is. A step does a
//! bounded piece and says how much that was; it goes on at once while there is work, and rests when there is none.
//! One that fails is logged and tried again after a longer rest. Several central servers may run this at once:
//! every step's writes are conditional.

use std::{fmt::Display, time::Duration};

use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

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

/// Works until it is told to stop; what is under way then is finished first.
pub async fn run(app: App, stop: CancellationToken) {
    let (app, stop) = (&app, &stop);
    tokio::join!(
        repeat(app, stop, "expire_holds", || app.expire_holds(MOST)),
        repeat(app, stop, "settle_payments", || app.settle_payments(MOST)),
        repeat(app, stop, "follow_notices", || app.follow_notices(MOST)),
        repeat(app, stop, "send_refunds", || app.send_refunds(MOST)),
        repeat(app, stop, "refund_cancelled", || app.refund_cancelled(MOST)),
        repeat(app, stop, "name_refunds", || app.name_refunds()),
        repeat(app, stop, "seal_names", || app.seal_names()),
        repeat(app, stop, "close_sessions", || app.close_sessions(MOST)),
        repeat(app, stop, "sweep_sessions", || app.sweep_sessions()),
        repeat(app, stop, "send_letters", || app.send_letters(MOST)),
        repeat(app, stop, "mail_to_many", || app.mail_to_many(MANY)),
        repeat(app, stop, "tell_of_sales", || app.tell_of_sales()),
        repeat(app, stop, "answer_questions", || app.answer_questions(MOST)),
        repeat(app, stop, "forget_questions", || app.forget_questions()),
        repeat(app, stop, "forget_sessions", || app.forget_sessions()),
    );
}

/// One step, until the worker stops. Each of its runs has a number in the log.
async fn repeat<E: Display, W>(
    app: &App,
    stop: &CancellationToken,
    step: &'static str,
    work: impl Fn() -> W,
) where
    W: Future<Output = Result<usize, E>>,
{
    let mut failures = 0;
    app.pulse.beat(step, app.clock.now(), failures);
    while !stop.is_cancelled() {
        let run = app.new_id(app.clock.now());
        let span = tracing::info_span!("work", step, %run);
        // A step with much to do lives: every piece shows it, not the end of all.
        let beat = || app.pulse.beat(step, app.clock.now(), failures);
        match exhaust(stop, &work, beat).instrument(span.clone()).await {
            Ok(()) => failures = 0,
            Err(error) => {
                failures += 1;
                span.in_scope(
                    || tracing::error!(step, %error, failures, "a step of the worker failed"),
                );
            }
        }
        app.pulse.beat(step, app.clock.now(), failures);
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(rest(failures)) => {}
        }
    }
}

/// Does pieces until one was empty, or the worker stops; a beat follows each.
async fn exhaust<E, W>(
    stop: &CancellationToken,
    work: &impl Fn() -> W,
    beat: impl Fn(),
) -> Result<(), E>
where
    W: Future<Output = Result<usize, E>>,
{
    for _ in 0..PIECES {
        let done = work().await?;
        beat();
        if done == 0 || stop.is_cancelled() {
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
    use std::cell::Cell;

    use sync_protocol::time::Timestamp;

    use super::*;
    use crate::app::pulse::Pulse;

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
            exhaust(&CancellationToken::new(), &work, || ())
                .await
                .expect("nothing fails");
            assert_eq!(asked.get(), want);
        }
    }

    #[tokio::test]
    async fn stopping_finishes_the_piece_under_way_and_begins_no_other() {
        let (stop, done) = (CancellationToken::new(), Cell::new(0));
        let work = || async {
            stop.cancel();
            tokio::task::yield_now().await;
            done.set(done.get() + 1);
            Ok::<_, String>(1)
        };
        exhaust(&stop, &work, || ()).await.expect("nothing fails");
        assert_eq!(done.get(), 1);
    }

    #[tokio::test]
    async fn a_step_with_much_work_does_not_hang() {
        const PIECE_MS: i64 = 60_000;
        let (pulse, done) = (Pulse::default(), Cell::new(0));
        let now = || Timestamp(done.get() * PIECE_MS);
        pulse.beat("long", now(), 0);
        let work = || {
            done.set(done.get() + 1);
            assert_eq!(pulse.hanging(now()), None, "after {} pieces", done.get());
            std::future::ready(Ok::<_, String>(1))
        };
        let beat = || pulse.beat("long", now(), 0);
        exhaust(&CancellationToken::new(), &work, beat)
            .await
            .expect("nothing fails");
        assert_eq!(done.get(), i64::from(PIECES), "hours of work");
    }

    #[test]
    fn rests_grow_with_failures_up_to_an_end() {
        assert_eq!(
            [0, 1, 2, 3, 99].map(|n| rest(n).as_secs()),
            [2, 4, 8, 10, 10]
        );
    }
}
