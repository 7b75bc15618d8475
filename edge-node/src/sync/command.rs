//! `edge-node enrol` and `edge-node sync`: what they print, for people and (`--json`) for programs.
//!
//! Errors go back to the caller, who prints them all alike; see [`CommandError`].

use std::{
    io::{IsTerminal as _, Write},
    path::Path,
    sync::Arc,
};

use ambient::{Clock, Entropy};
use serde_json::json;

use super::{
    enrol::{EnrolError, enrol as enrol_node, transport_of},
    error::SyncError,
    round::{Summary, rounds},
    session::Session,
};
use crate::node::Node;

/// Why a command came to nothing: one sentence, and a stable code.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Enrolment, or the way to central.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// A round.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// Nobody reads what is printed.
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

impl CommandError {
    /// Stable name.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Enrol(error) => error.code(),
            Self::Sync(error) => error.code(),
            Self::Output(_) => "output_failed",
        }
    }
}

/// Enrols a node and says who it is now.
///
/// # Errors
/// [`CommandError`].
pub async fn enrol(
    home: &Path,
    central: &str,
    code: &str,
    (clock, entropy): (Arc<dyn Clock>, &dyn Entropy),
    json: bool,
    out: &mut (dyn Write + Send),
) -> Result<(), CommandError> {
    let node = enrol_node(home, central, code, clock, entropy).await?;
    let answer = &node.identity().answer;
    if json {
        let said = json!({
            "node": answer.node, "name": answer.name, "event": answer.event, "gate": answer.gate,
            "central": node.identity().central, "own_authority": answer.authority.is_some(),
        });
        writeln!(out, "{said}")?;
    } else {
        writeln!(out, "Enrolled as {} ({}).", answer.name, answer.node)?;
        writeln!(
            out,
            "Next: `edge-node sync` fetches the tickets, `edge-node run` opens the gate."
        )?;
    }
    Ok(())
}

/// Syncs until current and says what travelled.
///
/// # Errors
/// [`CommandError`].
pub async fn sync(
    node: &Arc<Node>,
    json: bool,
    out: &mut (dyn Write + Send),
) -> Result<Summary, CommandError> {
    let transport = transport_of(node)?;
    let mut tell = |so_far: &Summary| tell_progress(so_far, json);
    let summary = rounds(node, &transport, &mut Session::default(), &mut tell).await?;
    if json {
        writeln!(out, "{}", json!(summary))?;
    } else {
        writeln!(out, "{}", sentence(&summary))?;
    }
    Ok(summary)
}

/// To a person who waits, and to nobody else: not into a pipe, not among JSON.
fn tell_progress(so_far: &Summary, json: bool) {
    let Summary {
        rounds, tickets, ..
    } = so_far;
    tracing::info!(rounds, tickets, "syncing");
    let mut screen = std::io::stderr().lock();
    if !json && screen.is_terminal() {
        // A terminal that cannot be written to has nobody before it.
        let _ = write!(screen, "\r{tickets} ticket rows\u{1b}[K\r");
    }
}

fn sentence(summary: &Summary) -> String {
    let Summary { sent, tickets, .. } = summary;
    let mut said = format!("Sent {sent} scans, received {tickets} ticket rows.");
    if summary.parked > 0 {
        said += &format!(" Central put {} scans aside; it shows why.", summary.parked);
    }
    if summary.erased {
        said += " Central revoked this node: its replica is erased, its unsent scans are kept.";
    } else if let Some(gap) = &summary.gap {
        said += &format!(" The replica is not central's: {gap}. Sync again to fetch all of it.");
    } else {
        said += " The replica equals central's.";
    }
    said
}
