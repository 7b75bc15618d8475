//! A link between a real node and the real central's routes, in one process: it can be in trouble.
use std::{
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use central::{app::App, http::router};
use edge_node::sync::{Answered, Transport, TransportError};
use sync_protocol::wire::{self, v1::Refusal};
use tokio::time::Instant;
use tower::ServiceExt;

type Reply<'a> = Pin<Box<dyn Future<Output = Result<Answered, TransportError>> + Send + 'a>>;

/// The link.
pub struct Link {
    router: Router,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What answers in central's place: a status, and a refusal's code or else a page.
    trouble: Option<(u16, Option<&'static str>)>,
    /// When it was asked.
    asked: Vec<Instant>,
}

impl Link {
    /// To this central, all well.
    pub fn to(app: &App) -> Self {
        Self {
            router: router::nodes(app.clone()),
            state: Mutex::default(),
        }
    }

    /// From now on this answers, and central hears nothing.
    pub fn trouble(&self, status: u16, code: Option<&'static str>) {
        self.state().trouble = Some((status, code));
    }

    /// All is well again.
    pub fn mend(&self) {
        self.state().trouble = None;
    }

    /// When it was asked so far.
    pub fn asked(&self) -> Vec<Instant> {
        self.state().asked.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn carry(&self, path: &str, body: Vec<u8>, bearer: Option<&str>) -> Answered {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, wire::CONTENT_TYPE);
        if let Some(token) = bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let version = wire::NEWEST_VERSION.to_string();
        let request = request.header(wire::VERSION_HEADER, version);
        let request = request.body(Body::from(body)).expect("a request");
        let answer = self.router.clone().oneshot(request).await;
        let (parts, body) = answer.expect("a router always answers").into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        Answered {
            status: parts.status.as_u16(),
            version: Some(wire::NEWEST_VERSION),
            body: body.to_vec(),
        }
    }
}

impl Transport for Link {
    fn call<'a>(&'a self, path: &'a str, body: Vec<u8>, bearer: Option<&'a str>) -> Reply<'a> {
        Box::pin(async move {
            let trouble = {
                let mut state = self.state();
                state.asked.push(Instant::now());
                state.trouble
            };
            let Some((status, code)) = trouble else {
                return Ok(self.carry(path, body, bearer).await);
            };
            let refusal = |code: &str| Refusal {
                code: code.to_owned(),
                message: "Not now.".to_owned(),
                acknowledged: None,
            };
            let page = || b"<html>Bad gateway".to_vec();
            Ok(Answered {
                status,
                version: None,
                body: code.map_or_else(page, |code| wire::encode(&refusal(code))),
            })
        })
    }
}
