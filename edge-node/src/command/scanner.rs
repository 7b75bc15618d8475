//! The options about scanners, which `run` and `scan` share, and the words about scanners that do not work.

use std::{collections::BTreeMap, sync::Arc, thread};

use super::output;
use crate::{
    door::{Door, Means},
    reason_text::Language,
    scanner::{Affixes, Kind, Roots, ScannerStatus, Scanners, Setup, Wanted},
};

/// The scanners of an open gate.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// What types here: auto (what calls itself a scanner), serial, off, a path, or a part of a name; again for more
    #[arg(long, value_name = "SCANNER", default_value = "auto", value_parser = Wanted::parse)]
    scanner: Vec<Wanted>,
    #[command(flatten)]
    affixes: AffixArguments,
}

/// What scanners were set to type around each code.
#[derive(clap::Args)]
pub(super) struct AffixArguments {
    /// What the scanners were set to type before each code
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    scanner_prefix: String,
    /// What the scanners were set to type after each code, before Enter
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    scanner_suffix: String,
}

/// The scanners that somebody wants on this machine.
pub(super) fn setup(wanted: &[Wanted], affixes: &AffixArguments) -> Setup {
    Setup {
        wanted: wanted.to_vec(),
        affixes: Affixes {
            prefix: affixes.scanner_prefix.clone(),
            suffix: affixes.scanner_suffix.clone(),
        },
        roots: Roots::default(),
    }
}

/// Shows at the door what scanners type, from here on until they are dropped.
pub(super) fn hear(door: &Arc<Door>, arguments: &Arguments) -> Scanners {
    let (scanners, texts) = Scanners::start(setup(&arguments.scanner, &arguments.affixes));
    let door = Arc::clone(door);
    let show = move || {
        for typed in texts {
            let means = match typed.kind {
                Kind::Keyboard => Means::Keyboard,
                Kind::Serial => Means::Serial,
            };
            drop(door.show(&typed.text, means));
        }
    };
    if let Err(error) = thread::Builder::new().name("typed".to_owned()).spawn(show) {
        tracing::error!(%error, "no thread for scanners: restart the gate program");
    }
    scanners
}

/// Tells on standard error how scanners stand, each time that one of them stands otherwise.
#[derive(Default)]
pub(super) struct Teller {
    told: BTreeMap<String, &'static str>,
}

impl Teller {
    pub(super) fn tell(&mut self, states: &[ScannerStatus]) {
        for status in states {
            let text = status.text(Language::English);
            if self.told.insert(status.name.clone(), text) != Some(text) {
                let code = format!("scanner_{}", status.state.name());
                let place = if status.place.is_empty() {
                    "no device"
                } else {
                    &status.place
                };
                output::complain_of(&code, &format!("{} ({place}): {text}", status.name));
            }
        }
    }
}
