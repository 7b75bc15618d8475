//! `central event search`: names may be found at gates, or no longer.
//!
//! The passphrase comes from a file or from standard input, never from the command line, which others on the machine
//! can read.

use std::{
    fs::File,
    io::{Read, stdin},
    path::PathBuf,
};

use anyhow::Context as _;
use clap::Args;
use sync_protocol::search::{MAX_PASSPHRASE, Passphrase};
use zeroize::Zeroizing;

use super::{open, output};
use crate::app::App;

/// Names between two lines of progress.
const TELL_EVERY: u64 = 10_000;

#[derive(Args)]
pub(super) struct Arguments {
    /// The event's slug or id
    event: String,
    #[command(flatten)]
    how: How,
    /// Give a search that is on another passphrase; names stay sealed as they are
    #[arg(long, conflicts_with = "off")]
    change: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct How {
    /// Turn it on with the passphrase in this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Turn it on with the passphrase that comes on standard input
    #[arg(long)]
    passphrase_stdin: bool,
    /// Turn it off: gates forget the names at their next sync
    #[arg(long)]
    off: bool,
}

impl Arguments {
    /// Before anything is opened: a passphrase that cannot be read needs no database.
    pub(super) fn passphrase(&self) -> anyhow::Result<Option<Passphrase>> {
        let typed = match &self.how.passphrase_file {
            Some(path) => {
                let file = File::open(path).with_context(|| path.display().to_string())?;
                read(file).with_context(|| path.display().to_string())?
            }
            None if self.how.off => return Ok(None),
            None => read(stdin()).context("standard input")?,
        };
        Ok(Some(Passphrase::new(&typed)?))
    }

    pub(super) async fn run(self, app: &App, passphrase: Option<Passphrase>) -> anyhow::Result<()> {
        let event = open::event(app, &self.event).await?.event;
        let slug = &event.slug;
        let Some(passphrase) = passphrase else {
            let cleared = app
                .turn_search_off(event.id, &mut tell("taken away"))
                .await?;
            output::line(&format!(
                "The search by name is off for {slug}: {cleared} sealed names are taken away."
            ));
            return Ok(());
        };
        if self.change {
            app.change_search_passphrase(event.id, passphrase).await?;
            output::line(&format!(
                "The search by name of {slug} has another passphrase. Gates ask for it after their next sync."
            ));
            return Ok(());
        }
        let sealed = app
            .turn_search_on(event.id, passphrase, &mut tell("sealed"))
            .await?;
        output::line(&format!(
            "The search by name is on for {slug}: {sealed} names are sealed. Nodes with the right `search` can open \
             it with the passphrase."
        ));
        Ok(())
    }
}

/// The first line of what is there, and no more of it than a passphrase may be long.
fn read(from: impl Read) -> std::io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_PASSPHRASE + 2));
    from.take(MAX_PASSPHRASE as u64 + 2)
        .read_to_end(&mut bytes)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| std::io::Error::other("the passphrase is no text"))?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Zeroizing::new(line.to_owned()))
}

/// Tells how far a long work has come, now and then.
fn tell(done: &'static str) -> impl FnMut(u64) + Send {
    let mut next = TELL_EVERY;
    move |count| {
        if count >= next {
            output::line(&format!("{count} names are {done} …"));
            next = (count / TELL_EVERY + 1) * TELL_EVERY;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_passphrase_is_the_first_line() {
        for (given, line) in [
            ("kopi tubruk pagi\n", "kopi tubruk pagi"),
            ("kopi tubruk\r\nmore\n", "kopi tubruk"),
            ("", ""),
        ] {
            assert_eq!(read(given.as_bytes()).expect("text").as_str(), line);
        }
        assert!(read(&b"\xff\xfe"[..]).is_err());
        let endless = read(std::io::repeat(b'x')).expect("text");
        assert!(endless.len() > super::MAX_PASSPHRASE, "so it is refused");
    }
}
