//! `pin`: sets the PIN that ends kiosk mode on this node. It comes from the terminal or standard input, never as an argument.

use std::path::Path;

use ambient::SystemEntropy;

use super::{CommandError, Outcome, output, passphrase};
use crate::{home::Home, pin::Pin};

pub(super) fn run(home: &Path) -> Result<Outcome, CommandError> {
    let typed = passphrase::read("PIN").map_err(CommandError::Input)?;
    Pin::store(&Home::new(home).pin(), typed.trim(), &SystemEntropy)?;
    output::line("the PIN is set: it is good at once")?;
    Ok(Outcome::AllAdmitted)
}
