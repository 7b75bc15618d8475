//! `central import`: the log of a gate without a network, and the answer for the way back.

use std::{
    fs::{self, File, OpenOptions},
    io::{IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, anyhow, bail};
use serde_json::json;
use sync_protocol::bundle::MAX_FILE;

use super::{open, output};
use crate::{
    app::bundle::{ImportError, Imported},
    config::Config,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The file that `edge-node export` wrote
    file: PathBuf,
    /// Write the answer for the way back here
    #[arg(long, value_name = "FILE")]
    answer: Option<PathBuf>,
    /// Replace an answer of this name
    #[arg(long)]
    force: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let file = read(&arguments.file)?;
    if let Some(answer) = &arguments.answer {
        check_free(answer, arguments.force)?;
    }
    let app = open::open(config).await?.app;
    let mut progress = |at: u64, upto: u64| tell_progress(at, upto, arguments.json);
    let imported = app.import_log(&file, &mut progress).await.map_err(named)?;
    if let Some(answer) = &arguments.answer {
        let bytes = app.answer_log(&imported).await.map_err(named)?;
        check_free(answer, arguments.force)?;
        write(answer, &bytes).with_context(|| format!("{} cannot be written", answer.display()))?;
    }
    tell(&imported, arguments);
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over")]
fn named(error: ImportError) -> anyhow::Error {
    anyhow!("{error} [{}]", error.code())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("{} cannot be read", path.display());
    let file = File::open(path).with_context(cannot)?;
    let mut bytes = Vec::new();
    // One byte more than any bundle has, so that the longer one is named.
    let mut limited = file.take(MAX_FILE as u64 + 1);
    limited.read_to_end(&mut bytes).with_context(cannot)?;
    Ok(bytes)
}

fn check_free(path: &Path, force: bool) -> anyhow::Result<()> {
    if !force && path.exists() {
        bail!(
            "{} is there already: choose another name, or say --force [file_exists]",
            path.display()
        );
    }
    Ok(())
}

/// Writes beside the name, makes it durable, and only then gives it its name.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let beside = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        match path.parent() {
            Some(folder) if cfg!(unix) && folder != Path::new("") => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    });
    if written.is_err() {
        // What is left of it would only take room.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn tell(imported: &Imported, arguments: &Arguments) {
    let Imported {
        node,
        records,
        fresh,
        parked,
        made_at,
        ..
    } = imported;
    if arguments.json {
        let set_aside = parked
            .iter()
            .map(|one| json!({"seq": one.seq, "code": one.refusal.code}));
        output::json(&json!({
            "node": node.id.to_string(), "name": node.name, "status": node.status.name(),
            "made_at": made_at.0, "records": records, "new": fresh,
            "parked": set_aside.collect::<Vec<_>>(),
            "acknowledged": node.log_seq, "answer": arguments.answer,
        }));
        return;
    }
    output::line(&format!(
        "{}: {records} records, {fresh} of them new; central has its log up to record {}.",
        node.name, node.log_seq
    ));
    for one in parked {
        output::line(&format!(
            "record {} was set aside: {}",
            one.seq, one.refusal
        ));
    }
    if let Some(answer) = &arguments.answer {
        output::line(&format!(
            "{} is for the way back: `edge-node import FILE` at the gate.",
            answer.display()
        ));
    }
}

/// To a person who waits, and to nobody else.
fn tell_progress(at: u64, upto: u64, json: bool) {
    let mut screen = std::io::stderr().lock();
    if !json && screen.is_terminal() {
        // A terminal that cannot be written to has nobody before it.
        let _ = write!(screen, "\r{at} of {upto} records\u{1b}[K\r");
    }
}
