//! What is done on the page of one order: flag, papers, giving up unpaid, and the tickets as a file.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{
    door::{Here, Meant, to},
    order, order_bulk,
};
use crate::{
    app::{order_acts::Acted, orders::OrderError, users::By},
    domain::{flagged, order::Order},
    http::refusal::Refusal,
};

fn own(here: &Here) -> Result<&Order, Box<Response>> {
    match &here.meant {
        Meant::Order(order, _) => Ok(order),
        _ => Err(Box::new(Refusal::INTERNAL.answer())),
    }
}

pub(super) async fn flag(here: Here) -> Response {
    let order = match own(&here) {
        Ok(order) => order,
        Err(refused) => return *refused,
    };
    let Some(note) = flagged::note(&here.form().text("note")) else {
        let wrong = here.say(
            "Say why in 1 to 500 characters.",
            "Tulis alasannya dalam 1 sampai 500 karakter.",
        );
        return order::again(&here, StatusCode::UNPROCESSABLE_ENTITY, wrong.to_owned()).await;
    };
    let by = By::account(&here.signed.account);
    let acted = here.app().flag_order(&by, order.id, &note).await;
    after(&here, order, acted, "flagged").await
}

pub(super) async fn unflag(here: Here) -> Response {
    let order = match own(&here) {
        Ok(order) => order,
        Err(refused) => return *refused,
    };
    let by = By::account(&here.signed.account);
    let acted = here.app().unflag_order(&by, order.id).await;
    after(&here, order, acted, "unflagged").await
}

pub(super) async fn papers(here: Here) -> Response {
    let order = match own(&here) {
        Ok(order) => order,
        Err(refused) => return *refused,
    };
    let by = By::account(&here.signed.account);
    let key = here.form().text("key");
    let acted = here.app().send_papers(&by, order.id, &key).await;
    after(&here, order, acted, "papers").await
}

pub(super) async fn cancel(here: Here) -> Response {
    let order = match own(&here) {
        Ok(order) => order,
        Err(refused) => return *refused,
    };
    let by = By::account(&here.signed.account);
    let acted = here.app().cancel_unpaid(&by, order.id).await;
    after(&here, order, acted, "cancelled").await
}

async fn after(
    here: &Here,
    order: &Order,
    acted: Result<Acted, OrderError>,
    done: &str,
) -> Response {
    match acted {
        Ok(_) => to(&format!("/panel/orders/{}?done={done}", order.number)),
        Err(error) => {
            let wrong = order_bulk::why(here, &error);
            order::again(here, StatusCode::CONFLICT, wrong).await
        }
    }
}

/// The receipt with the tickets, as its buyer gets it.
pub(super) async fn pdf(here: Here) -> Response {
    let order = match own(&here) {
        Ok(order) => order,
        Err(refused) => return *refused,
    };
    let by = By::account(&here.signed.account);
    let drawn = match here.app().papers_of(&by, order).await {
        Ok(drawn) => drawn,
        Err(error) => {
            let wrong = order_bulk::why(&here, &error);
            return order::again(&here, StatusCode::CONFLICT, wrong).await;
        }
    };
    let mut answer = (StatusCode::OK, drawn).into_response();
    let headers = answer.headers_mut();
    let kind = HeaderValue::from_static("application/pdf");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = format!("attachment; filename=\"{}.pdf\"", order.number);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    answer
}
