//! The routes: extract, call the door or its node, render. Databases wait for disks, so both are asked on a thread of
//! their own.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form, Json,
    extract::{Query, State, rejection::JsonRejection},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, SET_COOKIE},
    },
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use sync_protocol::scan::Action;

use super::{
    Screen,
    choice::{Asked, Choice},
    page::Page,
    panel::{Facts, Panel},
    place_time::Zone,
    stage::Stage,
};
use crate::{
    door::Door,
    error::NodeError,
    node::Node,
    scan::{Scan, Showing},
    status::Status,
    sync::Link,
};

/// What the page posts.
#[derive(Deserialize)]
pub(super) struct ScanForm {
    code: String,
    #[serde(flatten)]
    asked: Asked,
}

/// What a program posts: `{"code": "…", "action": "entry"}`, and with an exchange `"wristband": "…"`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanCall {
    code: String,
    action: Option<String>,
    wristband: Option<String>,
}

/// What a program is told of the node.
#[derive(Serialize)]
struct StatusAnswer {
    #[serde(flatten)]
    status: Status,
    link: Option<Link>,
}

/// Why there is no answer.
pub(super) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
}

pub(super) type Answer = Result<Response, Failure>;

pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let choice = screen.choice(&asked, &headers);
    let stage = Stage::ready(choice);
    screen.page(choice, stage, screen.door.open_page()).await
}

/// The stage when nothing is shown any more: no ticket waits then either.
pub(super) async fn stage(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    if let Some(page) = asked.page() {
        screen.door.clear_page(page);
    }
    html(&Stage::ready(screen.choice(&asked, &headers)))
}

pub(super) async fn panel(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let choice = screen.choice(&asked, &headers);
    let Standing { status, zone, .. } = screen.ask(standing).await?;
    html(&screen.panel(&status, zone, choice))
}

/// Another action, for the page that asks and for the devices of this node. The page is opened anew, so that nothing
/// that stood there is taken for an answer of the other kind.
pub(super) async fn mode(State(screen): State<Arc<Screen>>, Form(asked): Form<Asked>) -> Answer {
    let Some(action) = asked.action() else {
        return Err(Failure {
            status: StatusCode::BAD_REQUEST,
            code: "unknown_action",
            message: "action is exchange, entry, exit or unpair".to_owned(),
        });
    };
    screen.door.set_action(action);
    Ok(Redirect::to(&format!("/?action={}", action.name())).into_response())
}

/// The form of the page: a part when htmx asks, else the whole page, so that it works without a script too.
pub(super) async fn scan(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(form): Form<ScanForm>,
) -> Answer {
    let choice = screen.choice(&form.asked, &headers);
    let page = form.asked.page();
    let page = page.unwrap_or_else(|| screen.door.open_page());
    let scan = screen.scan_at(page, form.code, choice.action).await?;
    // It is in the log now: whatever fails from here on, the steward sees the verdict.
    let zone = screen.ask(zone).await.unwrap_or(Zone::UTC);
    let stage = Stage::scanned(&scan, choice, zone);
    if headers.contains_key("hx-request") {
        let mut answer = html(&stage)?;
        let done = axum::http::HeaderValue::from_static("scanned");
        answer.headers_mut().insert("hx-trigger", done);
        return Ok(answer);
    }
    let alone = html(&stage);
    screen.page(choice, stage, page).await.or(alone)
}

pub(super) async fn api_scan(
    State(screen): State<Arc<Screen>>,
    call: Result<Json<ScanCall>, JsonRejection>,
) -> Answer {
    let Json(call) = call.map_err(|rejection| Failure {
        status: rejection.status(),
        code: "bad_request",
        message: rejection.body_text(),
    })?;
    let action = match call.action.as_deref() {
        None => screen.door.desk().action,
        Some(name) => Action::from_name(name).ok_or_else(|| Failure {
            status: StatusCode::BAD_REQUEST,
            code: "unknown_action",
            message: "action is exchange, entry, exit or unpair".to_owned(),
        })?,
    };
    if call.wristband.is_some() && action != Action::Exchange {
        return Err(Failure {
            status: StatusCode::BAD_REQUEST,
            code: "no_exchange",
            message: "a wristband goes with an exchange alone".to_owned(),
        });
    }
    Ok(Json(screen.scan(call, action).await?).into_response())
}

