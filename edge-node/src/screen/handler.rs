//! The gate's page and its parts: extract, call the door or its node, render. Databases wait for disks, so both are asked
//! on a thread of their own.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form, Json,
    extract::{Query, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_TYPE, SET_COOKIE},
    },
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use sync_protocol::scan::Action;
use zeroize::Zeroizing;

use super::{
    Screen,
    answered::Answered,
    choice::{Asked, Choice},
    crew::{Crew, token},
    guard::is_from_our_page,
    look::Look,
    page::{Frame, Offer, Page},
    panel::{Facts, Panel},
    place_time::Zone,
    stage::Stage,
    standing::{Standing, links},
    tool_words::ToolWords,
};
use crate::{
    door::Door,
    error::NodeError,
    node::Node,
    scan::{Scan, Showing},
};

/// What the page posts: what stands in the box, and the same by the keys' places where those differ. A page numbers its
/// scans, so that it may ask again for an answer that it did not hear.
#[derive(Deserialize)]
pub(super) struct ScanForm {
    code: String,
    keys: Option<String>,
    n: Option<String>,
    #[serde(flatten)]
    asked: Asked,
}

/// Why there is no answer.
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
}

pub(super) type Answer = Result<Response, Failure>;

/// `GET /`.
pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let choice = screen.choice(&asked, &headers);
    let stage = Stage::ready(choice);
    screen
        .page(choice, stage, screen.door.open_page(), &headers)
        .await
}

/// The stage when nothing is shown any more: no ticket waits then either.
pub(super) async fn stage(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    // Another site's page may ask for it too, and is to change nothing.
    if let Some(page) = asked.page().filter(|_| is_from_our_page(&headers)) {
        screen.door.clear_page(page);
    }
    html(&Stage::ready(screen.choice(&asked, &headers)))
}

/// The panel beside it.
pub(super) async fn panel(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    if screen.crew(&headers).await?.is_missing() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let choice = screen.choice(&asked, &headers);
    let standing = screen.standing().await?;
    html(&screen.panel(&standing, choice, screen.door.listeners()))
}

