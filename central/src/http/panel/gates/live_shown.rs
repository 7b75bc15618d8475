//! The door as it is shown: numbers, a drawing for each gate, and the words beside them.

use documents::Language;
use sync_protocol::{occupancy::Reason as Doubt, time::Timestamp, verdict::Reason};

use super::super::{number, when};
use crate::{
    app::live::{DoorNow, MINUTES},
    http::visitor::Visitor,
};

/// Height of a drawing, in its own units; a minute is as wide as one bar.
pub(super) const HEIGHT: u64 = 40;
const BAR: usize = 4;

/// All of it, in one language.
pub(super) struct Shown {
    language: Language,
    pub(super) at: String,
    pub(super) inside: u64,
    /// `812–815`, where the number is not sure.
    pub(super) range: Option<String>,
    pub(super) as_of: String,
    pub(super) doubts: Vec<String>,
    pub(super) entries: u64,
    pub(super) last_minute: u64,
    pub(super) to_come: u64,
    pub(super) peak: Option<(String, u64, bool)>,
    pub(super) conflicts: u64,
    pub(super) gates: Vec<GateShown>,
    pub(super) most: u64,
    pub(super) types: Vec<(String, u64)>,
    pub(super) refused: Vec<(String, u64)>,
    pub(super) silent: Vec<(String, String, String)>,
    /// Path of the conflicts.
    pub(super) path: String,
}

/// One gate.
pub(super) struct GateShown {
    pub(super) name: String,
    /// Path of the bars.
    pub(super) bars: String,
    /// In the last whole minute, in the last hour, and since everybody was outside: in and out.
    pub(super) minute: u64,
    pub(super) hour: u64,
    pub(super) entries: u64,
    pub(super) exits: u64,
}

impl Shown {
    pub(super) fn new(visitor: &Visitor, now: &DoorNow) -> Self {
        let (language, event) = (visitor.language, &now.setup.event);
        let zone = event.time_zone.as_str();
        let clock = |at| when::clock(at, zone);
        let range = &now.inside.range;
        let most = now.gates.iter().flat_map(|(_, minutes)| minutes.iter());
        let most = most.copied().max().unwrap_or_default();
        let last = MINUTES - 2;
        Self {
            language,
            at: clock(now.at),
            inside: range.inside,
            range: (range.low != range.high).then(|| {
                let count = |count| number::any(&count, language);
                format!("{}–{}", count(range.low), count(range.high))
            }),
            as_of: clock(range.as_of),
            doubts: range
                .reasons
                .iter()
                .map(|doubt| doubt_words(visitor, now, doubt))
                .collect(),
            entries: now.entries,
            last_minute: now.gates.iter().map(|(_, minutes)| minutes[last]).sum(),
            to_come: now.to_come,
            peak: now
                .peak
                .map(|peak| (clock(peak.at), peak.per_minute, peak.is_past)),
            conflicts: now.conflicts,
            gates: gates(now, most),
            most,
            types: types(visitor, now),
            refused: now
                .refused
                .iter()
                .map(|(reason, count)| (reason_words(*reason, language), *count))
                .collect(),
            silent: silent(visitor, now),
            path: format!("/panel/events/{}/conflicts", event.slug),
        }
    }

    pub(super) const fn say<'a>(&self, english: &'a str, indonesian: &'a str) -> &'a str {
        match self.language {
            Language::English => english,
            Language::Indonesian => indonesian,
        }
    }

    /// A count as its language writes it.
    pub(super) fn count(&self, count: &impl std::fmt::Display) -> String {
        number::any(count, self.language)
    }

    /// Width of a drawing.
    pub(super) const fn width(&self) -> usize {
        MINUTES * BAR
    }

    pub(super) const fn height(&self) -> u64 {
        HEIGHT
    }
}

fn gates(now: &DoorNow, most: u64) -> Vec<GateShown> {
    let row = |(gate, minutes): &(sync_protocol::id::GateId, Vec<u64>)| {
        let name = now.setup.gates.iter().find(|one| one.id == *gate);
        let tally = now.inside.gates.iter().find(|tally| tally.gate == *gate);
        GateShown {
            name: name.map_or_else(String::new, |one| one.name.clone()),
            bars: bars(minutes, most),
            minute: minutes[MINUTES - 2],
            hour: minutes.iter().sum(),
            entries: tally.map_or(0, |tally| tally.entries),
            exits: tally.map_or(0, |tally| tally.exits),
        }
    };
    now.gates.iter().map(row).collect()
}

/// One bar for every minute in which somebody came, all gates to one scale.
fn bars(minutes: &[u64], most: u64) -> String {
    let mut path = String::new();
    for (place, count) in minutes.iter().enumerate().filter(|(_, count)| **count > 0) {
        let tall = (count * HEIGHT).div_ceil(most.max(1));
        let (x, y) = (place * BAR, HEIGHT - tall);
        path.push_str(&format!("M{x} {y}h{}v{tall}h-{}z", BAR - 1, BAR - 1));
    }
    path
}

fn types(visitor: &Visitor, now: &DoorNow) -> Vec<(String, u64)> {
    let name = |number: Option<u16>| {
        let kind = now
            .setup
            .types
            .iter()
            .find(|kind| Some(kind.number) == number);
        kind.map_or_else(
            || {
                visitor
                    .say("unknown tickets", "tiket tak dikenal")
                    .to_owned()
            },
            |kind| kind.name.clone(),
        )
    };
    let types = now.inside.types.iter();
    types
        .map(|kind| (name(kind.number), kind.tally.inside))
        .collect()
}

