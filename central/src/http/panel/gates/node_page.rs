//! One node: how it stands, what it may do, and what was done to it.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::rights::Rights;

use super::{
    super::{
        door::{Here, Meant, to},
        frame::Frame,
        guard,
        nav::Section,
        status,
        trail_acts::act,
        trail_words, when,
    },
    node_form::{self, Fields},
    node_row::{self, Mark},
    said,
};
use crate::{
    app::{node_acts::NodeChange, node_trail::NodeFile, users::By},
    domain::{
        event::Event,
        node::{Node, NodeStatus},
        permission::Permission,
        policy::Sight,
    },
    http::refusal::Refusal,
    store::{self, StoreError},
};

/// When something was done, what, and its details by name.
type Deed = (String, String, Vec<(String, String)>);

#[derive(Template)]
#[template(path = "panel/node.html")]
struct Detail {
    page: Frame,
    id: String,
    name: String,
    status: status::Mark,
    marks: Vec<(String, Mark)>,
    facts: Vec<(String, String)>,
    parked: Vec<(u64, String, String)>,
    /// When, what, and its details.
    trail: Vec<Deed>,
    /// Its name, gate and rights as a form; `None` = not for this account, or revoked.
    form: Option<Fields>,
    /// Other events to which a node like this one may be brought: their slugs and names.
    others: Vec<(String, String)>,
    may: String,
    is_quarantined: bool,
    may_manage: bool,
    may_revoke: bool,
}

pub(in super::super) async fn show(here: Here) -> Response {
    page(&here, None, None, StatusCode::OK).await
}

