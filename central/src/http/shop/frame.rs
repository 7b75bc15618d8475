//! What every page has around it: language, head, and the tokens of its forms.
//!
//! Every page's template has a field `page: Frame` and extends `shop/layout.html`; words stand in the templates as
//! `{{ page.say("English", "Indonesian") }}`, so that none can be missing. [`Frame::send`] renders.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use documents::Language;

use crate::{app::App, http::visitor::Visitor};

/// What a page has around it.
pub struct Frame {
    visitor: Visitor,
    /// Address under which search engines list it; `None` = they should not.
    canonical: Option<String>,
    token: String,
}

impl Frame {
    /// Of a page that anybody may find.
    pub fn public(visitor: &Visitor, app: &App) -> Self {
        Self {
            canonical: Some(format!("{}{}", app.public_url, visitor.path)),
            ..Self::private(visitor)
        }
    }

    /// Of a page for one person.
    pub fn private(visitor: &Visitor) -> Self {
        Self {
            visitor: visitor.clone(),
            canonical: None,
            token: visitor.token(),
        }
    }

    /// The same, whose choice of a language leads to another address: the page itself was posted to.
    pub fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.visitor.path);
        self.visitor.query = String::new();
        self
    }

    /// The same with a query there.
    pub fn asking(mut self, query: &str) -> Self {
        query.clone_into(&mut self.visitor.query);
        self
    }

    /// English or Indonesian words.
    pub fn say<'a>(&self, english: &'a str, indonesian: &'a str) -> &'a str {
        self.visitor.say(english, indonesian)
    }

    /// The tag of its language.
    pub fn tag(&self) -> &'static str {
        self.visitor.language.tag()
    }

    /// Token for the forms of this page.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Where search engines find it.
    pub fn canonical(&self) -> Option<&str> {
        self.canonical.as_deref()
    }

    /// Every language: tag, name, this page's address in it, and whether it is this one.
    pub fn languages(&self) -> impl Iterator<Item = (&'static str, &'static str, String, bool)> {
        let all = [
            (Language::Indonesian, "Indonesia"),
            (Language::English, "English"),
        ];
        all.into_iter().map(|(language, name)| {
            let address = self.visitor.in_language(language);
            (
                language.tag(),
                name,
                address,
                language == self.visitor.language,
            )
        })
    }

    /// Renders a page.
    pub fn send(&self, status: StatusCode, template: &impl Template) -> Response {
        match template.render() {
            Ok(html) => {
                let mut answer = (status, Html(html)).into_response();
                self.visitor.remember(&mut answer);
                answer
            }
            Err(error) => {
                tracing::error!(%error, "page not rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