fn silent(visitor: &Visitor, now: &DoorNow) -> Vec<(String, String, String)> {
    let one = |(node, gate, heard): &(String, sync_protocol::id::GateId, Option<Timestamp>)| {
        let gate = now.setup.gates.iter().find(|one| one.id == *gate);
        let gate = gate.map_or_else(String::new, |one| one.name.clone());
        let heard = heard.map_or_else(
            || {
                visitor
                    .say("never heard of", "belum pernah terdengar")
                    .to_owned()
            },
            |at| when::ago(at, now.at, visitor.language),
        );
        (gate, node.clone(), heard)
    };
    now.silent.iter().map(one).collect()
}

fn doubt_words(visitor: &Visitor, now: &DoorNow, doubt: &Doubt) -> String {
    let name = |node| now.inside.nodes.get(&node).cloned().unwrap_or_default();
    let say = |english: &str, indonesian: &str| visitor.say(english, indonesian).to_owned();
    let count = |count| number::any(&count, visitor.language);
    match *doubt {
        Doubt::Unsent { node, records } => format!(
            "{} {} {}",
            name(node),
            count(records),
            say("scans not sent yet", "pindaian belum terkirim")
        ),
        Doubt::Unusable { node, records } => format!(
            "{} {} {}",
            name(node),
            count(records),
            say("records that cannot be used", "catatan tak dapat dipakai")
        ),
        Doubt::Silent { node, since, .. } => format!(
            "{} {} {}",
            name(node),
            say("silent since", "diam sejak"),
            when::clock(since, &now.setup.event.time_zone)
        ),
        Doubt::Unsure { tickets } => format!(
            "{} {}",
            count(tickets),
            say(
                "tickets of which clocks cannot tell whether they went in or out last",
                "tiket yang jamnya tak dapat memastikan masuk atau keluar terakhir",
            )
        ),
        Doubt::Unbound { wristbands } => format!(
            "{} {}",
            count(wristbands),
            say("wristbands without a ticket", "gelang tanpa tiket")
        ),
    }
}

/// A reason as people read it at central.
pub(in crate::http::panel) fn reason_words(reason: Reason, language: Language) -> String {
    let (english, indonesian) = match reason {
        Reason::Admitted => ("Admitted", "Masuk"),
        Reason::Exchanged => ("Exchanged", "Ditukar"),
        Reason::AlreadyExchanged => ("Already exchanged", "Sudah ditukar"),
        Reason::AlreadyUsed => ("Already used", "Sudah dipakai"),
        Reason::NotExchanged => ("Not exchanged yet", "Belum ditukar"),
        Reason::NotPaid => ("Not paid", "Belum dibayar"),
        Reason::Revoked => ("Withdrawn", "Dicabut"),
        Reason::Refunded => ("Refunded", "Dikembalikan"),
        Reason::WrongEvent => ("Another event", "Acara lain"),
        Reason::WrongGate => ("Another gate", "Gerbang lain"),
        Reason::WrongDay => ("Another day", "Hari lain"),
        Reason::NotYetValid => ("Too early", "Terlalu awal"),
        Reason::NoLongerValid => ("Too late", "Terlambat"),
        Reason::Outside => ("Is outside", "Sedang di luar"),
        Reason::Inside => ("Is inside", "Sedang di dalam"),
        Reason::UnknownTicket => ("Unknown ticket", "Tiket tak dikenal"),
        Reason::SoldAfterLastSync => ("Newer than the gate's data", "Lebih baru dari data gerbang"),
        Reason::UnknownWristband => ("Unknown wristband", "Gelang tak dikenal"),
        // Of another event it cannot be told from a forged one: the gate has no key to prove either.
        Reason::BadSignature => (
            "Not a ticket of this event, or forged",
            "Bukan tiket acara ini, atau palsu",
        ),
        Reason::Unreadable => ("No code of ours", "Bukan kode kami"),
        Reason::ReplicaIncomplete => ("Gate's data incomplete", "Data gerbang belum lengkap"),
        Reason::NodeLocked => ("Gate locked", "Gerbang terkunci"),
        Reason::CannotStore => ("Could not be stored", "Tak dapat disimpan"),
        Reason::TypedNumber => ("Number typed", "Nomor diketik"),
        Reason::Unpaired => ("Wristband taken off", "Gelang dilepas"),
        Reason::NotPaired => ("No wristband to take off", "Tidak ada gelang"),
        Reason::ShowWristband => ("Wristband wanted", "Perlu gelang"),
        Reason::WristbandTaken => ("Wristband of another ticket", "Gelang milik tiket lain"),
        Reason::BindingUnknown => ("Exchange not heard of", "Penukaran belum terdengar"),
        Reason::SeveralAddons => ("Several tickets fit", "Beberapa tiket cocok"),
        Reason::NotAllowed => ("Gate may not do that", "Gerbang tidak berhak"),
        Reason::WristbandVoid => ("Wristband withdrawn", "Gelang dicabut"),
        Reason::SignInFirst => ("Nobody signed in", "Belum ada yang masuk"),
        Reason::Overridden => ("Let in by a supervisor", "Diizinkan pengawas"),
        Reason::TurnedAway => ("Turned away by a supervisor", "Ditolak pengawas"),
        Reason::Undone => ("Taken back", "Dibatalkan"),
        Reason::Rehearsal => ("Rehearsal ticket", "Tiket latihan"),
        Reason::RehearsalOver => ("Rehearsal ticket, over", "Tiket latihan, habis"),
    };
    match language {
        Language::English => english.to_owned(),
        Language::Indonesian => indonesian.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fills_the_drawing_and_one_person_is_seen() {
        let mut minutes = vec![0; MINUTES];
        minutes[0] = 200;
        minutes[59] = 1;
        assert_eq!(bars(&minutes, 200), "M0 0h3v40h-3zM236 39h3v1h-3z");
        assert_eq!(bars(&vec![0; MINUTES], 0), "");
    }
}
