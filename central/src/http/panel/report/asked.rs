//! What a report is asked about: events, and days of a zone. It all stands in the address.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use sync_protocol::id::EventId;

use crate::{
    domain::{
        event::Event,
        permission::Permission,
        policy::Sight,
        report::period::{Period, day_of},
    },
    http::panel::{door::Here, when},
    store::{self, StoreError, Tx},
};

/// Days that a report over several events shows unless others are asked for.
const USUAL_DAYS: u64 = 30;
/// What stands in the address, besides the event of its own page.
const FIELDS: [&str; 4] = ["client", "event", "from", "until"];

/// Address, name, and whether it is chosen.
type Choice = (String, String, bool);

/// What is asked.
pub(super) struct Asked {
    /// Address of the page.
    pub(super) path: String,
    /// The events that are added up.
    pub(super) events: Vec<Event>,
    pub(super) period: Period,
    /// The events to choose from; none on the page of one event.
    pub(super) choices: Vec<Choice>,
    /// The organisers to choose from; none for who sees one alone.
    pub(super) clients: Vec<Choice>,
    fields: Vec<(&'static str, String)>,
}

impl Asked {
    /// The ids of the events.
    pub(super) fn ids(&self) -> Vec<EventId> {
        self.events.iter().map(|event| event.id).collect()
    }

    /// The one event that it is about, if it is about one.
    pub(super) fn one(&self) -> Option<&Event> {
        match self.events.as_slice() {
            [one] if self.choices.is_empty() || self.fields.iter().any(|(n, _)| *n == "event") => {
                Some(one)
            }
            _ => None,
        }
    }

    /// What is asked, as an address says it.
    pub(super) fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.fields);
        query.finish()
    }
}

/// Reads the address; `None` where an organiser or an event is asked for that is not there to see.
pub(super) async fn read(here: &Here, tx: &mut Tx) -> Result<Option<Asked>, StoreError> {
    let fields = FIELDS.map(|name| (name, here.door.asked(name).to_owned()));
    let fields: Vec<_> = fields
        .into_iter()
        .filter(|(name, value)| !value.is_empty() && (here.event().is_none() || is_date(name)))
        .collect();
    if let Some(event) = here.event() {
        let first = store::report::sale::first(tx, event.id).await?;
        let period = of_event(here, event, first.map_or(event.starts_at, |at| at));
        return Ok(Some(Asked {
            path: format!("/panel/events/{}/reports", event.slug),
            events: vec![event.clone()],
            period,
            choices: Vec::new(),
            clients: Vec::new(),
            fields,
        }));
    }
    let sight = here.signed.powers.sight(Permission::ReportsView);
    let mut events = store::event::all(tx).await?;
    events.retain(|event| sight.shows(event.id, event.client));
    let mut clients = Vec::new();
    let wanted = here.door.asked("client");
    if sight == Sight::All {
        for client in store::client::all(tx).await? {
            if client.slug == wanted {
                events.retain(|event| event.client == client.id);
            }
            clients.push((client.slug.clone(), client.name, client.slug == wanted));
        }
    }
    if !wanted.is_empty() && !clients.iter().any(|(.., is_on)| *is_on) {
        return Ok(None);
    }
    let wanted = here.door.asked("event");
    let choice = |event: &Event| (event.slug.clone(), event.name.clone(), event.slug == wanted);
    let choices: Vec<Choice> = events.iter().map(choice).collect();
    if !wanted.is_empty() {
        events.retain(|event| event.slug == wanted);
        if events.is_empty() {
            return Ok(None);
        }
    }
    let period = match events.as_slice() {
        [one] if !wanted.is_empty() => {
            let first = store::report::sale::first(tx, one.id).await?;
            of_event(here, one, first.map_or(one.starts_at, |at| at))
        }
        _ => usual(here),
    };
    Ok(Some(Asked {
        path: "/panel/reports".to_owned(),
        events,
        period,
        choices,
        clients,
        fields,
    }))
}

fn is_date(field: &str) -> bool {
    matches!(field, "from" | "until")
}

/// From the first sale until today, or until the event was over; days of its zone.
fn of_event(here: &Here, event: &Event, first: sync_protocol::time::Timestamp) -> Period {
    let zone: Tz = event.time_zone.parse().unwrap_or(Tz::UTC);
    let today = day_of(here.app().clock.now(), zone);
    let over = day_of(event.ends_at, zone).checked_add_days(Days::new(USUAL_DAYS));
    let last = over.map_or(today, |over| over.min(today));
    let first = day_of(first, zone).min(last);
    typed(here, first, last, zone)
}

fn usual(here: &Here) -> Period {
    let zone: Tz = when::HOME.parse().unwrap_or(Tz::UTC);
    let today = day_of(here.app().clock.now(), zone);
    let first = today.checked_sub_days(Days::new(USUAL_DAYS - 1));
    typed(here, first.unwrap_or(today), today, zone)
}

/// The days that were typed, or these.
fn typed(here: &Here, first: NaiveDate, last: NaiveDate, zone: Tz) -> Period {
    let day = |name| here.door.asked(name).parse::<NaiveDate>().ok();
    let until = day("until").unwrap_or(last);
    let from = day("from").unwrap_or_else(|| first.min(until));
    Period::new(from, until, zone)
}