async fn page(
    here: &Here,
    form: Option<Fields>,
    wrong: Option<String>,
    code: StatusCode,
) -> Response {
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
    match filled(here, event, file, form).await {
        Ok(mut template) => {
            if wrong.is_some() {
                template.page = template.page.at(&format!("/panel/nodes/{}", node.id));
            }
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn filled(
    here: &Here,
    event: &Event,
    file: NodeFile,
    form: Option<Fields>,
) -> Result<Detail, StoreError> {
    let (node, language) = (&file.node, here.door.visitor.language);
    let moment = |at| when::moment(at, &event.time_zone, language);
    let may_manage = here.may(Permission::NodesManage, event);
    let is_active = node.status != NodeStatus::Revoked;
    let form = match form {
        _ if !may_manage || !is_active => None,
        Some(form) => Some(form),
        None => Some(Fields::load(here, event.id, &node.name, Some(node.gate), node.rights).await?),
    };
    let others = match &form {
        Some(_) => others(here, event).await?,
        None => Vec::new(),
    };
    let facts = facts(here, event, node).await?;
    Ok(Detail {
        page: Frame::inside(here, Section::Nodes)
            .below("/panel/nodes", here.say("Nodes", "Perangkat")),
        id: node.id.to_string(),
        name: node.name.clone(),
        status: status::node(node.status, language),
        marks: marks(here, event, node).await?,
        facts,
        parked: file
            .parked
            .iter()
            .map(|note| (note.seq, note.code.clone(), note.words()))
            .collect(),
        trail: file
            .trail
            .into_iter()
            .map(|row| {
                let act = act(&row.action, language).map_or(row.action, str::to_owned);
                (
                    moment(row.at),
                    act,
                    trail_words::told(&row.detail, language),
                )
            })
            .collect(),
        form,
        others,
        may: node.rights.names().join(","),
        is_quarantined: may_manage && node.status == NodeStatus::Quarantined,
        may_manage,
        may_revoke: may_manage && is_active,
    })
}

async fn marks(here: &Here, event: &Event, node: &Node) -> Result<Vec<(String, Mark)>, StoreError> {
    let revision = {
        let mut tx = here.app().store.read().await?;
        let revision = store::revision::read(&mut tx, event.id).await?;
        revision.manifest.revision
    };
    let mark = |english, indonesian, mark| (here.say(english, indonesian).to_owned(), mark);
    let unsent = match node.unsent() {
        0 => (here.say("none", "tidak ada").to_owned(), "good"),
        some => (here.count(some), "wait"),
    };
    Ok(vec![
        mark("Contact", "Kontak", node_row::contact(here, node)),
        mark(
            "Lease until",
            "Sewa sampai",
            node_row::lease(here, node, event),
        ),
        mark("Clock", "Jam", node_row::clock(here, node)),
        mark(
            "Replica",
            "Salinan data",
            node_row::replica(here, node, revision),
        ),
        mark("Unsent records", "Catatan belum terkirim", unsent),
        mark("Peers", "Rekan", ("–".to_owned(), "calm")),
    ])
}

async fn facts(
    here: &Here,
    event: &Event,
    node: &Node,
) -> Result<Vec<(String, String)>, StoreError> {
    let gates = {
        let mut tx = here.app().store.read().await?;
        store::gate::of_event(&mut tx, event.id).await?
    };
    let gate = gates.into_iter().find(|gate| gate.id == node.gate);
    let fact =
        |english, indonesian, value: String| (here.say(english, indonesian).to_owned(), value);
    let mut facts = vec![
        fact("Event", "Acara", event.name.clone()),
        fact(
            "Gate",
            "Gerbang",
            gate.map_or_else(String::new, |gate| gate.name),
        ),
        fact("Program", "Program", node_row::program(here, node)),
        fact("Records here", "Catatan di sini", node.log_seq.to_string()),
    ];
    if let Some(reason) = &node.quarantine_reason {
        facts.push(fact("Quarantine", "Karantina", reason.clone()));
    }
    Ok(facts)
}

async fn others(here: &Here, own: &Event) -> Result<Vec<(String, String)>, StoreError> {
    let sight: Sight = here.signed.powers.sight(Permission::NodesManage);
    let mut tx = here.app().store.read().await?;
    let events = store::event::all(&mut tx).await?.into_iter();
    let others = events.filter(|event| event.id != own.id && sight.shows(event.id, event.client));
    Ok(others.map(|event| (event.slug, event.name)).collect())
}

/// Another name, gate or rights.
pub(in super::super) async fn change(here: Here) -> Response {
    let Meant::Node(node, event) = &here.meant else {
        return Refusal::INTERNAL.answer();
    };
    let (typed, gate, rights) = (
        here.form().text("name"),
        node_form::gate(&here),
        node_form::rights(&here),
    );
    let refused = match (gate, rights) {
        (Some(gate), Some(rights)) => {
            let (name, by) = (typed.clone(), By::account(&here.signed.account));
            let change = NodeChange { name, gate, rights };
            let changed = here
                .app()
                .change_node(&by, (event.id, node.id), &change)
                .await;
            match changed {
                Ok(()) => return to(&format!("/panel/nodes/{}?done=node_changed", node.id)),
                Err(error) => said::node(&here, &error),
            }
        }
        (None, _) => said::node(&here, &crate::app::nodes::NodeError::UnknownGate),
        (_, None) => (StatusCode::UNPROCESSABLE_ENTITY, node_form::no_right(&here)),
    };
    let rights = rights.unwrap_or(Rights::from_bits(0));
    match Fields::load(&here, event.id, &typed, gate, rights).await {
        Ok(fields) => page(&here, Some(fields), Some(refused.1), refused.0).await,
        Err(error) => guard::failed(&error),
    }
}

pub(in super::super) async fn revoke(here: Here) -> Response {
    let Meant::Node(node, _) = &here.meant else {
        return Refusal::INTERNAL.answer();
    };
    let by = By::account(&here.signed.account);
    match here.app().revoke_nodes(&by, &[node.id]).await {
        Ok(()) => to(&format!("/panel/nodes/{}?done=revoked", node.id)),
        Err(error) => {
            let (code, said) = said::node(&here, &error);
            page(&here, None, Some(said), code).await
        }
    }
}

/// Ends a quarantine.
pub(in super::super) async fn release(here: Here) -> Response {
    let Meant::Node(node, _) = &here.meant else {
        return Refusal::INTERNAL.answer();
    };
    let (by, reason) = (
        By::account(&here.signed.account),
        here.form().text("reason"),
    );
    match here.app().release_node_by(&by, node.id, &reason).await {
        Ok(()) => to(&format!("/panel/nodes/{}?done=released", node.id)),
        Err(error) => {
            let (code, said) = said::node(&here, &error);
            page(&here, None, Some(said), code).await
        }
    }
}
