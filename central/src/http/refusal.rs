//! Refusals that no handler made: nothing there, too much, too often, too slow, broken.
//!
//! Invariant: programs get JSON with a stable code, people get a page in their language, whichever layer refused;
//! nothing that was sent is repeated. Handlers have refusals of their own (`api::error`, `shop`).

use axum::{
    Json,
    extract::{Request, State},
    http::{
        Extensions, HeaderName, Response as Answer, StatusCode,
        header::{ALLOW, CONTENT_TYPE, RETRY_AFTER},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use documents::Language;
use serde_json::json;
use tower_http::request_id::RequestId;

use super::{shop, visitor::Visitor};
use crate::app::App;

/// One refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// Stable name.
    pub(super) code: &'static str,
    /// What to do, in English and Indonesian.
    pub(super) english: &'static str,
    pub(super) indonesian: &'static str,
}

impl Refusal {
    pub(super) const NOT_FOUND: Self = Self {
        status: StatusCode::NOT_FOUND,
        code: "not_found",
        english: "There is nothing at this address: look at the list of events.",
        indonesian: "Tidak ada apa-apa di alamat ini: lihat daftar acara.",
    };
    pub(super) const INTERNAL: Self = Self {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        code: "internal",
        english: "Something went wrong on our side: try again.",
        indonesian: "Ada masalah di pihak kami: coba lagi.",
    };
    pub(super) const TOO_MANY: Self = Self {
        status: StatusCode::TOO_MANY_REQUESTS,
        code: "too_many_requests",
        english: "There are too many requests from your connection: wait a minute and try again.",
        indonesian: "Terlalu banyak permintaan dari koneksi Anda: tunggu satu menit lalu coba lagi.",
    };
    pub(super) const OTHER_SITE: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "other_site",
        english: "This form was sent from another site: open our page and fill it in there.",
        indonesian: "Formulir ini dikirim dari situs lain: buka halaman kami dan isi di sana.",
    };
    pub(super) const FORM_EXPIRED: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "form_expired",
        english: "This form is too old, or your browser keeps no cookies: allow them, open the page again and send it again.",
        indonesian: "Formulir ini sudah terlalu lama, atau peramban Anda tidak menyimpan cookie: izinkan, buka lagi halamannya, lalu kirim lagi.",
    };
    const METHOD: Self = Self {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "method_not_allowed",
        english: "This address does not take such a request: open the page again.",
        indonesian: "Alamat ini tidak menerima permintaan seperti itu: buka lagi halamannya.",
    };
    const TOO_SLOW: Self = Self {
        status: StatusCode::REQUEST_TIMEOUT,
        code: "too_slow",
        english: "The request took too long: try again.",
        indonesian: "Permintaan terlalu lama: coba lagi.",
    };
    pub(super) const TOO_LARGE: Self = Self {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        code: "body_too_large",
        english: "That is more than this address takes: send less.",
        indonesian: "Itu melebihi yang diterima alamat ini: kirim lebih sedikit.",
    };
    pub(super) const MALFORMED: Self = Self {
        status: StatusCode::BAD_REQUEST,
        code: "request_malformed",
        english: "The request cannot be read: open the page again.",
        indonesian: "Permintaan tidak dapat dibaca: buka lagi halamannya.",
    };

    /// What to do, in this language.
    pub(super) const fn sentence(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Indonesian => self.indonesian,
        }
    }

    /// The answer: JSON, which [`dress`] makes a page where a person asked.
    pub(super) fn answer(self) -> Response {
        let body = Json(json!({"code": self.code, "message": self.english}));
        let mut answer = (self.status, body).into_response();
        answer.extensions_mut().insert(self);
        answer
    }

    /// The same with the request's number, by which we find it in our log.
    fn numbered(self, number: Option<&str>) -> Response {
        let Some(number) = number else {
            return self.answer();
        };
        let body = Json(json!({"code": self.code, "message": self.english, "request": number}));
        (self.status, body).into_response()
    }

    /// What a bare status of a layer or extractor means.
    const fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NOT_FOUND,
            StatusCode::METHOD_NOT_ALLOWED => Self::METHOD,
            StatusCode::REQUEST_TIMEOUT => Self::TOO_SLOW,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TOO_LARGE,
            StatusCode::INTERNAL_SERVER_ERROR => Self::INTERNAL,
            status => Self {
                status,
                ..Self::MALFORMED
            },
        }
    }
}

pub(super) async fn not_found() -> Response {
    Refusal::NOT_FOUND.answer()
}

pub(super) fn panicked(_: Box<dyn std::any::Any + Send>) -> Answer<axum::body::Body> {
    tracing::error!("a handler panicked");
    Refusal::INTERNAL.answer()
}

/// Where a script leads its page, as htmx reads it.
pub(super) const LEAD: HeaderName = HeaderName::from_static("hx-redirect");

/// Marks a failure in plain text that is told as it is, to programs.
#[derive(Clone, Copy)]
pub(super) struct OwnWords;

/// Gives every bare refusal its words: JSON under the addresses of programs, a page elsewhere.
pub(super) async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = number(request.extensions());
    let path = request.uri().path();
    let for_programs = ["/api/", "/hooks/", "/node/", "/assets/"]
        .iter()
        .any(|start| path.starts_with(start));
    let (mut parts, body) = request.into_parts();
    let visitor = (!for_programs).then(|| Visitor::of(&mut parts, &app));
    let answer = next.run(Request::from_parts(parts, body)).await;
    let status = answer.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let refusal = match answer.extensions().get::<Refusal>() {
        Some(refusal) => *refusal,
        // A handler's own words stay.
        None if has_words(&answer) => return answer,
        None => Refusal::of_status(status),
    };
    // By the number our log has what went wrong; what the caller did wrong they can see themselves.
    let told = id.as_deref().filter(|_| status.is_server_error());
    let mut dressed = match &visitor {
        Some(visitor) => shop::refused(visitor, refusal, told),
        None => refusal.numbered(told),
    };
    for kept in [ALLOW, RETRY_AFTER, LEAD] {
        if let Some(value) = answer.headers().get(&kept) {
            dressed.headers_mut().insert(kept, value.clone());
        }
    }
    dressed
}

fn number(extensions: &Extensions) -> Option<String> {
    let id = extensions.get::<RequestId>()?.header_value().to_str();
    id.ok().map(str::to_owned)
}

fn has_words(answer: &Response) -> bool {
    if answer.extensions().get::<OwnWords>().is_some() {
        return true;
    }
    let kind = answer.headers().get(CONTENT_TYPE);
    // Extractors refuse in plain text, for programmers, and may repeat what was sent.
    kind.is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"))
}
