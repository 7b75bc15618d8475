//! `central admin`: the first account of the panel, and the way back in when nobody has one.
//!
//! A one-time password is printed when it is made and never again; it must be changed at the first sign-in.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{open, output};
use crate::config::Config;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an account that may do everything; prints its one-time password, once
    Create {
        /// The address to sign in with
        email: String,
        /// What people call them
        #[arg(long)]
        name: String,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let app = open::open(config).await?.app;
    match command {
        Command::Create { email, name, json } => {
            let password = app.create_admin(&email, &name).await?;
            let url = format!("{}/panel", app.public_url);
            if json {
                output::json(&json!({"email": email, "password": password.as_str(), "url": url}));
            } else {
                output::line(&format!(
                    "{email} signs in at {url} with {}  (shown this once; good for 7 days, to be changed at once)",
                    password.as_str()
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
