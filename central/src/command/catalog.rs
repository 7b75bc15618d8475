//! `central event …`, as far as it is about what is sold: moves, prices, quotas, promo codes.

use anyhow::{Context as _, bail, ensure};
use clap::Subcommand;
use serde_json::json;

use super::{open, output, price_file};
use crate::{
    app::{App, catalog::TypeChange},
    domain::{
        event::{EventSetup, EventStatus, TicketType},
        new_price::NewPromo,
        promo::UNLIMITED,
    },
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Stop the sale; the event stays listed, and can be published again
    Close {
        /// The event's slug or id
        event: String,
    },
    /// Say that the event is over
    Complete {
        /// The event's slug or id
        event: String,
    },
    /// List what is sold: types with version, price and quota
    Types {
        /// The event's slug or id
        event: String,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Offer a type at another price or quota from now on; orders keep theirs
    Change {
        /// The event's slug or id
        event: String,
        /// The type's name
        ticket_type: String,
        /// Whole units of the currency
        #[arg(long)]
        price: Option<i64>,
        /// How many there are
        #[arg(long)]
        quota: Option<i64>,
        /// What people call it
        #[arg(long)]
        name: Option<String>,
    },
    /// Make a promo code
    PromoAdd(PromoAdd),
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
    PromoSwitch {
        /// The event's slug or id
        event: String,
        /// The code
        code: String,
        /// Switch it on
        #[arg(long)]
        on: bool,
    },
}

#[derive(clap::Args)]
pub(super) struct PromoAdd {
    /// The event's slug or id
    event: String,
    /// The code
    code: String,
    /// Percent off
    #[arg(long, conflicts_with = "amount")]
    percent: Option<f64>,
    /// Off the order, whole units of the currency
    #[arg(long)]
    amount: Option<i64>,
    /// The one type it is for, by name
    #[arg(long = "type")]
    ticket_type: Option<String>,
    /// How many orders may use it; any number without it
    #[arg(long)]
    quota: Option<i64>,
    /// How many orders of one buyer may use it
    #[arg(long, default_value_t = 1)]
    per_buyer: i64,
    /// Least sum of the tickets it is for, whole units
    #[arg(long, default_value_t = 0)]
    min_spend: i64,
    /// It goes with other codes that do
    #[arg(long)]
    stackable: bool,
}

pub(super) async fn run(app: &App, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Close { event } => step(app, &event, EventStatus::Closed).await,
        Command::Complete { event } => step(app, &event, EventStatus::Completed).await,
        Command::Types { event, json } => types(app, &event, json).await,
        Command::Change {
            event,
            ticket_type,
            price,
            quota,
            name,
        } => {
            let setup = open::event(app, &event).await?;
            let change = TypeChange {
                price_minor: price.map(|whole| minor(&setup, whole)).transpose()?,
                quota,
                name,
                ..TypeChange::default()
            };
            change_type(app, &setup, &ticket_type, &change).await
        }
        Command::PromoAdd(wish) => add_promo(app, &wish).await,
        Command::Promos { event, json } => promos(app, &event, json).await,
        Command::PromoUses { event, code } => uses(app, &event, &code).await,
        Command::PromoSwitch { event, code, on } => {
            let id = open::event(app, &event).await?.event.id;
            let is_moved = match on {
                true => app.enable_promo(id, &code).await?,
                false => app.disable_promo(id, &code).await?,
            };
            let (already, state) = (
                if is_moved { "" } else { " already" },
                if on { "on" } else { "off" },
            );
            output::line(&format!("The code {code} is {state}{already}."));
            Ok(())
        }
    }
}

async fn step(app: &App, event: &str, to: EventStatus) -> anyhow::Result<()> {
    let setup = open::event(app, event).await?;
    app.move_event(setup.event.id, to).await?;
    output::line(&format!("The event {} is {}.", setup.event.slug, to.name()));
    Ok(())
}

