//! The web panel: who works here signs in and sees, of the whole, what their role shows.
//!
//! Invariants: every route stands in one table (`table`) with what it takes to be let through, and the router is made
//! of it, so a route without a rule cannot exist. The rule is kept before the handler runs (`guard`): session, forced
//! change of the password, permission, whose thing it is, and the token of the form. Handlers get what was proven
//! (`door`) and nothing else. Pages work without scripts.

mod account;
mod attendee_list;
mod audit;
mod audit_file;
mod card;
mod chart;
mod client;
mod client_list;
mod cookie;
mod dashboard;
mod door;
mod event;
mod event_list;
mod export;
mod factor;
mod filter;
mod form;
mod frame;
mod gates;
mod guard;
mod list;
mod money;
mod nav;
mod number;
mod order;
mod order_act;
mod order_bulk;
mod order_list;
mod order_step;
mod problem;
mod promo;
mod qr;
mod report;
mod reset;
mod role;
mod route;
mod secret;
mod setup;
mod sign_in;
mod staff;
mod staff_bulk;
mod staff_list;
mod status;
mod sure;
mod tab;
mod table;
mod ticket;
mod ticket_list;
mod trail_acts;
mod trail_words;
mod typed;
mod undo;
mod upload;
mod when;
mod words;

use axum::{Router, extract::DefaultBodyLimit, middleware};

pub use self::{
    route::{Access, Route, Target, Verb},
    table::ROUTES,
};
use crate::app::App;

/// Longest form, bytes.
const BODY_BYTES: usize = 64 * 1024;

/// The routes of the panel, each behind its guard.
pub fn routes(app: &App) -> Router<App> {
    let add = |router: Router<App>, route: &'static Route| {
        let guard = middleware::from_fn_with_state((app.clone(), route), guard::check);
        router.route(route.path, (route.handler)().route_layer(guard))
    };
    ROUTES
        .iter()
        .fold(Router::new(), add)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}
