//! The public page as buyers would see it, a draft's too: the shop's own template, with a bar that says so and nothing
//! that can be sent.
//!
//! It may stand in a frame of our own pages, so it runs no script and holds no form that works.

use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS},
    },
    response::Response,
};

use super::page::{Fault, failed, meant};
use crate::http::{panel::door::Here, shop};

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    match page(&here).await {
        Ok(page) => page,
        Err(fault) => failed(&here, fault),
    }
}

async fn page(here: &Here) -> Result<Response, Fault> {
    let offer = here.app().offer_of(meant(here)?.id).await?;
    let mut page = shop::preview(here.app(), &here.door.visitor, &offer).await?;
    *page.status_mut() = StatusCode::OK;
    let policy = web_assets::CONTENT_SECURITY_POLICY;
    let policy = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'");
    let headers = page.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(page)
}
