//! Events and organisers. Their days: `event_day`.

use sync_protocol::{config::Policy, id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    event::{Event, EventStatus, GateRules, entry_rule, entry_rule_columns},
    id::ClientId,
    money::Currency,
    new_event::NewClient,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, client_id, slug, name, summary, description, terms, venue, address, city, time_zone, \
             currency, status, starts_at, ends_at, hold_ms, entry_rule, entry_limit, exchange_required, \
             sold_after_sync, repeat_ms, lease_ms, most_per_minute, calendar_sequence, status_sequence, \
             days_sequence FROM events ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    slug: String,
    name: String,
    summary: String,
    description: String,
    terms: String,
    venue: String,
    address: String,
    city: String,
    time_zone: String,
    currency: String,
    status: String,
    starts_at: i64,
    ends_at: i64,
    hold_ms: i64,
    entry_rule: String,
    entry_limit: i64,
    exchange_required: bool,
    sold_after_sync: String,
    repeat_ms: i64,
    lease_ms: i64,
    most_per_minute: i64,
    calendar_sequence: i64,
    status_sequence: i64,
    days_sequence: i64,
}

impl Row {
    fn into_event(self) -> Result<Event, StoreError> {
        let bad = StoreError::Corrupt;
        Ok(Event {
            id: EventId(self.id),
            client: ClientId(self.client_id),
            currency: Currency::from_code(&self.currency).ok_or(bad("currency"))?,
            status: EventStatus::from_name(&self.status).ok_or(bad("event status"))?,
            starts_at: Timestamp(self.starts_at),
            ends_at: Timestamp(self.ends_at),
            hold_ms: self.hold_ms,
            rules: GateRules {
                entry_rule: entry_rule(&self.entry_rule, self.entry_limit)
                    .ok_or(bad("entry rule"))?,
                exchange_required: self.exchange_required,
                sold_after_sync: Policy::from_name(&self.sold_after_sync).ok_or(bad("policy"))?,
                repeat_ms: self.repeat_ms,
                lease_ms: self.lease_ms,
                most_per_minute: u32::try_from(self.most_per_minute)
                    .map_err(|_| bad("most per minute"))?,
            },
            calendar_sequence: self.calendar_sequence,
            status_sequence: self.status_sequence,
            days_sequence: self.days_sequence,
            slug: self.slug,
            name: self.name,
            summary: self.summary,
            description: self.description,
            terms: self.terms,
            venue: self.venue,
            address: self.address,
            city: self.city,
            time_zone: self.time_zone,
        })
    }
}

/// The event with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, event: EventId) -> Result<Option<Event>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE id = ?"), event.0)?;
    row.map(Row::into_event).transpose()
}

/// The event with this name in addresses.
///
/// # Errors
/// When the database fails.
pub async fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Event>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE slug = ?"), slug)?;
    row.map(Row::into_event).transpose()
}

/// All events, the soonest first.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<Event>, StoreError> {
    let rows = fetch_all!(tx, Row, select!("ORDER BY starts_at, slug"))?;
    rows.into_iter().map(Row::into_event).collect()
}

/// Events that visitors may see and that have not ended, the soonest first.
///
/// # Errors
/// When the database fails.
pub async fn listed(tx: &mut Tx, now: Timestamp) -> Result<Vec<Event>, StoreError> {
    let sql = select!(
        "WHERE ends_at > ? AND status IN ('published', 'closed', 'postponed', 'cancelled') \
         ORDER BY starts_at, slug"
    );
    let rows = fetch_all!(tx, Row, sql, now.0)?;
    rows.into_iter().map(Row::into_event).collect()
}

/// All events of an organiser, by id.
///
/// # Errors
/// When the database fails.
pub async fn ids_of_client(tx: &mut Tx, client: ClientId) -> Result<Vec<EventId>, StoreError> {
    let sql = "SELECT id FROM events WHERE client_id = ? ORDER BY id";
    let rows = fetch_all!(tx, (Uuid,), sql, client.0)?;
    Ok(rows.into_iter().map(|(id,)| EventId(id)).collect())
}

/// Stores a new event.
///
/// # Errors
/// [`StoreError::Duplicate`] when the slug is taken.
pub async fn insert(tx: &mut Tx, event: &Event, now: Timestamp) -> Result<(), StoreError> {
    let (rule, limit) = entry_rule_columns(event.rules.entry_rule);
    execute!(
        tx,
        "INSERT INTO events (id, client_id, slug, name, summary, description, terms, venue, address, city, \
         time_zone, currency, status, starts_at, ends_at, hold_ms, entry_rule, entry_limit, \
         exchange_required, sold_after_sync, repeat_ms, lease_ms, most_per_minute, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        event.id.0,
        event.client.0,
        &event.slug,
        &event.name,
        &event.summary,
        &event.description,
        &event.terms,
        &event.venue,
        &event.address,
        &event.city,
        &event.time_zone,
        event.currency.code(),
        event.status.name(),
        event.starts_at.0,
        event.ends_at.0,
        event.hold_ms,
        rule,
        limit,
        event.rules.exchange_required,
        event.rules.sold_after_sync.name(),
        event.rules.repeat_ms,
        event.rules.lease_ms,
        i64::from(event.rules.most_per_minute),
        now.0
    )?;
    Ok(())
}

