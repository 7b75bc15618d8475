//! Nodes: of all events that are seen, or of one, with what waits for somebody first to be seen; revoked one or many.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::id::NodeId;

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        nav::Section,
        problem, status,
        tab::Tab,
        when,
    },
    node_form::Fields,
    node_row::NodeRow,
    said,
};
use crate::{
    app::users::By,
    domain::{
        event::Event,
        node::NodeStatus,
        permission::Permission,
        policy::{Denial, Thing},
    },
    http::refusal::Refusal,
    store::{self, StoreError},
};

#[derive(Template)]
#[template(path = "panel/nodes.html")]
struct List {
    page: Frame,
    rows: Vec<NodeRow>,
    search: String,
    events: Vec<(String, String, bool)>,
    statuses: Vec<(&'static str, &'static str, bool)>,
    is_filtered: bool,
    may_revoke: bool,
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
    page(&here, None, StatusCode::OK).await
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    match load(here).await {
        Ok(mut template) => {
            if wrong.is_some() {
                template.page = template.page.at("/panel/nodes");
            }
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<List, StoreError> {
    let sight = here.signed.powers.sight(Permission::ScansView);
    let asked = |name| here.door.asked(name).trim();
    let (search, language) = (asked("q").to_lowercase(), here.door.visitor.language);
    let wanted = NodeStatus::from_name(asked("status"));
    let events = {
        let mut tx = here.app().store.read().await?;
        store::event::all(&mut tx).await?
    };
    let seen = events
        .into_iter()
        .filter(|event| sight.shows(event.id, event.client));
    let events: Vec<Event> = seen.collect();
    let mut rows = Vec::new();
    for event in &events {
        if !asked("event").is_empty() && asked("event") != event.slug {
            continue;
        }
        rows.extend(of_event(here, event, wanted, &search).await?);
    }
    Ok(List {
        page: Frame::inside(here, Section::Nodes),
        may_revoke: rows.iter().any(|row| row.may_revoke),
        rows,
        search: asked("q").to_owned(),
        events: events
            .into_iter()
            .map(|event| {
                let is_on = asked("event") == event.slug;
                (event.slug, event.name, is_on)
            })
            .collect(),
        statuses: NodeStatus::ALL
            .iter()
            .map(|one| {
                let words = status::node(*one, language).0;
                (one.name(), words, wanted == Some(*one))
            })
            .collect(),
        is_filtered: ["q", "event", "status"]
            .iter()
            .any(|name| !asked(name).is_empty()),
    })
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

/// Revokes the nodes that were chosen; each must be one that the account may revoke.
pub(in super::super) async fn revoke(here: Here) -> Response {
    let chosen: Vec<&str> = here.form().all("node").collect();
    if chosen.is_empty() {
        let said = here.say(
            "Choose at least one node.",
            "Pilih paling sedikit satu perangkat.",
        );
        return page(
            &here,
            Some(said.to_owned()),
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    let nodes = match own(&here, &chosen).await {
        Ok(Some(nodes)) => nodes,
        Ok(None) => return problem::denied(&here.door, &here.signed, Denial::Foreign),
        Err(error) => return guard::failed(&error),
    };
    let by = By::account(&here.signed.account);
    match here.app().revoke_nodes(&by, &nodes).await {
        Ok(()) => to("/panel/nodes?done=revoked_nodes"),
        Err(error) => {
            let (code, said) = said::node(&here, &error);
            page(&here, Some(said), code).await
        }
    }
}

/// The nodes with these ids, if all of them are the account's to revoke.
async fn own(here: &Here, chosen: &[&str]) -> Result<Option<Vec<NodeId>>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let mut nodes = Vec::new();
    for id in chosen {
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        let Some(node) = store::node::by_id(&mut tx, id).await? else {
            return Ok(None);
        };
        let event = store::event::by_id(&mut tx, node.event).await?;
        let thing = event.map(|event| Thing::Event {
            event: event.id,
            client: event.client,
        });
        let powers = &here.signed.powers;
        if !thing.is_some_and(|thing| powers.may(Permission::NodesManage, thing)) {
            return Ok(None);
        }
        nodes.push(id);
    }
    Ok(Some(nodes))
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
