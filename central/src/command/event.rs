//! `central event`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use super::{catalog, event_end, event_file, open, output, search, who::Who};
use crate::{config::Config, domain::event::Event};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Set up an event from a TOML file; it stays a draft until it is published
    Create {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        who: Who,
    },
    /// List all events
    List {
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Open a draft to the public, or a closed event again
    Publish {
        /// The event's slug or id
        event: String,
        #[command(flatten)]
        who: Who,
    },
    /// Cancel an event: nothing is sold any more, and every order is refunded
    Cancel(event_end::Arguments),
    /// Postpone an event: tickets stay good, and buyers may ask for refunds
    Postpone(event_end::Postpone),
    /// Let gates find tickets by name with a passphrase, or no longer
    Search(search::Arguments),
    #[command(flatten)]
    Catalog(Box<catalog::Command>),
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    // Before anything is opened: a bad file needs no database.
    let wish = match &command {
        Command::Create { file, .. } => Some(event_file::read(file)?),
        _ => None,
    };
    let passphrase = match &command {
        Command::Search(arguments) => arguments.passphrase()?,
        _ => None,
    };
    let app = open::open(config).await?.app;
    match command {
        Command::Create { file, who } => {
            let wish = wish.context("the file was read")?;
            let created = app.create_event(&wish, &who.actor()).await;
            created.with_context(|| file.display().to_string())?;
            let slug = &wish.slug;
            output::line(&format!(
                "The event {slug} is set up. Publish it: central event publish {slug}"
            ));
        }
        Command::List { json } => {
            for event in app.all_events().await? {
                print(&event, json);
            }
        }
        Command::Publish { event, who } => {
            let setup = open::event(&app, &event).await?;
            app.publish_event(setup.event.id, &who.actor()).await?;
            output::line(&format!(
                "The event {} is open to the public.",
                setup.event.slug
            ));
        }
        Command::Cancel(arguments) => arguments.cancel(&app).await?,
        Command::Postpone(arguments) => arguments.postpone(&app).await?,
        Command::Search(arguments) => arguments.run(&app, passphrase).await?,
        Command::Catalog(command) => catalog::run(&app, *command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn print(event: &Event, as_json: bool) {
    if as_json {
        output::json(&json!({
            "id": event.id.to_string(),
            "slug": event.slug,
            "name": event.name,
            "status": event.status.name(),
            "starts_at": event.starts_at.0,
        }));
    } else {
        output::line(&format!(
            "{}  {}  {}",
            event.status.name(),
            event.slug,
            event.name
        ));
    }
}
