//! `central backup` and `central restore`.
//!
//! Exit status of `restore`: 1 where what was put back does not hold together (`audit verify`).

use std::{path::PathBuf, process::ExitCode};

use ambient::{Clock as _, SystemClock, SystemEntropy};
use anyhow::bail;
use secrecy::ExposeSecret as _;

use super::{audit, open, output};
use crate::{
    app::{backup, vault::Vault},
    config::Config,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder to make; there must be none of this name
    folder: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct RestoreArguments {
    /// A folder that `central backup` made
    folder: PathBuf,
    /// Replace the database of an installation that is in use
    #[arg(long)]
    over: bool,
    /// Look whether the backup is whole, and put nothing back
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let url = config.database_url.expose_secret();
    let now = SystemClock::new().now();
    let manifest = backup::take(url, &arguments.folder, now).await?;
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    output::line(&format!(
        "{}: schema {}, {bytes} bytes. The master key is not in it: keep a copy of that elsewhere.",
        arguments.folder.display(),
        manifest.schema
    ));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(
    config: &Config,
    arguments: &RestoreArguments,
) -> anyhow::Result<ExitCode> {
    if let Some(file) = config.missing_master_key() {
        bail!(
            "there is no master key: put that of the central which the backup is from into {}, or set MASTER_KEY_FILE",
            file.display()
        );
    }
    let vault = Vault::new(config.master_key(&SystemEntropy)?);
    let folder = &arguments.folder;
    if arguments.check {
        let manifest = backup::look(folder, &vault)?;
        output::line(&format!("The backup is whole: schema {}.", manifest.schema));
        return Ok(ExitCode::SUCCESS);
    }
    let url = config.database_url.expose_secret();
    backup::restore(url, folder, &vault, arguments.over).await?;
    output::line("The database is restored. What it holds:");
    let app = open::open(config).await?.app;
    let holds = audit::verify(&app, false).await?;
    Ok(ExitCode::from(u8::from(!holds)))
}
