//! `central refund`: money that goes back, and what people do about it.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use sync_protocol::{id::TicketId, time::Timestamp};

use super::{conflict::moment, open, output};
use crate::{
    app::{App, refunds::RefundAsk, trail::Actor},
    config::Config,
    domain::{
        id::RefundId,
        order::Order,
        refund::{Refund, RefundReason, RefundStatus, Scope},
    },
    store::{self, refund_rule::RefundRule},
};

/// Refunds of one status that are listed.
const MOST: i64 = 1_000;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Refund an order: all of it, some tickets, or an amount
    Order(OrderArguments),
    /// List refunds that wait for somebody or are on their way
    List {
        /// Only those of this status, such as requested or manual
        #[arg(long)]
        status: Option<String>,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Agree to a refund that a buyer asked for
    Approve(Decision),
    /// Decline a refund that a buyer asked for
    Decline(Decision),
    /// Ask the provider again for a refund that it refused
    Retry(Decision),
    /// Take a refund over from the provider, to give the money back by hand
    TakeOver(Decision),
    /// Book that the money of a refund was given back by hand
    Done {
        #[command(flatten)]
        which: Decision,
        /// Number of the transfer or receipt
        #[arg(long)]
        reference: String,
    },
    /// Say whether an event sells refunded places again, and until when buyers may ask for refunds
    Rule(RuleArguments),
}

#[derive(Args)]
pub(super) struct OrderArguments {
    /// The order's number
    order: String,
    /// Only the ticket with this number; may be given several times
    #[arg(long = "ticket", value_name = "NUMBER", conflicts_with = "amount")]
    tickets: Vec<String>,
    /// Only this amount, in the currency's smallest unit; the tickets stay good
    #[arg(long)]
    amount: Option<i64>,
    /// Why, in a few words
    #[arg(long, default_value = "")]
    note: String,
    /// Who decides it
    #[arg(long)]
    by: String,
}

#[derive(Args)]
pub(super) struct Decision {
    /// The refund's id
    refund: RefundId,
    /// Who decides it
    #[arg(long)]
    by: String,
}

