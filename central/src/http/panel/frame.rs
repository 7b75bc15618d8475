//! What every page of the panel has around it: language, navigation, crumbs, what was just done, tokens of its forms.
//!
//! Every page's template has a field `page: Frame` and extends `panel/layout.html`, or `panel/door.html` before somebody
//! is signed in. Words stand in the templates as `{{ page.say("English", "Indonesian") }}`, so that none can be missing.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use documents::Language;

use super::{
    door::{Door, Half, Here},
    form,
    nav::{self, Group, Link, Section},
    number, sure,
    tab::{self, ShownGroup, Tab},
    undo::Undo,
    words,
};
use crate::{app::users::Signed, domain::event::Event, http::visitor::Visitor};

/// What a page has around it.
pub(super) struct Frame {
    visitor: Visitor,
    token: String,
    /// What people call whoever is signed in.
    pub(super) person: String,
    links: Vec<&'static Link>,
    section: Option<Section>,
    /// The way here: address and name.
    pub(super) crumbs: Vec<(String, String)>,
    /// The pages about the same event, in groups.
    tabs: Vec<ShownGroup>,
    /// What was just done.
    pub(super) done: Option<&'static str>,
    /// What takes that back.
    pub(super) undo: Option<Undo>,
    /// What was wrong.
    pub(super) wrong: Option<String>,
}

/// A link of the navigation as it is shown.
pub(super) struct NavLink<'a> {
    pub(super) path: &'a str,
    pub(super) icon: &'a str,
    pub(super) words: &'a str,
    /// `g` and this letter lead there.
    pub(super) key: Option<char>,
    pub(super) is_on: bool,
}

impl Frame {
    /// Before somebody is signed in.
    pub(super) fn outside(door: &Door) -> Self {
        Self {
            token: door.visitor.token(),
            visitor: door.visitor.clone(),
            person: String::new(),
            links: Vec::new(),
            section: None,
            crumbs: Vec::new(),
            tabs: Vec::new(),
            done: words::done(door.asked("done"), door.visitor.language),
            undo: None,
            wrong: None,
        }
    }

    /// Between password and code.
    pub(super) fn half(half: &Half) -> Self {
        Self {
            token: form::token(&half.door.app, &half.signed.session),
            ..Self::outside(&half.door)
        }
    }

    /// Of somebody signed in.
    pub(super) fn inside(here: &Here, section: Section) -> Self {
        Self::of(&here.door, &here.signed, Some(section))
    }

    pub(super) fn of(door: &Door, signed: &Signed, section: Option<Section>) -> Self {
        let is_ready = !signed.account.must_change_password;
        Self {
            token: form::token(&door.app, &signed.session),
            person: signed.account.name.clone(),
            links: if is_ready {
                nav::open_to(&signed.powers)
            } else {
                Vec::new()
            },
            section,
            undo: Undo::asked(door, signed),
            ..Self::outside(door)
        }
    }

    /// Of somebody signed in, about one event: below the list of events, with the event's pages.
    pub(super) fn of_event(here: &Here, event: &Event, on: Tab) -> Self {
        let frame =
            Self::inside(here, Section::Events).below("/panel/events", here.say("Events", "Acara"));
        // These two have the event's name as their heading.
        if matches!(on, Tab::Overview | Tab::Setup) {
            return frame.beside(here, event, on);
        }
        frame.named(event).beside(here, event, on)
    }

    /// Of a list of everything, which is a page of an event while it shows that event alone.
    pub(super) fn of_list(here: &Here, section: Section, only: Option<&Event>, on: Tab) -> Self {
        let frame = Self::inside(here, section);
        match only {
            Some(event) => frame.named(event).beside(here, event, on),
            None => frame,
        }
    }

    /// One step below the event's own page.
    fn named(self, event: &Event) -> Self {
        self.below(&format!("/panel/events/{}", event.slug), &event.name)
    }

    fn beside(self, here: &Here, event: &Event, on: Tab) -> Self {
        Self {
            tabs: tab::of_event(here, event, on),
            ..self
        }
    }

    /// The same, one step below another page.
    pub(super) fn below(mut self, path: &str, name: &str) -> Self {
        self.crumbs.push((path.to_owned(), name.to_owned()));
        self
    }

    /// The same, with what takes back what was just done.
    pub(super) fn with_undo(mut self, undo: Option<Undo>) -> Self {
        self.undo = undo;
        self
    }

    /// The same, with what was wrong.
    pub(super) fn with_wrong(mut self, wrong: String) -> Self {
        self.wrong = Some(wrong);
        self
    }

    /// The same, whose choice of a language leads to another address: the page itself was posted to.
    pub(super) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.visitor.path);
        self.visitor.query = String::new();
        self
    }

    pub(super) fn say<'a>(&self, english: &'a str, indonesian: &'a str) -> &'a str {
        self.visitor.say(english, indonesian)
    }

    /// What is asked before a deed (`sure`).
    pub(super) fn sure(&self, path: &str, act: &str) -> &'static str {
        let (english, indonesian) = sure::words(path, act);
        match self.visitor.language {
            Language::English => english,
            Language::Indonesian => indonesian,
        }
    }

    pub(super) fn tag(&self) -> &'static str {
        self.visitor.language.tag()
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// The navigation by groups, and what stands above each.
    pub(super) fn groups(&self) -> Vec<(Option<&str>, Vec<NavLink<'_>>)> {
        let all = [Group::Top, Group::Sales, Group::Gates, Group::Platform];
        let groups = all.into_iter().map(|group| {
            let words = group.words();
            let links = self.links.iter().filter(|link| link.group == group);
            let links = links.map(|link| NavLink {
                path: link.path,
                icon: link.icon,
                words: self.say(link.english, link.indonesian),
                key: link.section.key(),
                is_on: self.section == Some(link.section),
            });
            let head = words.map(|(english, indonesian)| self.say(english, indonesian));
            (head, links.collect::<Vec<_>>())
        });
        groups.filter(|(_, links)| !links.is_empty()).collect()
    }

    /// The pages of the same event, where there are others than this one.
    pub(super) fn tabs(&self) -> &[ShownGroup] {
        let pages: usize = self.tabs.iter().map(|group| group.pages.len()).sum();
        if pages > 1 { &self.tabs } else { &[] }
    }

    /// The group that this page is one of, where it holds others.
    pub(super) fn group(&self) -> Option<&ShownGroup> {
        let on = self.tabs().iter().find(|group| group.is_on());
        on.filter(|group| group.pages.len() > 1)
    }

    /// A count as its language writes it.
    pub(super) fn count(&self, count: &impl std::fmt::Display) -> String {
        number::any(count, self.visitor.language)
    }

    /// The page of one's own account.
    pub(super) fn is_account(&self) -> bool {
        self.section == Some(Section::Account)
    }

    /// Every language: tag, name, this page's address in it, and whether it is this one.
    pub(super) fn languages(
        &self,
    ) -> impl Iterator<Item = (&'static str, &'static str, String, bool)> {
        let all = [
            (Language::Indonesian, "Indonesia"),
            (Language::English, "English"),
        ];
        all.into_iter().map(|(language, name)| {
            let address = self.visitor.in_language(language);
            let is_on = language == self.visitor.language;
            (language.tag(), name, address, is_on)
        })
    }

    /// Renders a page.
    pub(super) fn send(&self, status: StatusCode, template: &impl Template) -> Response {
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
