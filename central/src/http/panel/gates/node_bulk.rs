//! Nodes that were chosen in their list, revoked one by one: each is looked up and judged by itself, and one of somebody
//! else's event is one that does not exist.

use axum::response::Response;
use sync_protocol::id::NodeId;

use super::{
    super::{
        door::Here,
        list::bulk::{Became, Deed, picked, report},
        nav::Section,
    },
    said,
};
use crate::{
    app::users::By,
    domain::{
        node::{Node, NodeStatus},
        permission::Permission,
    },
    store::{self, StoreError},
};

/// The button that an account sees where there is something to revoke.
pub(super) fn deeds(here: &Here, revocable: &[String]) -> Vec<Deed> {
    if revocable.is_empty() {
        return Vec::new();
    }
    let words = here.say("Revoke the chosen nodes", "Cabut perangkat terpilih");
    vec![Deed::asked(here, "/panel/nodes/revoke", words)]
}

pub(in super::super) async fn revoke(here: Here) -> Response {
    let title = here.say("Revoke nodes", "Cabut perangkat");
    let mut rows = Vec::new();
    for id in picked(&here) {
        let row = one(&here, &id).await;
        rows.push(row.unwrap_or_else(|error| Became::failed(&here, &id, &error)));
    }
    report(&here, Section::Nodes, ("/panel/nodes", title), (rows, None))
}

/// The node of this id, if this account may revoke it.
async fn own(here: &Here, id: &str) -> Result<Option<Node>, StoreError> {
    let Ok(id) = id.parse::<NodeId>() else {
        return Ok(None);
    };
    let mut tx = here.app().store.read().await?;
    let Some(node) = store::node::by_id(&mut tx, id).await? else {
        return Ok(None);
    };
    let event = store::event::by_id(&mut tx, node.event).await?;
    let is_own = event.is_some_and(|event| here.may(Permission::NodesManage, &event));
    Ok(is_own.then_some(node))
}

async fn one(here: &Here, id: &str) -> Result<Became, StoreError> {
    let Some(node) = own(here, id).await? else {
        let why = here.say("There is no such node.", "Perangkat ini tidak ada.");
        return Ok(Became::not(here, id, String::new(), why));
    };
    let path = format!("/panel/nodes/{}", node.id);
    if node.status == NodeStatus::Revoked {
        let why = here.say("It was revoked before.", "Sudah dicabut sebelumnya.");
        return Ok(Became::before(here, &node.name, path, why));
    }
    let by = By::account(&here.signed.account);
    Ok(match here.app().revoke_nodes(&by, &[node.id]).await {
        Ok(()) => Became::done(here, &node.name, path),
        Err(error) => Became::not(here, &node.name, path, &said::node(here, &error).1),
    })
}
