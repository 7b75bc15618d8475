//! What waits for somebody: each with its number, its words and the page where it is done.
//!
//! A task that counts nothing is not shown, and one that the account may not do is not asked for.

mod draft;

use std::collections::BTreeMap;

use sync_protocol::time::Timestamp;

use super::{
    super::{door::Here, number},
    seen,
};
use crate::{
    domain::{
        event::{Event, EventStatus},
        node::NodeStatus,
        permission::Permission,
        policy::Thing,
        refund::RefundStatus,
    },
    store::{self, StoreError, Tx, overview::PerEvent},
};

/// Where refunds wait, and for what: a decision, or work that is left once somebody agreed.
const REFUNDS: [(RefundStatus, (&str, &str), &str); 3] = [
    (
        RefundStatus::Requested,
        (
            "Refunds waiting for a decision",
            "Pengembalian menunggu keputusan",
        ),
        "/panel/refunds?status=requested",
    ),
    (
        RefundStatus::Manual,
        (
            "Refunds to be paid by hand",
            "Pengembalian yang harus dibayar dengan tangan",
        ),
        "/panel/refunds?status=manual",
    ),
    (
        RefundStatus::Failed,
        (
            "Refunds that failed and wait for you",
            "Pengembalian yang gagal dan menunggu Anda",
        ),
        "/panel/refunds?status=failed",
    ),
];

/// Something that waits for somebody.
pub(super) struct Task {
    pub(super) count: String,
    pub(super) words: String,
    pub(super) path: String,
    pub(super) icon: &'static str,
    /// Somebody waits, or money does.
    pub(super) is_grave: bool,
}

/// Tasks that are being gathered.
struct Tasks<'a> {
    here: &'a Here,
    all: Vec<Task>,
}

impl Tasks<'_> {
    fn add(
        &mut self,
        count: i64,
        (english, indonesian): (&str, &str),
        path: impl Into<String>,
        icon: &'static str,
        is_grave: bool,
    ) {
        if count > 0 {
            self.all.push(Task {
                count: number::grouped(count, self.here.door.visitor.language),
                words: self.here.say(english, indonesian).to_owned(),
                path: path.into(),
                icon,
                is_grave,
            });
        }
    }

    /// The same of what was counted out of a part: there may be more.
    fn add_at_least(
        &mut self,
        (count, is_all): (usize, bool),
        words: (&str, &str),
        path: impl Into<String>,
        icon: &'static str,
    ) {
        let before = self.all.len();
        self.add(counted(count), words, path, icon, false);
        if let Some(task) = self.all.get_mut(before).filter(|_| !is_all) {
            task.count.push('+');
        }
    }
}

/// All that waits for whoever looks, the gravest first.
pub(super) async fn all(
    here: &Here,
    tx: &mut Tx,
    events: &[Event],
    rushes: &PerEvent,
) -> Result<Vec<Task>, StoreError> {
    let mut tasks = Tasks {
        here,
        all: Vec::new(),
    };
    money(&mut tasks, tx, &seen(here, events, Permission::OrdersView)).await?;
    let watched = seen(here, events, Permission::ScansView);
    gates(&mut tasks, tx, &watched, rushes).await?;
    sales(&mut tasks, tx, events).await?;
    platform(&mut tasks, tx).await?;
    Ok(tasks.all)
}

async fn money(tasks: &mut Tasks<'_>, tx: &mut Tx, seen: &[&Event]) -> Result<(), StoreError> {
    if seen.is_empty() {
        return Ok(());
    }
    tasks.add(
        of(&store::overview::to_look_at(tx).await?, seen),
        (
            "Orders to look at, found by the system",
            "Pesanan yang perlu dilihat, ditemukan sistem",
        ),
        "/panel/orders?look=reason",
        "receipt",
        true,
    );
    tasks.add(
        of(&store::overview::flagged(tx).await?, seen),
        (
            "Orders to look at, flagged by a person",
            "Pesanan yang perlu dilihat, ditandai orang",
        ),
        "/panel/orders?look=flag",
        "receipt",
        true,
    );
    for (status, words, path) in REFUNDS {
        let counts = store::overview::refunds(tx, status).await?;
        let count = of(&counts, seen);
        tasks.add(count, words, path, "arrow-counterclockwise", true);
    }
    tasks.add(
        of(&store::today::disputes(tx).await?, seen),
        (
            "Disputes to answer before the bank's deadline",
            "Sengketa yang harus dijawab sebelum batas dari bank",
        ),
        "/panel/disputes",
        "exclamation-triangle-fill",
        true,
    );
    Ok(())
}

