//! A central whose lists are long: orders of several events in every state, made by the database itself, a hundred thousand
//! in a statement, because a million that are sold one by one take a day.
//!
//! Sums repeat, as sums do, states and names are unevenly spread, and what somebody must look at is rare. Every order can
//! be told by its number, and nothing is random, so that two fills are alike.
use central::{domain::event::EventSetup, store::Store};

use crate::central::{Engine, START, TestCentral};

/// Orders of one statement: five digits.
const PIECE: u32 = 100_000;
/// So far lie two orders of an event apart, milliseconds.
const APART_MS: i64 = 2_000;

/// `i` counts from 0 to 99,999.
const DIGITS: &str = "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 \
     UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";

impl TestCentral {
    /// Gives an event so many orders, from the number `from` on, the latest of which is placed now.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn fill_orders(&self, event: &EventSetup, from: u32, count: u32) {
        let mut done = 0;
        while done < count {
            let piece = PIECE.min(count - done);
            let text = orders(self.engine(), event, from + done, from + count, piece);
            self.run(text).await;
            done += piece;
        }
    }

    /// Which engine it runs on.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self.app.store {
            Store::Sqlite { .. } => Engine::Sqlite,
            Store::MySql { .. } => Engine::MariaDb,
        }
    }

    async fn run(&self, text: String) {
        let text = sqlx::AssertSqlSafe(text);
        let done = match &self.app.store {
            Store::Sqlite { writer, .. } => sqlx::query(text).execute(writer).await.map(drop),
            Store::MySql { writer, .. } => sqlx::query(text).execute(writer).await.map(drop),
        };
        done.expect("the orders are made");
    }
}

fn orders(engine: Engine, event: &EventSetup, first: u32, end: u32, piece: u32) -> String {
    let event = event.event.id.0.simple();
    // The time comes first, as in every id of ours.
    let id = match engine {
        Engine::Sqlite => "unhex(printf('%012x%020x', at_ms, n))",
        Engine::MariaDb => "UNHEX(CONCAT(LPAD(HEX(at_ms), 12, '0'), LPAD(HEX(n), 20, '0')))",
    };
    let letter =
        |alphabet: &str, factor: u32| format!("SUBSTR('{alphabet}', 1 + (n * {factor}) % 26, 1)");
    let (capital, small) = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "aeiourntslaeiourntslaeioun");
    let name = format!(
        "CONCAT({}, {}, {}, 'a ', {}, {}, {}, 'o')",
        letter(capital, 7),
        letter(small, 11),
        letter(small, 17),
        letter(capital, 29),
        letter(small, 23),
        letter(small, 5)
    );
    format!(
        "INSERT INTO orders (id, number, event_id, status, buyer_name, identity_kind, identity_sealed, identity_digest, \
         email, phone, language, currency, subtotal_minor, discount_minor, fee_minor, tax_minor, total_minor, hold_until, \
         idempotency_key, request_digest, access_digest, created_at, paid_at, closed_at, attention, flagged_at) \
         SELECT {id}, CONCAT('GRB-N', n), x'{event}', status, {name}, 'ktp', x'00', x'{zeros}', \
         CONCAT('buyer', n, '@example.id'), '+628123456789', 'id', 'IDR', sum_minor, 0, 0, 0, sum_minor, at_ms + 900000, \
         CONCAT('filled-order-', n), x'{zeros}', x'{zeros}', at_ms, \
         CASE WHEN status IN ('paid', 'refunded') THEN at_ms + 60000 END, NULL, \
         CASE WHEN n % 997 = 0 THEN 'paid_twice' END, CASE WHEN n % 5003 = 0 THEN at_ms END \
         FROM (SELECT n, {start} - ({end} - n) * {APART_MS} AS at_ms, (1 + (n * 13) % 7) * 35000000 AS sum_minor, \
         CASE WHEN n % 100 < 78 THEN 'paid' WHEN n % 100 < 92 THEN 'expired' WHEN n % 100 < 97 THEN 'cancelled' \
         WHEN n % 1000 < 999 THEN 'refunded' ELSE 'failed' END AS status \
         FROM (SELECT {first} + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n \
         FROM {DIGITS} a, {DIGITS} b, {DIGITS} c, {DIGITS} e, {DIGITS} f) counted WHERE n < {first} + {piece}) made",
        start = START.0,
        zeros = "00".repeat(32),
    )
}
