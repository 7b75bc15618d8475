//! Nodes: how they stand, and one with its trail.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::{Here, Meant, to},
    frame::Frame,
    guard,
    nav::Section,
    status, when,
};
use crate::{
    app::users::By,
    domain::{
        event::Event,
        node::{Node, NodeStatus},
        permission::Permission,
    },
    http::refusal::Refusal,
    store::{self, StoreError},
};

#[derive(Template)]
#[template(path = "panel/nodes.html")]
struct List {
    page: Frame,
    rows: Vec<Row>,
}

struct Row {
    path: String,
    name: String,
    event: String,
    gate: String,
    status: status::Mark,
    contact: String,
    unsent: u64,
    program: String,
}

#[derive(Template)]
#[template(path = "panel/node.html")]
struct Detail {
    page: Frame,
    id: String,
    name: String,
    status: status::Mark,
    facts: Vec<(String, String)>,
    parked: Vec<(u64, String, String)>,
    trail: Vec<(String, String, String)>,
    may_revoke: bool,
}

pub(super) async fn list(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<List, StoreError> {
    let sight = here.signed.powers.sight(Permission::ScansView);
    let mut tx = here.app().store.read().await?;
    let mut rows = Vec::new();
    for event in store::event::all(&mut tx).await? {
        if !sight.shows(event.id, event.client) {
            continue;
        }
        let gates = store::gate::of_event(&mut tx, event.id).await?;
        for node in store::node::of_event(&mut tx, event.id).await? {
            let gate = gates.iter().find(|gate| gate.id == node.gate);
            let gate = gate.map_or_else(String::new, |gate| gate.name.clone());
            rows.push(row(here, &event, &node, gate));
        }
    }
    Ok(List {
        page: Frame::inside(here, Section::Nodes),
        rows,
    })
}

fn row(here: &Here, event: &Event, node: &Node, gate: String) -> Row {
    let language = here.door.visitor.language;
    Row {
        path: format!("/panel/nodes/{}", node.id),
        name: node.name.clone(),
        event: event.name.clone(),
        gate,
        status: status::node(node.status, language),
        contact: contact(here, node),
        unsent: node.claimed_seq.saturating_sub(node.log_seq),
        program: node.program.clone(),
    }
}

fn contact(here: &Here, node: &Node) -> String {
    let (now, language) = (here.app().clock.now(), here.door.visitor.language);
    let never = || here.say("never", "belum pernah").to_owned();
    node.last_contact_at
        .map_or_else(never, |at| when::ago(at, now, language))
}

pub(super) async fn show(here: Here) -> Response {
    let Meant::Node(node, event) = &here.meant else {
        return Refusal::INTERNAL.answer();
    };
    let file = match here.app().node_file(node.id).await {
        Ok(file) => file,
        Err(error) => {
            tracing::error!(%error, "panel page failed");
            return Refusal::INTERNAL.answer();
        }
    };
    let language = here.door.visitor.language;
    let moment = |at| when::moment(at, &event.time_zone, language);
    let fact =
        |english, indonesian, value: String| (here.say(english, indonesian).to_owned(), value);
    let mut facts = vec![
        fact("Event", "Acara", event.name.clone()),
        fact("Last contact", "Kontak terakhir", contact(&here, node)),
        fact("Lease until", "Sewa sampai", moment(node.lease_until)),
        fact("Program", "Program", node.program.clone()),
        fact("Records here", "Catatan di sini", node.log_seq.to_string()),
        fact(
            "Unsent records",
            "Catatan belum terkirim",
            node.claimed_seq.saturating_sub(node.log_seq).to_string(),
        ),
    ];
    if let Some(reason) = &node.quarantine_reason {
        facts.push(fact("Quarantine", "Karantina", reason.clone()));
    }
    let parked = file.parked.iter();
    let trail = file.trail.into_iter();
    let template = Detail {
        page: Frame::inside(&here, Section::Nodes)
            .below("/panel/nodes", here.say("Nodes", "Perangkat")),
        id: node.id.to_string(),
        name: node.name.clone(),
        status: status::node(node.status, language),
        facts,
        parked: parked
            .map(|note| (note.seq, note.code.clone(), note.words()))
            .collect(),
        trail: trail
            .map(|row| (moment(row.at), row.action, row.detail))
            .collect(),
        may_revoke: here.may(Permission::NodesManage, event) && node.status != NodeStatus::Revoked,
    };
    template.page.send(StatusCode::OK, &template)
}

pub(super) async fn revoke(here: Here) -> Response {
    let Meant::Node(node, _) = &here.meant else {
        return Refusal::INTERNAL.answer();
    };
    let by = By::account(&here.signed.account);
    match here.app().revoke_node_by(&by, node.id).await {
        Ok(()) => to(&format!("/panel/nodes/{}?done=revoked", node.id)),
        Err(error) => {
            tracing::error!(%error, "node not revoked");
            Refusal::INTERNAL.answer()
        }
    }
}
