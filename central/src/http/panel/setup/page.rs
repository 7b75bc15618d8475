//! A page of the set-up: what it is about, what every page has around it, and the way back after a form.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header::CONTENT_SECURITY_POLICY},
    response::Response,
};
use chrono_tz::Tz;
use documents::Language;
use sync_protocol::time::Timestamp;

pub(crate) use super::fault::Fault;
use super::{
    access::{self, Matrix},
    copy, days, end, event, gates, kind, promos, publish, settings, types, words,
};
use crate::{
    app::trail::Actor,
    domain::{
        event::{Event, EventStatus},
        money::Money,
        offer::Offer,
        policy::Denial,
        readiness::{self, Progress, Step},
        wall_clock,
    },
    http::{
        panel::{
            card::{Card, FormPart, Kind},
            door::{Here, to},
            frame::Frame,
            guard, problem, status,
            tab::Tab,
            when,
        },
        refusal::Refusal,
    },
    store,
};

/// The field with the revision that a page showed.
pub(crate) const SEEN: &str = "seen";

/// Which page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// A step.
    Step(Step),
    /// One ticket type.
    Type(u16),
    /// The copy.
    Copy,
    /// Postponing.
    Postpone,
    /// Cancelling.
    Cancel,
}

/// An event at the desk of whoever sets it up.
pub(crate) struct Desk<'a> {
    pub(crate) here: &'a Here,
    pub(crate) offer: Offer,
    pub(crate) has_promos: bool,
    pub(crate) now: Timestamp,
}

/// What stands on a page.
#[derive(Default)]
pub(crate) struct Body {
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) cards: Vec<Card>,
    pub(crate) matrix: Option<Matrix>,
}

/// One line of the list of steps.
pub(crate) struct StepLine {
    path: String,
    words: &'static str,
    stands: &'static str,
    progress: &'static str,
    icon: &'static str,
    is_here: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "panel/setup.html")]
pub(crate) struct Page {
    pub(crate) page: Frame,
    /// Of the event; empty where there is none yet.
    pub(crate) name: String,
    pub(crate) status: Option<status::Mark>,
    pub(crate) title: String,
    pub(crate) lead: String,
    pub(crate) actions: Vec<(String, String)>,
    pub(crate) steps: Vec<StepLine>,
    /// What is missing here before the event can be opened.
    pub(crate) missing: Vec<&'static str>,
    pub(crate) cards: Vec<Card>,
    pub(crate) matrix: Option<Matrix>,
    pub(crate) back: Option<(String, String)>,
    pub(crate) next: Option<(String, String)>,
    /// Address of the public page as it would be.
    pub(crate) preview: Option<String>,
}

impl At {
    /// Its address after the event's.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Step(step) => format!("/setup/{}", step.name()),
            Self::Type(number) => format!("/setup/types/{number}"),
            Self::Copy => "/copy".to_owned(),
            Self::Postpone => "/postpone".to_owned(),
            Self::Cancel => "/cancel".to_owned(),
        }
    }

    /// The step that it belongs to.
    const fn step(self) -> Option<Step> {
        match self {
            Self::Step(step) => Some(step),
            Self::Type(_) => Some(Step::Types),
            Self::Copy | Self::Postpone | Self::Cancel => None,
        }
    }
}

impl<'a> Desk<'a> {
    /// The event that the address means.
    pub(crate) async fn open(here: &'a Here) -> Result<Self, Fault> {
        let event = here.event().ok_or(Fault::Unknown)?.id;
        let offer = here.app().offer_of(event).await?;
        let mut tx = here.app().store.read().await?;
        let has_promos = store::promo::is_any(&mut tx, event).await?;
        Ok(Self {
            here,
            offer,
            has_promos,
            now: here.app().clock.now(),
        })
    }

    pub(crate) const fn event(&self) -> &Event {
        &self.offer.setup.event
    }

    pub(crate) fn is_draft(&self) -> bool {
        self.event().status == EventStatus::Draft
    }

    pub(crate) fn zone(&self) -> Tz {
        wall_clock::zone(&self.event().time_zone)
    }

