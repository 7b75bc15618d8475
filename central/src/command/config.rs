//! `central config`.

use std::process::ExitCode;

use serde_json::json;

use super::output;
use crate::config::Config;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// One JSON object per line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    for told in Config::told()? {
        let value = told.value.unwrap_or_default();
        if arguments.json {
            output::json(&json!({"setting": told.variable, "value": value, "from": told.from}));
        } else {
            output::line(&format!(
                "{:<26} {:<40} {}",
                told.variable, value, told.from
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}
