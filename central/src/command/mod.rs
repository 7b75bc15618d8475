//! The command line of `central`: every command as one function that returns what the person is told.
//!
//! Answers go to standard output, faults to standard error as one sentence. Exit status: 0 done, 1 a check found
//! something (`audit verify`), 2 it could not work.

mod admin;
mod audit;
mod backup;
mod catalog;
mod config;
mod conflict;
mod conflict_line;
mod day_move;
mod decision_line;
mod demo;
mod event;
mod event_change;
mod event_end;
mod event_file;
mod import;
mod letter;
mod node;
mod node_file;
mod occupancy;
mod open;
mod output;
mod payment;
mod price_change;
mod price_file;
mod promo;
mod receipt;
mod refund;
mod rehearsal;
mod search;
mod serve;
mod staff;
mod ticket_type;
mod when;
mod who;
mod whole;
mod wristband;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{config::Config, telemetry};

/// Sells tickets, and syncs the gates that admit people.
#[derive(Parser)]
#[command(name = "central", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve buyers, payment notices and gates until stopped
    Serve,
    /// Bring the database's schema up to date
    Migrate,
    /// Make the first account of the panel
    #[command(subcommand)]
    Admin(admin::Command),
    /// Set up and publish events
    #[command(subcommand)]
    Event(event::Command),
    /// Take in, list and revoke nodes
    #[command(subcommand)]
    Node(node::Command),
    /// Say who may work the gates
    #[command(subcommand)]
    Staff(staff::Command),
    /// Make tickets to try the gates with, which never count
    Rehearsal(rehearsal::Arguments),
    /// Make, take in, list and withdraw rolls of wristbands
    #[command(subcommand)]
    Wristband(wristband::Command),
    /// List what a venue manager must look at, such as tickets that were admitted twice
    Conflicts(conflict::Arguments),
    /// Say how many are inside
    Occupancy(occupancy::Arguments),
    /// Say what mail waits, list what was given up, and have it tried again
    Letters(letter::Arguments),
    /// Show or change how an event's receipt numbers are written
    Receipts(receipt::Arguments),
    /// Look at payments, take money by hand, end challenges and disputes
    #[command(subcommand)]
    Payment(payment::Command),
    /// Give money back, and follow it until it has gone
    #[command(subcommand)]
    Refund(refund::Command),
    /// Take in the log of a gate without a network, from a file
    Import(import::Arguments),
    /// Check what is stored
    #[command(subcommand)]
    Audit(audit::Command),
    /// Copy the whole database into a new folder, while central works
    Backup(backup::Arguments),
    /// Put a backup in the place of the database; central must not run
    Restore(backup::RestoreArguments),
    /// Say what is set, and where each setting came from
    Config(config::Arguments),
    /// Make and publish a sample event that is partly sold
    Demo(demo::Arguments),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            output::fault(&error);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let config = Config::load()?;
    let serves = matches!(command, Command::Serve);
    // Only the server tells what it does; a command's own sentence is enough otherwise.
    let filter = if serves {
        config.log.as_str()
    } else {
        "warn,sqlx=error"
    };
    telemetry::start(filter, &config.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve::run(&config).await,
            Command::Migrate => open::migrate(&config).await,
            Command::Admin(command) => admin::run(&config, command).await,
            Command::Event(command) => event::run(&config, command).await,
            Command::Node(command) => node::run(&config, command).await,
            Command::Staff(command) => staff::run(&config, command).await,
            Command::Rehearsal(arguments) => rehearsal::run(&config, &arguments).await,
            Command::Wristband(command) => wristband::run(&config, command).await,
            Command::Conflicts(arguments) => conflict::run(&config, &arguments).await,
            Command::Occupancy(arguments) => occupancy::run(&config, &arguments).await,
            Command::Letters(arguments) => letter::run(&config, &arguments).await,
            Command::Receipts(arguments) => receipt::run(&config, &arguments).await,
            Command::Payment(command) => payment::run(&config, command).await,
            Command::Refund(command) => refund::run(&config, command).await,
            Command::Import(arguments) => import::run(&config, &arguments).await,
            Command::Audit(command) => audit::run(&config, &command).await,
            Command::Backup(arguments) => backup::run(&config, &arguments).await,
            Command::Restore(arguments) => backup::restore(&config, &arguments).await,
            Command::Config(arguments) => config::run(&arguments),
            Command::Demo(arguments) => demo::run(&config, &arguments).await,
        }
    })
}
