//! What is still missing before an event can be opened to the public.
//!
//! Pure: the event as it is set up, and now. A list that is empty lets it be published; the panel shows it otherwise.

use sync_protocol::time::Timestamp;

use super::{
    event::{EventSetup, Visibility},
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
