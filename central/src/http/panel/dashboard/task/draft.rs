//! Events that are not open yet: those that somebody asks to be opened, each by itself and the longest waiting first, then
//! drafts by how they stand.
//!
//! Whether a draft is finished is known only when all of it was loaded, so a few are looked through. What is said of these
//! alone carries a plus, and how many there are besides is said too.

use std::collections::BTreeSet;

use sync_protocol::id::EventId;

use super::{Task, Tasks, counted, one_or_all, seen};
use crate::{
    domain::{
        event::{Event, EventStatus},
        opening::Opening,
        permission::Permission,
        readiness,
    },
    http::panel::when,
    store::{self, StoreError, Tx},
};

/// Drafts that are looked through, those that begin first.
const MOST_DRAFTS: usize = 20;
/// Wishes that have a line of their own.
const MOST_ASKED: usize = 8;
/// Where all drafts are.
const DRAFTS: &str = "/panel/events?status=draft";

/// All of them.
pub(super) async fn all(
    tasks: &mut Tasks<'_>,
    tx: &mut Tx,
    events: &[Event],
) -> Result<(), StoreError> {
    let asked = asked(tasks, tx, events).await?;
    drafts(tasks, events, &asked).await;
    Ok(())
}

/// Wishes, for those who may open the event; gives which events these are.
async fn asked(
    tasks: &mut Tasks<'_>,
    tx: &mut Tx,
    events: &[Event],
) -> Result<BTreeSet<EventId>, StoreError> {
    let (here, now) = (tasks.here, tasks.here.app().clock.now());
    let openable = seen(here, events, Permission::EventsPublish);
    if openable.is_empty() {
        return Ok(BTreeSet::new());
    }
    let meant = |opening: &Opening| {
        let event = openable.iter().find(|event| event.id == opening.event)?;
        let may_step = event.status.step(EventStatus::Published).is_ok() && event.ends_at > now;
        may_step.then_some(*event)
    };
    let waiting = store::opening::waiting(tx).await?;
    let asked: Vec<_> = waiting
        .iter()
        .filter_map(|one| Some((one, meant(one)?)))
        .collect();
    for (opening, event) in asked.iter().take(MOST_ASKED) {
        let setup = here.app().event(event.id).await;
        let is_ready = setup.is_ok_and(|setup| readiness::missing(&setup, now).is_empty());
        let line = line(tasks, opening, event, is_ready);
        tasks.all.push(line);
    }
    tasks.add(
        counted(asked.len().saturating_sub(MOST_ASKED)),
        (
            "More events that wait to be opened",
            "Acara lain yang menunggu dibuka untuk umum",
        ),
        "/panel/events?opening=asked",
        "check-circle-fill",
        true,
    );
    Ok(asked.iter().map(|(_, event)| event.id).collect())
}

/// One wish, with its age.
fn line(tasks: &Tasks<'_>, opening: &Opening, event: &Event, is_ready: bool) -> Task {
    let here = tasks.here;
    let words = if is_ready {
        here.say("Asked to be opened:", "Minta dibuka:")
    } else {
        here.say(
            "Asked to be opened, and no longer ready:",
            "Minta dibuka, tetapi tidak siap lagi:",
        )
    };
    let now = here.app().clock.now();
    Task {
        count: when::ago(opening.asked_at, now, here.door.visitor.language),
        words: format!("{words} {}", event.name),
        path: format!("/panel/events/{}", event.slug),
        icon: "check-circle-fill",
        is_grave: true,
    }
}

/// Drafts that lack something are for those who set events up, finished ones for those who open them.
async fn drafts(tasks: &mut Tasks<'_>, events: &[Event], asked: &BTreeSet<EventId>) {
    let (here, now) = (tasks.here, tasks.here.app().clock.now());
    let may = |permission, event: &Event| here.may(permission, event);
    let mut drafts = seen(here, events, Permission::EventsView);
    drafts.retain(|event| {
        let is_mine = may(Permission::EventsManage, event) || may(Permission::EventsPublish, event);
        let is_draft = event.status == EventStatus::Draft && event.ends_at > now;
        is_mine && is_draft && !asked.contains(&event.id)
    });
    drafts.sort_by_key(|event| event.starts_at);
    let (mut unready, mut ready) = (Vec::new(), Vec::new());
    for draft in drafts.iter().take(MOST_DRAFTS) {
        let setup = here.app().event(draft.id).await;
        match setup.map(|setup| readiness::missing(&setup, now).is_empty()) {
            Ok(false) if may(Permission::EventsManage, draft) => unready.push(draft),
            Ok(true) if may(Permission::EventsPublish, draft) => ready.push(draft),
            Ok(_) | Err(_) => {}
        }
    }
    let besides = drafts.len().saturating_sub(MOST_DRAFTS);
    say(tasks, (&unready, &ready), besides);
}

fn say(tasks: &mut Tasks<'_>, (unready, ready): (&[&&Event], &[&&Event]), besides: usize) {
    let is_all = besides == 0;
    tasks.add_at_least(
        (unready.len(), is_all),
        (
            "Drafts that cannot be published yet",
            "Draf yang belum dapat dibuka untuk umum",
        ),
        match (is_all, unready) {
            (true, [_]) => one_or_all(unready),
            _ => DRAFTS.to_owned(),
        },
        "sliders",
    );
    tasks.add_at_least(
        (ready.len(), is_all),
        (
            "Finished drafts that wait to be opened",
            "Draf selesai yang menunggu dibuka untuk umum",
        ),
        match (is_all, ready) {
            (true, [one]) if tasks.here.may(Permission::EventsManage, one) => {
                format!("/panel/events/{}/setup/publish", one.slug)
            }
            (true, [_]) => one_or_all(ready),
            _ => DRAFTS.to_owned(),
        },
        "check-circle-fill",
    );
    tasks.add(
        counted(besides),
        (
            "More drafts, which begin later: look through the list",
            "Draf lain yang mulai lebih lambat: periksa daftarnya",
        ),
        DRAFTS,
        "sliders",
        false,
    );
}
