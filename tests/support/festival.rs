//! The event that tests play on: two days, two gates, a type for all gates and one for gate A alone.
//!
//! Change the wish before it is created (`let mut wish = festival(); wish.rules.entry_rule = …`), then
//! [`TestCentral::publish`] it.
use central::app::trail::Actor;
use central::domain::{
    charge::Cut,
    event::{EventSetup, GateRules, Visibility},
    money::Currency,
    new_event::{NewClient, NewDay, NewEvent, NewType},
    new_price::{NewPrices, NewPromo},
};
use central::store;
use sync_protocol::{
    config::{EntryRule, Policy},
    id::{EventId, GateId, TicketId},
    ticket::TicketStatus,
    time::Timestamp,
};

use crate::central::{START, TestCentral};

const HOUR: i64 = 3_600_000;

/// A two-day event that is open from the start of the test: type 1 "Regular" on both days at all gates, quota
/// 100,000, Rp 150,000; type 2 "VIP" on day 0 at gate A, quota 10, Rp 1,000,000.
#[must_use]
pub fn festival() -> NewEvent {
    NewEvent {
        check_outs: vec![],
        wristbands: None,
        prices: NewPrices::default(),
        client: NewClient {
            slug: "organiser".into(),
            name: "Organiser".into(),
            email: "organiser@example.org".into(),
        },
        slug: "festival".into(),
        name: "Festival".into(),
        summary: "Two days of music".into(),
        description: String::new(),
        terms: String::new(),
        venue: "Stadium".into(),
        address: "Jalan Merdeka 1".into(),
        city: "Jakarta".into(),
        time_zone: "Asia/Jakarta".into(),
        currency: Currency::Idr,
        starts_at: START,
        ends_at: START.plus_ms(48 * HOUR),
        hold_ms: HOUR / 4,
        rules: GateRules {
            entry_rule: EntryRule::Single,
            exchange_required: false,
            sold_after_sync: Policy::Ask,
            repeat_ms: 30_000,
            lease_ms: 24 * HOUR,
            most_per_minute: 60,
        },
        days: vec![day(0, "2026-12-01"), day(1, "2026-12-02")],
        gates: vec!["Gate A".into(), "Gate B".into()],
        types: vec![
            new_type("Regular", 150_000, 100_000),
            NewType {
                days: vec![0],
                gates: vec!["Gate A".into()],
                ..new_type("VIP", 1_000_000, 10)
            },
        ],
    }
}

/// A day of 24 hours.
fn day(number: i64, local_date: &str) -> NewDay {
    let opens_at = START.plus_ms(number * 24 * HOUR);
    NewDay {
        label: format!("Day {}", number + 1),
        local_date: local_date.into(),
        opens_at,
        closes_at: opens_at.plus_ms(24 * HOUR),
    }
}

/// A type on sale throughout, for all days and gates.
#[must_use]
pub fn new_type(name: &str, price_minor: i64, quota: i64) -> NewType {
    NewType {
        addon: false,
        subcategory: None,
        shared_quota: None,
        access_code: None,
        name: name.into(),
        description: String::new(),
        category: "Tickets".into(),
        price_minor,
        quota,
        sale_from: Timestamp(0),
        sale_until: START.plus_ms(48 * HOUR),
        min_per_order: 1,
        max_per_order: 10,
        visibility: Visibility::Public,
        days: vec![],
        gates: vec![],
    }
}

impl TestCentral {
    /// [`festival`], created and published.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn festival(&self) -> EventSetup {
        self.publish(&festival()).await
    }

    /// Creates and publishes an event.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn publish(&self, wish: &NewEvent) -> EventSetup {
        let event = self.app.create_event(wish, &Actor::System).await;
        let event = event.expect("a good wish");
        let published = self.app.publish_event(event, &Actor::System).await;
        published.expect("a draft");
        self.app.event(event).await.expect("it was created")
    }
}

/// The gate of this name.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn gate(event: &EventSetup, name: &str) -> GateId {
    let found = event.gates.iter().find(|gate| gate.name == name);
    found.expect("the event has this gate").id
}

impl TestCentral {
    /// Sells so many tickets of an event's first type and gives their ids, ascending.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn sell(&self, event: &EventSetup, count: u32) -> Vec<TicketId> {
        let (id, kind) = (event.event.id, event.types[0].id);
        let sold = self
            .app
            .issue_tickets_in_bulk(id, kind, count, &["Ayu Lestari"]);
        sold.await.expect("there is stock");
        let mut tx = self.app.store.read().await.expect("a snapshot");
        let start = central::domain::position::TicketPlace::default();
        let all = central::store::change::tickets(&mut tx, id, &start, 1_000_000).await;
        let mut ids: Vec<_> = all
            .expect("tickets")
            .iter()
            .map(|ticket| ticket.id)
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Gives a ticket another status at the event's next revision, as a refund or a transfer does.
    ///
    /// # Panics
    /// When there is no such ticket.
    pub async fn set_status(&self, event: &EventSetup, ticket: TicketId, status: TicketStatus) {
        let id = event.event.id;
        let mut tx = self.app.store.begin().await.expect("a transaction");
        let mut now = store::revision::take(&mut tx, id)
            .await
            .expect("a revision");
        let start = central::domain::position::TicketPlace::default();
        let all = store::change::tickets(&mut tx, id, &start, 1_000_000).await;
        let mut row = all
            .expect("tickets")
            .into_iter()
            .find(|row| row.id == ticket)
            .expect("sold");
        now.manifest.remove(&row);
        (row.status, row.revision) = (status, now.manifest.revision);
        now.manifest.add(&row);
        let sql = "UPDATE tickets SET status = ?, revision = ? WHERE id = ?";
        let revision = i64::try_from(row.revision).expect("small");
        match &mut tx {
            store::Tx::Sqlite(tx) => {
                let query = sqlx::query(sql)
                    .bind(status.name())
                    .bind(revision)
                    .bind(ticket.0);
                query.execute(&mut **tx).await.expect("a row");
            }
            store::Tx::MySql(tx) => {
                let query = sqlx::query(sql)
                    .bind(status.name())
                    .bind(revision)
                    .bind(ticket.0);
                query.execute(&mut **tx).await.expect("a row");
            }
        }
        store::revision::put(&mut tx, id, &now)
            .await
            .expect("a row");
        tx.commit().await.expect("committed");
    }
}

impl TestCentral {
    /// Gives an event a promo code of ten percent that ten orders may use.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn promo(&self, event: EventId, code: &str) {
        let wish = NewPromo {
            code: code.into(),
            ticket_type: None,
            cut: Cut::Percent(1_000),
            valid_from: Timestamp(0),
            valid_until: START.plus_ms(48 * HOUR),
            quota: 10,
            per_buyer: 10,
            min_spend_minor: 0,
            is_stackable: false,
        };
        let made = self.app.create_promo(event, &wish, &Actor::System).await;
        made.expect("a good wish");
    }
}
