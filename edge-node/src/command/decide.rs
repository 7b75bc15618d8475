//! `decide`: a supervisor's word about an earlier scan of this gate.

use sync_protocol::decision::Choice;

use super::{CommandError, Outcome, operator, output, scan};
use crate::node::Node;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The number of the scan, as `scan --json` gives it (`seq`)
    seq: u64,
    #[command(flatten)]
    word: Word,
    #[command(flatten)]
    operator: operator::Arguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
#[group(id = "word", required = true, multiple = false)]
struct Word {
    /// Let in whom the gate asked about or refused
    #[arg(long)]
    admit: bool,
    /// Keep out whom the gate asked about or refused
    #[arg(long)]
    turn_away: bool,
    /// Take an admitted scan back
    #[arg(long)]
    undo: bool,
}

pub(super) fn run(node: &Node, arguments: &Arguments) -> Result<Outcome, CommandError> {
    let operator = arguments.operator.identify(node)?;
    let said = match arguments.word {
        Word { undo: true, .. } => node.undo(arguments.seq, operator)?,
        Word { admit: true, .. } => node.decide_for(arguments.seq, Choice::Admit, operator)?,
        Word { .. } => node.decide_for(arguments.seq, Choice::TurnAway, operator)?,
    };
    match arguments.json {
        true => output::json(&said)?,
        false => output::line(&scan::words(None, &said))?,
    }
    Ok(scan::outcome(&said))
}
