//! Sold today, and until the same hour a week ago: a number alone says little.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use sync_protocol::time::Timestamp;

use super::super::{door::Here, number, when};
use crate::{
    domain::{
        event::Event,
        money::{Currency, Money},
    },
    store::{
        self, StoreError, Tx,
        today::{MOST_ORDERS, Sold},
    },
};

/// Events whose sales are added up, those that begin last: what is over sells nothing.
const MOST_EVENTS: usize = 40;
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

/// What was sold in one currency.
pub(super) struct Sale {
    pub(super) sum: String,
    pub(super) orders: String,
    pub(super) before: String,
    /// Up, down or the same, in words and as a colour of a mark.
    pub(super) change: Option<(String, &'static str)>,
}

/// The day's sales of these events, a line per currency.
pub(super) async fn today(
    here: &Here,
    tx: &mut Tx,
    events: &[&Event],
) -> Result<Vec<Sale>, StoreError> {
    let now = here.app().clock.now();
    let from = midnight(now);
    let mut open: Vec<_> = events.iter().filter(|event| event.ends_at > from).collect();
    open.sort_by_key(|event| std::cmp::Reverse(event.starts_at));
    let mut sums: BTreeMap<&str, (Currency, Sold, Sold)> = BTreeMap::new();
    for event in open.into_iter().take(MOST_EVENTS) {
        let week = (from.plus_ms(-WEEK_MS), now.plus_ms(-WEEK_MS));
        let sold = store::today::sold(tx, event.id, (from, now.plus_ms(1))).await?;
        let before = store::today::sold(tx, event.id, week).await?;
        let sum = sums.entry(event.currency.code()).or_insert((
            event.currency,
            Sold::default(),
            Sold::default(),
        ));
        add(&mut sum.1, sold);
        add(&mut sum.2, before);
    }
    let sales = sums.into_values();
    Ok(sales
        .map(|(currency, sold, before)| line(here, currency, sold, before))
        .collect())
}

fn add(sum: &mut Sold, more: Sold) {
    sum.orders += more.orders;
    sum.sum_minor = sum.sum_minor.saturating_add(more.sum_minor);
}

/// When the day began where those sit who run the whole.
fn midnight(now: Timestamp) -> Timestamp {
    let zone: Tz = when::HOME.parse().unwrap_or(Tz::UTC);
    let here = DateTime::from_timestamp_millis(now.0)
        .unwrap_or_default()
        .with_timezone(&zone);
    let day = here.date_naive();
    let start = zone
        .from_local_datetime(&day.and_time(NaiveTime::MIN))
        .earliest();
    let start = start.or_else(|| {
        let before = day.checked_sub_days(Days::new(1))?;
        zone.from_local_datetime(&before.and_time(NaiveTime::MIN))
            .earliest()
    });
    start.map_or(now, |start| Timestamp(start.timestamp_millis()))
}

fn line(here: &Here, currency: Currency, sold: Sold, before: Sold) -> Sale {
    let language = here.door.visitor.language;
    let money = |sold: Sold| Money::new(sold.sum_minor, currency).text(language);
    let at_least = if sold.orders >= MOST_ORDERS {
        "≥ "
    } else {
        ""
    };
    Sale {
        sum: format!("{at_least}{}", money(sold)),
        orders: format!(
            "{} {}",
            number::grouped(sold.orders, language),
            here.say(if sold.orders == 1 { "order" } else { "orders" }, "pesanan")
        ),
        before: money(before),
        change: change(here, sold.sum_minor, before.sum_minor),
    }
}

fn change(here: &Here, now: i64, before: i64) -> Option<(String, &'static str)> {
    if before == 0 {
        return None;
    }
    let percent = (i128::from(now) - i128::from(before)) * 100 / i128::from(before);
    let colour = match percent {
        ..0 => "wait",
        0 => "calm",
        _ => "good",
    };
    let words = match percent {
        0 => here.say("the same", "sama").to_owned(),
        1.. => format!("+{percent}%"),
        _ => format!("{percent}%"),
    };
    Some((words, colour))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_jakarta() {
        // 2026-12-01 00:00 UTC is seven in the morning there.
        let now = Timestamp(1_796_083_200_000);
        assert_eq!(midnight(now), now.plus_ms(-7 * 3_600_000));
        let late = now.plus_ms(16 * 3_600_000 + 59 * 60_000);
        assert_eq!(midnight(late), now.plus_ms(-7 * 3_600_000), "23:59 there");
        assert_eq!(midnight(late.plus_ms(60_000)), now.plus_ms(17 * 3_600_000));
    }
}
