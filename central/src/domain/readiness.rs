//! What is still missing before an event can be opened to the public, and how far its set-up has come, step by step.
//!
//! Pure: the event as it is set up, and now. A list that is empty lets it be published; the panel shows it otherwise.
//! Invariant: everything that can be missing belongs to one step, the one that mends it.

use sync_protocol::time::Timestamp;

use super::{
    event::{EventSetup, EventStatus, Visibility},
    named::named_enum,
};

named_enum! {
    /// One thing that is missing.
    pub enum Missing {
        /// Nobody can tell from the list what it is.
        Summary => "summary",
        /// The page says next to nothing.
        Description => "description",
        /// Buyers agree to nothing.
        Terms => "terms",
        /// Nobody knows where to go.
        Place => "place",
        /// There is no day on which a ticket could be good.
        Days => "days",
        /// There is nothing to buy.
        Types => "types",
        /// Everything to buy is hidden.
        VisibleTypes => "visible_types",
        /// Some type is good on no day of the event.
        TypeDays => "type_days",
        /// The sale of every type is over.
        OpenSale => "open_sale",
        /// Nobody could be let in.
        Gates => "gates",
        /// It is over.
        Future => "future",
    }
}

named_enum! {
    /// One step of setting up an event, in their order.
    pub enum Step {
        /// What it is, when and where.
        Event => "event",
        /// Money, and how gates decide.
        Settings => "settings",
        /// Its days.
        Days => "days",
        /// Categories and ticket types.
        Types => "types",
        /// Which type is good on which day.
        Access => "access",
        /// Promo codes.
        Promos => "promos",
        /// Its gates.
        Gates => "gates",
        /// Opening it to the public.
        Publish => "publish",
    }
}

named_enum! {
    /// How a step stands.
    pub enum Progress {
        /// Nothing is missing.
        Done => "done",
        /// Something must be mended here.
        Missing => "missing",
        /// Nothing was done, and nothing has to be.
        Optional => "optional",
        /// Nothing is missing, and it waits for somebody to do it.
        Ready => "ready",
    }
}

impl Missing {
    /// The step that mends it.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Summary | Self::Description | Self::Terms | Self::Place => Step::Event,
            Self::Days | Self::Future => Step::Days,
            Self::Types | Self::VisibleTypes | Self::OpenSale => Step::Types,
            Self::TypeDays => Step::Access,
            Self::Gates => Step::Gates,
        }
    }
}

impl Step {
    /// The step before this one.
    #[must_use]
    pub fn back(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at.checked_sub(1)?).copied()
    }

    /// The step after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at + 1).copied()
    }
}

/// How every step stands; `has_promos` and `has_prices` tell of what no event must have.
#[must_use]
pub fn progress(
    setup: &EventSetup,
    (has_prices, has_promos): (bool, bool),
    now: Timestamp,
) -> Vec<(Step, Progress)> {
    let missing = missing(setup, now);
    let stands = |step: Step| {
        let is_missing = missing.iter().any(|one| one.step() == step);
        let is_done = match step {
            _ if is_missing => return Progress::Missing,
            Step::Settings => has_prices,
            Step::Promos => has_promos,
            // There is nothing to choose before there are both.
            Step::Access if setup.types.is_empty() || setup.days.is_empty() => false,
            Step::Publish if setup.event.status == EventStatus::Draft => {
                return match missing.is_empty() {
                    true => Progress::Ready,
                    false => Progress::Missing,
                };
            }
            _ => true,
        };
        if is_done {
            Progress::Done
        } else {
            Progress::Optional
        }
    };
    Step::ALL
        .iter()
        .map(|step| (*step, stands(*step)))
        .collect()
}

/// All that is missing, in the order in which it is set up.
#[must_use]
pub fn missing(setup: &EventSetup, now: Timestamp) -> Vec<Missing> {
    let (event, types) = (&setup.event, &setup.types);
    let days = setup
        .days
        .iter()
        .fold(0, |mask, day| mask | (1 << day.number));
    let checks = [
        (Missing::Summary, event.summary.trim().is_empty()),
        (Missing::Description, event.description.trim().is_empty()),
        (Missing::Terms, event.terms.trim().is_empty()),
        (
            Missing::Place,
            event.venue.trim().is_empty() || event.city.trim().is_empty(),
        ),
        (Missing::Days, setup.days.is_empty()),
        (Missing::Types, types.is_empty()),
        (
            Missing::VisibleTypes,
            !types.is_empty()
                && types
                    .iter()
                    .all(|kind| kind.visibility == Visibility::Hidden),
        ),
        (
            Missing::TypeDays,
            types.iter().any(|kind| kind.day_mask & days == 0),
        ),
        (
            Missing::OpenSale,
            !types.is_empty() && types.iter().all(|kind| kind.sale_until <= now),
        ),
        (Missing::Gates, setup.gates.is_empty()),
        (Missing::Future, event.ends_at <= now),
    ];
    let missing = checks.into_iter().filter(|(_, is_missing)| *is_missing);
    missing.map(|(what, _)| what).collect()
}

#[cfg(test)]
#[path = "readiness_tests.rs"]
mod tests;
