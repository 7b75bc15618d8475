//! Taking a node in: a code for a gate, shown once with what to type there, until the node has used it.
//!
//! Invariant: the code is in the answer that made it and nowhere else; the page that asks what became of it knows its
//! enrolment alone.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::rights::Rights;
use uuid::Uuid;

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard, problem, qr,
        tab::Tab,
        when,
    },
    node_form::{self, Fields},
    node_list::tab_page,
    said,
};
use crate::{
    app::{
        enrolments::{EnrolmentFile, NewEnrolment},
        users::By,
    },
    domain::{event::Event, policy::Denial},
    http::refusal::Refusal,
    store::StoreError,
};

const MINUTE_MS: i64 = 60_000;
/// How long a code may be good, minutes; the first is what is chosen where nothing else is.
const MINUTES: [i64; 4] = [60, 15, 24 * 60, 7 * 24 * 60];

#[derive(Template)]
#[template(path = "panel/node_code.html")]
struct Page {
    page: Frame,
    name: String,
    slug: String,
    /// The code, in the answer that made it.
    shown: Option<Shown>,
    state: State,
}

/// What is to be typed at the gate.
struct Shown {
    code: String,
    command: String,
    side: i32,
    modules: String,
}

/// What became of the code.
struct State {
    id: String,
    node_name: String,
    /// `waiting`, `connected` or `over`.
    is: &'static str,
    left: String,
    /// The node that used it.
    path: String,
    contact: String,
}

pub(in super::super) async fn create(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let (form, gate, rights) = (
        here.form(),
        node_form::gate(&here),
        node_form::rights(&here),
    );
    let minutes = form.text("minutes").parse().unwrap_or(MINUTES[0]);
    let minutes = if MINUTES.contains(&minutes) {
        minutes
    } else {
        MINUTES[0]
    };
    let typed = form.text("name");
    let made = match (gate, rights) {
        (Some(gate), Some(rights)) => {
            let wish = NewEnrolment {
                event: event.id,
                gate,
                node_name: typed.clone(),
                rights,
                valid_for_ms: minutes * MINUTE_MS,
            };
            let by = By::account(&here.signed.account);
            let made = here.app().create_enrolment_by(&by, &wish).await;
            made.map_err(|error| said::node(&here, &error))
        }
        (None, _) => Err(said::node(
            &here,
            &crate::app::nodes::NodeError::UnknownGate,
        )),
        (_, None) => Err((StatusCode::UNPROCESSABLE_ENTITY, node_form::no_right(&here))),
    };
    match made {
        Ok((id, code)) => show(&here, event, id, Some(&code.to_string())).await,
        Err((status, wrong)) => {
            let rights = rights.unwrap_or(Rights::from_bits(0));
            match Fields::load(&here, event.id, &typed, gate, rights).await {
                Ok(fields) => tab_page(&here, Some(fields), Some(wrong), status).await,
                Err(error) => guard::failed(&error),
            }
        }
    }
}

/// What became of the code whose enrolment the address names.
pub(in super::super) async fn follow(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    match here.door.asked("id") {
        "" => to(&format!("/panel/events/{}/nodes", event.slug)),
        id => match id.parse() {
            Ok(id) => show(&here, event, id, None).await,
            Err(_) => problem::denied(&here.door, &here.signed, Denial::Foreign),
        },
    }
}

async fn show(here: &Here, event: &Event, id: Uuid, code: Option<&str>) -> Response {
    match load(here, event, id, code).await {
        Ok(Some(template)) => template.page.send(StatusCode::OK, &template),
        Ok(None) => problem::denied(&here.door, &here.signed, Denial::Foreign),
        Err(error) => guard::failed(&error),
    }
}

async fn load(
    here: &Here,
    event: &Event,
    id: Uuid,
    code: Option<&str>,
) -> Result<Option<Page>, StoreError> {
    let Some(file) = here.app().enrolment_file(event.id, id).await? else {
        return Ok(None);
    };
    let nodes = format!("/panel/events/{}/nodes", event.slug);
    let shown = code.map(|code| {
        let command = format!("edge-node enrol {} {code}", here.app().node_url);
        let (side, modules) = qr::picture(&command);
        Shown {
            code: code.to_owned(),
            command,
            side,
            modules,
        }
    });
    Ok(Some(Page {
        page: Frame::of_event(here, event, Tab::Nodes)
            .at(&nodes)
            .below(&nodes, here.say("Gates", "Gerbang")),
        name: event.name.clone(),
        slug: event.slug.clone(),
        shown,
        state: state(here, &file),
    }))
}

fn state(here: &Here, file: &EnrolmentFile) -> State {
    let (now, language) = (here.app().clock.now(), here.door.visitor.language);
    let left_ms = file.enrolment.expires_at.ms_since(now);
    let (is, path, contact) = match &file.node {
        Some(node) => {
            let contact = node.last_contact_at;
            let contact = contact.map_or_else(String::new, |at| when::ago(at, now, language));
            ("connected", format!("/panel/nodes/{}", node.id), contact)
        }
        None if left_ms > 0 => ("waiting", String::new(), String::new()),
        None => ("over", String::new(), String::new()),
    };
    State {
        id: file.enrolment.id.to_string(),
        node_name: file.enrolment.node_name.clone(),
        is,
        left: left(here, left_ms),
        path,
        contact,
    }
}

/// `14 min 32 s`
fn left(here: &Here, ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    let (minute, second) = (here.say("min", "menit"), here.say("s", "detik"));
    match seconds / 60 {
        0 => format!("{seconds} {second}"),
        minutes @ 1..60 => format!("{minutes} {minute} {} {second}", seconds % 60),
        minutes => format!(
            "{} {} {} {minute}",
            minutes / 60,
            here.say("h", "jam"),
            minutes % 60
        ),
    }
}

/// Makes a code that nobody has used good for nothing.
pub(in super::super) async fn withdraw(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let Ok(id) = here.form().text("id").parse() else {
        let said = said::node(&here, &crate::app::nodes::NodeError::UnknownCode);
        return tab_page(&here, None, Some(said.1), said.0).await;
    };
    let by = By::account(&here.signed.account);
    match here.app().withdraw_enrolment(&by, event.id, id).await {
        Ok(()) => to(&format!(
            "/panel/events/{}/nodes?done=code_withdrawn",
            event.slug
        )),
        Err(error) => {
            let (code, said) = said::node(&here, &error);
            tab_page(&here, None, Some(said), code).await
        }
    }
}