    pub(crate) fn say(&self, english: &'static str, indonesian: &'static str) -> &'static str {
        match self.here.door.visitor.language {
            Language::English => english,
            Language::Indonesian => indonesian,
        }
    }

    /// The address of one of its pages.
    pub(crate) fn path(&self, at: At) -> String {
        format!("/panel/events/{}{}", self.event().slug, at.path())
    }

    /// The address of one of the event's deeds.
    pub(crate) fn path_of(&self, deed: &str) -> String {
        format!("/panel/events/{}/{deed}", self.event().slug)
    }

    /// A form that carries what its page showed, so that an older page changes nothing.
    pub(crate) fn form(&self, key: &str, action: &str) -> FormPart {
        let seen = self.offer.revision.to_string();
        FormPart::new(self.here, key, self.action(action)).hidden(SEEN, seen)
    }

    /// The address that a form of the set-up is sent to.
    pub(crate) fn action(&self, form: &str) -> String {
        format!("/panel/events/{}/setup/{form}", self.event().slug)
    }

    pub(crate) fn moment(&self, at: Timestamp) -> String {
        when::moment(at, &self.event().time_zone, self.here.door.visitor.language)
    }

    pub(crate) fn money(&self, minor: i64) -> String {
        Money::new(minor, self.event().currency).text(self.here.door.visitor.language)
    }

    fn steps(&self, at: At) -> Vec<StepLine> {
        let offer = &self.offer;
        let has_prices = !offer.charges.is_empty() || !offer.group_discounts.is_empty();
        let stands = readiness::progress(&offer.setup, (has_prices, self.has_promos), self.now);
        let line = |(step, progress): (Step, Progress)| StepLine {
            path: self.path(At::Step(step)),
            words: words::step(step, self.here),
            stands: words::progress(progress, self.here),
            progress: progress.name(),
            icon: match progress {
                Progress::Done => "check-circle-fill",
                Progress::Missing => "x-circle-fill",
                Progress::Optional => "clock",
                Progress::Ready => "arrow-right-circle-fill",
            },
            is_here: at.step() == Some(step),
        };
        stands.into_iter().map(line).collect()
    }

    /// What a step lacks, in words; of an event that was opened nothing is.
    fn missing(&self, step: Option<Step>) -> Vec<&'static str> {
        if !self.is_draft() {
            return Vec::new();
        }
        let missing = readiness::missing(&self.offer.setup, self.now).into_iter();
        let of_step = missing.filter(|one| Some(one.step()) == step);
        of_step.map(|one| words::missing(self.here, one)).collect()
    }

    fn way(&self, step: Option<Step>) -> Option<(String, String)> {
        let step = step?;
        let words = words::step(step, self.here).to_owned();
        Some((self.path(At::Step(step)), words))
    }

    /// A page of cards that belongs to another.
    pub(crate) fn page_of(&self, at: At, title: &str, cards: Vec<Card>) -> Page {
        let body = Body {
            title: title.to_owned(),
            cards,
            ..Body::default()
        };
        self.page(at, body)
    }

    /// The page around what stands on it.
    fn page(&self, at: At, body: Body) -> Page {
        let (here, event) = (self.here, self.event());
        let path = format!("/panel/events/{}", event.slug);
        let preview = format!("{path}/preview");
        let step = at.step();
        let is_step = matches!(at, At::Step(_));
        let mut actions = vec![(preview.clone(), self.say("Preview", "Pratinjau").to_owned())];
        if matches!(at, At::Type(_)) {
            let words = self.say("All ticket types", "Semua jenis tiket").to_owned();
            actions.insert(0, (self.path(At::Step(Step::Types)), words));
        }
        if at == At::Step(Step::Publish) {
            actions.extend(publish::ways(self));
        }
        Page {
            page: Frame::of_event(here, event, Tab::Setup).at(&self.path(at)),
            name: event.name.clone(),
            status: Some(status::event(event.status, here.door.visitor.language)),
            title: body.title,
            lead: body.lead,
            actions,
            steps: match step {
                Some(_) => self.steps(at),
                None => Vec::new(),
            },
            missing: self.missing(step),
            cards: body.cards,
            matrix: body.matrix,
            back: self.way(step.filter(|_| is_step).and_then(Step::back)),
            next: self.way(step.filter(|_| is_step).and_then(Step::next)),
            preview: step.map(|_| preview),
        }
    }
}

