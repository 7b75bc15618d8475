//! Rolls of wristbands: which serials a new one gets, and how a list of codes that were printed elsewhere is read.
//!
//! Invariants: serials of printed rolls never overlap, void rolls included; a list is read whole or not at all, and
//! every line that is wrong is named. Codes are cleaned as a gate cleans what its scanner types, so that the gate
//! finds what was imported. Called by `app::wristbands`.

use std::collections::BTreeMap;

use sync_protocol::{
    id::{EventId, WristbandId},
    scanner_text,
    time::Timestamp,
    wristband::{self, MAX_SERIAL, Roll, WristbandKey, WristbandStatus},
};
use uuid::Uuid;

use super::named::named_enum;

/// Codes of one list at most. A roll becomes visible to gates whole, in one transaction, and what is sold or scanned
/// meanwhile waits for it: as many as this take a second or two.
///
/// Pieces that are stored before, unseen, would not make room for more: what makes them seen at one revision writes every row
/// once more. Measured on two busy cores, that alone took 0.5 s on SQLite and 0.7 s on `MariaDB` for as many as this, and 13 s and
/// 17 s for a million. Ten lists make a million as well, and what is sold waits for one of them at a time.
pub const MOST_CODES: usize = 100_000;
/// Wristbands of one printed roll at most: what fills a box, and what a sheet printer takes in one file.
pub const MOST_PRINTED: u32 = 50_000;
/// Longest name of a roll, characters.
const MOST_NAME: usize = 100;
/// The first serial ever; people count from one.
const FIRST_SERIAL: u32 = 1;

named_enum! {
    /// Where a roll comes from.
    pub enum RollKind {
        /// Central made its codes.
        Printed => "printed",
        /// Its codes were printed elsewhere.
        Imported => "imported",
    }
}

/// A roll as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollRecord {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Where it comes from.
    pub kind: RollKind,
    /// The first serial; an imported roll counts its own from 1.
    pub first: u32,
    /// The last serial.
    pub last: u32,
    /// Whether it may be used.
    pub status: WristbandStatus,
    /// When it came.
    pub created_at: Timestamp,
}

impl RollRecord {
    /// As gates are told.
    #[must_use]
    pub fn serials(&self) -> Roll {
        Roll {
            first: self.first,
            last: self.last,
            void: self.status == WristbandStatus::Void,
        }
    }

    /// How many wristbands it has.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.last - self.first + 1
    }
}

/// Why there is no new roll.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RollError {
    /// The name is empty, too long, or holds what nobody can type.
    #[error("a roll needs a name of 1 to 100 printable characters")]
    Name,
    /// There is nothing in it.
    #[error("a roll holds at least one wristband")]
    Empty,
    /// It is larger than any that is printed at once.
    #[error("a roll holds at most {MOST_PRINTED} wristbands: make several")]
    TooLarge,
    /// The serials of this event are used up.
    #[error("only {0} serials are left for this event")]
    SerialsUsedUp(u32),
    /// The list is longer than any that can be taken in at once.
    #[error(
        "a list holds at most {MOST_CODES} codes: import it as several rolls, each with a name of its own"
    )]
    TooMany,
    /// Lines of the list are wrong; all of them.
    #[error("{}", lines(.0))]
    Lines(Vec<BadLine>),
}

/// A line that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: LineFault,
}

/// What can be wrong with a line. It never repeats the code: a code is as good as a wristband.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// No gate reads a code of this length.
    #[error("is longer than the {} bytes that a gate reads", scanner_text::MAX_LEN)]
    TooLong,
    /// Not UTF-8, or with characters that no scanner types.
    #[error("holds bytes that no scanner types")]
    NoText,
    /// An earlier line has the same code, as gates read it.
    #[error("has the same code as line {0}")]
    SameAs(usize),
    /// Another roll of the event has this code.
    #[error("has a code that the event has already")]
    Known,
    /// A gate would take it for a ticket, or for a wristband that central printed.
    #[error("has a code that gates read as one of Gerbang's own")]
    OurOwn,
}

fn lines(bad: &[BadLine]) -> String {
    const TOLD: usize = 20;
    let told = bad
        .iter()
        .take(TOLD)
        .map(|bad| format!("line {} {}", bad.line, bad.why));
    let told = told.collect::<Vec<_>>().join("; ");
    match bad.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told}; and {more} more lines"),
    }
}

