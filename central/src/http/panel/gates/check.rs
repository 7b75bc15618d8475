//! Checks of what is stored: begun by a click, seen while they run, and kept with what to do about what they found.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::super::{
    door::{Here, Meant, to},
    frame::Frame,
    guard,
    nav::Section,
    tab::Tab,
    when,
};
use crate::{
    app::{
        audit_runs::{AuditRun, CheckError, Finding, Scope},
        users::By,
    },
    domain::{event::Event, permission::Permission},
    http::refusal::Refusal,
    store::{self, StoreError},
};

/// Checks that are shown.
const MOST: i64 = 20;

#[derive(Template)]
#[template(path = "panel/checks.html")]
struct Page {
    page: Frame,
    /// Whose they are; empty = everything.
    name: String,
    /// Where a check of all of this is asked for, if the account may.
    start: Option<String>,
    path: String,
    runs: Vec<Run>,
    is_running: bool,
}

struct Run {
    what: String,
    who: String,
    when: String,
    /// `running`, `dead`, `failed`, `holds` or `broken`.
    is: &'static str,
    done: u64,
    total: u64,
    found: Vec<Finding>,
}

pub(in super::super) async fn all(here: Here) -> Response {
    page(&here, None, None, StatusCode::OK).await
}

pub(in super::super) async fn of_event(here: Here) -> Response {
    match here.event().cloned() {
        Some(event) => page(&here, Some(&event), None, StatusCode::OK).await,
        None => Refusal::INTERNAL.answer(),
    }
}

async fn page(
    here: &Here,
    event: Option<&Event>,
    wrong: Option<String>,
    code: StatusCode,
) -> Response {
    match load(here, event).await {
        Ok(mut template) => {
            if wrong.is_some() {
                let path = template.path.clone();
                template.page = template.page.at(&path);
            }
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here, event: Option<&Event>) -> Result<Page, StoreError> {
    let mut tx = here.app().store.read().await?;
    let runs = match event {
        Some(event) => store::audit_run::latest_of(&mut tx, event.id, MOST).await?,
        None => store::audit_run::latest(&mut tx, MOST).await?,
    };
    let mut shown = Vec::new();
    for run in runs {
        let what = what(here, &mut tx, &run.scope).await?;
        shown.push(row(here, &run, what));
    }
    let path = event.map_or_else(
        || "/panel/checks".to_owned(),
        |event| format!("/panel/events/{}/checks", event.slug),
    );
    let may_start = event.is_none_or(|event| here.may(Permission::NodesManage, event));
    let frame = match event {
        Some(event) => Frame::of_event(here, event, Tab::Checks),
        None => Frame::inside(here, Section::Checks),
    };
    Ok(Page {
        page: frame,
        name: event.map_or_else(String::new, |event| event.name.clone()),
        start: may_start.then(|| path.clone()),
        path,
        is_running: shown.iter().any(|run| run.is == "running"),
        runs: shown,
    })
}

async fn what(here: &Here, tx: &mut store::Tx, scope: &Scope) -> Result<String, StoreError> {
    if let Some(node) = scope.node {
        let node = store::node::by_id(tx, node).await?;
        let name = node.map_or_else(String::new, |node| node.name);
        return Ok(format!("{} {name}", here.say("The log of", "Log")));
    }
    if let Some(event) = scope.event {
        let event = store::event::by_id(tx, event).await?;
        return Ok(event.map_or_else(String::new, |event| event.name));
    }
    Ok(here.say("Everything", "Semuanya").to_owned())
}

fn row(here: &Here, run: &AuditRun, what: String) -> Run {
    let now = here.app().clock.now();
    let is = match (run.finished_at, run.holds) {
        (None, _) if run.is_dead(now) => "dead",
        (None, _) => "running",
        (Some(_), Some(true)) => "holds",
        (Some(_), Some(false)) => "broken",
        (Some(_), None) => "failed",
    };
    Run {
        what,
        who: run.author.clone(),
        when: when::moment(run.started_at, when::HOME, here.door.visitor.language),
        is,
        done: run.done,
        total: run.total,
        found: run.found(),
    }
}

pub(in super::super) async fn start_all(here: Here) -> Response {
    start(&here, None, Scope::default(), "/panel/checks").await
}

pub(in super::super) async fn start_event(here: Here) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let scope = Scope {
        event: Some(event.id),
        node: None,
    };
    let path = format!("/panel/events/{}/checks", event.slug);
    start(&here, Some(&event), scope, &path).await
}

pub(in super::super) async fn start_node(here: Here) -> Response {
    let Meant::Node(node, event) = &here.meant else {
        return Refusal::INTERNAL.answer();
    };
    let scope = Scope {
        event: Some(event.id),
        node: Some(node.id),
    };
    let path = format!("/panel/events/{}/checks", event.slug);
    start(&here, Some(event), scope, &path).await
}

async fn start(here: &Here, event: Option<&Event>, scope: Scope, path: &str) -> Response {
    let by = By::account(&here.signed.account);
    match here.app().start_check(&by, scope).await {
        Ok(_) => to(&format!("{path}?done=check_started")),
        Err(CheckError::Store(error)) => guard::failed(&error),
        Err(CheckError::Unknown) => Refusal::NOT_FOUND.answer(),
        Err(CheckError::Busy) => {
            let said = here.say(
                "Another check is running, here or for another event: wait until it is finished.",
                "Pemeriksaan lain sedang berjalan, di sini atau untuk acara lain: tunggu sampai selesai.",
            );
            page(here, event, Some(said.to_owned()), StatusCode::CONFLICT).await
        }
    }
}
