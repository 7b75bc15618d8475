//! Invoices and credit notes again, for whoever works here: without the tickets, whose codes open gates and are for the
//! buyer alone.

use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};

use super::{super::door::Here, meant, nothing, order, said};
use crate::{app::orders::OrderError, domain::id::RefundId};

pub(in crate::http::panel) async fn invoice(here: Here) -> Response {
    let Some((found, _)) = meant(&here) else {
        return nothing(&here);
    };
    match here.app().invoice_alone(found).await {
        Ok(bytes) => file("application/pdf", &format!("{}.pdf", found.number), bytes),
        Err(error) => order::page(&here, Some(said::refused(&here, &error))).await,
    }
}

pub(in crate::http::panel) async fn credit_note(here: Here) -> Response {
    let Some((found, _)) = meant(&here) else {
        return nothing(&here);
    };
    let Ok(refund) = here.door.asked("refund").parse::<RefundId>() else {
        let said = said::wrong(&here, "Choose a refund.", "Pilih pengembalian.");
        return order::page(&here, Some(said)).await;
    };
    let drawn: Result<_, OrderError> = here.app().credit_note_of(found, refund).await;
    match drawn {
        Ok(Some((number, bytes))) => file("application/pdf", &format!("{number}.pdf"), bytes),
        Ok(None) => nothing(&here),
        Err(error) => order::page(&here, Some(said::refused(&here, &error))).await,
    }
}

/// A file to keep; its name is made of plain letters.
pub(super) fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') => c,
        _ => '-',
    };
    let name: String = name.chars().map(plain).collect();
    let mut answer = (StatusCode::OK, bytes).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    answer
}
