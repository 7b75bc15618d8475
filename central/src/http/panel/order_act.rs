//! What is done on the page of one order: flag, having looked, another address, papers, giving up unpaid, and the tickets
//! as a file.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::{
    door::{Here, Meant, to},
    order, order_bulk,
};
use crate::{
    app::{order_acts::Acted, order_address::NewAddress, orders::OrderError, users::By},
    domain::{attention::Attention, email::Email, flagged, order::Order},
    http::{refusal::Refusal, shop},
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
    let acted = here.app().flag_order(&by, order.id, &note, None).await;
    let acted = acted.map(|flagging| flagging.acted);
    after(&here, order, acted, "flagged").await
}

pub(super) async fn unflag(here: Here) -> Response {
    let order = match own(&here) {
        Ok(order) => order,
        Err(refused) => return *refused,
    };
    let by = By::account(&here.signed.account);
    let acted = here.app().unflag_order(&by, order.id, None).await;
    let acted = acted.map(|flagging| flagging.acted);
    after(&here, order, acted, "unflagged").await
}

pub(super) async fn looked(here: Here) -> Response {
    let order = match own(&here) {
        Ok(order) => order,
        Err(refused) => return *refused,
    };
    let acted = match Attention::from_name(&here.form().text("why")) {
        Some(seen) => {
            let by = By::account(&here.signed.account);
            // What is no number was never shown.
            let notes = here.form().text("notes").parse().unwrap_or(usize::MAX);
            here.app().look_at_order(&by, order.id, (seen, notes)).await
        }
        // Its page shows what there is to look at.
        None => Err(OrderError::ChangedMeanwhile),
    };
    after(&here, order, acted, "looked").await
}

pub(super) async fn address(here: Here) -> Response {
    let order = match own(&here) {
        Ok(order) => order,
        Err(refused) => return *refused,
    };
    let email = match typed_twice(&here) {
        Ok(email) => email,
        Err(wrong) => return order::again(&here, StatusCode::UNPROCESSABLE_ENTITY, wrong).await,
    };
    let form = here.form();
    let wish = NewAddress {
        email: &email,
        // What is no number was never shown.
        seen: form.text("seen").parse().unwrap_or(-1),
        with_tickets: form.text("tickets") == "1",
    };
    let by = By::account(&here.signed.account);
    let changed = here.app().change_address(&by, order.id, wish).await;
    after(&here, order, changed.map(|()| Acted::Now), "address").await
}

/// The address that was typed the same way twice, checked as the shop checks it; or what is wrong with it.
fn typed_twice(here: &Here) -> Result<Email, String> {
    let form = here.form();
    let email = Email::parse(&form.text("email")).map_err(|error| {
        let english = error.to_string();
        let indonesian = shop::indonesian(error.code()).unwrap_or(&english);
        here.say(&english, indonesian).to_owned()
    })?;
    if Email::parse(&form.text("again")).as_ref() != Ok(&email) {
        let wrong = here.say(
            "The two addresses differ: type the same one twice.",
            "Kedua alamat berbeda: ketik alamat yang sama dua kali.",
        );
        return Err(wrong.to_owned());
    }
    Ok(email)
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
