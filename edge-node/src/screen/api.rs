//! What programs on this machine ask, in JSON. A program has no session: it works with the desk's operator. So nobody is
//! answered where the screen listens to the network, because a stranger there would scan in that name.

use std::sync::Arc;

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use sync_protocol::scan::Action;

use super::{
    Screen,
    handler::{Answer, Failure},
};
use crate::{node::Node, status::Status, sync::Link};

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

/// `POST /api/scan`.
pub(super) async fn scan(
    State(screen): State<Arc<Screen>>,
    call: Result<Json<ScanCall>, JsonRejection>,
) -> Answer {
    screen.unless_networked()?;
    let Json(call) = call.map_err(|rejection| Failure {
        status: rejection.status(),
        code: "bad_request",
        message: rejection.body_text(),
    })?;
    let action = match call.action.as_deref() {
        None => None,
        Some(name) => Some(Failure::unless_known(
            Action::from_name(name).filter(|action| Action::OF_GUESTS.contains(action)),
        )?),
    };
    let is_exchange = action.unwrap_or(screen.door.action()) == Action::Exchange;
    if call.wristband.is_some() && !is_exchange {
        return Err(Failure {
            status: StatusCode::BAD_REQUEST,
            code: "no_exchange",
            message: "a wristband goes with an exchange alone".to_owned(),
        });
    }
    let ScanCall {
        code, wristband, ..
    } = call;
    if screen.trial.takes(&code) {
        let said = serde_json::json!({ "verdict": "none", "reason": "test_code" });
        return Ok(Json(said).into_response());
    }
    let scan = screen
        .at_the_door(move |door| door.show_whole(&code, wristband.as_deref(), action))
        .await?;
    Ok(Json(scan).into_response())
}

/// `GET /api/status`.
pub(super) async fn status(State(screen): State<Arc<Screen>>) -> Answer {
    screen.unless_networked()?;
    let status = screen.ask(Node::status).await?;
    let link = screen.door.link();
    Ok(Json(StatusAnswer { status, link }).into_response())
}

impl Screen {
    fn unless_networked(&self) -> Result<(), Failure> {
        match self.is_private {
            true => Ok(()),
            false => Err(Failure {
                status: StatusCode::FORBIDDEN,
                code: "this_machine_only",
                message: "programs are answered where the screen listens on this machine alone: start the gate without another address".to_owned(),
            }),
        }
    }
}
