//! The codes of all sold tickets, signed as central signs them when it prints.
use std::path::Path;

use central::app::vault::Vault;
use ed25519_dalek::SigningKey;
use rusqlite::Connection;
use sync_protocol::{
    code::{Payload, TicketCode},
    id::{EventId, TicketId},
};

use crate::ledger;

/// Every code, in the order of their tickets.
pub fn codes(database: &Path, master: [u8; 32]) -> Vec<String> {
    let db = ledger::look_into(database);
    let (event, slot, key) = key(&db, master);
    let mut tickets = db
        .prepare("SELECT id, type_number, day_mask, issued_at FROM tickets WHERE key_slot = ?1 ORDER BY id")
        .expect("central's tickets");
    let rows = tickets.query_map([slot], |row| {
        Ok(Payload {
            key_slot: slot,
            ticket: TicketId::from_bytes(row.get(0)?),
            type_number: row.get(1)?,
            day_mask: row.get(2)?,
            issued_at: row.get(3)?,
        })
    });
    let code = |payload| TicketCode::sign(payload, event, &key).to_text();
    let payloads = rows.expect("rows").map(|row| row.expect("a ticket"));
    payloads.map(code).collect()
}

fn key(db: &Connection, master: [u8; 32]) -> (EventId, u8, SigningKey) {
    let (event, slot, sealed): ([u8; 16], u8, Vec<u8>) = db
        .query_row(
            "SELECT event_id, slot, sealed_private_key FROM event_keys",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .expect("the event's one key");
    let seed = Vault::new(master).open("event key", &sealed);
    let seed: [u8; 32] = seed.expect("our own master key")[..]
        .try_into()
        .expect("a seed");
    let key = SigningKey::from_bytes(&seed);
    (EventId::from_bytes(event), slot, key)
}
