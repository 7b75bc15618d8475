//! The guard before every route of the panel: it keeps the rule that stands in the table.
//!
//! In this order: who is it (session), must they change their password first, may they do this at all (permission),
//! is the thing theirs (loaded here, so that no handler loads what was not looked at), and did one of our own pages
//! send the form (token). What belongs to others is answered as what does not exist. Last, whoever does something that has
//! no way back is asked whether they are sure (`sure`).

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts as _, RawPathParams, Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{ACCEPT, USER_AGENT},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use sync_protocol::id::TicketId;

use super::{
    door::{Door, Half, Here, Meant, to},
    form::{self, Form},
    problem,
    route::{Access, Route, Target, Verb},
    sure, upload,
};
use crate::{
    app::{App, events::EventError, users::Signed},
    domain::{
        permission::Permission,
        policy::{Denial, Thing},
        session::Stage,
    },
    http::{
        caller::Caller,
        refusal::{LEAD, Refusal},
        visitor::Visitor,
    },
    store::{self, StoreError},
};

/// Where somebody goes who must change their password first.
pub(super) const CHANGE: &str = "/panel/account/password";
/// What a page that waits sends with each of its looks (`hx-headers` in the templates).
const WAITS: &str = "gerbang-waits";
/// These are open to them.
const WHILE_CHANGING: [&str; 2] = [CHANGE, "/panel/sign-out"];

