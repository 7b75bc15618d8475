//! `central event promo…`: codes that take something off, or open a hidden type.

use anyhow::Context as _;
use serde_json::json;

use super::{open, output, price_file, who::Who, whole::Whole};
use crate::{
    app::App,
    domain::{new_price::NewPromo, promo::UNLIMITED},
};

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
    /// The one type it is for, by name; a hidden one is shown to who has the code
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
    #[command(flatten)]
    who: Who,
}

impl PromoAdd {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<()> {
        let setup = open::event(app, &self.event).await?;
        let whole = Whole::of(&setup);
        let amount = self.amount.map(|units| whole.minor(units)).transpose()?;
        let promo = NewPromo {
            code: self.code.clone(),
            ticket_type: self.ticket_type.clone(),
            cut: price_file::cut("promo", self.percent, amount)?,
            valid_from: app.clock.now(),
            valid_until: setup.event.ends_at,
            quota: self.quota.unwrap_or(UNLIMITED),
            per_buyer: self.per_buyer,
            min_spend_minor: whole.minor(self.min_spend)?,
            is_stackable: self.stackable,
        };
        app.create_promo(setup.event.id, &promo, &self.who.actor())
            .await?;
        let code = &self.code;
        output::line(&format!(
            "The code {code} may be used until the event ends."
        ));
        Ok(())
    }
}

#[derive(clap::Args)]
pub(super) struct PromoSwitch {
    /// The event's slug or id
    event: String,
    /// The code
    code: String,
    /// Switch it on
    #[arg(long)]
    on: bool,
    #[command(flatten)]
    who: Who,
}

impl PromoSwitch {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<()> {
        let id = open::event(app, &self.event).await?.event.id;
        let (code, by) = (&self.code, self.who.actor());
        let is_moved = match self.on {
            true => app.enable_promo(id, code, &by).await?,
            false => app.disable_promo(id, code, &by).await?,
        };
        let (already, state) = (
            if is_moved { "" } else { " already" },
            if self.on { "on" } else { "off" },
        );
        output::line(&format!("The code {code} is {state}{already}."));
        Ok(())
    }
}

/// Lists an event's codes and how often each is used.
pub(super) async fn list(app: &App, event: &str, as_json: bool) -> anyhow::Result<()> {
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

/// Lists the orders that use a code.
pub(super) async fn uses(app: &App, event: &str, code: &str) -> anyhow::Result<()> {
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
