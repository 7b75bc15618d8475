//! A visit to the shop by a browser without scripts: it keeps cookies, and sends forms with the token of the page
//! that it saw last.
use std::collections::BTreeMap;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, Response, header},
};

use crate::shop::Shop;

/// A browser at the shop.
pub struct Visit<'a> {
    shop: &'a Shop,
    cookies: BTreeMap<String, String>,
    /// The page that was seen last.
    pub page: String,
}

/// What came back.
#[derive(Debug)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// The page.
    pub page: String,
}

impl Seen {
    /// Where it leads.
    ///
    /// # Panics
    /// When it leads nowhere.
    #[must_use]
    pub fn to(&self) -> &str {
        let to = self.headers.get(header::LOCATION);
        to.and_then(|to| to.to_str().ok())
            .unwrap_or_else(|| panic!("no way on: {} {}", self.status, self.page))
    }
}

impl<'a> Visit<'a> {
    /// A browser that wants English and was never here.
    #[must_use]
    pub const fn new(shop: &'a Shop) -> Self {
        Self {
            shop,
            cookies: BTreeMap::new(),
            page: String::new(),
        }
    }

    /// Opens a page.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn get(&mut self, path: &str) -> Seen {
        let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "en");
        let request = request
            .header(header::COOKIE, self.cookie())
            .body(Body::empty());
        let answer = self.shop.send(request.expect("a request")).await;
        self.see(answer).await
    }

    /// Sends the form of the page seen last, with these fields.
    ///
    /// # Panics
    /// When the address is none.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let token = self.hidden("token");
        let fields: Vec<_> = fields
            .iter()
            .copied()
            .chain([("token", token.as_str())])
            .collect();
        let request = Request::post(path)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::COOKIE, self.cookie())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encode(&fields)));
        let answer = self.shop.send(request.expect("a request")).await;
        self.see(answer).await
    }

    /// The value of a hidden field on the page; empty where there is none.
    #[must_use]
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.page.split_once(&start).map(|(_, rest)| rest);
        rest.and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
            .to_owned()
    }

    /// The cookies, as they are sent.
    #[must_use]
    pub fn cookie(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    async fn see(&mut self, answer: Response<Body>) -> Seen {
        let (parts, body) = answer.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            let pair = text.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a pair");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        let page = String::from_utf8_lossy(&body).into_owned();
        if page.contains("name=\"token\"") {
            self.page.clone_from(&page);
        }
        Seen {
            status: parts.status.as_u16(),
            headers: parts.headers,
            page,
        }
    }
}

/// Fields as forms send them.
#[must_use]
pub fn encode(fields: &[(&str, &str)]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let one = |text: &str| {
        let bytes = text.bytes().map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        });
        bytes.collect::<String>()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", one(name), one(value)));
    pairs.collect::<Vec<_>>().join("&")
}
