//! A form that brings a file: read only when it was found that its sender may bring one.
//!
//! Invariant: nothing of such a body is read before the rights of whoever sends it are known, and never more than
//! [`MOST_BYTES`].

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, header::CONTENT_TYPE},
};

use super::{form::Form, route::Route};
use crate::http::refusal::Refusal;

/// Longest body with a file: a log of a hundred thousand scans has a third of it.
pub(super) const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Routes whose form brings a file.
const ROUTES: [&str; 1] = ["/panel/events/{event}/bundles"];

/// Whether a route's form brings a file.
pub(super) fn is_for(route: &Route) -> bool {
    ROUTES.contains(&route.path)
}

/// Reads the form, with its file if it has one. A form without one, as browsers without scripts never send it here, is
/// read like any other.
///
/// # Errors
/// Too long, or no form.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
) -> Result<(Form, Option<Bytes>), Refusal> {
    let kind = headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let bytes = to_bytes(body, MOST_BYTES).await;
    let bytes = bytes.map_err(|_| Refusal::TOO_LARGE)?;
    let Ok(boundary) = multer::parse_boundary(kind) else {
        return Ok((Form::parse(&bytes), None));
    };
    parts(bytes, boundary).await.map_err(|error| {
        tracing::info!(%error, "a form with a file cannot be read");
        Refusal::MALFORMED
    })
}

async fn parts(bytes: Bytes, boundary: String) -> Result<(Form, Option<Bytes>), multer::Error> {
    let whole = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
    let mut parts = multer::Multipart::new(whole, boundary);
    let (mut fields, mut file) = (Vec::new(), None);
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() {
            file = Some(part.bytes().await?).filter(|bytes| !bytes.is_empty());
        } else {
            fields.push((name, part.text().await?));
        }
    }
    Ok((Form::of(fields), file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    async fn check(kind: &'static str, body: &'static str) -> Result<(String, Option<Bytes>), u16> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let read = read(&headers, Body::from(body)).await;
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
