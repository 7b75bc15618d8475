//! Central, two synced gates and some tickets, on one line of time.
use central::domain::{event::EventSetup, new_event::NewEvent};
use central::store::Store;
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    real_gate::{RealGate, Sold},
};

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;

/// The place of a test.
pub struct Venue {
    pub central: TestCentral,
    pub event: EventSetup,
    /// Tickets of the first type.
    pub sold: Vec<Sold>,
    /// At gate A.
    pub north: RealGate,
    /// At gate B.
    pub south: RealGate,
}

impl Venue {
    /// The festival with so many sold tickets of its first type.
    pub async fn open(engine: Engine, tickets: u32) -> Self {
        Self::open_with(engine, tickets, |_| {}).await
    }

    /// The same, after a change of the festival.
    pub async fn open_with(
        engine: Engine,
        tickets: u32,
        change: impl FnOnce(&mut NewEvent),
    ) -> Self {
        let central = TestCentral::new(engine).await;
        let mut wish = festival();
        change(&mut wish);
        let event = central.publish(&wish).await;
        let sold = central.sell_to(&event, 0, tickets, &["Ayu Lestari"]).await;
        let north = central.open_gate(&event, "Gate A", "north").await;
        let south = central.open_gate(&event, "Gate B", "south").await;
        let venue = Self {
            central,
            event,
            sold,
            north,
            south,
        };
        venue.sync().await;
        venue
    }

    /// The code of a ticket.
    pub fn code(&self, place: usize) -> &str {
        &self.sold[place].code
    }

    /// Time passes everywhere.
    pub fn pass(&self, ms: i64) {
        self.central.clock.advance_ms(ms);
        self.north.clock.advance_ms(ms);
        self.south.clock.advance_ms(ms);
    }

    /// Both gates hear of everything that either has reported.
    pub async fn sync(&self) {
        self.north.sync(&self.central).await;
        self.south.sync(&self.central).await;
        self.north.sync(&self.central).await;
    }

    /// One number out of central's database.
    pub async fn number(&self, question: &'static str) -> i64 {
        match &self.central.app.store {
            Store::Sqlite { reader, .. } => sqlx::query_scalar(question).fetch_one(reader).await,
            Store::MySql { reader, .. } => sqlx::query_scalar(question).fetch_one(reader).await,
        }
        .expect(question)
    }
}
