//! The page: head, switch, input, stage and panel. Its parts are asked for again on their own later.

use askama::Template;
use sync_protocol::scan::Action;

use super::{
    choice::Choice,
    panel::Panel,
    stage::{ACTIONS, Stage},
    words::Words,
};
use crate::{reason_text::Language, status::Status};

/// What the page shows.
#[derive(Template)]
#[template(path = "gate/page.html")]
pub struct Page {
    words: &'static Words,
    choice: Choice,
    number: u64,
    binds: bool,
    event: String,
    gate: String,
    node: String,
    stage: Stage,
    panel: Panel,
}

impl Page {
    /// The whole page with this number; `binds` tells whether the event has wristbands.
    #[must_use]
    pub fn of(
        status: &Status,
        choice: Choice,
        (number, binds): (u64, bool),
        stage: Stage,
        panel: Panel,
    ) -> Self {
        Self {
            words: Words::of(choice.language),
            choice,
            number,
            binds,
            event: status.event_name.clone().unwrap_or_default(),
            // Before the first sync nobody has told the gate's name.
            gate: match status.event_name {
                Some(_) => status.gate_name.clone(),
                None => status.name.clone(),
            },
            node: status.name.clone(),
            stage,
            panel,
        }
    }

    fn switch(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let (words, chosen) = (self.words, self.choice.action);
        let binds = self.binds;
        ACTIONS
            .into_iter()
            .filter(move |action| binds || *action != Action::Unpair)
            .map(move |action: Action| (action.name(), words.action(action), action == chosen))
    }

    fn languages(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let chosen = self.choice.language;
        Language::ALL
            .into_iter()
            .map(move |language| (language.tag(), language == chosen))
    }
}
