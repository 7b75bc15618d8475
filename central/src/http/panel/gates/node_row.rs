//! A node as lists show it: every state as a colour and as words.

use sync_protocol::{occupancy::IN_CONTACT_MS, time::Timestamp};

use super::super::{door::Here, list::few::Rank, status, when};
use crate::domain::{
    event::Event,
    node::{Node, NodeStatus},
};

/// A clock that is further off is worth a look: a scan's time is corrected, and people at the gate read this clock.
const ODD_CLOCK_MS: i64 = 30_000;

/// Words and the colour of a mark.
pub(super) type Mark = (String, &'static str);

/// One line of the list.
pub(super) struct NodeRow {
    pub(super) id: String,
    pub(super) rank: Rank,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) event: String,
    pub(super) gate: String,
    pub(super) status: status::Mark,
    pub(super) contact: Mark,
    pub(super) lease: Mark,
    pub(super) clock: Mark,
    pub(super) replica: Mark,
    pub(super) unsent: u64,
    pub(super) program: String,
    /// It may be chosen for revoking.
    pub(super) may_revoke: bool,
}

impl NodeRow {
    /// `revision` is the event's, now.
    pub(super) fn new(here: &Here, event: &Event, node: &Node, gate: &str, revision: u64) -> Self {
        let manage = crate::domain::permission::Permission::NodesManage;
        Self {
            id: node.id.to_string(),
            rank: rank(event, node),
            path: format!("/panel/nodes/{}", node.id),
            name: node.name.clone(),
            event: event.name.clone(),
            gate: gate.to_owned(),
            status: status::node(node.status, here.door.visitor.language),
            contact: contact(here, node),
            lease: lease(here, node, event),
            clock: clock(here, node),
            replica: replica(here, node, revision),
            unsent: node.unsent(),
            program: program(here, node),
            may_revoke: node.status != NodeStatus::Revoked && here.may(manage, event),
        }
    }
}

/// Event by event, the soonest first. No letter of a short name comes before the space behind it.
fn rank(event: &Event, node: &Node) -> Rank {
    let text = format!("{} {}", event.slug, node.name);
    Rank::new([event.starts_at.0, 0], text, node.id.0)
}

fn now(here: &Here) -> Timestamp {
    here.app().clock.now()
}

/// When it was last heard of.
pub(super) fn contact(here: &Here, node: &Node) -> Mark {
    let Some(at) = node.last_contact_at else {
        return (
            here.say("never heard of", "belum pernah").to_owned(),
            "wait",
        );
    };
    let ago = when::ago(at, now(here), here.door.visitor.language);
    if node.status != NodeStatus::Active {
        (ago, "calm")
    } else if now(here).ms_since(at) <= IN_CONTACT_MS {
        (here.say("in contact", "terhubung").to_owned(), "good")
    } else {
        (format!("{} · {ago}", here.say("silent", "diam")), "bad")
    }
}

/// Until when it may decide.
pub(super) fn lease(here: &Here, node: &Node, event: &Event) -> Mark {
    let until = when::moment(
        node.lease_until,
        &event.time_zone,
        here.door.visitor.language,
    );
    if node.status != NodeStatus::Active || node.last_contact_at.is_none() {
        ("–".to_owned(), "calm")
    } else if node.lease_until <= now(here) {
        (format!("{} · {until}", here.say("over", "habis")), "bad")
    } else {
        (until, "good")
    }
}

/// How far its wall clock is off.
pub(super) fn clock(here: &Here, node: &Node) -> Mark {
    let Some(report) = &node.report else {
        return (here.say("not told", "tidak dilaporkan").to_owned(), "calm");
    };
    let off = report.clock_offset_ms;
    if off.abs() <= ODD_CLOCK_MS {
        let seconds = off.abs() / 1_000;
        let tenths = off.abs() % 1_000 / 100;
        let sign = match off {
            -99..100 => "",
            ..-99 => "−",
            _ => "+",
        };
        return (format!("{sign}{seconds}.{tenths} s"), "good");
    }
    let far = span(here, off.abs());
    let words = match off > 0 {
        true => here.say("ahead", "lebih cepat"),
        false => here.say("behind", "lebih lambat"),
    };
    (format!("{far} {words}"), "wait")
}

fn span(here: &Here, ms: i64) -> String {
    let seconds = ms / 1_000;
    let (count, english, indonesian) = match seconds {
        0..60 => (seconds, "s", "detik"),
        60..3_600 => (seconds / 60, "min", "menit"),
        3_600..86_400 => (seconds / 3_600, "h", "jam"),
        _ => (seconds / 86_400, "d", "hari"),
    };
    format!("{count} {}", here.say(english, indonesian))
}

/// How its replica stands against the event.
pub(super) fn replica(here: &Here, node: &Node, revision: u64) -> Mark {
    let Some(report) = &node.report else {
        return (here.say("not told", "tidak dilaporkan").to_owned(), "calm");
    };
    match report.proven {
        None => (here.say("not proven", "belum terbukti").to_owned(), "bad"),
        Some(at) if at >= revision => (here.say("up to date", "mutakhir").to_owned(), "good"),
        Some(at) => {
            let behind = match revision - at {
                1 => here.say("change behind", "perubahan tertinggal"),
                _ => here.say("changes behind", "perubahan tertinggal"),
            };
            (format!("{} {behind}", revision - at), "wait")
        }
    }
}

/// Its program and the protocol that it speaks.
pub(super) fn program(here: &Here, node: &Node) -> String {
    match &node.report {
        Some(report) => {
            let speaks = here.say("protocol", "protokol");
            format!("{} · {speaks} {}", node.program, report.protocol)
        }
        None => node.program.clone(),
    }
}
