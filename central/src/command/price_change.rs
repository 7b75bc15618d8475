//! `central event prices` and `resize`: what stands between the sum of the tickets and the total, and quotas of
//! several types.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::{open, output, price_file, who::Who};
use crate::{
    app::App,
    domain::{
        charge::{Charge, Cut, GroupDiscount, Rate},
        event::EventSetup,
        money::Money,
        new_price::NewGroupDiscount,
        offer::{Offer, SharedQuota},
    },
};

#[derive(clap::Args)]
pub(super) struct Prices {
    /// The event's slug or id
    event: String,
    /// TOML with `charges`, `group_discounts` or both, as in an event's file: what it names is put in the place of what
    /// the event has
    #[arg(long)]
    file: Option<PathBuf>,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    who: Who,
}

impl Prices {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<()> {
        let setup = open::event(app, &self.event).await?;
        if let Some(path) = &self.file {
            self.put(app, &setup, path).await?;
        }
        let offer = app.offer_of(setup.event.id).await?;
        print(&offer, self.json);
        Ok(())
    }

    async fn put(&self, app: &App, setup: &EventSetup, path: &Path) -> anyhow::Result<()> {
        let (id, by) = (setup.event.id, self.who.actor());
        let wish = price_file::read(path, setup.event.currency)?;
        if let Some(charges) = wish.charges {
            app.change_charges(id, &charges, &by).await?;
        }
        if let Some(groups) = wish.group_discounts {
            let groups = groups.iter().map(|group| meant(setup, group));
            let groups = groups.collect::<anyhow::Result<Vec<_>>>()?;
            app.change_group_discounts(id, &groups, &by).await?;
        }
        Ok(())
    }
}

/// The discount with its type's id in the place of the name.
fn meant(setup: &EventSetup, group: &NewGroupDiscount) -> anyhow::Result<GroupDiscount> {
    let of_name = |name: &String| {
        let mut named = setup.types.iter().filter(|kind| kind.name == *name);
        match (named.next(), named.next()) {
            (Some(kind), None) => Ok(kind.id),
            _ => bail!(
                "group discount {}: must name one type that the event has once",
                group.name
            ),
        }
    };
    Ok(GroupDiscount {
        name: group.name.clone(),
        ticket_type: group.ticket_type.as_ref().map(of_name).transpose()?,
        min_quantity: group.min_quantity,
        cut: group.cut,
    })
}

fn print(offer: &Offer, as_json: bool) {
    let money = |minor| Money::new(minor, offer.setup.event.currency);
    for charge in &offer.charges {
        print_charge(charge, &money, as_json);
    }
    for group in &offer.group_discounts {
        print_group(offer, group, &money, as_json);
    }
    for quota in &offer.shared_quotas {
        print_quota(quota, as_json);
    }
}

fn print_charge(charge: &Charge, money: &impl Fn(i64) -> Money, as_json: bool) {
    let (rate, value) = charge.rate.columns();
    if as_json {
        return output::json(&json!({
            "charge": charge.kind.name(), "name": charge.name, "rate": rate, "value": value,
            "of": charge.base.name(), "included": charge.is_included,
        }));
    }
    let rate = match charge.rate {
        Rate::Percent(value) => format!("{} of {}", percent(value), charge.base.name()),
        Rate::PerTicket(minor) => format!("{} each ticket", money(minor)),
        Rate::PerOrder(minor) => format!("{} each order", money(minor)),
    };
    let included = if charge.is_included {
        "  part of the price"
    } else {
        ""
    };
    let kind = charge.kind.name();
    output::line(&format!("{kind}  {}  {rate}{included}", charge.name));
}

fn print_group(offer: &Offer, group: &GroupDiscount, money: &impl Fn(i64) -> Money, as_json: bool) {
    let types = offer.setup.types.iter();
    let kind = types
        .clone()
        .find(|kind| Some(kind.id) == group.ticket_type);
    let kind = kind.map(|kind| kind.name.as_str());
    if as_json {
        let (cut, value) = group.cut.columns();
        return output::json(&json!({
            "group_discount": group.name, "type": kind, "min_quantity": group.min_quantity, "cut": cut, "value": value,
        }));
    }
    let cut = match group.cut {
        Cut::Percent(value) => percent(value),
        Cut::Fixed(minor) => format!("{} each ticket", money(minor)),
    };
    output::line(&format!(
        "group discount  {}  {cut} off from {} of {} on",
        group.name,
        group.min_quantity,
        kind.unwrap_or("any type")
    ));
}

fn print_quota(quota: &SharedQuota, as_json: bool) {
    if as_json {
        return output::json(&json!({
            "shared_quota": quota.name, "quota": quota.quota, "taken": quota.taken,
        }));
    }
    output::line(&format!(
        "shared quota  {}  {} of {} taken",
        quota.name, quota.taken, quota.quota
    ));
}

/// Hundredths of a percent, as people say them.
fn percent(value: i64) -> String {
    match (value / 100, value % 100) {
        (whole, 0) => format!("{whole} %"),
        (whole, part) => format!("{whole}.{part:02} %"),
    }
}

#[derive(clap::Args)]
pub(super) struct Resize {
    /// The event's slug or id
    event: String,
    /// The quota's name: see `central event prices`
    quota: String,
    /// How much there is from now on
    to: i64,
    #[command(flatten)]
    who: Who,
}

impl Resize {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<()> {
        let id = open::event(app, &self.event).await?.event.id;
        let offer = app.offer_of(id).await?;
        let named = offer.shared_quotas.iter().find(|q| q.name == self.quota);
        let named = named.with_context(|| {
            let name = &self.quota;
            format!("the event has no shared quota {name}: see central event prices")
        })?;
        app.resize_shared_quota(id, named.id, self.to, &self.who.actor())
            .await?;
        output::line(&format!("There are {} of {} now.", self.to, self.quota));
        Ok(())
    }
}
