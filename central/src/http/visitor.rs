//! Who reads a page: the language, and the cookie that forms are bound to.
//!
//! Invariants: `?lang=` decides and is remembered, else the cookie, else the browser's wish, else Indonesian. A form's
//! token is keyed to the visitor's cookie and different on every page, so that neither another site nor a
//! measurement of compressed pages can find it. Cookies are HttpOnly and SameSite, and Secure under https.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderValue,
        header::{ACCEPT_LANGUAGE, COOKIE, SET_COOKIE},
        request::Parts,
    },
    response::Response,
};
use data_encoding::HEXLOWER;
use documents::Language;
use subtle::ConstantTimeEq as _;

use crate::{app::App, domain::buyer::language_of};

const VISITOR: &str = "gerbang_visitor";
const LANGUAGE: &str = "gerbang_language";
/// The secret of an order's link, for that order's pages alone.
const ORDER: &str = "gerbang_order";
const TOKEN: &str = "form token";
const ID_BYTES: usize = 16;
const NONCE_BYTES: usize = 16;
const YEAR_S: u32 = 31_536_000;

/// Who reads a page.
#[derive(Clone)]
pub struct Visitor {
    /// In which language.
    pub language: Language,
    /// The address without its query.
    pub path: String,
    /// Its query without the choice of a language.
    pub query: String,
    /// The language was chosen just now.
    is_chosen: bool,
    /// The secret of the link to the order whose page this is, as this browser saw it last.
    order_access: Option<String>,
    id: [u8; ID_BYTES],
    is_new: bool,
    app: App,
}

impl Visitor {
    /// Out of a request.
    pub(super) fn of(parts: &mut Parts, app: &App) -> Self {
        if let Some(known) = parts.extensions.get::<Self>() {
            return known.clone();
        }
        let known = cookie(&parts.headers, VISITOR).and_then(id);
        let query = parts.uri.query().unwrap_or_default();
        let wish = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("lang="))
            .find_map(language_of);
        let kept: Vec<_> = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
            .collect();
        let visitor = Self {
            language: wish.unwrap_or_else(|| usual(&parts.headers)),
            path: parts.uri.path().to_owned(),
            query: kept.join("&"),
            is_chosen: wish.is_some(),
            order_access: cookie(&parts.headers, ORDER).map(str::to_owned),
            id: known.unwrap_or_else(|| random(app)),
            is_new: known.is_none(),
            app: app.clone(),
        };
        parts.extensions.insert(visitor.clone());
        visitor
    }

    /// English or Indonesian words.
    #[must_use]
    pub fn say<'a>(&self, english: &'a str, indonesian: &'a str) -> &'a str {
        match self.language {
            Language::English => english,
            Language::Indonesian => indonesian,
        }
    }

    /// A fresh token for the forms of one page.
    #[must_use]
    pub fn token(&self) -> String {
        let nonce: [u8; NONCE_BYTES] = random(&self.app);
        HEXLOWER.encode(&[nonce, self.proof(&nonce)].concat())
    }

    /// Whether a form that this visitor sends came from one of our pages.
    #[must_use]
    pub fn sent(&self, token: &str) -> bool {
        let Ok(bytes) = HEXLOWER.decode(token.as_bytes()) else {
            return false;
        };
        let Some((nonce, proof)) = bytes.split_at_checked(NONCE_BYTES) else {
            return false;
        };
        !self.is_new && self.proof(nonce).as_slice().ct_eq(proof).into()
    }

    fn proof(&self, nonce: &[u8]) -> [u8; 16] {
        let digest = self.app.vault.digest(TOKEN, &[&self.id, nonce].concat());
        let mut proof = [0; 16];
        proof.copy_from_slice(&digest[..16]);
        proof
    }

    /// Sends the cookies along that are news to the browser.
    pub fn remember(&self, answer: &mut Response) {
        if self.is_new {
            self.set(answer, VISITOR, &HEXLOWER.encode(&self.id), None);
        }
        if self.is_chosen {
            self.set(answer, LANGUAGE, self.language.tag(), Some(YEAR_S));
        }
    }

    /// The secret of the link to the order whose page this is, if this browser was there.
    #[must_use]
    pub fn order_access(&self) -> Option<&str> {
        self.order_access.as_deref()
    }

    /// Has the browser remember the secret of an order's link until it is closed, and tell it to that order's pages alone.
    pub fn remember_order(&self, answer: &mut Response, number: &str, access: &str) {
        if self.order_access.as_deref() == Some(access) {
            return;
        }
        let secure = self.secure();
        let text =
            format!("{ORDER}={access}; Path=/orders/{number}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            answer.headers_mut().append(SET_COOKIE, value);
        }
    }

    fn secure(&self) -> &'static str {
        match self.app.public_url.starts_with("https:") {
            true => "; Secure",
            false => "",
        }
    }

    fn set(&self, answer: &mut Response, name: &str, value: &str, lasts_s: Option<u32>) {
        let secure = self.secure();
        let lasts = lasts_s
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{lasts}{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            answer.headers_mut().append(SET_COOKIE, value);
        }
    }

    /// This page's address in a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        let joint = if self.query.is_empty() { "" } else { "&" };
        format!("{}?{}{joint}lang={}", self.path, self.query, language.tag())
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(parts, app))
    }
}

fn random<const N: usize>(app: &App) -> [u8; N] {
    let mut bytes = [0; N];
    app.entropy.fill(&mut bytes);
    bytes
}

fn id(text: &str) -> Option<[u8; ID_BYTES]> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then_some(value))
}

fn usual(headers: &HeaderMap) -> Language {
    let chosen = cookie(headers, LANGUAGE).and_then(language_of);
    chosen
        .or_else(|| wished(headers))
        .unwrap_or(Language::Indonesian)
}

/// The first of the browser's languages that we speak; browsers list them by preference.
fn wished(headers: &HeaderMap) -> Option<Language> {
    let wishes = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let tags = wishes
        .split(',')
        .filter_map(|wish| wish.split(&[';', '-'][..]).next());
    // Browsers on old systems still say `in`.
    tags.map(|tag| if tag.trim() == "in" { "id" } else { tag.trim() })
        .find_map(language_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_language_that_we_speak_is_taken() {
        for (wish, want) in [
            ("en-US,en;q=0.9", Some(Language::English)),
            ("id-ID,id;q=0.9,en;q=0.8", Some(Language::Indonesian)),
            ("in", Some(Language::Indonesian)),
            ("de-DE, en;q=0.5", Some(Language::English)),
            ("fr", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(
                ACCEPT_LANGUAGE,
                HeaderValue::from_str(wish).expect("text"),
            )]);
            assert_eq!(wished(&headers), want, "{wish}");
        }
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let text = HeaderValue::from_static("x_gerbang_language=en; gerbang_language=id; b=");
        let headers = HeaderMap::from_iter([(COOKIE, text)]);
        assert_eq!(cookie(&headers, LANGUAGE), Some("id"));
        assert_eq!(cookie(&headers, VISITOR), None);
    }
}
