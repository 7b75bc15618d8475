//! `central demo`: the sample event, partly sold.

use std::process::ExitCode;

use serde_json::json;

use super::{open::open, output};
use crate::{app::sample::SLUG, config::Config};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// How many tickets are sold already
    #[arg(long, default_value_t = 5_000)]
    tickets: u32,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let app = open(config).await?.app;
    let id = app.open_sample_event(arguments.tickets).await?;
    if arguments.json {
        output::json(&json!({"event": SLUG, "id": id.to_string(), "tickets": arguments.tickets}));
    } else {
        let tickets = arguments.tickets;
        output::line(&format!(
            "The event {SLUG} is published and {tickets} tickets are sold."
        ));
    }
    Ok(ExitCode::SUCCESS)
}
