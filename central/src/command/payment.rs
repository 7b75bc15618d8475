//! `central payment`: what came for an order, and what people decide about it.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{conflict::moment, open, output};
use crate::{
    app::{
        App,
        desk::{Means, Taken},
        trail::Actor,
    },
    config::Config,
    store,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show an order's payments, refunds and trail
    Show {
        /// The order's number
        order: String,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Record money that was taken by hand, and issue the tickets
    Record {
        #[command(flatten)]
        which: Which,
        /// How it was taken: cash, transfer or terminal
        #[arg(long)]
        means: String,
        /// How much, in the currency's smallest unit
        #[arg(long)]
        amount: i64,
        /// Number of the receipt or transfer
        #[arg(long)]
        reference: String,
    },
    /// Let a payment through that the provider suspects of fraud
    Approve(Which),
    /// Refuse a payment that the provider suspects of fraud
    Deny(Which),
    /// Read a payment again at the provider
    Check {
        /// The order's number
        order: String,
    },
    /// End a dispute with the buyer's bank
    Dispute {
        #[command(flatten)]
        which: Which,
        /// Who has the money
        #[arg(value_enum)]
        end: End,
    },
    /// Take the reason to look away from an order: somebody has looked
    LookedAt(Which),
}

#[derive(Args)]
pub(super) struct Which {
    /// The order's number
    order: String,
    /// Who decides it
    #[arg(long)]
    by: String,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum End {
    /// We have: the tickets are good again
    Won,
    /// The buyer has: the tickets are gone
    Lost,
}

impl Which {
    fn actor(&self) -> Actor {
        Actor::Staff(self.by.clone())
    }
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    match command {
        Command::Show { order, json } => show(&app, &order, json).await?,
        Command::Record {
            which,
            means,
            amount,
            reference,
        } => record(&app, &which, &means, amount, reference).await?,
        Command::Approve(which) => answer(&app, &which, true).await?,
        Command::Deny(which) => answer(&app, &which, false).await?,
        Command::Check { order } => {
            let outcome = app.check_payment(&order).await?;
            output::line(&format!("{order}: {}.", outcome.name()));
        }
        Command::Dispute { which, end } => {
            let won = matches!(end, End::Won);
            app.end_dispute(&which.order, won, &which.actor()).await?;
            let what = match won {
                true => "won: its tickets are good again",
                false => "lost: its tickets are gone",
            };
            output::line(&format!("The dispute of {} is {what}.", which.order));
        }
        Command::LookedAt(which) => {
            let why = app.clear_attention(&which.order, &which.actor()).await?;
            output::line(&match why {
                Some(why) => format!("{}: {} is looked at.", which.order, why.name()),
                None => format!("{}: there was nothing to look at.", which.order),
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn record(
    app: &App,
    which: &Which,
    means: &str,
    amount_minor: i64,
    reference: String,
) -> anyhow::Result<()> {
    let taken = Taken {
        means: Means::from_name(means).context("means are cash, transfer and terminal")?,
        amount_minor,
        reference,
    };
    let order = app
        .record_payment(&which.order, &taken, &which.actor())
        .await?;
    output::line(&format!(
        "{} is paid: {} by {means}. Its tickets are issued.",
        order.number, order.total
    ));
    Ok(())
}

async fn answer(app: &App, which: &Which, approve: bool) -> anyhow::Result<()> {
    let by = which.actor();
    let outcome = app.answer_challenge(&which.order, approve, &by).await?;
    output::line(&format!("{}: {}.", which.order, outcome.name()));
    Ok(())
}

async fn show(app: &App, number: &str, as_json: bool) -> anyhow::Result<()> {
    let mut tx = app.store.read().await?;
    let order = store::order::by_number(&mut tx, number).await?;
    let order = order.with_context(|| format!("there is no order {number}"))?;
    let payments = store::payment::all_of_order(&mut tx, order.id).await?;
    let refunds = store::refund::of_order(&mut tx, order.id).await?;
    let trail = store::audit::of_subject(&mut tx, "order", order.id.0).await?;
    let attention = order.attention.map(|why| why.name());
    if as_json {
        let payment = |p: &store::payment::Payment| {
            json!({"provider": p.provider, "reference": p.reference, "transaction": p.transaction_ref,
                "status": p.status.name(), "channel": p.channel, "amount_minor": p.amount.minor})
        };
        let refund = |r: &crate::domain::refund::Refund| {
            json!({"id": r.id.to_string(), "status": r.status.name(), "amount_minor": r.amount.minor,
                "reason": r.reason.name(), "last_error": r.last_error})
        };
        output::json(&json!({
            "order": order.number, "status": order.status.name(), "attention": attention,
            "total_minor": order.total.minor,
            "payments": payments.iter().map(payment).collect::<Vec<_>>(),
            "refunds": refunds.iter().map(refund).collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    let look = attention.map(|why| format!(", look at it: {why}"));
    output::line(&format!(
        "{} is {}: {}{}",
        order.number,
        order.status.name(),
        order.total,
        look.unwrap_or_default()
    ));
    for p in payments {
        let channel = p.channel.unwrap_or_default();
        output::line(&format!(
            "  payment {} {} {} {channel}",
            p.provider,
            p.status.name(),
            p.amount
        ));
    }
    for r in refunds {
        output::line(&format!(
            "  refund {} {} {} {}",
            r.id,
            r.status.name(),
            r.amount,
            r.reason.name()
        ));
    }
    for row in trail {
        let at = moment(row.at.0);
        output::line(&format!(
            "  {at} {} {} {}",
            row.actor_kind, row.action, row.detail
        ));
    }
    Ok(())
}
