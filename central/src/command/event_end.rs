//! `central event cancel` and `central event postpone`.
//!
//! Cancelling goes on by itself: what this command does not come to, `central serve` does, and the same command given
//! again only tells how far it is.

use clap::Args;

use super::{
    day_move::{self, NewDays},
    open, output,
};
use crate::app::{App, refunds::CancelError, trail::Actor};

/// Orders per piece.
const PIECE: i64 = 100;

#[derive(Args)]
pub(super) struct Postpone {
    #[command(flatten)]
    end: Arguments,
    #[command(flatten)]
    days: NewDays,
}

impl Postpone {
    pub(super) async fn postpone(&self, app: &App) -> anyhow::Result<()> {
        let (event, by) = (&self.end.event, self.end.actor());
        let setup = open::event(app, event).await?;
        let id = setup.event.id;
        if self.days.is_empty() {
            self.end.told(app.postpone_event(id, &by).await)?;
        } else {
            app.postpone_to(id, &self.days.moves(&setup)?, &by).await?;
        }
        let slug = &setup.event.slug;
        output::line(&format!(
            "The event {slug} is postponed: tickets stay good, and buyers may ask for refunds."
        ));
        if self.days.is_empty() {
            output::line(&format!(
                "When the new days are known: central event move {slug} --day …"
            ));
        } else {
            day_move::list(app, event, false).await?;
            output::line(&format!(
                "The buyers are told. Open the sale again: central event publish {slug}"
            ));
        }
        Ok(())
    }
}

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

    fn told(&self, done: Result<(), CancelError>) -> anyhow::Result<()> {
        Ok(done?)
    }

    fn actor(&self) -> Actor {
        Actor::Staff(self.by.clone())
    }
}
