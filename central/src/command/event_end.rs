//! `central event cancel` and `central event postpone`.
//!
//! Cancelling goes on by itself: what this command does not come to, `central serve` does, and the same command given
//! again only tells how far it is.

use clap::Args;

use super::{open, output};
use crate::app::{App, refunds::CancelError, trail::Actor};

/// Orders per piece.
const PIECE: i64 = 100;

#[derive(Args)]
pub(super) struct Arguments {
    /// The event's slug or id
    event: String,
    /// Who decides it
    #[arg(long)]
    by: String,
}

impl Arguments {
    pub(super) async fn cancel(&self, app: &App) -> anyhow::Result<()> {
        let setup = open::event(app, &self.event).await?;
        let (id, slug) = (setup.event.id, setup.event.slug);
        if app.refund_run(id).await?.is_none() {
            self.told(app.cancel_event(id, &self.actor()).await)?;
            output::line(&format!(
                "The event {slug} is cancelled. Its orders are refunded now."
            ));
        }
        while app.refund_cancelled(PIECE).await? > 0 {}
        if let Some(run) = app.refund_run(id).await? {
            output::line(&format!(
                "{} orders are refunded or given up; {} need a person. See `central refund list` for money that is on \
                 its way, and keep `central serve` running until it has gone.",
                run.orders, run.failed
            ));
        }
        Ok(())
    }

    pub(super) async fn postpone(&self, app: &App) -> anyhow::Result<()> {
        let setup = open::event(app, &self.event).await?;
        self.told(app.postpone_event(setup.event.id, &self.actor()).await)?;
        output::line(&format!(
            "The event {} is postponed: tickets stay good, and buyers may ask for refunds.",
            setup.event.slug
        ));
        Ok(())
    }

    fn told(&self, done: Result<(), CancelError>) -> anyhow::Result<()> {
        Ok(done?)
    }

    fn actor(&self) -> Actor {
        Actor::Staff(self.by.clone())
    }
}
