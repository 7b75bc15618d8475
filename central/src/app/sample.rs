//! The sample event: a festival that is on today, partly sold, for the demo and for trying things out.
//!
//! Made by the same functions as any event, so nothing that works here works by itself. Called by
//! `central demo`; never by the server.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone as _};
use chrono_tz::{Asia::Jakarta, Tz};
use sync_protocol::{
    config::{EntryRule, Policy},
    id::EventId,
    time::Timestamp,
};

use super::{App, events::EventError, orders::OrderError, trail::Actor};
use crate::domain::{
    event::{GateRules, Visibility},
    money::Currency,
    new_event::{NewClient, NewDay, NewEvent, NewType},
    new_price::NewPrices,
};

/// The event's name in addresses.
pub const SLUG: &str = "festival-gerbang";
/// Its gates.
pub const GATES: [&str; 2] = ["North", "South"];
const HOUR_MS: i64 = 3_600_000;
/// An event day ends at 04:00 of the next calendar day: the last songs belong to the evening.
const DAY_ENDS_AT: i64 = 4 * HOUR_MS;

const GIVEN: [&str; 12] = [
    "Ayu", "Budi", "Citra", "Dewi", "Eko", "Fitri", "Gilang", "Hana", "Indra", "Joko", "Kartika",
    "Lestari",
];
const FAMILY: [&str; 10] = [
    "Wijaya",
    "Santoso",
    "Nurhaliza",
    "Siregar",
    "Pratama",
    "Hutagalung",
    "Saputra",
    "Wibowo",
    "Anggraini",
    "Tan",
];

/// Why the sample could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The event could not be made; most often it is there already.
    #[error(transparent)]
    Event(#[from] EventError),
    /// Its tickets could not be sold.
    #[error(transparent)]
    Sale(#[from] OrderError),
}

impl App {
    /// Makes and publishes the sample event and sells `tickets` of its first type.
    ///
    /// # Errors
    /// [`SampleError`].
    pub async fn open_sample_event(&self, tickets: u32) -> Result<EventId, SampleError> {
        let event = self
            .create_event(
                &sample(self.clock.now(), i64::from(tickets)),
                &Actor::System,
            )
            .await?;
        self.publish_event(event, &Actor::System).await?;
        let setup = self.event(event).await.map_err(SampleError::from)?;
        let names = names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.issue_tickets_in_bulk(event, setup.types[0].id, tickets, &names)
            .await?;
        Ok(event)
    }
}

fn names() -> Vec<String> {
    GIVEN
        .iter()
        .flat_map(|given| FAMILY.iter().map(move |family| format!("{given} {family}")))
        .collect()
}

/// The event as of `now`: its first day is today in Jakarta, and its doors are open.
fn sample(now: Timestamp, sold: i64) -> NewEvent {
    let today = local_day(now);
    let days: Vec<NewDay> = (0..2).map(|place| day(today, place)).collect();
    NewEvent {
        check_outs: vec![],
        wristbands: None,
        prices: NewPrices::default(),
        client: NewClient {
            slug: "nada-nusantara".into(),
            name: "Nada Nusantara".into(),
            email: "hello@nada-nusantara.example".into(),
        },
        slug: SLUG.into(),
        name: "Festival Gerbang".into(),
        summary: "Two nights of music by the sea".into(),
        description: "Twelve bands, two stages, and gates that keep working in the rain.".into(),
        terms: "One person a ticket. The first scan counts: do not share a picture of your code."
            .into(),
        venue: "Pantai Karnaval".into(),
        address: "Jalan Lodan Timur 7".into(),
        city: "Jakarta".into(),
        time_zone: "Asia/Jakarta".into(),
        currency: Currency::Idr,
        starts_at: days[0].opens_at,
        ends_at: days[1].closes_at,
        hold_ms: HOUR_MS / 4,
        rules: GateRules {
            entry_rule: EntryRule::OncePerDay,
            exchange_required: false,
            sold_after_sync: Policy::Ask,
            repeat_ms: 30_000,
            lease_ms: 72 * HOUR_MS,
            most_per_minute: 60,
        },
        gates: GATES.map(str::to_owned).to_vec(),
        types: vec![
            ticket_type(
                "Regular",
                "Both nights, all stages",
                350_000,
                sold + 2_000,
                now,
                &days,
            ),
            ticket_type(
                "VIP",
                "Both nights, with the deck at the front",
                1_250_000,
                200,
                now,
                &days,
            ),
        ],
        days,
    }
}

fn ticket_type(
    name: &str,
    description: &str,
    price_minor: i64,
    quota: i64,
    now: Timestamp,
    days: &[NewDay],
) -> NewType {
    NewType {
        addon: false,
        subcategory: None,
        shared_quota: None,
        access_code: None,
        name: name.into(),
        description: description.into(),
        category: "Festival pass".into(),
        price_minor,
        quota,
        sale_from: now.plus_ms(-HOUR_MS),
        sale_until: days[days.len() - 1].closes_at,
        min_per_order: 1,
        max_per_order: 6,
        visibility: Visibility::Public,
        days: vec![0, 1],
        gates: Vec::new(),
    }
}

/// The calendar day to which a moment belongs in Jakarta; the small hours belong to the evening before.
fn local_day(now: Timestamp) -> NaiveDate {
    let shifted = DateTime::from_timestamp_millis(now.0 - DAY_ENDS_AT).unwrap_or_default();
    shifted.with_timezone(&Jakarta).date_naive()
}

fn day(first: NaiveDate, place: u8) -> NewDay {
    let date = first
        .checked_add_days(Days::new(u64::from(place)))
        .unwrap_or(first);
    let opens_at = midnight(date, Jakarta).plus_ms(DAY_ENDS_AT);
    NewDay {
        label: format!("Night {}", place + 1),
        local_date: date.to_string(),
        opens_at,
        closes_at: opens_at.plus_ms(24 * HOUR_MS),
    }
}

fn midnight(date: NaiveDate, zone: Tz) -> Timestamp {
    let local = zone
        .from_local_datetime(&date.and_time(NaiveTime::MIN))
        .earliest();
    Timestamp(local.map_or(0, |moment| moment.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doors_are_open_at_any_hour() {
        for hour in 0..48 {
            let now = Timestamp(1_796_083_200_000 + hour * HOUR_MS);
            let event = sample(now, 10);
            assert!(
                event.days[0].opens_at <= now && now < event.days[0].closes_at,
                "hour {hour}"
            );
            assert_eq!(
                event.check().map_err(|e| e.to_string()),
                Ok(()),
                "hour {hour}"
            );
        }
    }
}
