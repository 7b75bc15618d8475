//! Kiosk mode: this screen scans and does nothing else until somebody who may ends it.
//!
//! Who may: whoever knows the node's PIN ([`crate::pin`]), or a supervisor of the event. While it lasts the pages offer no
//! switch, no menu, no search and no readiness page, and the program refuses them too: what the browser shows is a
//! convenience, not the lock.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;

use super::{
    Screen,
    choice::{Asked, Choice},
    handler::{Answer, html},
    look::Look,
    page::Place,
    sign_in::SignInWords,
    typed::Typed,
    words::word_list,
};
use crate::{
    node::Node,
    operator::SignInError,
    pin::{Pin, PinError},
};

word_list! {
    /// The words of this page.
    KioskWords {
        title: "Leave kiosk mode", "Keluar dari mode kios";
        pin: "PIN", "PIN";
        pin_go: "Leave with the PIN", "Keluar dengan PIN";
        or_supervisor: "Or a supervisor", "Atau supervisor";
        go: "Leave as supervisor", "Keluar sebagai supervisor";
        back: "Back to the gate", "Kembali ke gerbang";
        wrong: "That is not the PIN.", "PIN salah.";
        wait: "After a wrong PIN this gate waits. Seconds left", "Setelah PIN salah gerbang ini menunggu. Sisa detik";
        no_pin: "This node has no PIN: set one with edge-node pin, or ask a supervisor.", "Node ini belum punya PIN: atur dengan edge-node pin, atau panggil supervisor.";
        no_way_out: "Nobody could leave kiosk mode here: set a PIN with edge-node pin first, or add a supervisor at central.",
            "Tidak ada yang dapat keluar dari mode kios: atur PIN dengan edge-node pin dulu, atau tambahkan supervisor di pusat.";
        not_supervisor: "Only a supervisor may do that.", "Hanya supervisor yang boleh.";
        trouble: "The PIN cannot be read: its file in the node's folder is damaged. Set it anew with edge-node pin.",
            "PIN tidak terbaca: berkasnya rusak. Atur ulang dengan edge-node pin.";
    }
}

/// Whether it lasts.
#[derive(Debug, Default)]
pub(super) struct Kiosk(AtomicBool);

impl Kiosk {
    pub(super) const fn new(is_on: bool) -> Self {
        Self(AtomicBool::new(is_on))
    }

    pub(super) fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, is_on: bool) {
        self.0.store(is_on, Ordering::Relaxed);
    }
}

/// The page that ends it.
#[derive(Template)]
#[template(path = "gate/kiosk.html")]
struct KioskPage {
    said: &'static KioskWords,
    sign_in: &'static SignInWords,
    choice: Choice,
    look: Look,
    place: Place,
    has_pin: bool,
    has_operators: bool,
    trouble: Option<String>,
}

/// A PIN, or a supervisor's name and secret.
#[derive(Deserialize)]
pub(super) struct LeaveForm {
    pin: Option<Typed>,
    login: Option<String>,
    secret: Option<Typed>,
}

/// `POST /kiosk`: begins it, where somebody will be able to end it.
pub(super) async fn enter(State(screen): State<Arc<Screen>>, headers: HeaderMap) -> Answer {
    let crew = screen.crew(&headers).await?;
    if crew.is_missing() {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    if !screen.can_be_left(crew.is_needed) {
        let language = screen.choice(&Asked::default(), &headers).language;
        let said = KioskWords::of(language).no_way_out.to_owned();
        return screen.kiosk_page(&headers, Some(said)).await;
    }
    screen.kiosk.set(true);
    Ok(Redirect::to("/").into_response())
}

/// `GET /kiosk`: how to leave.
pub(super) async fn page(State(screen): State<Arc<Screen>>, headers: HeaderMap) -> Answer {
    screen.kiosk_page(&headers, None).await
}

/// `POST /kiosk/leave`.
pub(super) async fn leave(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(form): Form<LeaveForm>,
) -> Answer {
    let pin = screen.pin.clone();
    let left = screen
        .ask(move |node| Ok(form.opens(node, pin.as_deref())))
        .await?;
    let Err(refused) = left else {
        screen.kiosk.set(false);
        return Ok(Redirect::to("/").into_response());
    };
    let language = screen.choice(&Asked::default(), &headers).language;
    let trouble = match refused.text(KioskWords::of(language)) {
        Ok(text) => text,
        Err(error) => SignInWords::of(language).of_error(&error),
    };
    screen.kiosk_page(&headers, Some(trouble)).await
}

enum Refused {
    NoPin,
    Pin(PinError),
    NoSupervisor,
    SignIn(SignInError),
}

impl LeaveForm {
    fn opens(&self, node: &Node, pin: Option<&Pin>) -> Result<(), Refused> {
        match (&self.pin, &self.login, &self.secret) {
            (Some(typed), ..) => {
                let now_ms = node.clock().reading().mono_ms;
                pin.ok_or(Refused::NoPin)?
                    .check(typed, now_ms)
                    .map_err(Refused::Pin)
            }
            (None, Some(login), Some(secret)) => {
                let who = node.operators().identify(login.trim(), secret);
                match who.map_err(Refused::SignIn)?.rights.allow_override() {
                    true => Ok(()),
                    false => Err(Refused::NoSupervisor),
                }
            }
            _ => Err(Refused::NoPin),
        }
    }
}

impl Refused {
    fn text(self, words: &KioskWords) -> Result<String, SignInError> {
        let said = match self {
            Self::SignIn(error) => return Err(error),
            Self::Pin(PinError::TooSoon { wait_ms }) => {
                return Ok(format!(
                    "{}: {}",
                    words.wait,
                    wait_ms.saturating_add(999) / 1_000
                ));
            }
            Self::Pin(PinError::Wrong) => words.wrong,
            Self::Pin(_) => words.trouble,
            Self::NoPin => words.no_pin,
            Self::NoSupervisor => words.not_supervisor,
        };
        Ok(said.to_owned())
    }
}

impl Screen {
    /// Nobody may shut themselves out.
    pub(super) fn can_be_left(&self, has_operators: bool) -> bool {
        has_operators || self.pin.is_some()
    }

    async fn kiosk_page(&self, headers: &HeaderMap, trouble: Option<String>) -> Answer {
        let choice = self.choice(&Asked::default(), headers);
        let said = KioskWords::of(choice.language);
        let crew = self.crew(headers).await?;
        let status = self.ask(Node::status).await?;
        html(&KioskPage {
            said,
            sign_in: SignInWords::of(choice.language),
            choice,
            look: Look::of(headers, self.port),
            place: Place::of(&status),
            has_pin: self.pin.is_some(),
            has_operators: crew.is_needed,
            trouble,
        })
    }
}
