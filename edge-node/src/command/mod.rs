//! The command line: design.md section 14. One file per subcommand; this one reads the arguments and ends the
//! program.
//!
//! Exit status: 0 all admitted, 1 some refused, 2 could not work. Answers go to standard output, one line each;
//! what went wrong goes to standard error as one sentence with a stable code. Nothing here decides anything.

mod cameras;
mod decide;
mod decode;
mod doctor;
mod error;
mod export;
mod eye;
mod frames;
mod import;
mod line;
mod looking;
mod network;
mod operator;
mod outcome;
mod output;
mod passphrase;
mod pin;
mod run;
mod scan;
mod scanner;
mod search;
mod status;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use ambient::SystemClock;
use clap::{Parser, Subcommand};

use crate::{config, node::Node, telemetry};
pub use error::CommandError;
pub use outcome::Outcome;

/// Gerbang's gate: scans tickets with or without a network.
#[derive(Parser)]
#[command(name = "edge-node", version)]
struct Arguments {
    /// The node's folder [default: $GERBANG_HOME, else gerbang/edge-node in your data folder]
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make this machine a node of an event, once
    Enrol(network::EnrolArguments),
    /// Open the gate: the screen, and sync beside it
    Run(run::Arguments),
    /// Send scans to central and fetch what changed, now
    Sync(network::SyncArguments),
    /// Decide about codes: before a camera, in pictures or films, as text, or as a scanner types them
    Scan(scan::Arguments),
    /// Let in, turn away or take back, as a supervisor, what an earlier scan was about
    Decide(decide::Arguments),
    /// Read the codes in pictures, films or before a camera; needs no enrolment and decides nothing
    Decode(decode::Arguments),
    /// List the cameras of this machine, and what keeps each from being used
    Cameras(cameras::Arguments),
    /// Find tickets by name; the passphrase comes from the terminal or standard input
    Search(search::Arguments),
    /// Set the PIN that ends kiosk mode; it comes from the terminal or standard input
    Pin,
    /// Tell how the node stands
    Status(status::Arguments),
    /// Say go or no-go before doors: log, replica, keys, lease, clock, disk, power, camera, scanners
    Doctor(doctor::Arguments),
    /// Write the log as a signed file, for a USB stick
    Export(export::Arguments),
    /// Take in central's answer to an export
    Import(import::Arguments),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    telemetry::start(&config::log_filter());
    match parse().and_then(run) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::complain(&error);
            Outcome::CouldNotWork.into()
        }
    }
}

/// Help and version are printed and end the program well.
fn parse() -> Result<Arguments, CommandError> {
    Arguments::try_parse().map_err(|error| match error.use_stderr() {
        true => CommandError::usage(&error),
        false => error.exit(),
    })
}

fn run(arguments: Arguments) -> Result<Outcome, CommandError> {
    let home = || config::home(arguments.home.clone()).ok_or(CommandError::NoHome);
    match arguments.command {
        Command::Enrol(options) => network::enrol(&home()?, &options),
        Command::Sync(options) => network::sync(open(&home()?)?, &options),
        Command::Run(options) => run::run(&home()?, open(&home()?)?, &options),
        Command::Pin => pin::run(&home()?),
        Command::Scan(options) => scan::run(&open(&home()?)?, &options),
        Command::Decide(options) => decide::run(&open(&home()?)?, &options),
        Command::Decode(options) => decode::run(&options),
        Command::Cameras(options) => cameras::run(&options),
        Command::Search(options) => search::run(&open(&home()?)?, &options),
        Command::Status(options) => status::run(&open(&home()?)?, &options),
        Command::Doctor(options) => doctor::run(&home()?, &options),
        Command::Export(options) => export::run(&home()?, &options),
        Command::Import(options) => import::run(&open(&home()?)?, &options),
    }
}

fn open(home: &Path) -> Result<Node, CommandError> {
    Ok(Node::open(home, Arc::new(SystemClock::new()))?)
}
