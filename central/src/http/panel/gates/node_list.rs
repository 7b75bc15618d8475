//! Nodes: of all events that are seen, or of one, with what waits for somebody first to be seen.
//!
//! Nodes are few, so they are filtered in memory; those that are chosen are revoked by `node_bulk`.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::Here,
        frame::Frame,
        guard,
        list::{Bulk, List, Making},
        nav::Section,
        status,
        tab::Tab,
        when,
    },
    node_bulk,
    node_form::Fields,
    node_row::NodeRow,
};
use crate::{
    domain::{event::Event, node::NodeStatus, permission::Permission},
    http::refusal::Refusal,
    store::{self, StoreError},
};

#[derive(Template)]
#[template(path = "panel/nodes.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<NodeRow>,
}

#[derive(Template)]
#[template(path = "panel/nodes_event.html")]
struct OfEvent {
    page: Frame,
    name: String,
    slug: String,
    rows: Vec<NodeRow>,
    waiting: Vec<Waiting>,
    /// For a new code; `None` = not for this account.
    form: Option<Fields>,
    may_revoke: bool,
}

/// A code that nobody has used yet.
struct Waiting {
    id: String,
    name: String,
    gate: String,
    until: String,
}

pub(in super::super) async fn list(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let events = events(here).await?;
    let rows = found(here, &events).await?;
    let (list, rows) = described(here, &events)
        .files(true)
        .empty((
            "No gate has a node yet. Open an event, go to its gates, and make a code there.",
            "Belum ada gerbang dengan perangkat. Buka sebuah acara, masuk ke gerbangnya, lalu buat kode di sana.",
        ))
        .cut(rows, |row| row.rank.clone());
    let mut list = list.done(&mut here.app().store.read().await?).await?;
    let revocable = rows.iter().filter(|row| row.may_revoke);
    let revocable: Vec<String> = revocable.map(|row| row.id.clone()).collect();
    list.bulk = Bulk::new(here, node_bulk::deeds(here, &revocable), revocable);
    Ok(Page {
        page: Frame::inside(here, Section::Nodes),
        list,
        rows,
    })
}

/// The events whose nodes are seen.
pub(super) async fn events(here: &Here) -> Result<Vec<Event>, StoreError> {
    let sight = here.signed.powers.sight(Permission::ScansView);
    let mut tx = here.app().store.read().await?;
    let events = store::event::all(&mut tx).await?.into_iter();
    Ok(events
        .filter(|event| sight.shows(event.id, event.client))
        .collect())
}

/// All nodes that fit what the address asks for, event by event.
pub(super) async fn found(here: &Here, events: &[Event]) -> Result<Vec<NodeRow>, StoreError> {
    let asked = |name| here.door.asked(name).trim();
    let search = asked("q").to_lowercase();
    let wanted = NodeStatus::from_name(asked("status"));
    let one = events.iter().find(|event| event.slug == asked("event"));
    let mut rows = Vec::new();
    for event in events {
        if one.is_none_or(|one| one.id == event.id) {
            rows.extend(of_event(here, event, wanted, &search).await?);
        }
    }
    rows.sort_by_cached_key(|row| row.rank.clone());
    Ok(rows)
}

fn described<'a>(here: &'a Here, events: &[Event]) -> Making<'a> {
    let language = here.door.visitor.language;
    let events = events.iter();
    let events = events.map(|event| (event.slug.clone(), event.name.clone()));
    let statuses = NodeStatus::ALL.iter();
    let statuses = statuses.map(|one| {
        let words = status::node(*one, language).0;
        (one.name().to_owned(), words.to_owned())
    });
    List::begin(here, "nodes", "/panel/nodes", ("Nodes", "Perangkat"))
        .search(("Node or gate", "Perangkat atau gerbang"))
        .choice(
            "event",
            ("Event", "Acara"),
            ("All events", "Semua acara"),
            events,
        )
        .choice("status", ("Status", "Status"), ("Any", "Semua"), statuses)
}

async fn of_event(
    here: &Here,
    event: &Event,
    wanted: Option<NodeStatus>,
    search: &str,
) -> Result<Vec<NodeRow>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let revision = store::revision::read(&mut tx, event.id).await?;
    let gates = store::gate::of_event(&mut tx, event.id).await?;
    let mut rows = Vec::new();
    for node in store::node::of_event(&mut tx, event.id).await? {
        let gate = gates.iter().find(|gate| gate.id == node.gate);
        let gate = gate.map_or("", |gate| gate.name.as_str());
        let text = format!("{} {gate}", node.name).to_lowercase();
        if text.contains(search) && wanted.is_none_or(|wanted| wanted == node.status) {
            let revision = revision.manifest.revision;
            rows.push(NodeRow::new(here, event, &node, gate, revision));
        }
    }
    Ok(rows)
}

/// The tab of an event: its nodes, codes that wait, and the form for another.
pub(in super::super) async fn tab(here: Here) -> Response {
    tab_page(&here, None, None, StatusCode::OK).await
}

/// The same with what was wrong and what was typed.
pub(super) async fn tab_page(
    here: &Here,
    form: Option<Fields>,
    wrong: Option<String>,
    code: StatusCode,
) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    match load_tab(here, event, form).await {
        Ok(mut template) => {
            if wrong.is_some() {
                let path = format!("/panel/events/{}/nodes", event.slug);
                template.page = template.page.at(&path);
            }
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn load_tab(here: &Here, event: &Event, form: Option<Fields>) -> Result<OfEvent, StoreError> {
    let now = here.app().clock.now();
    let rows = of_event(here, event, None, "").await?;
    let (waiting, gates) = {
        let mut tx = here.app().store.read().await?;
        let waiting = store::enrolment::waiting(&mut tx, event.id, now).await?;
        (waiting, store::gate::of_event(&mut tx, event.id).await?)
    };
    let may_manage = here.may(Permission::NodesManage, event);
    let language = here.door.visitor.language;
    let waiting = waiting.into_iter().map(|code| Waiting {
        id: code.id.to_string(),
        gate: gates
            .iter()
            .find(|gate| gate.id == code.gate)
            .map_or_else(String::new, |gate| gate.name.clone()),
        until: when::moment(code.expires_at, &event.time_zone, language),
        name: code.node_name,
    });
    let form = match form {
        _ if !may_manage => None,
        Some(form) => Some(form),
        None => {
            let asked = |name| here.door.asked(name);
            let rights = sync_protocol::rights::Rights::parse(asked("may")).ok();
            let rights = rights.filter(|rights| !rights.names().is_empty());
            let rights = rights.unwrap_or(sync_protocol::rights::Rights::ALL);
            Some(Fields::load(here, event.id, asked("name"), None, rights).await?)
        }
    };
    Ok(OfEvent {
        page: Frame::of_event(here, event, Tab::Nodes),
        name: event.name.clone(),
        slug: event.slug.clone(),
        waiting: if may_manage {
            waiting.collect()
        } else {
            Vec::new()
        },
        form,
        may_revoke: rows.iter().any(|row| row.may_revoke),
        rows,
    })
}
