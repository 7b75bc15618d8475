//! A passphrase or a gate secret as a person types it: on a terminal without showing it, else the first line of standard input.

use std::{
    fs::File,
    io::{BufRead, BufReader, IsTerminal, Stdin, Write, stderr, stdin},
    path::Path,
};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use sync_protocol::search::MAX_PASSPHRASE;
use zeroize::Zeroizing;

/// Asks for it, or takes it.
pub(super) fn read(prompt: &str) -> std::io::Result<Zeroizing<String>> {
    let input = stdin();
    if !input.is_terminal() {
        return line(input.lock());
    }
    write!(stderr(), "{prompt}: ")?;
    let hidden = Hidden::begin(&input)?;
    let typed = line(input.lock());
    drop(hidden);
    writeln!(stderr())?;
    typed
}

/// The first line of a file.
pub(super) fn from_file(path: &Path) -> std::io::Result<Zeroizing<String>> {
    line(BufReader::new(File::open(path)?))
}

/// One line, and no more of it than a passphrase may be long: what is longer is refused by who checks it.
fn line(input: impl BufRead) -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(MAX_PASSPHRASE + 2));
    input.take(MAX_PASSPHRASE as u64 + 2).read_line(&mut text)?;
    Ok(text)
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Hidden<'a> {
    terminal: &'a Stdin,
    before: Termios,
}

impl<'a> Hidden<'a> {
    fn begin(terminal: &'a Stdin) -> std::io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO;
        tcsetattr(terminal, OptionalActions::Flush, &hidden)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // Nobody is left to be told when this fails too.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_line_is_taken_and_not_without_end() {
        let taken = |input: &[u8]| line(input).map(|text| text.trim_end().to_owned());
        assert_eq!(
            taken(b"kopi tubruk\nSiti\n").expect("a line"),
            "kopi tubruk"
        );
        assert_eq!(taken(b"").expect("a line"), "");
        let endless = taken(&[b'x'; 1 << 20]).expect("a line");
        assert_eq!(endless.len(), MAX_PASSPHRASE + 2);
        assert!(taken(b"\xff\xfe\n").is_err());
    }
}
