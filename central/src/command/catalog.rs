//! `central event …`, as far as it is about what is sold: moves of the event, types, prices, promo codes.

use clap::Subcommand;

use super::{day_move, event_change, open, output, price_change, promo, ticket_type, who::Who};
use crate::{app::App, domain::event::EventStatus};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Stop the sale; the event stays listed, and can be published again
    Close {
        /// The event's slug or id
        event: String,
        #[command(flatten)]
        who: Who,
    },
    /// Say that the event is over
    Complete {
        /// The event's slug or id
        event: String,
        #[command(flatten)]
        who: Who,
    },
    /// List the days of an event
    Days {
        /// The event's slug or id
        event: String,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Move days of an event: gates, papers and calendars follow, and buyers are told
    Move(day_move::Move),
    /// Change what is said of an event: its texts, its place, its times; buyers hear of another place or time
    Edit(event_change::Edit),
    /// List what is sold: types with version, price and quota
    Types {
        /// The event's slug or id
        event: String,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Offer a type another way from now on; orders keep what they were sold at
    Change(ticket_type::Change),
    /// List all that a type was offered as, and since when
    Versions {
        /// The event's slug or id
        event: String,
        /// The type's name
        ticket_type: String,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Show fees, taxes, group discounts and quotas of several types, or put those of a file in their place
    Prices(price_change::Prices),
    /// Change how much there is of a quota of several types
    Resize(price_change::Resize),
    /// Make a promo code
    PromoAdd(promo::PromoAdd),
    /// List promo codes and how often each is used
    Promos {
        /// The event's slug or id
        event: String,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// List the orders that use a promo code
    PromoUses {
        /// The event's slug or id
        event: String,
        /// The code
        code: String,
    },
    /// Switch a promo code off, or on again
    PromoSwitch(promo::PromoSwitch),
}

pub(super) async fn run(app: &App, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Close { event, who } => step(app, &event, EventStatus::Closed, &who).await,
        Command::Complete { event, who } => step(app, &event, EventStatus::Completed, &who).await,
        Command::Days { event, json } => day_move::list(app, &event, json).await,
        Command::Move(days) => days.run(app).await,
        Command::Edit(edit) => edit.run(app).await,
        Command::Types { event, json } => ticket_type::list(app, &event, json).await,
        Command::Change(change) => change.run(app).await,
        Command::Versions {
            event,
            ticket_type,
            json,
        } => ticket_type::versions(app, &event, &ticket_type, json).await,
        Command::Prices(prices) => prices.run(app).await,
        Command::Resize(resize) => resize.run(app).await,
        Command::PromoAdd(wish) => wish.run(app).await,
        Command::Promos { event, json } => promo::list(app, &event, json).await,
        Command::PromoUses { event, code } => promo::uses(app, &event, &code).await,
        Command::PromoSwitch(switch) => switch.run(app).await,
    }
}

async fn step(app: &App, event: &str, to: EventStatus, who: &Who) -> anyhow::Result<()> {
    let setup = open::event(app, event).await?;
    app.move_event(setup.event.id, to, &who.actor()).await?;
    output::line(&format!("The event {} is {}.", setup.event.slug, to.name()));
    Ok(())
}
