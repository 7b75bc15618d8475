//! The names of all tickets, in memory while the search is open.
//!
//! Invariants: nothing of it reaches the disk, and its memory is wiped when it goes. It holds names as they are
//! compared ([`super::fold`]), one line each in one text; what people are shown is opened again from the replica. It
//! follows the replica by revision, a piece at a time, so that no guest waits for it; where the replica began anew, so
//! does it.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use sync_protocol::{
    id::TicketId,
    search::IndexKey,
    ticket::{Revision, TicketStatus},
};
use zeroize::Zeroizing;

use super::fold::fold;
use crate::{
    error::NodeError,
    replica::{Replica, View, name::SealedName},
};

/// Rows that are read at once; a scan waits at most for one such piece.
const PIECE: u32 = 1_000;
/// Words of a question; the rest is left aside.
const MOST_WORDS: usize = 8;

/// The names.
pub(super) struct NameIndex {
    key: IndexKey,
    /// ` siti nurhaliza\n budi santoso\n …`
    text: Text,
    /// The lines of `text`, ascending.
    lines: Vec<Line>,
    /// In which line a ticket's name stands.
    places: BTreeMap<TicketId, u32>,
    /// The last row that was read.
    last: (Revision, TicketId),
    /// What the replica was when it was last read.
    seen: Option<Arc<View>>,
    /// Rows whose names did not open.
    unopened: u64,
}

/// One name.
#[derive(Clone, Copy)]
struct Line {
    /// Where it begins in the text.
    start: u32,
    ticket: TicketId,
    /// `None` = the name left the search.
    status: Option<TicketStatus>,
}

/// Best first, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Whole words count three, beginnings two, other places one.
    closeness: Reverse<u32>,
    /// Tickets that still stand come before those that do not.
    is_gone: bool,
    /// Names with little else in them come first.
    length: usize,
}

impl NameIndex {
    /// An index without names yet.
    pub(super) fn new(key: IndexKey) -> Self {
        Self {
            key,
            text: Text::default(),
            lines: Vec::new(),
            places: BTreeMap::new(),
            last: (0, TicketId::from_u128(0)),
            seen: None,
            unopened: 0,
        }
    }

    /// The key it opens names with.
    pub(super) const fn key(&self) -> &IndexKey {
        &self.key
    }

    /// How many tickets can be found.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// How many names did not open.
    pub(super) const fn unopened(&self) -> u64 {
        self.unopened
    }

    /// Takes in what changed in the replica since.
    pub(super) fn refresh(&mut self, replica: &Replica) -> Result<(), NodeError> {
        let view = replica.view()?;
        if let Some(seen) = &self.seen {
            if Arc::ptr_eq(seen, &view) {
                return Ok(());
            }
            // A new fetch may change rows of old revisions, and its end takes rows away.
            if (seen.state.pass, seen.state.is_whole) != (view.state.pass, view.state.is_whole) {
                self.clear();
            }
        }
        loop {
            let (revision, ticket) = self.last;
            let rows = replica.sealed_names(revision, ticket, PIECE)?;
            rows.iter().for_each(|row| self.take(row));
            if rows.len() < PIECE as usize {
                break;
            }
        }
        self.seen = Some(view);
        Ok(())
    }

    /// All tickets that have a name, in the order of names; `None` where there are more than `most`.
    pub(super) fn all(&self, most: usize) -> Option<Vec<TicketId>> {
        let there = |line: &usize| self.lines[*line].status.is_some();
        let mut lines: Vec<_> = (0..self.lines.len()).filter(there).collect();
        lines.sort_unstable_by_key(|line| (self.line(*line), self.lines[*line].ticket));
        let tickets = || lines.iter().map(|line| self.lines[*line].ticket).collect();
        (lines.len() <= most).then(tickets)
    }