pub(super) async fn check(
    State((app, route)): State<(App, &'static Route)>,
    request: Request,
    next: Next,
) -> Response {
    match let_through(&app, route, request).await {
        Ok(request) => next.run(request).await,
        Err(refused) => *refused,
    }
}

type Refused = Box<Response>;

async fn let_through(app: &App, route: &Route, request: Request) -> Result<Request, Refused> {
    let (mut parts, body) = request.into_parts();
    let door = door(app, &mut parts).await;
    let signed = signed(app, &door, is_left_open(route, &parts)).await?;
    let mut body = Some(body);
    let form = match (route.verb, body.take_if(|_| !upload::is_for(route))) {
        (Verb::Get, _) | (Verb::Post, None) => Form::default(),
        (Verb::Post, Some(body)) => short_form(body).await?,
    };
    let door = Door { form, ..door };
    match route.access {
        Access::Open => {
            let is_ours = door.visitor.sent(&door.form.text(form::TOKEN));
            if route.verb == Verb::Post && !is_ours {
                return Err(Box::new(problem::form_expired(&door, None)));
            }
            parts.extensions.insert(door);
        }
        Access::Password => {
            let half = signed.filter(|signed| signed.session.stage == Stage::SecondFactor);
            let signed = half.ok_or_else(|| Box::new(to("/panel/sign-in")))?;
            check_form(&door, route, &signed)?;
            parts.extensions.insert(Half { door, signed });
        }
        Access::Own => {
            let signed = whole(signed, &door, route)?;
            check_form(&door, route, &signed)?;
            parts
                .extensions
                .insert(here(door, signed, Meant::Nothing, String::new()));
        }
        Access::May(permission, target) => {
            let signed = whole(signed, &door, route)?;
            let name = meant_name(&mut parts, app).await;
            let meant = decide(app, &door, &signed, permission, (target, &name)).await?;
            let door = match body {
                Some(body) => with_long_form(door, route, &parts, body).await?,
                None => door,
            };
            check_form(&door, route, &signed)?;
            if let Some(question) = sure::asked(&door, &signed, route) {
                return Err(Box::new(question));
            }
            parts.extensions.insert(here(door, signed, meant, name));
        }
    }
    Ok(Request::from_parts(parts, Body::empty()))
}

/// Reads a form like most: whoever sends it may be anybody.
async fn short_form(body: Body) -> Result<Form, Refused> {
    let read = to_bytes(body, super::BODY_BYTES).await;
    let form = read.map_or(Err(Refusal::TOO_LARGE), |bytes| Form::parse(&bytes));
    form.map_err(|refusal| Box::new(refusal.answer()))
}

/// Reads the form of a route that takes a file or a list, now that its sender is known to be let through.
async fn with_long_form(
    door: Door,
    route: &Route,
    parts: &Parts,
    body: Body,
) -> Result<Door, Refused> {
    let read = upload::read(route, &parts.headers, body).await;
    let (form, file) = read.map_err(|refusal| Box::new(refusal.answer()))?;
    Ok(Door { form, file, ..door })
}

const fn here(door: Door, signed: Signed, meant: Meant, name: String) -> Here {
    Here {
        door,
        signed,
        meant,
        name,
    }
}

async fn door(app: &App, parts: &mut Parts) -> Door {
    let caller = Caller::from_request_parts(parts, &()).await;
    let agent = parts.headers.get(USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    let agent = agent.unwrap_or_default().to_owned();
    // A page that comes back by the browser's way back is wanted whole.
    let wants_part = parts.headers.contains_key("hx-request")
        && !parts.headers.contains_key("hx-history-restore-request");
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let query = query
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    Door {
        app: app.clone(),
        visitor: Visitor::of(parts, app),
        wants_part,
        caller: match caller {
            Ok(caller) => caller,
            Err(never) => match never {},
        },
        agent,
        token: super::cookie::token(&parts.headers, app),
        browser: super::cookie::browser(&parts.headers, app),
        form: Form::default(),
        file: None,
        query,
    }
}

/// Whether a page asks by itself while nobody touches it: that is no sign of life, so it keeps no session. A stream looks
/// after its session itself.
fn is_left_open(route: &Route, parts: &Parts) -> bool {
    let accept = parts.headers.get(ACCEPT);
    let is_stream = accept.is_some_and(|kinds| kinds.as_bytes() == b"text/event-stream");
    route.verb == Verb::Get && (is_stream || parts.headers.contains_key(WAITS))
}

async fn signed(app: &App, door: &Door, is_left_open: bool) -> Result<Option<Signed>, Refused> {
    let Some(token) = &door.token else {
        return Ok(None);
    };
    let signed = match is_left_open {
        true => app.still_signed_in(token).await,
        false => app.signed_in(token).await,
    };
    signed.map_err(|error| broken(&error))
}

/// Somebody who is signed in whole, with a password of their own.
fn whole(signed: Option<Signed>, door: &Door, route: &Route) -> Result<Signed, Refused> {
    let signed = signed.filter(|signed| signed.session.stage == Stage::Full);
    let Some(signed) = signed else {
        return Err(Box::new(lead(door, &sign_in_and_back(door, route))));
    };
    if signed.account.must_change_password && !WHILE_CHANGING.contains(&route.path) {
        return Err(Box::new(lead(door, CHANGE)));
    }
    Ok(signed)
}

/// Leads the whole page elsewhere. A script that asks for a part of its page would look for that part in what it is led to,
/// find none, and leave the page standing as if it were still looked after: it is told to go there with the page.
fn lead(door: &Door, path: &str) -> Response {
    let Some(path) = HeaderValue::from_str(path).ok().filter(|_| door.wants_part) else {
        return to(path);
    };
    let mut answer = StatusCode::UNAUTHORIZED.into_response();
    answer.headers_mut().insert(LEAD, path);
    answer
}

/// The sign-in page, which leads back to the page that was wanted.
fn sign_in_and_back(door: &Door, route: &Route) -> String {
    if route.verb == Verb::Post {
        return "/panel/sign-in".to_owned();
    }
    let visitor = &door.visitor;
    let wanted = if visitor.query.is_empty() {
        visitor.path.clone()
    } else {
        format!("{}?{}", visitor.path, visitor.query)
    };
    let query: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    format!("/panel/sign-in?next={query}")
}

fn check_form(door: &Door, route: &Route, signed: &Signed) -> Result<(), Refused> {
    let token = door.form.text(form::TOKEN);
    if route.verb == Verb::Get || form::is_good(&door.app, &signed.session, &token) {
        return Ok(());
    }
    tracing::info!("a form without the token of its page is refused");
    Err(Box::new(problem::form_expired(door, Some(signed))))
}

/// The part of the address in braces; there is never more than one.
async fn meant_name(parts: &mut Parts, app: &App) -> String {
    match RawPathParams::from_request_parts(parts, app).await {
        Ok(params) => params
            .iter()
            .next()
            .map(|(_, value)| value.to_owned())
            .unwrap_or_default(),
        Err(_) => String::new(),
    }
}

async fn decide(
    app: &App,
    door: &Door,
    signed: &Signed,
    permission: Permission,
    (target, name): (Target, &str),
) -> Result<Meant, Refused> {
    // Before anything is loaded: who may not ask is told nothing, not even how long it takes to look.
    let of_list = match target {
        Target::Platform => Thing::Platform,
        _ => Thing::List,
    };
    let powers = &signed.powers;
    let refuse = |denial| Box::new(problem::denied(door, signed, denial));
    powers.decide(permission, of_list).map_err(refuse)?;
    let meant = match target {
        Target::List | Target::Platform => return Ok(Meant::Nothing),
        _ => load(app, target, name).await,
    };
    let meant = meant.map_err(|error| broken(&error))?;
    let meant = meant.ok_or_else(|| refuse(Denial::Foreign))?;
    let (Meant::Event(event)
    | Meant::Order(_, event)
    | Meant::Node(_, event)
    | Meant::Ticket(_, event)) = &meant
    else {
        return Ok(meant);
    };
    let thing = Thing::Event {
        event: event.id,
        client: event.client,
    };
    powers.decide(permission, thing).map_err(refuse)?;
    Ok(meant)
}

async fn load(app: &App, target: Target, name: &str) -> Result<Option<Meant>, StoreError> {
    let mut tx = app.store.read().await?;
    match target {
        Target::List | Target::Platform => Ok(Some(Meant::Nothing)),
        Target::Event => {
            let event = store::event::by_slug(&mut tx, name).await?;
            Ok(event.map(Meant::Event))
        }
        Target::Order => {
            let Some(order) = store::order::by_number(&mut tx, name).await? else {
                return Ok(None);
            };
            let event = store::event::by_id(&mut tx, order.event).await?;
            Ok(event.map(|event| Meant::Order(Box::new(order), event)))
        }
        Target::Ticket => {
            let Ok(id) = name.parse().map(TicketId) else {
                return Ok(None);
            };
            let Some(ticket) = store::ticket_list::by_id(&mut tx, id).await? else {
                return Ok(None);
            };
            let event = store::event::by_id(&mut tx, ticket.event).await?;
            Ok(event.map(|event| Meant::Ticket(id, event)))
        }
        Target::Node => {
            let Ok(id) = name.parse() else {
                return Ok(None);
            };
            let Some(node) = store::node::by_id(&mut tx, id).await? else {
                return Ok(None);
            };
            let event = store::event::by_id(&mut tx, node.event).await?;
            Ok(event.map(|event| Meant::Node(Box::new(node), event)))
        }
    }
}

fn broken(error: &StoreError) -> Refused {
    tracing::error!(%error, "panel page failed");
    Box::new(Refusal::INTERNAL.answer())
}

/// The answer to a failed question of a handler.
pub(super) fn failed(error: &StoreError) -> Response {
    *broken(error)
}

/// The same for events, which may be gone meanwhile.
pub(super) fn event_failed(error: &EventError) -> Response {
    if matches!(error, EventError::Unknown) {
        return Refusal::NOT_FOUND.answer();
    }
    tracing::error!(%error, "panel page failed");
    Refusal::INTERNAL.answer()
}
