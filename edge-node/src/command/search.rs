//! `search`: tickets by the name on them, for a node that may, behind the event's passphrase.
//!
//! It decides nothing and writes nothing down. Exit status: 0 something was found, 1 nothing was, 2 it could not work.

use super::{CommandError, Outcome, output, passphrase};
use crate::{
    moment_text,
    node::Node,
    search::{FirstUse, Found},
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Words of the name, or their beginnings
    #[arg(required = true, value_name = "QUERY")]
    question: Vec<String>,
    /// How many tickets at most
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    most: u16,
    /// One JSON object per ticket
    #[arg(long)]
    json: bool,
}

pub(super) fn run(node: &Node, arguments: &Arguments) -> Result<Outcome, CommandError> {
    let typed = passphrase::read("Passphrase").map_err(CommandError::Input)?;
    node.unlock_search(&typed)?;
    let question = arguments.question.join(" ");
    let found = node.search(&question, usize::from(arguments.most))?;
    node.lock_search();
    for one in &found {
        if arguments.json {
            output::json(one)?;
        } else {
            output::line(&words(one))?;
        }
    }
    if found.is_empty() && !arguments.json {
        output::line("nobody of that name")?;
    }
    Ok(match found.is_empty() {
        true => Outcome::SomeRefused,
        false => Outcome::AllAdmitted,
    })
}

fn words(found: &Found) -> String {
    let first = found.first.as_ref();
    format!(
        "{}  {}  {}  {}  {}",
        found.number,
        found.status.name(),
        found.type_name,
        found.name,
        first.map_or_else(|| "not used yet".to_owned(), used)
    )
}

fn used(first: &FirstUse) -> String {
    let at = moment_text::rfc3339(first.at);
    format!("first {} at {}, {at}", first.action, first.gate)
}
