//! `import`: central's answer, brought back on a stick.
//!
//! Exit status: 0 the replica equals central's, 1 it does not or was erased, 2 the answer was refused.

use std::path::PathBuf;

use super::{CommandError, Outcome, export::tell_progress, output};
use crate::{
    bundle::{
        file,
        import::{Taken, import},
    },
    moment_text::rfc3339,
    node::Node,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The file that `central import --answer` wrote
    file: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(node: &Node, arguments: &Arguments) -> Result<Outcome, CommandError> {
    let bytes = file::read(&arguments.file)?;
    let mut progress = |page: usize, pages: usize| {
        tell_progress(&format!("page {page} of {pages}"), arguments.json)
    };
    let taken = import(node, &bytes, &mut progress)?;
    if arguments.json {
        output::json(&taken)?;
    } else {
        output::line(&words(&taken))?;
    }
    Ok(match taken.erased || taken.gap.is_some() {
        true => Outcome::SomeRefused,
        false => Outcome::AllAdmitted,
    })
}

fn words(taken: &Taken) -> String {
    let Taken {
        acknowledged,
        unsent,
        tickets,
        ..
    } = taken;
    let mut said = format!(
        "Central's answer of {}: it has {acknowledged} scans of this node, {unsent} are still to be brought; \
         {tickets} ticket rows came.",
        rfc3339(taken.made_at)
    );
    if taken.parked > 0 {
        said += &format!(" Central put {} scans aside; it shows why.", taken.parked);
    }
    if taken.erased {
        said += " Central revoked this node: its replica is erased, its unsent scans are kept.";
    } else if let Some(gap) = &taken.gap {
        said += &format!(" The replica is not central's: {gap}. Export again and fetch all of it.");
    } else if let Some(until) = taken.lease_until {
        said += &format!(" The gate may decide until {}.", rfc3339(until));
    }
    said
}
