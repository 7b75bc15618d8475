//! The counts of the panel in figures and words: who is inside, and what was let through by type and by hour.

use sync_protocol::{occupancy::IN_CONTACT_MS, time::Timestamp};

use super::{panel::grouped, place_time::Zone, tool_words::ToolWords, words::Words};
use crate::{
    inside::InsideStatus,
    tally::{Passed, SLOT_MS, Tally},
};

/// Hours that are shown.
const HOURS: usize = 8;
/// The tallest bar.
const TALLEST: u64 = 40;

/// Who is inside.
pub(super) struct Inside {
    /// `812`; `812–815` where it is not sure, `≈ 812` where other gates were not heard of for a while.
    pub figure: String,
    /// The best guess, where the figure is none.
    pub guess: Option<String>,
    pub others: String,
}

/// Entries in one hour.
pub(super) struct Hour {
    pub label: String,
    pub count: String,
    pub height: u64,
}

/// A number is exact only while no other gate can have let in somebody whom this one has not heard of.
pub(super) fn inside(inside: &InsideStatus, zone: Zone, now: Timestamp, words: &Words) -> Inside {
    let heard = inside.others_as_of;
    let is_old = heard.is_none_or(|at| now.ms_since(at) > IN_CONTACT_MS);
    let (count, is_range) = (grouped(inside.inside), inside.low != inside.high);
    let others = heard.map(|at| zone.clock(at, now));
    Inside {
        figure: match (is_range, is_old) {
            (true, _) => format!("{}–{}", grouped(inside.low), grouped(inside.high)),
            (false, true) => format!("≈ {count}"),
            (false, false) => count.clone(),
        },
        guess: is_range.then_some(count),
        others: others.unwrap_or_else(|| words.never.to_owned()),
    }
}

/// Exchanged, let in, let out of each type, in the order of the types.
pub(super) fn types(
    tally: &Tally,
    types: &[(u16, String)],
    tools: &ToolWords,
) -> Vec<(String, [String; 3])> {
    let name = |number: &Option<u16>| {
        let known = types.iter().find(|(known, _)| Some(*known) == *number);
        known.map_or_else(|| tools.other_type.to_owned(), |(_, name)| name.clone())
    };
    let counts = |passed: &Passed| [passed.exchanged, passed.entered, passed.left].map(grouped);
    let rows = tally.by_type.iter();
    rows.map(|(number, passed)| (name(number), counts(passed)))
        .collect()
}

/// The last hours in which somebody was let in, by the venue's clock.
pub(super) fn hours(tally: &Tally, zone: Zone, now: Timestamp) -> Vec<Hour> {
    let mut hours: Vec<(i64, u64)> = Vec::new();
    for (slot, count) in &tally.by_slot {
        let hour = zone.hour(Timestamp(slot * SLOT_MS));
        match hours.last_mut() {
            Some((last, sum)) if *last == hour => *sum += count,
            _ => hours.push((hour, *count)),
        }
    }
    let most = hours
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(1)
        .max(1);
    let first = hours.len().saturating_sub(HOURS);
    let shown = hours[first..].iter();
    shown
        .map(|(hour, count)| Hour {
            label: zone.hour_label(*hour, now),
            count: grouped(*count),
            height: count * TALLEST / most,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_the_venues_own() {
        // 2026-08-17 12:30 UTC is 18:15 in Kathmandu, 15 minutes off any whole hour.
        let at = 1_786_969_800_000_i64;
        let mut tally = Tally::default();
        for (minutes, count) in [(0, 3), (30, 4), (45, 5)] {
            let slot = (at + minutes * 60_000).div_euclid(SLOT_MS);
            *tally.by_slot.entry(slot).or_default() += count;
        }
        let shown = |zone: &str| -> Vec<_> {
            let hours = hours(&tally, Zone::named(zone), Timestamp(at));
            hours
                .into_iter()
                .map(|hour| (hour.label, hour.count, hour.height))
                .collect()
        };
        let row = |label: &str, count: &str, height| (label.to_owned(), count.to_owned(), height);
        assert_eq!(shown("UTC"), [row("12", "3", 13), row("13", "9", 40)]);
        assert_eq!(
            shown("Asia/Kathmandu"),
            [row("18", "7", 40), row("19", "5", 28)]
        );
    }
    #[test]
    fn a_number_looks_exact_only_where_it_is() {
        let now = Timestamp(1_796_083_200_000);
        let shown = |low, high, heard: Option<i64>| {
            let status = InsideStatus {
                inside: 2,
                low,
                high,
                as_of: now,
                others_as_of: heard.map(|ms| now.plus_ms(-ms)),
                others_revision: 0,
                unruled: 0,
                replica_incomplete: false,
                unsure: 0,
                unbound: 0,
            };
            let words = Words::of(crate::reason_text::Language::English);
            let inside = inside(&status, Zone::named("UTC"), now, words);
            (inside.figure, inside.guess)
        };
        let exact = ("2".to_owned(), None);
        assert_eq!(shown(2, 2, Some(0)), exact);
        assert_eq!(shown(2, 2, Some(IN_CONTACT_MS)), exact);
        let alone = ("≈ 2".to_owned(), None);
        assert_eq!(shown(2, 2, Some(IN_CONTACT_MS + 1)), alone);
        assert_eq!(shown(2, 2, None), alone);
        let range = ("0–3".to_owned(), Some("2".to_owned()));
        assert_eq!(shown(0, 3, Some(0)), range);
    }
}
