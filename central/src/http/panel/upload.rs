//! A form that brings a file or a long list: read only when it was found that its sender may bring one.
//!
//! Invariant: nothing of such a body is read before the rights of whoever sends it are known, and never more than its
//! route allows.

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, header::CONTENT_TYPE},
};

use super::{
    form::{self, Form},
    route::Route,
};
use crate::http::refusal::Refusal;

/// Longest body with a file: a log of a hundred thousand scans has a third of it.
const FILE_BYTES: usize = 32 * 1024 * 1024;
/// Longest body with a list of codes: some hundred thousand of them; longer lists are taken in by the command line.
const LIST_BYTES: usize = 8 * 1024 * 1024;
/// Routes whose form is long, and how long it may be.
const ROUTES: [(&str, usize); 2] = [
    ("/panel/events/{event}/bundles", FILE_BYTES),
    ("/panel/events/{event}/wristbands/import", LIST_BYTES),
];

/// Whether a route's form is long.
pub(super) fn is_for(route: &Route) -> bool {
    longest(route).is_some()
}

fn longest(route: &Route) -> Option<usize> {
    let found = ROUTES.iter().find(|(path, _)| *path == route.path);
    found.map(|(_, bytes)| *bytes)
}

/// Reads the form, with its file if it has one. A form without one, as browsers without scripts never send it here, is
/// read like any other.
///
/// # Errors
/// Too long, or no form.
pub(super) async fn read(
    route: &Route,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Form, Option<Bytes>), Refusal> {
    let most = longest(route).unwrap_or(super::BODY_BYTES);
    read_most(most, headers, body).await
}

async fn read_most(
    most: usize,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Form, Option<Bytes>), Refusal> {
    let kind = headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let bytes = to_bytes(body, most).await;
    let bytes = bytes.map_err(|_| Refusal::TOO_LARGE)?;
    let Ok(boundary) = multer::parse_boundary(kind) else {
        return Ok((Form::parse(&bytes)?, None));
    };
    let (fields, file) = parts(bytes, boundary).await.map_err(|error| {
        tracing::info!(%error, "a form with a file cannot be read");
        Refusal::MALFORMED
    })?;
    Ok((Form::of(fields)?, file))
}

type Fields = Vec<(String, String)>;

async fn parts(bytes: Bytes, boundary: String) -> Result<(Fields, Option<Bytes>), multer::Error> {
    let whole = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    let mut parts = multer::Multipart::new(whole, boundary);
    let (mut fields, mut file) = (Vec::new(), None);
    // One more than a form may have is enough to refuse it.
    while fields.len() <= form::MOST_PAIRS
        && let Some(part) = parts.next_field().await?
    {
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() {
            file = Some(part.bytes().await?).filter(|bytes| !bytes.is_empty());
        } else {
            fields.push((name, part.text().await?));
        }
    }
    Ok((fields, file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    async fn check(kind: &'static str, body: &'static str) -> Result<(String, Option<Bytes>), u16> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let read = read_most(1_000, &headers, Body::from(body)).await;
        let (form, file) = read.map_err(|refusal| refusal.status.as_u16())?;
        Ok((form.text("token"), file))
    }

    #[tokio::test]
    async fn a_file_comes_beside_the_fields_and_a_broken_form_is_refused() {
        let form = "multipart/form-data; boundary=x";
        let whole = "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nt\r\n--x\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"../../a\"\r\n\r\nbytes\r\n--x--\r\n";
        let file = Some(Bytes::from_static(b"bytes"));
        assert_eq!(check(form, whole).await, Ok(("t".into(), file)));
        assert_eq!(check(form, "--x\r\nno end").await, Err(400));
        assert_eq!(check("text/plain", "token=t").await, Ok(("t".into(), None)));
    }
}
