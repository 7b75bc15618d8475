//! What a handler gets: who asks, from where, with which form, and what was proven of them.
//!
//! Invariant: made by the guard alone. A handler that asks for [`Here`] behind a route that proves less gets nothing
//! and answers with an error of ours.

use std::fmt::Display;

use axum::{
    body::Bytes,
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header::LOCATION, request::Parts},
    response::{IntoResponse as _, Response},
};

use sync_protocol::id::TicketId;

use super::{form::Form, number};
use crate::{
    app::{
        App,
        users::{Attempt, Signed},
    },
    domain::{event::Event, node::Node, order::Order, permission::Permission, policy::Thing},
    http::{caller::Caller, refusal::Refusal, visitor::Visitor},
};

/// Whoever stands at the door.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) app: App,
    pub(super) visitor: Visitor,
    pub(super) caller: Caller,
    pub(super) agent: String,
    /// The page stands already, and the script asks for what changes on it: figures around a list need not be counted.
    pub(super) wants_part: bool,
    /// What the cookie holds.
    pub(super) token: Option<String>,
    /// What it was given when it signed in before.
    pub(super) browser: Option<String>,
    pub(super) form: Form,
    /// The file that the form brought.
    pub(super) file: Option<Bytes>,
    /// What the address asks.
    pub(super) query: Vec<(String, String)>,
}

/// What the address means, loaded and found to be the account's to see.
#[derive(Clone)]
pub(super) enum Meant {
    Nothing,
    Event(Event),
    Order(Box<Order>, Event),
    Node(Box<Node>, Event),
    Ticket(TicketId, Event),
}

/// Somebody signed in.
#[derive(Clone)]
pub(super) struct Here {
    pub(super) door: Door,
    pub(super) signed: Signed,
    pub(super) meant: Meant,
    /// The part of the address in braces.
    pub(super) name: String,
}

impl Door {
    /// As `app` counts and notes it.
    pub(super) fn attempt<'a>(&'a self, group: &'a [u8], address: &'a str) -> Attempt<'a> {
        Attempt {
            caller: group,
            address,
            agent: &self.agent,
            old_token: self.token.as_deref(),
            browser: self.browser.as_deref(),
        }
    }

    /// A value of the query; empty where it was not asked.
    pub(super) fn asked(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value)
    }
}

impl Here {
    pub(super) fn app(&self) -> &App {
        &self.door.app
    }

    pub(super) fn form(&self) -> &Form {
        &self.door.form
    }

    pub(super) fn say<'a>(&self, english: &'a str, indonesian: &'a str) -> &'a str {
        self.door.visitor.say(english, indonesian)
    }

    /// The same of words that stand in the program, which outlive the request.
    pub(super) const fn say_fixed(
        &self,
        english: &'static str,
        indonesian: &'static str,
    ) -> &'static str {
        match self.door.visitor.language {
            documents::Language::English => english,
            documents::Language::Indonesian => indonesian,
        }
    }

    /// A count as its language writes it.
    pub(super) fn count(&self, count: impl Display + Copy) -> String {
        number::any(&count, self.door.visitor.language)
    }

    /// Whether the account may do this to an event.
    pub(super) fn may(&self, permission: Permission, event: &Event) -> bool {
        let thing = Thing::Event {
            event: event.id,
            client: event.client,
        };
        self.signed.powers.may(permission, thing)
    }

    /// The event that is meant, or whose thing is meant.
    pub(super) fn event(&self) -> Option<&Event> {
        match &self.meant {
            Meant::Event(event)
            | Meant::Order(_, event)
            | Meant::Node(_, event)
            | Meant::Ticket(_, event) => Some(event),
            Meant::Nothing => None,
        }
    }
}

/// On to another page of ours.
pub(super) fn to(path: &str) -> Response {
    let mut answer = StatusCode::SEE_OTHER.into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        answer.headers_mut().insert(LOCATION, path);
    }
    answer
}

impl<S: Sync> FromRequestParts<S> for Door {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let door = parts.extensions.get::<Self>().cloned();
        door.ok_or_else(|| Refusal::INTERNAL.answer())
    }
}

impl<S: Sync> FromRequestParts<S> for Here {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let here = parts.extensions.get::<Self>().cloned();
        here.ok_or_else(|| Refusal::INTERNAL.answer())
    }
}

/// Somebody whose password was right, and whose code is still to come.
#[derive(Clone)]
pub(super) struct Half {
    pub(super) door: Door,
    pub(super) signed: Signed,
}

impl<S: Sync> FromRequestParts<S> for Half {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let half = parts.extensions.get::<Self>().cloned();
        half.ok_or_else(|| Refusal::INTERNAL.answer())
    }
}

/// Where a caller stands, in words for the list of sessions.
pub(super) fn address(caller: Caller) -> String {
    match caller {
        Caller::Local => "localhost".to_owned(),
        Caller::Remote(address) => address.to_string(),
    }
}