pub(super) async fn api_status(State(screen): State<Arc<Screen>>) -> Answer {
    let status = screen.ask(Node::status).await?;
    let link = screen.door.link();
    Ok(Json(StatusAnswer { status, link }).into_response())
}

impl Screen {
    pub(super) fn choice(&self, asked: &Asked, headers: &HeaderMap) -> Choice {
        let default = Choice {
            language: self.language,
            action: self.door.desk().action,
        };
        Choice::of(asked, headers, self.port, default)
    }

    async fn page(&self, choice: Choice, stage: Stage, number: u64) -> Answer {
        let Standing {
            status,
            zone,
            binds,
        } = self.ask(standing).await?;
        let panel = self.panel(&status, zone, choice);
        let mut answer = html(&Page::of(&status, choice, (number, binds), stage, panel))?;
        if let Some(cookie) = choice.cookie(self.port) {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok(answer)
    }

    fn panel(&self, status: &Status, zone: Zone, choice: Choice) -> Panel {
        let link = self.door.link();
        let recent = self.door.recent();
        let facts = Facts {
            status,
            link: link.as_ref(),
            recent: &recent,
            zone,
        };
        Panel::of(&facts, choice)
    }

    /// A text that was shown at a page: the wristband of the ticket that waits, or whatever it is.
    async fn scan_at(&self, page: u64, code: String, action: Action) -> Result<Scan, Failure> {
        let show = move |door: &Door| door.show_at(page, &showing(&code, None, action));
        self.at_the_door(show).await
    }

    /// What a program shows at once.
    async fn scan(&self, call: ScanCall, action: Action) -> Result<Scan, Failure> {
        let ScanCall {
            code, wristband, ..
        } = call;
        let show =
            move |door: &Door| door.show_whole(&showing(&code, wristband.as_deref(), action));
        self.at_the_door(show).await
    }

    async fn at_the_door<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Door) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let door = Arc::clone(&self.door);
        let acted = tokio::task::spawn_blocking(move || act(&door)).await;
        acted.map_err(|error| Failure {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "internal",
            message: error.to_string(),
        })
    }

    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Node) -> Result<T, NodeError> + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self
            .at_the_door(move |door| question(door.node()))
            .await??)
    }
}

/// What the page shows beside the stage.
struct Standing {
    status: Status,
    zone: Zone,
    /// The event has wristbands.
    binds: bool,
}

fn standing(node: &Node) -> Result<Standing, NodeError> {
    let config = node.config()?;
    Ok(Standing {
        status: node.status()?,
        zone: zone(node)?,
        binds: config.is_some_and(|config| config.wristbands.is_some()),
    })
}

const fn showing<'a>(text: &'a str, wristband: Option<&'a str>, action: Action) -> Showing<'a> {
    Showing {
        text,
        wristband,
        action,
        operator: None,
    }
}

pub(super) fn zone(node: &Node) -> Result<Zone, NodeError> {
    let config = node.config()?;
    let name = config.map_or_else(String::new, |config| config.time_zone);
    Ok(Zone::named(&name))
}

pub(super) fn html(template: &impl Template) -> Answer {
    let text = template.render().map_err(|error| Failure {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        code: "internal",
        message: error.to_string(),
    })?;
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response())
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: error.code(),
            message: error.to_string(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if self.status.is_server_error() {
            tracing::error!(code = self.code, "{}", self.message);
        }
        let said = serde_json::json!({ "code": self.code, "message": self.message });
        (self.status, Json(said)).into_response()
    }
}
