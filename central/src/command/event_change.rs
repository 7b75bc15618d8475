//! `central event edit`: what is said of an event.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use sync_protocol::time::Timestamp;

use super::{event_file::moment, open, output, who::Who};
use crate::app::{App, catalog::EventChange};

const MINUTE_MS: i64 = 60_000;

#[derive(clap::Args)]
pub(super) struct Edit {
    /// The event's slug or id
    event: String,
    /// What people call it
    #[arg(long)]
    name: Option<String>,
    /// One paragraph for lists
    #[arg(long)]
    summary: Option<String>,
    /// A text file with all there is to say; each line is a paragraph
    #[arg(long, value_name = "FILE")]
    description_file: Option<PathBuf>,
    /// A text file with what buyers agree to from now on; each line is one term
    #[arg(long, value_name = "FILE")]
    terms_file: Option<PathBuf>,
    /// The place
    #[arg(long)]
    venue: Option<String>,
    /// Where that is
    #[arg(long)]
    address: Option<String>,
    /// In which city
    #[arg(long)]
    city: Option<String>,
    /// When it begins, on the venue's clock; days are moved by `central event move`
    #[arg(long, value_name = "TIME")]
    starts: Option<String>,
    /// When it ends, on the venue's clock
    #[arg(long, value_name = "TIME")]
    ends: Option<String>,
    /// How long an order holds its places from now on
    #[arg(long, value_name = "MINUTES")]
    hold_minutes: Option<i64>,
    #[command(flatten)]
    who: Who,
}

impl Edit {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<()> {
        let setup = open::event(app, &self.event).await?;
        let zone = setup.event.time_zone.parse()?;
        let at = |field: &str, text: &Option<String>| -> anyhow::Result<Option<Timestamp>> {
            text.as_ref()
                .map(|text| moment(field, text, zone))
                .transpose()
        };
        let change = EventChange {
            name: self.name.clone(),
            summary: self.summary.clone(),
            description: read(self.description_file.as_ref())?,
            terms: read(self.terms_file.as_ref())?,
            venue: self.venue.clone(),
            address: self.address.clone(),
            city: self.city.clone(),
            starts_at: at("--starts", &self.starts)?,
            ends_at: at("--ends", &self.ends)?,
            hold_ms: self
                .hold_minutes
                .map(|minutes| minutes.saturating_mul(MINUTE_MS)),
        };
        ensure!(
            change != EventChange::default(),
            "say what to change, such as --name or --venue: see central event edit --help"
        );
        app.change_event(setup.event.id, &change, &self.who.actor())
            .await?;
        output::line(&format!("The event {} is changed.", setup.event.slug));
        Ok(())
    }
}

fn read(path: Option<&PathBuf>) -> anyhow::Result<Option<String>> {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
    };
    path.map(read).transpose()
}
