//! `central letters`: what mail waits, what was given up, and another try for that.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::json;
use uuid::Uuid;

use super::{open, output};
use crate::{config::Config, store::letter::FailedLetter};

/// Letters that are listed or tried again in one go.
const MOST: i64 = 1_000;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Have the letter of this id tried again
    #[arg(long, value_name = "ID", conflicts_with = "again_all")]
    again: Option<Uuid>,
    /// Have all letters that were given up tried again
    #[arg(long)]
    again_all: bool,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    if let Some(id) = arguments.again
        && !app.retry_letter(id).await?
    {
        bail!("no letter {id} was given up: see `central letters`");
    }
    let (failed, _) = app.failed_letters(MOST).await?;
    if arguments.again_all {
        for letter in &failed {
            app.retry_letter(letter.id).await?;
        }
    }
    let (failed, counts) = app.failed_letters(MOST).await?;
    if arguments.json {
        output::json(&json!({
            "waiting": counts.waiting, "tried": counts.tried, "failed": counts.failed,
        }));
    } else {
        output::line(&format!(
            "{} letters wait ({} of them tried before), {} were given up",
            counts.waiting, counts.tried, counts.failed
        ));
    }
    failed
        .iter()
        .for_each(|letter| print(letter, arguments.json));
    Ok(ExitCode::SUCCESS)
}

fn print(letter: &FailedLetter, as_json: bool) {
    let why = letter.last_error.as_deref().unwrap_or_default();
    if as_json {
        output::json(&json!({
            "id": letter.id.to_string(),
            "kind": letter.kind,
            "attempts": letter.attempts,
            "last_error": why,
            "created_at": letter.created_at.0,
            "failed_at": letter.failed_at.0,
        }));
    } else {
        let (id, kind, attempts) = (letter.id, &letter.kind, letter.attempts);
        output::line(&format!("{id}  {kind}  {attempts} tries  {why}"));
    }
}
