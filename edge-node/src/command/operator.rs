//! Who works the gate, for commands that scan or decide. The secret never stands on the command line, which others on
//! the machine can read: it comes from a file, from the terminal, or as the first line of standard input.

use std::path::PathBuf;

use sync_protocol::id::OperatorId;

use super::{CommandError, passphrase};
use crate::node::Node;

#[derive(clap::Args)]
// Else its group would bear the name of the command's own arguments.
#[group(skip)]
pub(super) struct Arguments {
    /// Who works the gate, where the event has operators; the secret comes from a file, the terminal, or the first line of
    /// standard input
    #[arg(long, value_name = "LOGIN")]
    operator: Option<String>,
    /// The operator's gate secret is the first line of this file
    #[arg(long, value_name = "FILE", requires = "operator")]
    secret_file: Option<PathBuf>,
}

impl Arguments {
    /// Who it is; nobody where nobody was named.
    pub(super) fn identify(&self, node: &Node) -> Result<Option<OperatorId>, CommandError> {
        let Some(login) = &self.operator else {
            return Ok(None);
        };
        let secret = match &self.secret_file {
            Some(path) => passphrase::from_file(path),
            None => passphrase::read("Gate secret"),
        };
        let secret = secret.map_err(CommandError::Secret)?;
        Ok(Some(node.operators().identify(login, &secret)?.id))
    }
}
