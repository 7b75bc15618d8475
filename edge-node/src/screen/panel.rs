//! The panel beside the stage: how the gate stands, in a dozen lines that are read in passing.
//!
//! What is well is quiet; what is not has a sign, a word and a colour.

use askama::Template;
use sync_protocol::{scan::Action, verdict::Decision};

use super::{
    choice::Choice, devices::Line, place_time::Zone, tool_words::ToolWords, traffic, words::Words,
};
use crate::{
    door::recent::Recent,
    glance::Glance,
    inside::InsideStatus,
    replica::conflict::Kind,
    status::{ConflictNotice, Status},
    sync::Link,
    tally::Tally,
};

/// A wall clock that is wrong by more is worth a warning.
const CLOCK_TOLERANCE_MS: i64 = 2_000;
/// Conflicts shown; the rest is a number.
const MOST_CONFLICTS: usize = 4;
/// Scans shown for the glance back.
pub(super) const MOST_RECENT: usize = 6;

/// What the panel shows.
#[derive(Template)]
#[template(path = "gate/panel.html")]
pub struct Panel {
    words: &'static Words,
    tools: &'static ToolWords,
    devices_for: Option<&'static str>,
    devices: Vec<Line>,
    /// How many pages show the same, where there are several.
    pages: Option<usize>,
    inside: Option<traffic::Inside>,
    type_heads: [&'static str; 3],
    types: Vec<(String, [String; 3])>,
    hours: Vec<traffic::Hour>,
    link: (&'static str, &'static str),
    reason: Option<String>,
    last_sync: String,
    warnings: Vec<String>,
    counts: Vec<(&'static str, String)>,
    since: [(Decision, u64); 3],
    recent: Vec<Row>,
    conflicts: Vec<Conflict>,
    more_conflicts: usize,
}

struct Row {
    at: String,
    look: Decision,
    action: &'static str,
    ticket: String,
}

struct Conflict {
    what: String,
    won: Option<(String, String)>,
    said: &'static str,
    place: (String, String),
    undecidable: bool,
    /// Supervisors who let in over what their gate had said.
    by: Vec<String>,
}

/// What it is made from.
pub struct Facts<'a> {
    /// How the node stands.
    pub status: &'a Status,
    /// How the link is; `None` when this program does not sync.
    pub link: Option<&'a Link>,
    /// What was answered here since the program started.
    pub recent: &'a Recent,
    /// The last scans.
    pub last: &'a [Glance],
    /// The event's zone.
    pub zone: Zone,
    /// Who is inside.
    pub inside: Option<&'a InsideStatus>,
    /// What was let through here.
    pub tally: &'a Tally,
    /// Ticket types by number.
    pub types: &'a [(u16, String)],
    /// Camera and scanners.
    pub devices: Vec<Line>,
    /// What devices scan for.
    pub desk: Action,
    /// How many pages are open.
    pub pages: usize,
}

impl Panel {
    /// The panel now.
    #[must_use]
    pub fn of(facts: &Facts, choice: Choice) -> Self {
        let (words, tools) = (Words::of(choice.language), ToolWords::of(choice.language));
        let (status, recent) = (facts.status, facts.recent);
        let is_other = facts.desk != choice.action && !facts.devices.is_empty();
        let age = |at| words.age(status.now.ms_since(at));
        let conflicts = status.conflicts.iter().take(MOST_CONFLICTS);
        Self {
            words,
            tools,
            devices_for: is_other.then(|| words.action(facts.desk)),
            devices: facts.devices.clone(),
            pages: Some(facts.pages).filter(|pages| *pages > 1),
            inside: facts
                .inside
                .map(|inside| traffic::inside(inside, facts.zone, status.now, words)),
            type_heads: [Action::Exchange, Action::Entry, Action::Exit].map(|it| words.action(it)),
            types: traffic::types(facts.tally, facts.types, tools),
            hours: traffic::hours(facts.tally, facts.zone, status.now),
            link: link(facts.link, words),
            reason: reason(facts.link),
            last_sync: status
                .last_sync_at
                .map_or_else(|| words.never.to_owned(), age),
            warnings: warnings(status, words),
            counts: counts(status, words, tools),
            since: [
                (Decision::Admit, recent.admitted),
                (Decision::Ask, recent.asked),
                (Decision::Refuse, recent.refused),
            ],
            recent: rows(facts, words),
            conflicts: conflicts
                .map(|notice| conflict(notice, facts, words))
                .collect(),
            more_conflicts: status.conflicts.len().saturating_sub(MOST_CONFLICTS),
        }
    }
}

/// Class and words.
fn link(link: Option<&Link>, words: &Words) -> (&'static str, &'static str) {
    match link {
        Some(Link::Connected) => ("connected", words.connected),
        Some(Link::Away { .. }) => ("away", words.away),
        Some(Link::Starting) => ("starting", words.starting),
        None => ("away", words.no_sync),
    }
}

/// What keeps the gate from central, with its stable name for whoever is asked for help.
fn reason(link: Option<&Link>) -> Option<String> {
    match link {
        Some(Link::Away { code, message }) => Some(format!("{message} [{code}]")),
        _ => None,
    }
}

fn warnings(status: &Status, words: &Words) -> Vec<String> {
    let mut warnings = Vec::new();
    match status.locked_because {
        Some("copy") => warnings.push(words.locked_copy.to_owned()),
        Some("revoked") => warnings.push(words.locked_revoked.to_owned()),
        Some(_) => warnings.push(words.locked.to_owned()),
        None => {}
    }
    let replica = &status.replica;
    match replica.state.as_str() {
        "complete" => {}
        "empty" | "receiving" => warnings.push(format!("{}: {}", words.receiving, replica.total)),
        gap => warnings.push(format!("{}: {gap}", words.incomplete)),
    }
    match status.clock {
        Some(clock) if clock.offset_ms.abs() > CLOCK_TOLERANCE_MS + clock.error_ms => {
            let seconds = clock.offset_ms / 1_000;
            warnings.push(format!("{} ({seconds:+} s)", words.clock_wrong));
        }
        Some(_) => {}
        None => warnings.push(words.clock_unknown.to_owned()),
    }
    if status.parked > 0 {
        warnings.push(format!("{}: {}", words.parked, status.parked));
    }
    warnings
}

fn counts(status: &Status, words: &Words, tools: &ToolWords) -> Vec<(&'static str, String)> {
    vec![
        (words.unsent, grouped(status.unsent)),
        (words.tickets, grouped(status.replica.total)),
        (words.scans, grouped(status.scans)),
        // No gate of this version hears another one but through central.
        (tools.peers, "–".to_owned()),
    ]
}

fn rows(facts: &Facts, words: &Words) -> Vec<Row> {
    let row = |glance: &Glance| Row {
        at: facts.zone.clock(glance.at, facts.status.now),
        look: glance.verdict.decision,
        action: words.action(glance.action),
        ticket: match &glance.ticket {
            Some((kind, Some(number))) => format!("{kind} · {number}"),
            Some((kind, None)) => kind.clone(),
            None => "–".to_owned(),
        },
    };
    facts.last.iter().map(row).collect()
}

fn conflict(notice: &ConflictNotice, facts: &Facts, words: &Words) -> Conflict {
    let now = facts.status.now;
    let place = |gate: &str, at| (gate.to_owned(), facts.zone.clock(at, now));
    let ticket = notice.ticket.map(|id| id.to_string());
    let wristband = notice.wristband.map(|id| id.to_string());
    let what = notice.number.clone().or(ticket).or(wristband);
    let is_double = notice.kind == Kind::Double.name();
    Conflict {
        what: what.unwrap_or_default(),
        won: match &notice.won {
            Some(won) => Some(place(&won.gate, won.at)),
            // The winner's own record may still be on its way back from central.
            None => (is_double && notice.won_here)
                .then(|| (facts.status.gate_name.clone(), String::new())),
        },
        said: said(notice.kind, words),
        place: place(&notice.scan.gate, notice.scan.at),
        undecidable: notice.undecidable,
        by: notice.supervisors(),
    }
}

/// What is said before the gate.
fn said(kind: &str, words: &Words) -> &'static str {
    match kind {
        "unbound" => words.unbound,
        "after_revocation" => words.after_revocation,
        "not_valid" => words.not_valid,
        _ => words.also_at,
    }
}

/// Thousands apart, by a narrow space, which reads alike in both languages.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// The sign of a verdict, for those who do not see colours.
pub(super) const fn sign(decision: &Decision) -> &'static str {
    match decision {
        Decision::Admit => "✓",
        Decision::Ask => "?",
        Decision::Refuse => "✕",
    }
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
