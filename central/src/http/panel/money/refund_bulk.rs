//! Refunds that were chosen in their list, agreed to one by one: each is looked up and judged by itself, and one of
//! somebody else's event is one that does not exist.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        list::bulk::{Became, Deed, picked, report},
        nav::Section,
    },
    said,
};
use crate::{
    domain::{
        id::RefundId,
        order::Order,
        permission::Permission,
        refund::{Refund, RefundStatus},
    },
    store::{self, StoreError},
};

/// The button that an account sees where there is something to agree to.
pub(super) fn deeds(here: &Here, agreeable: &[String]) -> Vec<Deed> {
    if agreeable.is_empty() {
        return Vec::new();
    }
    let words = here.say("Agree to the chosen", "Setujui yang dipilih");
    vec![Deed {
        is_grave: false,
        ..Deed::asked(here, "/panel/refunds/agree", words)
    }]
}

pub(in crate::http::panel) async fn agree(here: Here) -> Response {
    let title = here.say("Agree to refunds", "Setujui pengembalian");
    let mut rows = Vec::new();
    for id in picked(&here) {
        let row = one(&here, &id).await;
        rows.push(row.unwrap_or_else(|error| Became::failed(&here, &id, &error)));
    }
    report(
        &here,
        Section::Refunds,
        ("/panel/refunds", title),
        (rows, None),
    )
}

/// The refund of this id with its order, if this account agrees to refunds of its event.
async fn own(here: &Here, id: &str) -> Result<Option<(Refund, Order)>, StoreError> {
    let Ok(id) = id.parse::<RefundId>() else {
        return Ok(None);
    };
    let mut tx = here.app().store.read().await?;
    let Some(refund) = store::refund::by_id(&mut tx, id).await? else {
        return Ok(None);
    };
    let Some(order) = store::order::by_id(&mut tx, refund.order).await? else {
        return Ok(None);
    };
    let event = store::event::by_id(&mut tx, order.event).await?;
    let is_own = event.is_some_and(|event| here.may(Permission::OrdersRefund, &event));
    Ok(is_own.then_some((refund, order)))
}

async fn one(here: &Here, id: &str) -> Result<Became, StoreError> {
    let Some((refund, order)) = own(here, id).await? else {
        let why = here.say("There is no such refund.", "Pengembalian ini tidak ada.");
        return Ok(Became::not(here, id, String::new(), why));
    };
    let path = format!("/panel/orders/{}/money#refunds", order.number);
    if is_agreed(refund.status) {
        let why = here.say("It was agreed to before.", "Sudah disetujui sebelumnya.");
        return Ok(Became::before(here, &order.number, path, why));
    }
    let agreed = here.app().agree_to_refund(&here.signed, refund.id).await;
    Ok(match agreed {
        Ok(_) => Became::done(here, &order.number, path),
        Err(error) => {
            let said = said::refused(here, &error);
            Became::not(here, &order.number, path, &said.words)
        }
    })
}

/// Whether somebody agreed to it and its money is on its way, or went.
const fn is_agreed(status: RefundStatus) -> bool {
    matches!(
        status,
        RefundStatus::Approved | RefundStatus::Sent | RefundStatus::Done
    )
}
