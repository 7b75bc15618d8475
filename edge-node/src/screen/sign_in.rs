//! Signing in, locking and signing out at a page. A secret is typed here and goes no further than the node.
//!
//! Whoever signs in at a page also answers for camera and scanners of this node from then on.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, header::SET_COOKIE},
    response::IntoResponse,
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
    door::Door,
    node::Node,
    operator::{SessionState, SignInError},
    reason_text::Language,
};

word_list! {
    /// The words of this page.
    SignInWords {
        title: "Sign in", "Masuk (login)";
        unlock: "Locked: your secret opens it again", "Terkunci: rahasia Anda membukanya lagi";
        login: "Login (on the slip)", "Nama masuk (pada slip)";
        secret: "Secret", "Kode rahasia";
        hint: "Both stand on the slip that you were given. The slip is for gates alone.",
            "Keduanya tertulis pada slip Anda. Slip hanya untuk gerbang.";
        go: "Sign in", "Masuk";
        other: "Somebody else", "Petugas lain";
        wrong: "Login and secret do not belong together: compare them with the slip, or ask the venue manager for a new secret.",
            "Nama masuk dan kode rahasia tidak cocok: bandingkan dengan slip, atau minta kode baru kepada manajer venue.";
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
    #[serde(flatten)]
    asked: Asked,
}

/// `GET /sign-in`.
pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let crew = screen.crew(&headers).await?;
    if !crew.is_missing() {
        return Ok(screen.choice(&asked, &headers).to_gate().into_response());
    }
    screen.sign_in_page(&asked, &headers, crew, None).await
}

/// `POST /sign-in`: also opens a locked session again.
pub(super) async fn sign_in(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Answer {
    let held = held(&screen, &headers);
    let asked = form.asked.clone();
    let choice = screen.choice(&asked, &headers);
    let opened = screen
        .at_the_door(move |door| open(door, held.as_ref().map(|held| held.as_str()), &form))
        .await?;
    match opened {
        Ok(token) => {
            let mut answer = choice.to_gate().into_response();
            if let Some(cookie) = token_cookie(&token, screen.port) {
                answer.headers_mut().append(SET_COOKIE, cookie);
            }
            Ok(answer)
        }
        Err(error) => {
            let words = SignInWords::of(choice.language);
            let crew = screen.crew(&headers).await?;
            screen
                .sign_in_page(&asked, &headers, crew, Some(words.of_error(&error)))
                .await
        }
    }
}

/// `POST /lock`.
pub(super) async fn lock(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Answer {
    if let Some(token) = held(&screen, &headers) {
        let lock = move |door: &Door| door.change_desk(|operators| operators.lock(&token));
        screen.at_the_door(lock).await?;
    }
    let choice = screen.choice(&asked, &headers);
    Ok(choice.to_sign_in().into_response())
}

/// `POST /sign-out`.
pub(super) async fn sign_out(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Answer {
    if let Some(token) = held(&screen, &headers) {
        let end = move |door: &Door| door.change_desk(|operators| operators.sign_out(&token));
        screen.at_the_door(end).await?;
    }
    let choice = screen.choice(&asked, &headers);
    let mut answer = choice.to_sign_in().into_response();
    if let Some(cookie) = token_cookie("", screen.port) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// The token at hand.
fn held(screen: &Screen, headers: &HeaderMap) -> Option<Zeroizing<String>> {
    token(headers, screen.port).map(|token| Zeroizing::new(token.to_owned()))
}

/// The new token; also where the session at hand was opened again. Secrets are tried before it is anybody's turn at the
/// desk, because that takes its time. The action that the page goes on with is the devices' too, where it may be.
fn open(
    door: &Door,
    held: Option<&str>,
    form: &SignInForm,
) -> Result<Zeroizing<String>, SignInError> {
    let (operators, login) = (door.node().operators(), form.login.trim());
    let state = held.map(|held| operators.state(held)).transpose()?;
    let locked = matches!(state, Some(SessionState::Locked { login: whose, .. }) if whose == login);
    let session = match held.filter(|_| locked) {
        Some(held) => operators.unlock(held, &form.secret)?,
        None => operators.sign_in(login, &form.secret)?,
    };
    door.change_desk(|operators| {
        // Whoever worked here before is signed out.
        held.into_iter().for_each(|held| operators.sign_out(held));
        let asked = form.asked.action();
        match asked.filter(|action| session.who.rights.allow(*action)) {
            Some(action) => operators.choose(&session.token, action),
            None => operators.take_desk(&session.token),
        }
    })?;
    Ok(session.token)
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
