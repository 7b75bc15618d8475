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
    extract::{Query, State},
    http::HeaderMap,
    response::IntoResponse,
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    Screen,
    choice::{Asked, Choice},
    crew::token,
    handler::{Answer, Failure, html},
    look::Look,
    page::Place,
    sign_in::SignInWords,
    typed::Typed,
    words::word_list,
};
use crate::{
    door::Door,
    error::NodeError,
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
        no_way_out: "Nobody could leave kiosk mode here: set a PIN with edge-node pin, which works at once, or add a supervisor at central.",
            "Tidak ada yang dapat keluar dari mode kios: atur PIN dengan edge-node pin, langsung berlaku, atau tambahkan supervisor di pusat.";
        not_supervisor: "Only a supervisor may do that.", "Hanya supervisor yang boleh.";
        trouble: "The PIN cannot be read: its file in the node's folder is damaged. Set it anew with edge-node pin: it works at once.",
            "PIN tidak terbaca: berkasnya rusak. Atur ulang dengan edge-node pin: langsung berlaku.";
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
    #[serde(flatten)]
    asked: Asked,
}

/// `POST /kiosk`: begins it, where somebody will be able to end it.
pub(super) async fn enter(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Answer {
    let crew = screen.crew(&headers).await?;
    let choice = screen.choice(&asked, &headers);
    if crew.is_missing() {
        return Ok(choice.to_sign_in().into_response());
    }
    if !screen.can_be_left().await? {
        let said = KioskWords::of(choice.language).no_way_out.to_owned();
        return screen.kiosk_page(choice, &headers, Some(said)).await;
    }
    // From now on every page does what the desk does: what this page did.
    if crew.actions().contains(&choice.action) {
        let token = token(&headers, screen.port).map(|token| Zeroizing::new(token.to_owned()));
        let action = choice.action;
        let choose = move |door: &Door| door.choose(token.as_ref().map(|it| it.as_str()), action);
        screen.at_the_door(choose).await?;
    }
    screen.at_the_door(|door| door.pin_action(true)).await?;
    screen.kiosk.set(true);
    Ok(choice.to_gate().into_response())
}

/// `GET /kiosk`: how to leave.
pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    let choice = screen.choice(&asked, &headers);
    let is_shut = screen.kiosk.is_on() && !screen.can_be_left().await?;
    let said = is_shut.then(|| KioskWords::of(choice.language).no_way_out.to_owned());
    screen.kiosk_page(choice, &headers, said).await
}

/// `POST /kiosk/leave`.
pub(super) async fn leave(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    Form(form): Form<LeaveForm>,
) -> Answer {
    let pin = screen.pin.clone();
    let choice = screen.choice(&form.asked, &headers);
    let left = screen
        .ask(move |node| Ok(form.opens(node, pin.as_deref())))
        .await?;
    let Err(refused) = left else {
        screen.kiosk.set(false);
        screen.at_the_door(|door| door.pin_action(false)).await?;
        return Ok(choice.to_gate().into_response());
    };
    let trouble = match refused.text(KioskWords::of(choice.language)) {
        Ok(text) => text,
        Err(error) => SignInWords::of(choice.language).of_error(&error),
    };
    screen.kiosk_page(choice, &headers, Some(trouble)).await
}

enum Refused {
    NoPin,
    Pin(PinError),
    NoSupervisor,
    SignIn(SignInError),
}

/// Whether somebody could: the PIN can be tried, or a supervisor of the event may decide here.
pub(crate) fn can_be_left(node: &Node, pin: Option<&Pin>) -> Result<bool, NodeError> {
    let has_pin = pin.is_some_and(|pin| pin.is_set().unwrap_or(false));
    Ok(has_pin || node.operators().can_override()?)
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
            Self::Pin(PinError::NotSet) => words.no_pin,
            Self::Pin(_) => words.trouble,
            Self::NoPin => words.no_pin,
            Self::NoSupervisor => words.not_supervisor,
        };
        Ok(said.to_owned())
    }
}

impl Screen {
    /// Nobody may shut themselves out.
    pub(super) async fn can_be_left(&self) -> Result<bool, Failure> {
        let pin = self.pin.clone();
        self.ask(move |node| can_be_left(node, pin.as_deref()))
            .await
    }

    async fn kiosk_page(
        &self,
        choice: Choice,
        headers: &HeaderMap,
        trouble: Option<String>,
    ) -> Answer {
        let said = KioskWords::of(choice.language);
        let crew = self.crew(headers).await?;
        let status = self.ask(Node::status).await?;
        html(&KioskPage {
            said,
            sign_in: SignInWords::of(choice.language),
            choice,
            look: Look::of(headers, self.port),
            place: Place::of(&status),
            // Of one that cannot be read the page says so when somebody tries it.
            has_pin: self
                .pin
                .as_ref()
                .is_some_and(|pin| !matches!(pin.is_set(), Ok(false))),
            has_operators: crew.is_needed,
            trouble,
        })
    }
}