/// Another action, for the page that asks and for the devices of this node. The page is opened anew, so that nothing
/// that stood there is taken for an answer of the other kind.
pub(super) async fn mode(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Answer {
    let action = Failure::unless_known(asked.action())?;
    let crew = screen.crew(&headers).await?;
    if screen.kiosk.is_on() || !crew.actions().contains(&action) {
        return Ok(Redirect::to("/").into_response());
    }
    let token = token(&headers, screen.port).map(|token| Zeroizing::new(token.to_owned()));
    let choose = move |door: &Door| door.choose(token.as_ref().map(|it| it.as_str()), action);
    screen.at_the_door(choose).await?;
    Ok(Redirect::to(&format!("/?action={}", action.name())).into_response())
}

/// The form of the page.
pub(super) async fn scan(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(form): Form<ScanForm>,
) -> Answer {
    let choice = screen.choice(&form.asked, &headers);
    let page = form.asked.page();
    let page = page.unwrap_or_else(|| screen.door.open_page());
    if screen.trial.takes(&form.code) || form.keys.as_ref().is_some_and(|it| screen.trial.takes(it))
    {
        return screen
            .answer(Stage::tried(choice), choice, page, &headers)
            .await;
    }
    let token = token(&headers, screen.port).map(|token| Zeroizing::new(token.to_owned()));
    let action = choice.action;
    let answered = Arc::clone(&screen.answered);
    let shown = screen
        .at_the_door(move |door| {
            let token = token.as_ref().map(|it| it.as_str());
            form.show(door, &answered, page, action, token)
        })
        .await;
    let (scan, may_decide) = shown?;
    let may_decide = may_decide && !screen.kiosk.is_on();
    // It is in the log now: whatever fails from here on, the steward sees the verdict.
    let zone = screen.ask(zone).await.unwrap_or(Zone::UTC);
    let stage = Stage::scanned(&scan, choice, zone, may_decide);
    screen.answer(stage, choice, page, &headers).await
}

impl ScanForm {
    /// Shows it in the name of whoever is signed in; tells also whether they may decide where the gate asks. A session
    /// that cannot be read is none: the gate then says that somebody must sign in.
    fn show(
        &self,
        door: &Door,
        answered: &Answered,
        page: u64,
        action: Action,
        token: Option<&str>,
    ) -> (Scan, bool) {
        let who = token.and_then(|token| door.node().operators().touch(token).ok().flatten());
        let keys = self.keys.as_deref().filter(|keys| !keys.is_empty());
        let text = keys.filter(|keys| door.node().reads_better(keys, &self.code));
        let showing = Showing {
            text: text.unwrap_or(&self.code),
            wristband: None,
            action,
            operator: who.as_ref().map(|who| who.id),
        };
        let n = self.n.as_ref().and_then(|n| n.parse().ok());
        let scan = answered.once(page, n, &showing, || door.show_at(page, &showing));
        (scan, who.is_some_and(|who| who.rights.allow_override()))
    }
}

impl Screen {
    pub(super) fn choice(&self, asked: &Asked, headers: &HeaderMap) -> Choice {
        let default = Choice {
            language: self.language,
            action: self.door.action(),
        };
        let choice = Choice::of(asked, headers, self.port, default);
        match self.kiosk.is_on() {
            // Whatever the address says: nobody switches in kiosk mode.
            true => Choice {
                action: default.action,
                ..choice
            },
            false => choice,
        }
    }

    /// A part of the page when a script asks, else all of it, so that it works without one too. Whatever the rest of it
    /// lacks, the steward sees the verdict.
    async fn answer(&self, stage: Stage, choice: Choice, page: u64, headers: &HeaderMap) -> Answer {
        if headers.contains_key("hx-request") {
            let mut answer = html(&stage)?;
            let done = HeaderValue::from_static("scanned");
            answer.headers_mut().insert("hx-trigger", done);
            return Ok(answer);
        }
        let alone = html(&stage);
        self.page(choice, stage, page, headers).await.or(alone)
    }

    pub(super) async fn page(
        &self,
        choice: Choice,
        stage: Stage,
        number: u64,
        headers: &HeaderMap,
    ) -> Answer {
        let crew = self.crew(headers).await?;
        if crew.is_missing() {
            return Ok(choice.to_sign_in().into_response());
        }
        let actions = crew.actions();
        if let Some(first) = actions
            .first()
            .filter(|_| !self.kiosk.is_on() && !actions.contains(&choice.action))
        {
            let choice = Choice {
                action: *first,
                ..choice
            };
            return Ok(choice.to_gate().into_response());
        }
        let standing = self.standing().await?;
        let can_kiosk = !self.kiosk.is_on() && self.can_be_left().await?;
        let frame = Frame {
            choice,
            look: Look::of(headers, self.port),
            number,
            offer: self.offer(&standing, &crew, choice, can_kiosk),
            has_camera: self.devices.has_camera(),
        };
        // The page that was left a moment ago may still be counted, so the first panel counts none.
        let panel = self.panel(&standing, choice, 0);
        let mut answer = html(&Page::of(&standing.status, frame, stage, panel))?;
        if let Some(cookie) = choice.cookie(self.port) {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok(answer)
    }

    fn offer(&self, standing: &Standing, crew: &Crew, choice: Choice, can_kiosk: bool) -> Offer {
        let is_kiosk = self.kiosk.is_on();
        let tools = ToolWords::of(choice.language);
        Offer {
            actions: match is_kiosk {
                true => vec![choice.action],
                false => crew.actions(),
            },
            links: match is_kiosk {
                true => vec![("/kiosk", tools.leave_kiosk)],
                false => links(crew, tools, standing.status.search.offered),
            },
            is_kiosk,
            can_kiosk,
            who: crew.who().map(|who| who.name.clone()),
        }
    }

    fn panel(&self, standing: &Standing, choice: Choice, pages: usize) -> Panel {
        let link = self.door.link();
        let recent = self.door.recent();
        let facts = Facts {
            status: &standing.status,
            link: link.as_ref(),
            recent: &recent,
            last: &standing.last,
            zone: standing.zone,
            inside: standing.inside.as_ref(),
            tally: &standing.tally,
            types: &standing.types,
            devices: self.devices.lines(choice.language),
            pages,
            desk: self.door.action(),
        };
        Panel::of(&facts, choice)
    }

    async fn standing(&self) -> Result<Standing, Failure> {
        let kept = Arc::clone(&self.kept);
        let stands = self.at_the_door(move |door| {
            door.look_at_desk();
            kept.standing(door.node())
        });
        Ok(stands.await??)
    }

    pub(super) async fn at_the_door<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Door) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let door = Arc::clone(&self.door);
        let acted = tokio::task::spawn_blocking(move || act(&door)).await;
        acted.map_err(|error| Failure::internal(error.to_string()))
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

pub(super) fn zone(node: &Node) -> Result<Zone, NodeError> {
    let config = node.config()?;
    let name = config.map_or_else(String::new, |config| config.time_zone);
    Ok(Zone::named(&name))
}

pub(super) fn html(template: &impl Template) -> Answer {
    let text = template
        .render()
        .map_err(|error| Failure::internal(error.to_string()))?;
    Ok(([(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response())
}

impl Failure {
    pub(super) const fn internal(message: String) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "internal",
            message,
        }
    }

    /// What guests may want; the rest is a supervisor's, at a page of its own.
    pub(super) fn unless_known(action: Option<Action>) -> Result<Action, Self> {
        let known = action.filter(|action| Action::OF_GUESTS.contains(action));
        known.ok_or_else(|| Self {
            status: StatusCode::BAD_REQUEST,
            code: "unknown_action",
            message: "action is exchange, entry, exit or unpair".to_owned(),
        })
    }
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
