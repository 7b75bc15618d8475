//! What a route of the panel is: method, address, and what it takes to be let through.

use axum::routing::MethodRouter;

use crate::{app::App, domain::permission::Permission};

/// How it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Changes nothing.
    Get,
    /// A form, which carries its page's token.
    Post,
}

/// What is meant by the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A list, which shows what the account sees.
    List,
    /// The whole installation.
    Platform,
    /// The event whose name in addresses is `{event}`.
    Event,
    /// The order of the number `{order}`, which belongs to an event.
    Order,
    /// The ticket of the id `{ticket}`, which belongs to an event.
    Ticket,
    /// The node of the id `{node}`, which belongs to an event.
    Node,
}

/// What it takes to be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: the way in.
    Open,
    /// The right password, and nothing more yet.
    Password,
    /// To be signed in: it is about the account itself.
    Own,
    /// A permission, for what is meant.
    May(Permission, Target),
}

/// One route.
pub struct Route {
    /// How it is asked.
    pub verb: Verb,
    /// Its address, with what is meant in braces.
    pub path: &'static str,
    /// What it takes.
    pub access: Access,
    /// Who answers.
    pub(super) handler: fn() -> MethodRouter<App>,
}

/// Lines of the table: `GET "/panel" Own => dashboard::show,`.
macro_rules! routes {
    ($($verb:ident $path:literal $access:expr => $handler:path,)+) => {
        &[$($crate::http::panel::route::Route {
            verb: $crate::http::panel::route::verb!($verb),
            path: $path,
            access: $access,
            handler: || $crate::http::panel::route::method!($verb, $handler),
        },)+]
    };
}

macro_rules! verb {
    (GET) => {
        $crate::http::panel::route::Verb::Get
    };
    (POST) => {
        $crate::http::panel::route::Verb::Post
    };
}

macro_rules! method {
    (GET, $handler:path) => {
        axum::routing::get($handler)
    };
    (POST, $handler:path) => {
        axum::routing::post($handler)
    };
}

pub(super) use {method, routes, verb};
