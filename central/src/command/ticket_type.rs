//! `central event types`, `change` and `versions`: what is sold, offered another way, and all that it was.

use anyhow::{bail, ensure};
use serde_json::json;
use sync_protocol::time::Timestamp;

use super::{event_file::moment, open, output, when::When, who::Who, whole::Whole};
use crate::{
    app::{App, catalog::TypeChange},
    domain::{
        event::{EventSetup, TicketType, Visibility},
        money::Money,
    },
};

#[derive(clap::Args)]
pub(super) struct Change {
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
    /// What it includes
    #[arg(long)]
    description: Option<String>,
    /// First moment of its sale, on the venue's clock
    #[arg(long, value_name = "TIME")]
    sale_from: Option<String>,
    /// Moment at which its sale ends, on the venue's clock
    #[arg(long, value_name = "TIME")]
    sale_until: Option<String>,
    /// Fewest in one order
    #[arg(long, value_name = "NUMBER")]
    least: Option<i64>,
    /// Most in one order
    #[arg(long, value_name = "NUMBER")]
    most: Option<i64>,
    /// Show it only to who has its code
    #[arg(long, conflicts_with = "public")]
    hidden: bool,
    /// Show it to everybody
    #[arg(long)]
    public: bool,
    /// Opens it to who has it, where it is hidden
    #[arg(long, value_name = "CODE")]
    access_code: Option<String>,
    #[command(flatten)]
    who: Who,
}

impl Change {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<()> {
        let setup = open::event(app, &self.event).await?;
        let kind = named(&setup, &self.ticket_type)?;
        let change = self.change(&setup)?;
        ensure!(
            change != TypeChange::default(),
            "say what to change, such as --price or --quota: see central event change --help"
        );
        let by = self.who.actor();
        let version = app.change_type(kind.id, &change, &by).await?;
        output::line(&format!(
            "{} is offered as version {version} from now on; orders keep what they were sold.",
            self.ticket_type
        ));
        Ok(())
    }

    fn change(&self, setup: &EventSetup) -> anyhow::Result<TypeChange> {
        let zone = setup.event.time_zone.parse()?;
        let at = |field: &str, text: &Option<String>| -> anyhow::Result<Option<Timestamp>> {
            text.as_ref()
                .map(|text| moment(field, text, zone))
                .transpose()
        };
        let price = self.price.map(|units| Whole::of(setup).minor(units));
        Ok(TypeChange {
            name: self.name.clone(),
            description: self.description.clone(),
            price_minor: price.transpose()?,
            quota: self.quota,
            sale_from: at("--sale-from", &self.sale_from)?,
            sale_until: at("--sale-until", &self.sale_until)?,
            min_per_order: self.least,
            max_per_order: self.most,
            visibility: match (self.hidden, self.public) {
                (true, _) => Some(Visibility::Hidden),
                (_, true) => Some(Visibility::Public),
                (false, false) => None,
            },
            access_code: self.access_code.clone(),
        })
    }
}

/// Lists the types of an event.
pub(super) async fn list(app: &App, event: &str, as_json: bool) -> anyhow::Result<()> {
    let setup = open::event(app, event).await?;
    for kind in &setup.types {
        if as_json {
            output::json(&json!({
                "id": kind.id.to_string(), "name": kind.name, "version": kind.version,
                "price_minor": kind.price_minor, "quota": kind.quota, "taken": kind.taken,
                "visibility": kind.visibility.name(),
            }));
        } else {
            let price = Money::new(kind.price_minor, setup.event.currency);
            output::line(&format!(
                "{}  {price}  {} of {} taken  version {}  {}",
                kind.name,
                kind.taken,
                kind.quota,
                kind.version,
                kind.visibility.name()
            ));
        }
    }
    Ok(())
}

/// Lists all that a type was offered as.
pub(super) async fn versions(
    app: &App,
    event: &str,
    name: &str,
    as_json: bool,
) -> anyhow::Result<()> {
    let setup = open::event(app, event).await?;
    let when = When::of(&setup);
    for version in app.type_versions(named(&setup, name)?.id).await? {
        if as_json {
            output::json(&json!({
                "version": version.version, "name": version.name, "price_minor": version.price_minor,
                "created_at": version.created_at.0,
            }));
        } else {
            let price = Money::new(version.price_minor, setup.event.currency);
            output::line(&format!(
                "{}  since {}  {}  {price}",
                version.version,
                when.text(version.created_at),
                version.name
            ));
        }
    }
    Ok(())
}

/// The type of this name.
fn named<'a>(setup: &'a EventSetup, name: &str) -> anyhow::Result<&'a TicketType> {
    let named = setup.types.iter().filter(|kind| kind.name == name);
    let named: Vec<&TicketType> = named.collect();
    let [kind] = named.as_slice() else {
        bail!(
            "the event has {} types named {name}: see central event types",
            named.len()
        );
    };
    Ok(*kind)
}
