//! The page: head, switch, input, stage and panel. Its parts are asked for again on their own later.

use askama::Template;
use sync_protocol::scan::Action;

use super::{
    choice::Choice,
    look::Look,
    panel::Panel,
    stage::{ACTIONS, Stage},
    tool_words::ToolWords,
    words::Words,
};
use crate::{reason_text::Language, status::Status};

/// What the page shows.
#[derive(Template)]
#[template(path = "gate/page.html")]
pub struct Page {
    words: &'static Words,
    tools: &'static ToolWords,
    choice: Choice,
    look: Look,
    number: u64,
    offer: Offer,
    has_camera: bool,
    place: Place,
    /// What the stage goes back to, without asking anybody.
    ready: Stage,
    stage: Stage,
    panel: Panel,
}

/// Where the page is: what stands at its top.
#[derive(Clone, Debug)]
pub struct Place {
    /// The event, once synced.
    pub event: String,
    /// The gate.
    pub gate: String,
    /// The node.
    pub node: String,
}

/// What may be done here, so that nothing else is offered.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    /// On the switch.
    pub actions: Vec<Action>,
    /// In the menu: address and words.
    pub links: Vec<(&'static str, &'static str)>,
    /// The screen is in kiosk mode.
    pub is_kiosk: bool,
    /// It may be put into it.
    pub can_kiosk: bool,
    /// Who is signed in.
    pub who: Option<String>,
}

/// The page around stage and panel.
pub struct Frame {
    /// Language and action.
    pub choice: Choice,
    /// Theme and size.
    pub look: Look,
    /// Of the page.
    pub number: u64,
    /// What may be done.
    pub offer: Offer,
    /// There may be a picture of it.
    pub has_camera: bool,
}

impl Page {
    /// The whole page.
    #[must_use]
    pub fn of(status: &Status, frame: Frame, stage: Stage, panel: Panel) -> Self {
        let language = frame.choice.language;
        Self {
            words: Words::of(language),
            tools: ToolWords::of(language),
            choice: frame.choice,
            look: frame.look,
            number: frame.number,
            offer: frame.offer,
            has_camera: frame.has_camera,
            place: Place::of(status),
            ready: Stage::ready(frame.choice),
            stage,
            panel,
        }
    }

    fn switch(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let (words, chosen) = (self.words, self.choice.action);
        let offered = &self.offer.actions;
        ACTIONS
            .into_iter()
            .filter(|action| offered.contains(action))
            .map(move |action: Action| (action.name(), words.action(action), action == chosen))
    }

    fn links(&self) -> impl Iterator<Item = &(&'static str, &'static str)> {
        self.offer.links.iter()
    }

    fn languages(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let chosen = self.choice.language;
        Language::ALL
            .into_iter()
            .map(move |language| (language.tag(), language.own_name(), language == chosen))
    }
}

impl Place {
    /// As the node knows it.
    #[must_use]
    pub fn of(status: &Status) -> Self {
        Self {
            event: status.event_name.clone().unwrap_or_default(),
            // Before the first sync nobody has told the gate's name.
            gate: match status.event_name {
                Some(_) => status.gate_name.clone(),
                None => status.name.clone(),
            },
            node: status.name.clone(),
        }
    }
}
