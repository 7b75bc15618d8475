//! A form that one of our own pages sent: its fields, after its token was checked.
//!
//! Invariant: no handler of a page's form sees one without a good token. The names of fields may repeat; their order
//! is the page's.

use axum::{
    Form,
    extract::{FromRequest, Request},
    response::Response,
};

use super::{refusal::Refusal, visitor::Visitor};
use crate::app::App;

/// Name of the field with the token.
const TOKEN: &str = "token";

/// The fields of a form.
pub struct Posted {
    /// Who sent it.
    pub visitor: Visitor,
    fields: Vec<(String, String)>,
}

impl Posted {
    /// A field's text, trimmed; empty where it was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    }

    /// All fields.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::of(&mut parts, app);
        let request = Request::from_parts(parts, body);
        let form = Form::<Vec<(String, String)>>::from_request(request, app).await;
        let Form(fields) = form.map_err(|rejection| {
            let is_large = rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
            let refusal = if is_large {
                Refusal::TOO_LARGE
            } else {
                Refusal::MALFORMED
            };
            refusal.answer()
        })?;
        let posted = Self { visitor, fields };
        if posted.visitor.sent(&posted.text(TOKEN)) {
            Ok(posted)
        } else {
            Err(Refusal::FORM_EXPIRED.answer())
        }
    }
}
