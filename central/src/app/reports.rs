//! What reports are made of, asked of the database: a few at a time, and each answer kept for some seconds.
//!
//! Invariants: all questions of one report see one moment of the database; reports never take more than a few of the
//! readers that everybody else needs; an answer is kept under the events that it is of, so whoever may not ask for them is
//! not told it either.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sync_protocol::{id::EventId, time::Timestamp};
use tokio::sync::Semaphore;

use super::App;
use crate::{
    domain::{
        event::{Day, Gate},
        report::{
            crowd::Minute,
            sale::{Returned, Sold},
        },
    },
    store::{
        self, StoreError, Tx,
        report::{
            sale::{PromoSold, TypeSold},
            scan::{Came, Refusals},
        },
    },
};

/// Reports that are made at the same time: each keeps a reader busy.
const AT_ONCE: usize = 2;
/// How long an answer is kept: as long as somebody takes from a page to its files.
const KEPT_MS: i64 = 5_000;
/// Most answers that are kept.
const KEPT: usize = 50;

/// Which questions are asked: a page asks all of them, a file that of its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Questions {
    /// What was sold and what went back.
    pub sales: bool,
    /// What of each ticket type.
    pub types: bool,
    /// What with each code.
    pub promos: bool,
    /// Who came, and what the gates did; of one event alone.
    pub crowd: bool,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportAsk {
    /// Of these events, all of which the asker may see reports of.
    pub events: Vec<EventId>,
    /// From this moment on.
    pub from: Timestamp,
    /// Until this one, which is not in it.
    pub until: Timestamp,
    /// What about them.
    pub questions: Questions,
}

/// The answer; what was not asked for is empty.
#[derive(Default)]
pub struct Facts {
    /// What was sold.
    pub sold: Vec<Sold>,
    /// What went back.
    pub returned: Vec<Returned>,
    /// What was sold of each type.
    pub types: Vec<TypeSold>,
    /// What was sold with each code.
    pub promos: Vec<PromoSold>,
    /// Who came.
    pub crowd: Option<Crowd>,
}

/// Who came to an event.
pub struct Crowd {
    /// Rulings by gate and minute.
    pub minutes: Vec<Minute>,
    /// Who was refused.
    pub refusals: Vec<Refusals>,
    /// Who came, by ticket type.
    pub came: Vec<Came>,
    /// How many came on each day.
    pub by_day: Vec<(i64, i64)>,
    /// The event's gates.
    pub gates: Vec<Gate>,
    /// Its days.
    pub days: Vec<Day>,
}

/// The reports of one server; clones share them.
#[derive(Clone)]
pub struct Reports {
    turns: Arc<Semaphore>,
    kept: Arc<Mutex<BTreeMap<ReportAsk, Kept>>>,
}

/// An answer, and when it was found.
type Kept = (i64, Arc<Facts>);

impl Default for Reports {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            kept: Arc::default(),
        }
    }
}

impl Reports {
    fn kept(&self, ask: &ReportAsk, now: i64) -> Option<Arc<Facts>> {
        let kept = self.lock();
        let (at, facts) = kept.get(ask)?;
        (now - at < KEPT_MS).then(|| Arc::clone(facts))
    }

    fn keep(&self, ask: ReportAsk, now: i64, facts: &Arc<Facts>) {
        let mut kept = self.lock();
        kept.retain(|_, (at, _)| now - *at < KEPT_MS);
        if kept.len() < KEPT {
            kept.insert(ask, (now, Arc::clone(facts)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ReportAsk, Kept>> {
        // What a panic left behind is a whole map all the same.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The facts of a report, some seconds old at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn report(&self, ask: ReportAsk) -> Result<Arc<Facts>, StoreError> {
        let now = || self.clock.reading().mono_ms;
        if let Some(facts) = self.reports.kept(&ask, now()) {
            return Ok(facts);
        }
        // It is never closed; whoever waited may find that another has asked the same.
        let _turn = self.reports.turns.acquire().await.ok();
        if let Some(facts) = self.reports.kept(&ask, now()) {
            return Ok(facts);
        }
        let mut tx = self.store.read().await?;
        let facts = Arc::new(facts(&mut tx, &ask).await?);
        self.reports.keep(ask, now(), &facts);
        Ok(facts)
    }
}

async fn facts(tx: &mut Tx, ask: &ReportAsk) -> Result<Facts, StoreError> {
    use store::report::sale;
    let (events, from, until) = (&ask.events, ask.from, ask.until);
    let mut facts = Facts::default();
    if ask.questions.sales {
        facts.sold = sale::sold(tx, events, from, until).await?;
        facts.returned = sale::returned(tx, events, from, until).await?;
    }
    if ask.questions.types {
        facts.types = sale::types(tx, events, from, until).await?;
    }
    if ask.questions.promos {
        facts.promos = sale::promos(tx, events, from, until).await?;
    }
    if let ([event], true) = (events.as_slice(), ask.questions.crowd) {
        facts.crowd = Some(crowd(tx, *event, from, until).await?);
    }
    Ok(facts)
}

async fn crowd(
    tx: &mut Tx,
    event: EventId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Crowd, StoreError> {
    use store::report::scan;
    Ok(Crowd {
        minutes: scan::minutes(tx, event, from, until).await?,
        refusals: scan::refusals(tx, event, from, until).await?,
        came: scan::came(tx, event, from, until).await?,
        by_day: scan::came_by_day(tx, event, from, until).await?,
        gates: store::gate::of_event(tx, event).await?,
        days: store::event_day::of_event(tx, event).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_for_some_seconds_under_all_that_was_asked() {
        let reports = Reports::default();
        let ask = |event, until, types| ReportAsk {
            events: vec![EventId::from_u128(event)],
            from: Timestamp(0),
            until: Timestamp(until),
            questions: Questions {
                types,
                ..Questions::default()
            },
        };
        reports.keep(ask(1, 9, true), 100, &Arc::default());
        for (other, now, is_kept) in [
            (ask(1, 9, true), 100, true),
            (ask(1, 9, true), 100 + KEPT_MS - 1, true),
            (ask(1, 9, true), 100 + KEPT_MS, false),
            (ask(2, 9, true), 100, false),
            (ask(1, 8, true), 100, false),
            (ask(1, 9, false), 100, false),
        ] {
            assert_eq!(reports.kept(&other, now).is_some(), is_kept, "{other:?}");
        }
        for event in 0..1_000 {
            reports.keep(ask(event, 9, true), 200, &Arc::default());
        }
        assert!(reports.lock().len() <= KEPT, "however many are asked");
    }
}
