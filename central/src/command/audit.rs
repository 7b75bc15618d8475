//! `central audit`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{open, output};
use crate::{app::audit::LogCheck, config::Config};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Follow every node's log from its first record and name the first row that does not hold
    Verify {
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: &Command) -> anyhow::Result<ExitCode> {
    let Command::Verify { json } = command;
    let app = open::open(config).await?.app;
    let checks = app.verify_logs().await?;
    for check in &checks {
        print(check, *json);
    }
    if checks.is_empty() && !json {
        output::line("There are no logs yet.");
    }
    let broken = checks.iter().any(|check| check.fault.is_some());
    Ok(ExitCode::from(u8::from(broken)))
}

fn print(check: &LogCheck, as_json: bool) {
    let fault = check.fault.as_ref().map(ToString::to_string);
    if as_json {
        output::json(&json!({
            "node": check.node.to_string(),
            "name": check.name,
            "records": check.records,
            "fault": fault,
        }));
        return;
    }
    let (name, records) = (&check.name, check.records);
    output::line(&match fault {
        None => format!("{name}: {records} records hold together"),
        Some(fault) => format!("{name}: {fault}"),
    });
}
