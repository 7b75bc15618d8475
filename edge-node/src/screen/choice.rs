//! What the person at this screen chose: language and action, from the address, a cookie or the browser.
//!
//! The action lives in the page's address, and for devices at the door's desk, from which a page that names none takes
//! it: two screens of one node may differ, and a scan always carries the action that its own page shows. Every link and
//! form of a page carries it on, so that it comes back from the other pages. The language is kept in a cookie; cookies
//! know no ports, so their names do.

use axum::{
    http::{
        HeaderMap, HeaderValue,
        header::{ACCEPT_LANGUAGE, COOKIE},
    },
    response::Redirect,
};
use serde::Deserialize;
use sync_protocol::scan::Action;

use crate::reason_text::Language;

/// How long a browser keeps a choice: a year.
pub(super) const LIFE_S: u32 = 31_536_000;

/// `?lang=id&action=exit`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    lang: Option<String>,
    action: Option<String>,
    page: Option<String>,
}

impl Asked {
    /// For this action, if there is one of that name.
    pub(super) fn for_action(name: &str) -> Self {
        Self {
            action: Some(name.to_owned()),
            ..Self::default()
        }
    }

    /// The action that is asked for, if guests can want one of that name.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        let named = self.action.as_deref().and_then(Action::from_name);
        named.filter(|action| Action::OF_GUESTS.contains(action))
    }

    /// The page that asks, by its number.
    #[must_use]
    pub fn page(&self) -> Option<u64> {
        self.page.as_deref()?.parse().ok()
    }
}

/// Language and action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// In which to speak.
    pub language: Language,
    /// What guests want here.
    pub action: Action,
}

impl Choice {
    /// The address wins; for the language then the cookie and the browser's own languages; last the `default`.
    #[must_use]
    pub fn of(asked: &Asked, headers: &HeaderMap, port: u16, default: Self) -> Self {
        let kept = |name: &str| cookie(headers, &format!("{name}-{port}"));
        let language = |tag: &str| Language::from_tag(tag);
        let asked_language = asked.lang.as_deref().and_then(language);
        Self {
            language: asked_language
                .or_else(|| kept("lang").and_then(language))
                .or_else(|| spoken(headers))
                .unwrap_or(default.language),
            action: asked.action().unwrap_or(default.action),
        }
    }

    /// Back to the gate's page, which keeps its action.
    pub(super) fn to_gate(self) -> Redirect {
        Redirect::to(&format!("/?action={}", self.action.name()))
    }

    /// Where somebody must sign in first; the action is kept meanwhile.
    pub(super) fn to_sign_in(self) -> Redirect {
        let (language, action) = (self.language.tag(), self.action.name());
        Redirect::to(&format!("/sign-in?lang={language}&action={action}"))
    }

    /// The cookie that keeps the language.
    #[must_use]
    pub fn cookie(self, port: u16) -> Option<HeaderValue> {
        let tag = self.language.tag();
        let text =
            format!("lang-{port}={tag}; Path=/; Max-Age={LIFE_S}; HttpOnly; SameSite=Strict");
        HeaderValue::try_from(text).ok()
    }
}

pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let texts = headers.get_all(COOKIE).into_iter();
    let mut pairs = texts
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// The first of the browser's languages that we speak. Browsers send them in order.
fn spoken(headers: &HeaderMap) -> Option<Language> {
    let text = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    text.split(',').find_map(|part| {
        let tag = part.split([';', '-']).next().unwrap_or_default().trim();
        // Old browsers say `in` for Indonesian.
        let tag = if tag.eq_ignore_ascii_case("in") {
            "id"
        } else {
            tag
        };
        Language::from_tag(&tag.to_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: Choice = Choice {
        language: Language::English,
        action: Action::Entry,
    };

    fn choose(lang: &str, action: &str, cookies: &'static str, languages: &'static str) -> Choice {
        let asked = Asked {
            lang: Some(lang.to_owned()),
            action: Some(action.to_owned()),
            page: None,
        };
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static(cookies));
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(languages));
        Choice::of(&asked, &headers, 8780, DEFAULT)
    }

    #[test]
    fn address_cookie_browser_default() {
        use {
            Action::{Entry, Exchange, Exit},
            Language::{English, Indonesian},
        };
        for (lang, action, cookies, languages, language, chosen) in [
            ("", "", "", "", English, Entry),
            ("", "", "", "id-ID,id;q=0.9,en;q=0.8", Indonesian, Entry),
            ("", "", "", "in", Indonesian, Entry),
            ("", "", "", "de,en-GB;q=0.5,id", English, Entry),
            (
                "",
                "",
                "lang-8780=id; action-8780=exit",
                "en",
                Indonesian,
                Entry,
            ),
            (
                "",
                "",
                "lang-8781=id; action-8781=exit",
                "en",
                English,
                Entry,
            ),
            (
                "en",
                "exchange",
                "lang-8780=id; action-8780=exit",
                "id",
                English,
                Exchange,
            ),
            ("", "exit", "lang-8780=id", "en", Indonesian, Exit),
            ("<b>", "delete", "lang-8780=<b>", "", English, Entry),
        ] {
            let found = choose(lang, action, cookies, languages);
            let expected = Choice {
                language,
                action: chosen,
            };
            assert_eq!(found, expected, "{lang} {action} {cookies} {languages}");
        }
    }
}