/// A name as it is kept.
///
/// # Errors
/// [`RollError::Name`].
pub fn roll_name(name: &str) -> Result<String, RollError> {
    let name = name.trim();
    let is_good = (1..=MOST_NAME).contains(&name.chars().count());
    let is_plain = !name.chars().any(char::is_control);
    (is_good && is_plain)
        .then(|| name.to_owned())
        .ok_or(RollError::Name)
}

/// The serials of a new roll of `count`, after all that were ever given out.
///
/// # Errors
/// [`RollError::Empty`], [`RollError::TooLarge`] or [`RollError::SerialsUsedUp`].
pub fn next_serials(rolls: &[RollRecord], count: u32) -> Result<(u32, u32), RollError> {
    let printed = rolls.iter().filter(|roll| roll.kind == RollKind::Printed);
    let first = printed.map(|roll| roll.last + 1).max();
    let first = first.unwrap_or(FIRST_SERIAL);
    let left = (MAX_SERIAL + 1).saturating_sub(first);
    match count {
        0 => Err(RollError::Empty),
        count if count > MOST_PRINTED => Err(RollError::TooLarge),
        count if count > left => Err(RollError::SerialsUsedUp(left)),
        count => Ok((first, first + (count - 1))),
    }
}

/// How codes of an event are told apart.
#[derive(Clone, Copy, Debug)]
pub struct CodeReader {
    /// The event.
    pub event: EventId,
    /// Its wristband key.
    pub key: WristbandKey,
}

impl CodeReader {
    /// The wristbands of a list, one code per line, in its order. `is_known` tells which the event has already.
    ///
    /// # Errors
    /// [`RollError::Lines`], [`RollError::Empty`] or [`RollError::TooMany`].
    pub fn list(
        &self,
        list: &[u8],
        is_known: impl Fn(WristbandId) -> bool,
    ) -> Result<Vec<WristbandId>, RollError> {
        let list = list.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(list);
        let (mut ids, mut bad) = (Vec::new(), Vec::new());
        let mut seen = BTreeMap::new();
        let ended = list.strip_suffix(b"\n").unwrap_or(list);
        if ended.is_empty() {
            return Err(RollError::Empty);
        }
        for (line, bytes) in (1..).zip(ended.split(|byte| *byte == b'\n')) {
            if line > MOST_CODES {
                return Err(RollError::TooMany);
            }
            let read = self.line(bytes).and_then(|id| match seen.get(&id) {
                Some(before) => Err(LineFault::SameAs(*before)),
                None if is_known(id) => Err(LineFault::Known),
                None => Ok(id),
            });
            match read {
                Ok(id) => {
                    seen.insert(id, line);
                    ids.push(id);
                }
                Err(why) => bad.push(BadLine { line, why }),
            }
        }
        bad.is_empty().then_some(ids).ok_or(RollError::Lines(bad))
    }

    fn line(&self, bytes: &[u8]) -> Result<WristbandId, LineFault> {
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if bytes.len() > scanner_text::MAX_LEN {
            return Err(LineFault::TooLong);
        }
        let text = str::from_utf8(bytes).map_err(|_| LineFault::NoText)?;
        let cleaned = scanner_text::clean(text);
        if cleaned.is_empty() {
            return Err(LineFault::Empty);
        }
        if cleaned.chars().any(char::is_control) {
            return Err(LineFault::NoText);
        }
        if self.is_ours(&cleaned) {
            return Err(LineFault::OurOwn);
        }
        Ok(wristband::of_text(self.event, &cleaned))
    }

    fn is_ours(&self, cleaned: &str) -> bool {
        let serial = scanner_text::find_wristband(cleaned, |text| {
            wristband::verify(text, self.event, &self.key)
        });
        serial.is_ok() || scanner_text::find_code(cleaned).is_some()
    }

    /// The serial of a code that central made for this event, as a gate reads it.
    #[must_use]
    pub fn serial(&self, text: &str) -> Option<u32> {
        let cleaned = scanner_text::clean(text);
        let verify = |text: &str| wristband::verify(text, self.event, &self.key);
        scanner_text::find_wristband(&cleaned, verify).ok()
    }

    /// The wristband that would bear a text that was printed elsewhere.
    #[must_use]
    pub fn imported(&self, text: &str) -> WristbandId {
        wristband::of_text(self.event, &scanner_text::clean(text))
    }
}

#[cfg(test)]
#[path = "wristband_tests.rs"]
mod tests;
