//! Signing in, locking and signing out at a page. A secret is typed here and goes no further than the node.
//!
//! Whoever signs in at a page also answers for camera and scanners of this node from then on.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, header::SET_COOKIE},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    Screen,
    choice::{Asked, Choice},
    crew::{Crew, token, token_cookie},
    handler::{Answer, html},
    look::Look,
    page::Place,
    typed::Typed,
    words::word_list,
};
use crate::{
    node::Node,
    operator::{SessionState, SignInError},
    reason_text::Language,
};

word_list! {
    /// The words of this page.
    SignInWords {
        title: "Sign in", "Masuk (login)";
        unlock: "Locked: your secret opens it again", "Terkunci: rahasia Anda membukanya lagi";
        login: "Name", "Nama";
        secret: "Secret", "Kode rahasia";
        hint: "Both stand on the slip that you were given. The slip is for gates alone.",
            "Keduanya tertulis pada slip Anda. Slip hanya untuk gerbang.";
        go: "Sign in", "Masuk";
        other: "Somebody else", "Petugas lain";
        wrong: "Name and secret do not belong together: compare them with the slip, or ask the venue manager for a new secret.",
            "Nama dan kode rahasia tidak cocok: bandingkan dengan slip, atau minta kode baru kepada manajer venue.";
        wait: "After a wrong secret this gate waits. Seconds left", "Setelah kode salah gerbang ini menunggu. Sisa detik";
        no_session: "This session is over: sign in again.", "Sesi ini sudah berakhir: masuk lagi.";
        not_offered: "This event has no operators: its gates work without signing in.",
            "Acara ini tanpa petugas terdaftar: gerbang bekerja tanpa login.";
        trouble: "This gate cannot check the secret now: close other programs and try again.",
            "Gerbang ini tidak dapat memeriksa kode sekarang: tutup program lain dan coba lagi.";
        watched: "Nothing is let in until somebody signs in.", "Belum ada yang boleh masuk sebelum petugas login.";
    }
}

/// The page.
#[derive(Template)]
#[template(path = "gate/sign_in.html")]
struct SignInPage {
    said: &'static SignInWords,
    choice: Choice,
    look: Look,
    place: Place,
    /// Who locked it: name to sign in with, and what people call them.
    locked: Option<(String, String)>,
    trouble: Option<String>,
}

/// What is typed.
#[derive(Deserialize)]
pub(super) struct SignInForm {
    login: String,
    secret: Typed,
}

/// `GET /sign-in`.
pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let crew = screen.crew(&headers).await?;
    if !crew.is_missing() {
        return Ok(Redirect::to("/").into_response());
    }
    screen.sign_in_page(&asked, &headers, crew, None).await
}

/// `POST /sign-in`: also opens a locked session again.
pub(super) async fn sign_in(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Answer {
    let held = token(&headers, screen.port).map(|token| Zeroizing::new(token.to_owned()));
    let opened = screen
        .ask(move |node| Ok(open(node, held.as_ref().map(|held| held.as_str()), &form)))
        .await?;
    match opened {
        Ok(opened) => {
            screen.door.clear_desk();
            let mut answer = Redirect::to("/").into_response();
            if let Some(cookie) = opened.and_then(|token| token_cookie(&token, screen.port)) {
                answer.headers_mut().append(SET_COOKIE, cookie);
            }
            Ok(answer)
        }
        Err(error) => {
            let asked = Asked::default();
            let words = SignInWords::of(screen.choice(&asked, &headers).language);
            let crew = screen.crew(&headers).await?;
            screen
                .sign_in_page(&asked, &headers, crew, Some(words.of_error(&error)))
                .await
        }
    }
}

/// `POST /lock`.
pub(super) async fn lock(State(screen): State<Arc<Screen>>, headers: HeaderMap) -> Answer {
    if let Some(token) = token(&headers, screen.port) {
        screen.door.node().operators().lock(token);
        screen.door.clear_desk();
    }
    Ok(Redirect::to("/sign-in").into_response())
}

/// `POST /sign-out`.
pub(super) async fn sign_out(State(screen): State<Arc<Screen>>, headers: HeaderMap) -> Response {
    if let Some(token) = token(&headers, screen.port) {
        screen.door.node().operators().sign_out(token);
        screen.door.clear_desk();
    }
    let mut answer = Redirect::to("/sign-in").into_response();
    if let Some(cookie) = token_cookie("", screen.port) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

/// The new token; `None` where the session at hand was opened again.
fn open(
    node: &Node,
    held: Option<&str>,
    form: &SignInForm,
) -> Result<Option<Zeroizing<String>>, SignInError> {
    let operators = node.operators();
    if let Some(held) = held {
        let state = operators.state(held)?;
        if matches!(&state, SessionState::Locked { login, .. } if *login == form.login) {
            operators.unlock(held, &form.secret)?;
            operators.take_desk(held)?;
            return Ok(None);
        }
    }
    let session = operators.sign_in(form.login.trim(), &form.secret)?;
    operators.take_desk(&session.token)?;
    // Whoever worked here before is signed out.
    held.into_iter().for_each(|held| operators.sign_out(held));
    Ok(Some(session.token))
}

impl SignInWords {
    /// What went wrong, and what to do.
    pub(super) fn of_error(&self, error: &SignInError) -> String {
        let said = match error {
            SignInError::TooSoon { wait_ms } => {
                return format!("{}: {}", self.wait, wait_ms.saturating_add(999) / 1_000);
            }
            SignInError::Wrong => self.wrong,
            SignInError::NoSession => self.no_session,
            SignInError::NotOffered => self.not_offered,
            SignInError::Secret(_) | SignInError::Node(_) => self.trouble,
        };
        said.to_owned()
    }
}

impl Screen {
    /// Who works at the page that asks.
    pub(super) async fn crew(&self, headers: &HeaderMap) -> Result<Crew, super::handler::Failure> {
        let token = token(headers, self.port).map(|token| Zeroizing::new(token.to_owned()));
        let token = move |node: &Node| Crew::of(node, token.as_ref().map(|token| token.as_str()));
        self.ask(token).await
    }

    async fn sign_in_page(
        &self,
        asked: &Asked,
        headers: &HeaderMap,
        crew: Crew,
        trouble: Option<String>,
    ) -> Answer {
        let choice = self.choice(asked, headers);
        let status = self.ask(Node::status).await?;
        let mut answer = html(&SignInPage {
            said: SignInWords::of(choice.language),
            choice,
            look: Look::of(headers, self.port),
            place: Place::of(&status),
            locked: match crew.session {
                SessionState::Locked { login, name } => Some((login, name)),
                SessionState::Over | SessionState::Open(_) => None,
            },
            trouble,
        })?;
        if let Some(cookie) = choice.cookie(self.port) {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok(answer)
    }
}

impl SignInPage {
    fn languages(&self) -> [(&'static str, &'static str); 2] {
        Language::ALL.map(|language| (language.tag(), language.own_name()))
    }
}
