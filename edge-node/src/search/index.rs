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
    /// Where lines begin in `text`, ascending, and whose they are.
    lines: Vec<(u32, TicketId)>,
    places: BTreeMap<TicketId, Place>,
    /// The last row that was read.
    last: (Revision, TicketId),
    /// What the replica was when it was last read.
    seen: Option<Arc<View>>,
    /// Rows whose names did not open.
    unopened: u64,
}

/// Where a ticket's name stands.
#[derive(Clone, Copy)]
struct Place {
    line: u32,
    status: TicketStatus,
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

    /// Tickets whose name has every word of the question in it, the best `most` of them.
    pub(super) fn find(&self, question: &str, most: usize) -> Vec<TicketId> {
        let words = words_of(question);
        let Some(longest) = words.iter().max_by_key(|word| word.len()) else {
            return Vec::new();
        };
        let mut hits = Vec::new();
        let mut at = 0;
        while let Some(found) = self.text.0[at..].find(longest.trim_start()) {
            let line = self.line_at(at + found);
            let name = self.line(line);
            at = self.lines[line].0 as usize + name.len();
            hits.extend(self.rank(line, name, &words).map(|rank| (rank, line)));
        }
        let order = |(rank, line): &(Rank, usize)| (*rank, self.line(*line), self.lines[*line].1);
        if most < hits.len() {
            hits.select_nth_unstable_by(most, |a, b| order(a).cmp(&order(b)));
            hits.truncate(most);
        }
        hits.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        hits.iter().map(|(_, line)| self.lines[*line].1).collect()
    }

    fn rank(&self, line: usize, name: &str, words: &[Zeroizing<String>]) -> Option<Rank> {
        let place = self.places.get(&self.lines[line].1)?;
        let mut closeness = 0;
        for word in words {
            closeness += closeness_of(name, word)?;
        }
        // A name that left the search and came back has an older line, too.
        (place.line as usize == line).then_some(Rank {
            closeness: Reverse(closeness),
            is_gone: place.status != TicketStatus::Valid,
            length: name.len(),
        })
    }

    /// The line in which this place of the text lies.
    fn line_at(&self, place: usize) -> usize {
        let behind = self
            .lines
            .partition_point(|(start, _)| *start as usize <= place);
        behind - 1
    }

    /// A line with the blank before it and the end behind it.
    fn line(&self, line: usize) -> &str {
        let start = self.lines[line].0 as usize;
        let end = self.lines.get(line + 1);
        let end = end.map_or(self.text.0.len(), |(start, _)| *start as usize);
        &self.text.0[start..end]
    }

    fn take(&mut self, row: &SealedName) {
        self.last = (row.revision, row.ticket);
        match self.places.get_mut(&row.ticket) {
            Some(_) if row.sealed.is_empty() => drop(self.places.remove(&row.ticket)),
            // A ticket has one name for ever.
            Some(place) => place.status = row.status,
            None if row.sealed.is_empty() => (),
            None => self.add(row),
        }
    }

    fn add(&mut self, row: &SealedName) {
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
        self.lines.push((start, row.ticket));
        let status = row.status;
        self.places.insert(row.ticket, Place { line, status });
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
