//! `make demo`: central, a simulated Midtrans and two gates with 5,000 sold tickets; `--story` plays the story.
//!
//! Real programs only, as they stand beside this one in the build folder, each started as its user would start
//! it. All state lies in one folder that is made anew each time. Whatever ends this program (Ctrl-C, a signal,
//! a failed step) ends all that it started.

#![expect(
    clippy::print_stdout,
    reason = "this program talks to a person at a terminal"
)]

mod hand;
mod narrate;
mod panel;
mod place;
mod shop;
mod story;
mod venue;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;
use support::program;

use crate::{place::Place, venue::Venue};

/// Starts a whole venue on this machine.
#[derive(Debug, Parser)]
struct Options {
    /// Play the story without hands and tell it; exit status 0 only if every step held.
    #[arg(long)]
    story: bool,
    /// Where everything is kept; emptied at the start.
    #[arg(long, default_value = ".demo")]
    folder: PathBuf,
    /// Take any free ports instead of the usual ones.
    #[arg(long)]
    free_ports: bool,
    /// How many tickets are sold before the doors open.
    #[arg(long, default_value_t = 5_000)]
    tickets: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let ended = tokio::select! {
        outcome = run(&options) => outcome,
        () = program::asked_to_stop() => Ok(()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nThe demo stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<()> {
    let place = Place::new(&options.folder, options.free_ports)?;
    let mut venue = Venue::open(place, options.tickets).await?;
    if options.story {
        return story::play(&mut venue).await;
    }
    venue.start_screens().await?;
    let panel = panel::open(&venue).await?;
    narrate::addresses(&venue, &panel);
    hand::follow(&mut venue).await
}