#[derive(Args)]
pub(super) struct RuleArguments {
    /// The event's slug or id
    event: String,
    /// Keep refunded places, instead of selling them again
    #[arg(long)]
    keep_places: bool,
    /// Buyers may ask until this moment, in milliseconds since 1970; without it until the event begins
    #[arg(long, value_name = "MS")]
    ask_until: Option<i64>,
    /// Who decides it
    #[arg(long)]
    by: String,
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    match command {
        Command::Order(arguments) => {
            let refund = arguments.run(&app).await?;
            say(&refund, &arguments.order);
        }
        Command::List { status, json } => list(&app, status.as_deref(), json).await?,
        Command::Approve(which) => {
            let refund = app.approve_refund(which.refund, &which.actor()).await?;
            tell(&app, &refund).await?;
        }
        Command::Decline(which) => {
            let refund = app.decline_refund(which.refund, &which.actor()).await?;
            tell(&app, &refund).await?;
        }
        Command::Retry(which) => {
            let refund = app.retry_refund(which.refund, &which.actor()).await?;
            tell(&app, &refund).await?;
        }
        Command::TakeOver(which) => {
            let refund = app.take_refund_over(which.refund, &which.actor()).await?;
            tell(&app, &refund).await?;
        }
        Command::Done { which, reference } => {
            let by = which.actor();
            let done = app.finish_refund(which.refund, &reference, &by).await?;
            tell(&app, &done).await?;
        }
        Command::Rule(arguments) => arguments.run(&app).await?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Decision {
    fn actor(&self) -> Actor {
        Actor::Staff(self.by.clone())
    }
}

impl OrderArguments {
    async fn run(&self, app: &App) -> anyhow::Result<Refund> {
        let ask = RefundAsk {
            scope: self.scope(app).await?,
            reason: RefundReason::Staff,
            note: self.note.clone(),
        };
        let by = Actor::Staff(self.by.clone());
        Ok(app.refund_order(&self.order, &ask, &by).await?)
    }

    async fn scope(&self, app: &App) -> anyhow::Result<Scope> {
        if let Some(amount) = self.amount {
            return Ok(Scope::Amount(amount));
        }
        if self.tickets.is_empty() {
            return Ok(Scope::Whole);
        }
        let mut tx = app.store.read().await?;
        let order = store::order::by_number(&mut tx, &self.order).await?;
        let tickets = match order {
            Some(order) => store::ticket::of_order(&mut tx, order.id).await?,
            None => Vec::new(),
        };
        let of_number = |number: &String| {
            let found = tickets
                .iter()
                .find(|one| one.gate.number.to_string() == *number);
            found
                .map(|ticket| ticket.gate.id)
                .ok_or_else(|| anyhow::anyhow!("the order has no ticket {number}"))
        };
        let wanted: anyhow::Result<Vec<TicketId>> = self.tickets.iter().map(of_number).collect();
        Ok(Scope::Tickets(wanted?))
    }
}

impl RuleArguments {
    async fn run(&self, app: &App) -> anyhow::Result<()> {
        let setup = open::event(app, &self.event).await?;
        let rule = RefundRule {
            gives_back: !self.keep_places,
            ask_until: self.ask_until.map(Timestamp),
        };
        let by = Actor::Staff(self.by.clone());
        app.set_refund_rule(setup.event.id, rule, &by).await?;
        let places = match rule.gives_back {
            true => "are sold again",
            false => "are kept",
        };
        output::line(&format!(
            "Refunded places of {} {places}.",
            setup.event.slug
        ));
        Ok(())
    }
}

async fn list(app: &App, status: Option<&str>, as_json: bool) -> anyhow::Result<()> {
    use RefundStatus as S;
    let waiting = [S::Requested, S::Failed, S::Manual, S::Approved, S::Sent];
    let wanted = match status {
        None => waiting.to_vec(),
        Some(name) => {
            let known: Vec<_> = S::ALL.iter().map(|status| status.name()).collect();
            let found = S::from_name(name);
            vec![found.ok_or_else(|| anyhow::anyhow!("statuses are {}", known.join(", ")))?]
        }
    };
    for status in wanted {
        for (refund, order) in app.refunds(status, MOST).await? {
            print(&refund, &order, as_json);
        }
    }
    Ok(())
}

fn print(refund: &Refund, order: &Order, as_json: bool) {
    if !as_json {
        output::line(&format!(
            "{}  {}  {}  {}  {}  {}",
            refund.id,
            refund.status.name(),
            order.number,
            refund.amount,
            refund.reason.name(),
            refund.last_error.as_deref().unwrap_or_default()
        ));
        return;
    }
    output::json(&json!({
        "id": refund.id.to_string(),
        "status": refund.status.name(),
        "order": order.number,
        "amount_minor": refund.amount.minor,
        "currency": refund.amount.currency.code(),
        "reason": refund.reason.name(),
        "note": refund.note,
        "asked_by": refund.asked_by,
        "decided_by": refund.decided_by,
        "hand_reference": refund.hand_reference,
        "last_error": refund.last_error,
        "requested_at": moment(refund.requested_at.0),
        "done_at": refund.done_at.map(|at| moment(at.0)),
    }));
}

async fn tell(app: &App, refund: &Refund) -> anyhow::Result<()> {
    let mut tx = app.store.read().await?;
    let order = store::order::by_id(&mut tx, refund.order).await?;
    say(refund, &order.map(|order| order.number).unwrap_or_default());
    Ok(())
}

fn say(refund: &Refund, order: &str) {
    let (id, amount) = (refund.id, refund.amount);
    let what = match refund.status {
        RefundStatus::Requested => "waits for an answer".to_owned(),
        RefundStatus::Declined => "is declined".to_owned(),
        RefundStatus::Void => "is void: the money never came".to_owned(),
        RefundStatus::Overtaken => "is no longer needed: it went back another way".to_owned(),
        RefundStatus::Approved | RefundStatus::Sent => {
            "is approved: `central serve` asks the provider for it".to_owned()
        }
        RefundStatus::Done => "is done".to_owned(),
        RefundStatus::Failed => "failed: see `central refund list`".to_owned(),
        RefundStatus::Manual => format!(
            "must be given back by hand; then: central refund done {id} --reference NUMBER --by NAME"
        ),
    };
    output::line(&format!("The refund {id} of {amount} for {order} {what}."));
}
