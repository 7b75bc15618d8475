//! `enrol` and `sync`: what they do stands in [`crate::sync`]; here is only the runtime they need and how they end.

use std::{future::Future, path::Path, sync::Arc};

use ambient::{SystemClock, SystemEntropy};

use super::{CommandError, Outcome};
use crate::{node::Node, sync};

#[derive(clap::Args)]
pub(super) struct EnrolArguments {
    /// Central's address, such as `https://central.example`
    url: String,
    /// The one-time code from central's panel
    code: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(super) struct SyncArguments {
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn enrol(home: &Path, arguments: &EnrolArguments) -> Result<Outcome, CommandError> {
    let clock = Arc::new(SystemClock::new());
    let mut out = std::io::stdout();
    let enrolled = sync::command::enrol(
        home,
        &arguments.url,
        &arguments.code,
        (clock, &SystemEntropy),
        arguments.json,
        &mut out,
    );
    wait_for(enrolled)??;
    Ok(Outcome::AllAdmitted)
}

/// 0 when the replica equals central's; 1 when it does not, or was erased.
pub(super) fn sync(node: Node, arguments: &SyncArguments) -> Result<Outcome, CommandError> {
    let node = Arc::new(node);
    let mut out = std::io::stdout();
    let summary = wait_for(sync::command::sync(&node, arguments.json, &mut out))??;
    Ok(if summary.erased || summary.gap.is_some() {
        Outcome::SomeRefused
    } else {
        Outcome::AllAdmitted
    })
}

/// Runs one piece of work to its end on this thread.
fn wait_for<F: Future>(work: F) -> Result<F::Output, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    Ok(runtime.map_err(CommandError::Runtime)?.block_on(work))
}
