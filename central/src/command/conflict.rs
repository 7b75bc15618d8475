//! `central conflicts`: what a venue manager must look at, and what people remark about it.

use std::{collections::BTreeMap, process::ExitCode, time::Duration};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, SecondsFormat};

use super::{conflict_line, occupancy::reason_text, open, output};
use crate::{
    app::{App, conflicts::Conflict},
    config::Config,
    domain::conflict::{Cursor, Kind},
};
use sync_protocol::{id::EventId, occupancy::Reason};

/// Asked for at once.
const PAGE: usize = 200;
/// Between two looks while following: each also asks how fast every node was.
const PAUSE: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The event's slug or id
    #[arg(required = true)]
    event: Option<String>,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
    /// Go on telling what is new or changes
    #[arg(long)]
    follow: bool,
    /// Only those of this kind, such as double
    #[arg(long)]
    kind: Option<String>,
    /// Also what was a conflict once, and what was said of each before
    #[arg(long)]
    history: bool,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Remark something about a conflict
    Note {
        /// The event's slug or id
        event: String,
        /// The conflict's id
        id: String,
        /// What to remember
        text: String,
        /// Who says so
        #[arg(long, default_value = "venue manager")]
        by: String,
    },
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    match &arguments.command {
        Some(Command::Note {
            event,
            id,
            text,
            by,
        }) => {
            let event = open::event(&app, event).await?.event.id;
            let noted = app.note_conflict(event, id.parse()?, by, text).await?;
            output::line(&format!("Noted at {}.", moment(noted.created_at.0)));
        }
        None => list(&app, arguments).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App, arguments: &Arguments) -> anyhow::Result<()> {
    let event = arguments.event.as_deref().context("which event?")?;
    let event = open::event(app, event).await?.event.id;
    if let Some(kind) = &arguments.kind {
        let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        ensure!(
            known.contains(&kind.as_str()),
            "kinds are {}",
            known.join(", ")
        );
    }
    let mut told = Told::default();
    tell(app, event, arguments, &mut told).await?;
    if told.said.is_empty() && !arguments.json {
        let missing = missing(app, event).await?;
        output::line(match missing.is_empty() {
            true => "There is no conflict.",
            false => "There is no conflict among the scans that have come. Not all have:",
        });
        missing
            .iter()
            .for_each(|line| output::line(&format!("  {line}")));
    }
    if !arguments.follow {
        return Ok(());
    }
    loop {
        tokio::time::sleep(PAUSE).await;
        tell(app, event, arguments, &mut told).await?;
    }
}

/// Gates whose scans may not all be here: a conflict may still come with them.
async fn missing(app: &App, event: EventId) -> anyhow::Result<Vec<String>> {
    let inside = app.occupancy(event).await?;
    let range = &inside.range;
    let is_missing = |reason: &&Reason| {
        matches!(
            reason,
            Reason::Unsent { .. } | Reason::Silent { .. } | Reason::Unusable { .. }
        )
    };
    let reasons = range.reasons.iter().filter(is_missing);
    Ok(reasons
        .map(|reason| reason_text(&inside, range, reason))
        .collect())
}

/// How far the feed was told, and what was said of each conflict: some come again unchanged.
#[derive(Default)]
struct Told {
    cursor: Cursor,
    said: BTreeMap<String, Conflict>,
}

async fn tell(
    app: &App,
    event: EventId,
    arguments: &Arguments,
    told: &mut Told,
) -> anyhow::Result<()> {
    loop {
        let feed = app.conflict_feed(event, &told.cursor, PAGE).await?;
        told.cursor = feed.cursor;
        for conflict in feed.conflicts {
            let id = conflict.id.to_string();
            let was = told.said.get(&id);
            // One that was told as open is also told when it is over.
            let matters = conflict.is_open || arguments.history || was.is_some();
            let wanted = arguments.kind.as_ref();
            let is_wanted = wanted.is_none_or(|kind| kind == conflict.kind.name());
            if !matters || !is_wanted || was == Some(&conflict) {
                continue;
            }
            say(&conflict, arguments);
            told.said.insert(id, conflict);
        }
        if !feed.has_more {
            return Ok(());
        }
    }
}

fn say(conflict: &Conflict, arguments: &Arguments) {
    if arguments.json {
        output::json(&conflict_line::as_json(conflict, arguments.history));
    } else {
        output::line(&conflict_line::as_text(conflict, arguments.history));
    }
}

/// As people and programs read it.
pub(super) fn moment(ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
