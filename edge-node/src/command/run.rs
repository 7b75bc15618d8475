//! `run`: opens the gate. The screen answers, the driver syncs beside it, until Ctrl-C or SIGTERM.
//!
//! Central absent stops nothing. What cannot be: an address that is taken, or papers that name no central.

use std::{net::SocketAddr, path::Path, sync::Arc};

use ambient::SystemEntropy;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::json;
use sync_protocol::scan::Action;

use super::{CommandError, Outcome, eye, output, scanner};
use crate::{
    camera::Watch,
    config, counter,
    door::Door,
    home::Home,
    node::Node,
    pin::Pin,
    reason_text::Language,
    screen::{self, Options, devices::Devices, kiosk},
    sync::{self, Driver, driver::INTERVAL_MS},
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Where the screen listens; anything but this machine's own lets others on the network scan
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8780")]
    listen: SocketAddr,
    /// Language of the screen where the browser asks for none that it speaks [default: $GERBANG_LANG, else en]
    #[arg(long, value_name = "TAG", value_parser = language_parser())]
    lang: Option<Language>,
    /// What guests want here until somebody switches
    #[arg(long, default_value = "entry", value_parser = super::scan::action_parser())]
    action: Action,
    /// Seconds between two rounds with central while all is well
    #[arg(long, value_name = "SECONDS", default_value_t = INTERVAL_MS / 1_000,
          value_parser = clap::value_parser!(i64).range(1..=3_600))]
    every: i64,
    #[command(flatten)]
    eye: eye::Arguments,
    #[command(flatten)]
    scanners: scanner::Arguments,
    /// Never ask central
    #[arg(long)]
    no_sync: bool,
    /// Begin in kiosk mode: the page scans and offers nothing else, until the PIN or a supervisor ends it
    #[arg(long)]
    kiosk: bool,
    /// Tell where the screen is as one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(home: &Path, node: Node, arguments: &Arguments) -> Result<Outcome, CommandError> {
    // Two threads: the screen answers while a round is on its way. Databases have threads of their own.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build();
    let runtime = runtime.map_err(CommandError::Runtime)?;
    runtime.block_on(open_gate(home, Arc::new(node), arguments))?;
    Ok(Outcome::AllAdmitted)
}

async fn open_gate(
    home: &Path,
    node: Arc<Node>,
    arguments: &Arguments,
) -> Result<(), CommandError> {
    let listening = screen::listen(arguments.listen).await?;
    verify(&node).await?;
    let driver = if arguments.no_sync {
        None
    } else {
        Some(start_driver(&node, arguments.every)?)
    };
    let door = Arc::new(Door::new(
        node,
        driver.as_ref().map(Driver::hand),
        arguments.action,
    ));
    let watch = eye::watch(&door, &arguments.eye)?;
    let scanners = Arc::new(scanner::hear(&door, &arguments.scanners));
    let pin = Pin::at(&Home::new(home).pin());
    warn_of_kiosk(door.node(), &pin, arguments.kiosk)?;
    let options = Options {
        listen: listening.address,
        language: config::language(arguments.lang),
        home: Some(home.to_owned()),
        devices: Devices {
            eye: watch.as_ref().map(Watch::eye),
            is_named: arguments.eye.is_named(),
            scanners: Some(Arc::clone(&scanners)),
        },
        pin: Some(Arc::new(pin)),
        is_kiosk: arguments.kiosk,
        counters: counter::count(),
    };
    tell(door.node(), listening.address, arguments.json)?;
    let served = screen::serve(listening, door, options, screen::told_to_stop()).await;
    drop(watch);
    drop(scanners);
    if let Some(driver) = driver {
        driver.stop().await;
    }
    Ok(served?)
}

/// A gate opens whatever its PIN's file holds. Kiosk mode that nobody could end is said at the start, with what to do;
/// it lasts all the same, because somebody wanted this screen locked.
fn warn_of_kiosk(node: &Node, pin: &Pin, is_kiosk: bool) -> Result<(), CommandError> {
    if let Err(error) = pin.is_set() {
        output::complain_of("pin_damaged", &error.to_string());
    }
    if is_kiosk && !kiosk::can_be_left(node, Some(pin))? {
        output::complain_of(
            "kiosk_shut",
            "nobody could leave kiosk mode: set a PIN with `edge-node pin`, which works at once, or add a supervisor at central",
        );
    }
    Ok(())
}

/// Before anybody is let in by it: a row that the disk lost or altered must not be called complete.
async fn verify(node: &Arc<Node>) -> Result<(), CommandError> {
    let node = Arc::clone(node);
    match tokio::task::spawn_blocking(move || node.verify_replica()).await {
        Ok(verified) => Ok(verified?),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn start_driver(node: &Arc<Node>, every: i64) -> Result<Driver, CommandError> {
    let transport = sync::enrol::transport_of(node).map_err(sync::command::CommandError::from)?;
    let interval_ms = every.saturating_mul(1_000);
    Ok(Driver::start(
        Arc::clone(node),
        Arc::new(transport),
        Arc::new(SystemEntropy),
        interval_ms,
    ))
}

fn tell(node: &Node, address: SocketAddr, json: bool) -> Result<(), CommandError> {
    let name = &node.identity().answer.name;
    let screen = format!("http://{address}/");
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "others on the network can scan here");
    }
    if json {
        output::json(&json!({ "node": node.id(), "name": name, "screen": screen }))
    } else {
        output::line(&format!("{name}: the gate is open at {screen}"))
    }
}

pub(super) fn language_parser() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::tag))
        .try_map(|tag| Language::from_tag(&tag).ok_or("no such language"))
}
