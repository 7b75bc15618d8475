//! What waits for somebody: each with its number, its words and the page where it is done.
//!
//! A task that counts nothing is not shown, and one that the account may not do is not asked for.

use super::{
    super::{door::Here, number},
    seen,
};
use crate::{
    domain::{
        event::{Event, EventStatus},
        node::{Node, NodeStatus},
        permission::Permission,
        policy::Thing,
        readiness,
    },
    store::{self, StoreError, Tx, overview::PerEvent},
};

/// A node that was silent so long is worth a look.
const SILENT_MS: i64 = 15 * 60_000;
/// Drafts that are looked through, those that begin first.
const MOST_DRAFTS: usize = 8;

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
        ("Orders to look at", "Pesanan yang perlu dilihat"),
        "/panel/orders?look=1",
        "receipt",
        true,
    );
    tasks.add(
        of(&store::overview::refunds(tx).await?, seen),
        (
            "Refunds waiting for a decision",
            "Pengembalian menunggu keputusan",
        ),
        "/panel/refunds",
        "arrow-counterclockwise",
        true,
    );
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
    let is_lost = |node: &&Node| {
        let event = seen.iter().find(|event| event.id == node.event);
        let is_on = event.is_some_and(|event| event.starts_at <= now && now < event.ends_at);
        let heard = node.last_contact_at;
        let is_silent = heard.is_none_or(|at| now >= at.plus_ms(SILENT_MS));
        event.is_some()
            && (node.status == NodeStatus::Quarantined
                || (node.status == NodeStatus::Active && is_on && is_silent))
    };
    let nodes = store::node::all(tx).await?;
    tasks.add(
        counted(nodes.iter().filter(is_lost).count()),
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

async fn sales(tasks: &mut Tasks<'_>, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
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
    let mut drafts = seen(tasks.here, events, Permission::EventsManage);
    drafts.retain(|event| event.status == EventStatus::Draft && event.ends_at > now);
    drafts.sort_by_key(|event| event.starts_at);
    let mut unready = Vec::new();
    for draft in drafts.iter().take(MOST_DRAFTS) {
        let setup = tasks.here.app().event(draft.id).await;
        if setup.is_ok_and(|setup| !readiness::missing(&setup, now).is_empty()) {
            unready.push(draft);
        }
    }
    tasks.add(
        counted(unready.len()),
        (
            "Drafts that cannot be published yet",
            "Draf yang belum dapat dibuka untuk umum",
        ),
        one_or_all(&unready),
        "sliders",
        false,
    );
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