/// The first step at which something is missing.
pub(crate) async fn begin(here: Here) -> Response {
    let desk = match Desk::open(&here).await {
        Ok(desk) => desk,
        Err(fault) => return failed(&here, fault),
    };
    let missing = readiness::missing(&desk.offer.setup, desk.now);
    let first = missing.iter().map(|one| one.step()).min();
    let step = match (first, desk.is_draft()) {
        (Some(step), _) => step,
        (None, true) => Step::Publish,
        (None, false) => Step::Event,
    };
    to(&desk.path(At::Step(step)))
}

/// The step that the address names.
pub(crate) async fn step(here: Here) -> Response {
    let last = here.door.visitor.path.rsplit('/').next();
    match last.and_then(Step::from_name) {
        Some(step) => show_at(&here, At::Step(step), None, StatusCode::OK).await,
        None => Refusal::NOT_FOUND.answer(),
    }
}

/// A page, with what was wrong.
pub(crate) async fn show_at(
    here: &Here,
    at: At,
    wrong: Option<String>,
    code: StatusCode,
) -> Response {
    match built(here, at).await {
        Ok(mut page) => {
            page.page.wrong = wrong;
            page.answer(code)
        }
        Err(fault) => failed(here, fault),
    }
}

async fn built(here: &Here, at: At) -> Result<Page, Fault> {
    let desk = Desk::open(here).await?;
    let body = match at {
        At::Step(Step::Event) => event::body(&desk),
        At::Step(Step::Settings) => settings::body(&desk).await?,
        At::Step(Step::Days) => days::body(&desk),
        At::Step(Step::Types) => types::body(&desk),
        At::Step(Step::Access) => access::body(&desk),
        At::Step(Step::Promos) => promos::body(&desk).await?,
        At::Step(Step::Gates) => gates::body(&desk),
        At::Step(Step::Publish) => publish::body(&desk).await?,
        At::Type(number) => kind::body(&desk, number)?,
        At::Copy => copy::body(&desk),
        At::Postpone => end::postpone_body(&desk).await?,
        At::Cancel => end::cancel_body(&desk).await?,
    };
    Ok(desk.page(at, body))
}

/// After a form: on to a page, or its own page again.
pub(crate) async fn answer(here: &Here, at: At, done: Result<String, Fault>) -> Response {
    match done {
        Ok(path) => to(&path),
        Err(Fault::Said(english, indonesian)) => {
            let wrong = here.say(english, indonesian).to_owned();
            show_at(here, at, Some(wrong), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(Fault::Refused(error)) => {
            let wrong = words::catalog(&error, here.door.visitor.language);
            show_at(here, at, Some(wrong), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(fault) => failed(here, fault),
    }
}

/// The address of a page that says what was done.
pub(crate) fn done(here: &Here, at: At, done: &str) -> String {
    let slug = here.event().map_or("", |event| event.slug.as_str());
    format!("/panel/events/{slug}{}?done={done}", at.path())
}

pub(crate) fn failed(here: &Here, fault: Fault) -> Response {
    match fault {
        Fault::Broken(error) => guard::failed(&error),
        Fault::Asked(page) => *page,
        Fault::Refused(error) => {
            tracing::error!(%error, "set-up page failed");
            Refusal::INTERNAL.answer()
        }
        Fault::Unknown | Fault::Said(..) => {
            problem::denied(&here.door, &here.signed, Denial::Foreign)
        }
    }
}

/// Who does it.
pub(crate) fn actor(here: &Here) -> Actor {
    Actor::from(&here.signed.account)
}

/// The revision of the catalogue that the form's page showed.
pub(crate) fn seen(here: &Here) -> Option<i64> {
    here.form().text(SEEN).parse().ok()
}

/// The event that is meant; the guard has found it.
pub(crate) fn meant(here: &Here) -> Result<&Event, Fault> {
    here.event().ok_or(Fault::Unknown)
}

impl Page {
    /// Sent with leave to show the preview beside it, which comes from here and runs nothing.
    pub(crate) fn answer(&self, code: StatusCode) -> Response {
        let mut answer = self.page.send(code, self);
        if self.preview.is_some() {
            let policy = format!("{}; frame-src 'self'", web_assets::CONTENT_SECURITY_POLICY);
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
            }
        }
        answer
    }
}