async fn gates(
    tasks: &mut Tasks<'_>,
    tx: &mut Tx,
    seen: &[&Event],
    rushes: &PerEvent,
) -> Result<(), StoreError> {
    if seen.is_empty() {
        return Ok(());
    }
    tasks.add(
        of(&store::overview::conflicts(tx).await?, seen) + of(rushes, seen),
        ("Conflicts to look at", "Konflik yang perlu dilihat"),
        "/panel/conflicts",
        "exclamation-diamond",
        true,
    );
    let now = tasks.here.app().clock.now();
    let (mut lost, mut on) = (0, BTreeMap::new());
    for node in store::node::all(tx).await? {
        let Some(event) = seen.iter().find(|event| event.id == node.event) else {
            continue;
        };
        let is_lost = match on.get(&event.id) {
            _ if node.status == NodeStatus::Quarantined => true,
            _ if !node.is_silent(now) => false,
            Some(is_on) => *is_on,
            None => *on.entry(event.id).or_insert(is_on(tx, event, now).await?),
        };
        lost += i64::from(is_lost);
    }
    tasks.add(
        lost,
        (
            "Nodes silent or in quarantine",
            "Perangkat diam atau dikarantina",
        ),
        "/panel/nodes",
        "hdd-network",
        true,
    );
    Ok(())
}

/// Whether guests come now, by the event's own times or one of its days, whatever its sale does.
async fn is_on(tx: &mut Tx, event: &Event, now: Timestamp) -> Result<bool, StoreError> {
    if event.status == EventStatus::Cancelled {
        return Ok(false);
    }
    if event.starts_at <= now && now < event.ends_at {
        return Ok(true);
    }
    let days = store::event_day::of_event(tx, event.id).await?;
    Ok(days
        .iter()
        .any(|day| day.opens_at <= now && now < day.closes_at))
}

async fn sales(tasks: &mut Tasks<'_>, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    scarce(tasks, tx, events).await?;
    draft::all(tasks, tx, events).await
}

async fn scarce(tasks: &mut Tasks<'_>, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    let now = tasks.here.app().clock.now();
    let sellers = seen(tasks.here, events, Permission::EventsView);
    if !sellers.is_empty() {
        let scarce = store::today::scarce(tx, now).await?;
        let with: Vec<_> = sellers
            .iter()
            .filter(|event| scarce.contains_key(&event.id))
            .collect();
        tasks.add(
            of(&scarce, &sellers),
            (
                "Ticket types almost or wholly sold out",
                "Jenis tiket yang hampir atau sudah habis",
            ),
            one_or_all(with.as_slice()),
            "ticket-perforated",
            false,
        );
    }
    Ok(())
}

async fn platform(tasks: &mut Tasks<'_>, tx: &mut Tx) -> Result<(), StoreError> {
    let powers = &tasks.here.signed.powers;
    if powers.may(Permission::OrdersManage, Thing::Platform) {
        tasks.add(
            store::overview::letters_given_up(tx).await?,
            ("Letters given up", "Surat gagal dikirim"),
            "/panel/letters",
            "envelope-exclamation",
            false,
        );
    }
    let factor = store::second_factor::of_user(tx, tasks.here.signed.account.id).await?;
    tasks.add(
        i64::from(!factor.is_some_and(|factor| factor.is_confirmed)),
        (
            "Protect your account with a second factor",
            "Lindungi akun Anda dengan faktor kedua",
        ),
        "/panel/account",
        "shield-lock",
        false,
    );
    Ok(())
}

/// The page of the one event that is meant, or the list where there are more.
fn one_or_all(events: &[&&Event]) -> String {
    match events {
        [one] => format!("/panel/events/{}", one.slug),
        _ => "/panel/events".to_owned(),
    }
}

fn of(counts: &PerEvent, seen: &[&Event]) -> i64 {
    seen.iter().filter_map(|event| counts.get(&event.id)).sum()
}

fn counted(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