/// The revision of what an event's buyers are offered.
///
/// # Errors
/// When the database fails.
pub async fn catalog_revision(tx: &mut Tx, event: EventId) -> Result<i64, StoreError> {
    let sql = "SELECT catalog_revision FROM events WHERE id = ?";
    let row = fetch_optional!(tx, (i64,), sql, event.0)?;
    row.map(|(revision,)| revision)
        .ok_or(StoreError::Corrupt("an event that is gone"))
}

/// Stores what is said of an event: texts, place, times, and how long its orders hold; and whether its days or its
/// beginning moved with it.
///
/// # Errors
/// When the database fails.
pub async fn put_texts(tx: &mut Tx, event: &Event, moves: bool) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE events SET name = ?, summary = ?, description = ?, terms = ?, venue = ?, address = ?, city = ?, \
         starts_at = ?, ends_at = ?, hold_ms = ?, \
         days_sequence = CASE WHEN ? = 1 THEN calendar_sequence + 1 ELSE days_sequence END, \
         calendar_sequence = calendar_sequence + 1 WHERE id = ?",
        &event.name,
        &event.summary,
        &event.description,
        &event.terms,
        &event.venue,
        &event.address,
        &event.city,
        event.starts_at.0,
        event.ends_at.0,
        event.hold_ms,
        i64::from(moves),
        event.id.0
    )?;
    Ok(())
}

/// Stores what only a draft may still become: slug, zone, currency.
///
/// # Errors
/// [`StoreError::Duplicate`] when the slug is taken.
pub async fn put_draft(tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
    let sql = "UPDATE events SET slug = ?, time_zone = ?, currency = ? WHERE id = ?";
    let currency = event.currency.code();
    execute!(tx, sql, &event.slug, &event.time_zone, currency, event.id.0)?;
    Ok(())
}

/// Stores how an event's gates decide.
///
/// # Errors
/// When the database fails.
pub async fn put_rules(tx: &mut Tx, event: EventId, rules: &GateRules) -> Result<(), StoreError> {
    let (rule, limit) = entry_rule_columns(rules.entry_rule);
    execute!(
        tx,
        "UPDATE events SET entry_rule = ?, entry_limit = ?, exchange_required = ?, sold_after_sync = ?, \
         repeat_ms = ?, lease_ms = ?, most_per_minute = ? WHERE id = ?",
        rule,
        limit,
        rules.exchange_required,
        rules.sold_after_sync.name(),
        rules.repeat_ms,
        rules.lease_ms,
        i64::from(rules.most_per_minute),
        event.0
    )?;
    Ok(())
}

/// The event, locked until the end of the transaction: nobody else moves it meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, event: EventId) -> Result<Option<Event>, StoreError> {
    // Changes nothing; every engine locks the row for it.
    let sql = "UPDATE events SET status = status WHERE id = ?";
    execute!(tx, sql, event.0)?;
    by_id(tx, event).await
}

/// Moves an event from one status to another; false when it does not stand there.
///
/// # Errors
/// When the database fails.
pub async fn move_status(
    tx: &mut Tx,
    event: EventId,
    from: EventStatus,
    to: EventStatus,
) -> Result<bool, StoreError> {
    // In this order: MySQL reads what stands to the left as it is already.
    let moved = execute!(
        tx,
        "UPDATE events SET status = ?, catalog_revision = catalog_revision + 1, \
         status_sequence = calendar_sequence + 1, calendar_sequence = calendar_sequence + 1 \
         WHERE id = ? AND status = ?",
        to.name(),
        event.0,
        from.name()
    )?;
    Ok(moved == 1)
}

/// The organiser with this name in addresses.
///
/// # Errors
/// When the database fails.
pub async fn client_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<ClientId>, StoreError> {
    let sql = "SELECT id FROM clients WHERE slug = ?";
    let row = fetch_optional!(tx, (Uuid,), sql, slug)?;
    Ok(row.map(|(id,)| ClientId(id)))
}

/// Stores an organiser.
///
/// # Errors
/// [`StoreError::Duplicate`] when the slug is taken.
pub async fn insert_client(
    tx: &mut Tx,
    id: ClientId,
    client: &NewClient,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO clients (id, slug, name, email, status, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        id.0,
        &client.slug,
        &client.name,
        &client.email,
        "active",
        now.0
    )?;
    Ok(())
}