async fn types(app: &App, event: &str, as_json: bool) -> anyhow::Result<()> {
    let setup = open::event(app, event).await?;
    for kind in &setup.types {
        if as_json {
            output::json(&json!({
                "id": kind.id.to_string(), "name": kind.name, "version": kind.version,
                "price_minor": kind.price_minor, "quota": kind.quota, "taken": kind.taken,
                "visibility": kind.visibility.name(),
            }));
        } else {
            let price = crate::domain::money::Money::new(kind.price_minor, setup.event.currency);
            output::line(&format!(
                "{}  {price}  {} of {} taken  version {}",
                kind.name, kind.taken, kind.quota, kind.version
            ));
        }
    }
    Ok(())
}

async fn change_type(
    app: &App,
    setup: &EventSetup,
    name: &str,
    change: &TypeChange,
) -> anyhow::Result<()> {
    let named: Vec<&TicketType> = setup
        .types
        .iter()
        .filter(|kind| kind.name == name)
        .collect();
    let [kind] = named.as_slice() else {
        bail!(
            "the event has {} types named {name}: see central event types",
            named.len()
        );
    };
    ensure!(
        change.price_minor.is_some() || change.quota.is_some() || change.name.is_some(),
        "say what to change: --price, --quota or --name"
    );
    let version = app.change_type(kind.id, change).await?;
    output::line(&format!(
        "{name} is offered as version {version} from now on."
    ));
    Ok(())
}

async fn add_promo(app: &App, wish: &PromoAdd) -> anyhow::Result<()> {
    let setup = open::event(app, &wish.event).await?;
    let amount = wish.amount.map(|whole| minor(&setup, whole)).transpose()?;
    let promo = NewPromo {
        code: wish.code.clone(),
        ticket_type: wish.ticket_type.clone(),
        cut: price_file::cut("promo", wish.percent, amount)?,
        valid_from: app.clock.now(),
        valid_until: setup.event.ends_at,
        quota: wish.quota.unwrap_or(UNLIMITED),
        per_buyer: wish.per_buyer,
        min_spend_minor: minor(&setup, wish.min_spend)?,
        is_stackable: wish.stackable,
    };
    app.create_promo(setup.event.id, &promo).await?;
    output::line(&format!(
        "The code {} may be used until the event ends.",
        wish.code
    ));
    Ok(())
}

async fn promos(app: &App, event: &str, as_json: bool) -> anyhow::Result<()> {
    let id = open::event(app, event).await?.event.id;
    for promo in app.promos(id).await? {
        let quota = (promo.quota != UNLIMITED).then_some(promo.quota);
        if as_json {
            let (kind, value) = promo.cut.columns();
            output::json(&json!({
                "code": promo.code, "status": promo.status.name(), "kind": kind, "value": value,
                "used": promo.used, "quota": quota,
            }));
        } else {
            let of = quota.map_or_else(String::new, |quota| format!(" of {quota}"));
            let status = promo.status.name();
            output::line(&format!(
                "{status}  {}  used {}{of}",
                promo.code, promo.used
            ));
        }
    }
    Ok(())
}

async fn uses(app: &App, event: &str, code: &str) -> anyhow::Result<()> {
    let id = open::event(app, event).await?.event.id;
    let code = crate::domain::promo::normal(code);
    let promos = app.promos(id).await?;
    let promo = promos.iter().find(|promo| promo.code == code);
    let promo = promo.with_context(|| format!("the event has no code {code}"))?;
    for one in app.promo_usages(promo.id).await? {
        output::line(&format!(
            "{}  {}  {} off",
            one.status.name(),
            one.order,
            one.discount_minor
        ));
    }
    Ok(())
}

/// Minor units of whole ones.
fn minor(setup: &EventSetup, whole: i64) -> anyhow::Result<i64> {
    let unit = 10i64.pow(setup.event.currency.exponent());
    whole.checked_mul(unit).context("the amount is too large")
}
