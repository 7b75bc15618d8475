//! `midtrans-sim`: the simulated Midtrans as a program of its own, for the demo.
//!
//! Serves until Ctrl-C or a termination signal. Says its address in one line on standard output, so
//! that a script can wait for it.

use std::{io::Write, net::SocketAddr, sync::Arc};

use ambient::{Clock, SystemClock};
use clap::Parser;
use midtrans_sim::{Options, Simulator};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A simulated Midtrans: Snap and Core API on one address. No real money.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Address to serve on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:9444")]
    listen: SocketAddr,
    /// The server key that callers must present.
    #[arg(long, env = "MIDTRANS_SERVER_KEY", hide_env_values = true)]
    server_key: String,
    /// Where payment notices are posted.
    #[arg(long)]
    notification_url: Option<String>,
    /// Where customers return to if the shop names no address.
    #[arg(long)]
    finish_url: Option<String>,
    /// Divides the waits between retries of a notice (1: as slow as Midtrans).
    #[arg(long, default_value_t = 1)]
    hurry: u32,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let running = Simulator::start(options(arguments)).await?;
    writeln!(
        std::io::stdout(),
        "midtrans-sim listening on {}",
        running.base_url
    )?;
    wait_for_signal().await?;
    running.stop().await;
    Ok(())
}

fn options(arguments: Arguments) -> Options {
    let clock = SystemClock::new();
    let now = Arc::new(move || clock.now().0);
    let mut options = Options::new(&arguments.server_key, now);
    options.listen = arguments.listen;
    options.notification_url = arguments.notification_url;
    options.finish_url = arguments.finish_url;
    options.hurry = arguments.hurry;
    options
}

async fn wait_for_signal() -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
