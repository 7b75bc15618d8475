//! `central rehearsal`: tickets to try the gates with.

use std::{fs::File, io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, ensure};
use chrono::DateTime;
use chrono_tz::Tz;
use documents::{RehearsalHead, rehearsal_sheets};
use serde_json::json;

use super::{open, output};
use crate::{app::rehearsal::MOST_REHEARSALS, config::Config};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The event's slug or id
    #[arg(long)]
    event: String,
    /// Write them here, as a PDF with one on each page
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How many
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST_REHEARSALS)))]
    count: u16,
    /// For how many hours gates take them
    #[arg(long, default_value_t = 48, value_parser = clap::value_parser!(i64).range(1..=720))]
    hours: i64,
    /// Answer in JSON, with the codes
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let path = &arguments.out;
    // Nothing is written over: an older sheet may be what was printed.
    ensure!(!path.exists(), "{} is there already", path.display());
    let app = open::open(config).await?.app;
    let event = open::event(&app, &arguments.event).await?.event;
    let made = app
        .make_rehearsals(event.id, arguments.count, arguments.hours)
        .await?;
    let zone: Tz = event.time_zone.parse().unwrap_or(Tz::UTC);
    let moment = |at: sync_protocol::time::Timestamp| {
        DateTime::from_timestamp_millis(at.0).unwrap_or_default()
    };
    let until = moment(made.until).with_timezone(&zone);
    let until = until.format("%Y-%m-%d %H:%M %Z").to_string();
    let head = RehearsalHead {
        event: &event.name,
        until: &until,
        made_at: moment(made.made_at),
    };
    let pdf = rehearsal_sheets(&head, &made.codes)?;
    let mut file = File::create_new(path).with_context(|| path.display().to_string())?;
    file.write_all(&pdf)
        .and_then(|()| file.sync_all())
        .with_context(|| path.display().to_string())?;
    if arguments.json {
        output::json(
            &json!({"codes": made.codes, "until": made.until.0, "file": path.display().to_string()}),
        );
    } else {
        output::line(&format!(
            "{}: {} rehearsal tickets, good until {until}. They let nobody in.",
            path.display(),
            made.codes.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