    /// Tickets whose name has every word of the question in it, the best `most` of them.
    pub(super) fn find(&self, question: &str, most: usize) -> Vec<TicketId> {
        let words = words_of(question);
        let Some(longest) = words.iter().max_by_key(|word| word.len()) else {
            return Vec::new();
        };
        let (mut hits, mut line, mut at) = (Vec::new(), 0, 0);
        while let Some(found) = self.text.0[at..].find(longest.trim_start()) {
            at += found;
            while self.end(line) <= at {
                line += 1;
            }
            hits.extend(self.rank(line, &words).map(|rank| (rank, line)));
            at = self.end(line);
        }
        let order =
            |(rank, line): &(Rank, usize)| (*rank, self.line(*line), self.lines[*line].ticket);
        if most < hits.len() {
            hits.select_nth_unstable_by(most, |a, b| order(a).cmp(&order(b)));
            hits.truncate(most);
        }
        hits.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        hits.iter()
            .map(|(_, line)| self.lines[*line].ticket)
            .collect()
    }

    fn rank(&self, line: usize, words: &[Zeroizing<String>]) -> Option<Rank> {
        let (status, name) = (self.lines[line].status?, self.line(line));
        let mut closeness = 0;
        for word in words {
            closeness += closeness_of(name, word)?;
        }
        Some(Rank {
            closeness: Reverse(closeness),
            is_gone: status != TicketStatus::Valid,
            length: name.len(),
        })
    }

    /// A line with the blank before it and the end behind it.
    fn line(&self, line: usize) -> &str {
        &self.text.0[self.lines[line].start as usize..self.end(line)]
    }

    /// The place behind a line.
    fn end(&self, line: usize) -> usize {
        let next = self.lines.get(line + 1);
        next.map_or(self.text.0.len(), |next| next.start as usize)
    }

    fn take(&mut self, row: &SealedName) {
        self.last = (row.revision, row.ticket);
        let stands = (!row.sealed.is_empty()).then_some(row.status);
        match (self.places.get(&row.ticket), stands) {
            // A ticket has one name for ever: only where it stands is new.
            (Some(line), _) => self.lines[*line as usize].status = stands,
            (None, Some(status)) => self.add(row, status),
            (None, None) => (),
        }
    }

    fn add(&mut self, row: &SealedName, status: TicketStatus) {
        let start = u32::try_from(self.text.0.len());
        let line = u32::try_from(self.lines.len());
        let name = self.key.open_name(row.ticket, &row.sealed);
        let (Ok(start), Ok(line), Ok(name)) = (start, line, name) else {
            self.unopened += 1;
            return;
        };
        let text = &mut self.text;
        fold(&name, |character| text.push(character));
        text.push('\n');
        self.lines.push(Line {
            start,
            ticket: row.ticket,
            status: Some(status),
        });
        self.places.insert(row.ticket, line);
    }

    fn clear(&mut self) {
        self.text = Text::default();
        self.lines.clear();
        self.places.clear();
        self.last = (0, TicketId::from_u128(0));
        self.unopened = 0;
    }
}

/// A text that leaves nothing behind when it moves.
struct Text(Zeroizing<String>);

impl Default for Text {
    fn default() -> Self {
        Self(Zeroizing::new(String::with_capacity(4_096)))
    }
}

impl Text {
    fn push(&mut self, character: char) {
        if self.0.len() + character.len_utf8() > self.0.capacity() {
            let mut larger = Zeroizing::new(String::with_capacity(2 * self.0.capacity()));
            larger.push_str(&self.0);
            // The smaller one is wiped here.
            self.0 = larger;
        }
        self.0.push(character);
    }
}

/// The words of a question, each with a blank before it.
fn words_of(question: &str) -> Vec<Zeroizing<String>> {
    let mut words: Vec<Zeroizing<String>> = Vec::new();
    fold(question, |character| {
        if character == ' ' {
            words.push(Zeroizing::new(String::with_capacity(64)));
        }
        if let Some(word) = words.last_mut() {
            word.push(character);
        }
    });
    words.truncate(MOST_WORDS);
    words
}

/// How well a word fits into a name; `None` = not at all.
fn closeness_of(name: &str, word: &str) -> Option<u32> {
    let mut begins = false;
    for (at, _) in name.match_indices(word) {
        begins = true;
        if name[at + word.len()..].starts_with([' ', '\n']) {
            return Some(3);
        }
    }
    if begins {
        return Some(2);
    }
    name.contains(word.trim_start()).then_some(1)
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
