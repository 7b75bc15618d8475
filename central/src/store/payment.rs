//! Payments: one row per reference that a provider knows us by.
//!
//! Invariant: a status is written only where the row still stands where the decision found it.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::{self, write_many},
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    id::{OrderId, PaymentId},
    money::{Currency, Money},
    payment::PaymentStatus,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, order_id, provider, reference, transaction_ref, status, channel, currency, amount_minor, \
             token, redirect_url, expires_at, created_at, updated_at FROM payments ",
            $rest
        )
    };
}

/// One payment.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The order it is for.
    pub order: OrderId,
    /// Stable name of the provider.
    pub provider: String,
    /// Ours, as the provider knows it.
    pub reference: String,
    /// Theirs, once a channel is chosen.
    pub transaction_ref: Option<String>,
    /// Where it stands.
    pub status: PaymentStatus,
    /// The means of payment, in the provider's words.
    pub channel: Option<String>,
    /// What is to be paid.
    pub amount: Money,
    /// Names the open session at the provider.
    pub token: Option<String>,
    /// Where the buyer pays.
    pub redirect_url: Option<String>,
    /// End of the session.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last looked at.
    pub updated_at: Timestamp,
}

macro_rules! bind_sessions {
    ($text:expr, $piece:expr, $now:expr) => {{
        let mut query = sqlx::query($text);
        for one in $piece {
            query = query.bind(one.payment.0).bind(one.token.as_str());
        }
        for one in $piece {
            query = query.bind(one.payment.0).bind(one.redirect_url.as_deref());
        }
        query = query.bind($now.0);
        for one in $piece {
            query = query.bind(one.payment.0);
        }
        query
    }};
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    order_id: Uuid,
    provider: String,
    reference: String,
    transaction_ref: Option<String>,
    status: String,
    channel: Option<String>,
    currency: String,
    amount_minor: i64,
    token: Option<String>,
    redirect_url: Option<String>,
    expires_at: i64,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn into_payment(self) -> Result<Payment, StoreError> {
        let bad = StoreError::Corrupt;
        let currency = Currency::from_code(&self.currency).ok_or(bad("currency"))?;
        Ok(Payment {
            id: PaymentId(self.id),
            order: OrderId(self.order_id),
            provider: self.provider,
            reference: self.reference,
            transaction_ref: self.transaction_ref,
            status: PaymentStatus::from_name(&self.status).ok_or(bad("payment status"))?,
            channel: self.channel,
            amount: Money::new(self.amount_minor, currency),
            token: self.token,
            redirect_url: self.redirect_url,
            expires_at: Timestamp(self.expires_at),
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

/// Stores new payments.
///
/// # Errors
/// [`StoreError::Duplicate`] when a reference is taken.
pub async fn insert(tx: &mut Tx, payments: &[Payment]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO payments (id, order_id, provider, reference, transaction_ref, status, channel, currency, \
         amount_minor, token, redirect_url, expires_at, created_at, updated_at) VALUES ",
        "",
        payments,
        |row| row.id.0,
        row.order.0,
        row.provider.as_str(),
        row.reference.as_str(),
        row.transaction_ref.as_deref(),
        row.status.name(),
        row.channel.as_deref(),
        row.amount.currency.code(),
        row.amount.minor,
        row.token.as_deref(),
        row.redirect_url.as_deref(),
        row.expires_at.0,
        row.created_at.0,
        row.updated_at.0,
    )
}

/// The payment that a provider knows by this reference.
///
/// # Errors
/// When the database fails.
pub async fn by_reference(
    tx: &mut Tx,
    provider: &str,
    reference: &str,
) -> Result<Option<Payment>, StoreError> {
    let sql = select!("WHERE provider = ? AND reference = ?");
    let row = fetch_optional!(tx, Row, sql, provider, reference)?;
    row.map(Row::into_payment).transpose()
}

/// The order's own payment, not those that came beside it.
///
/// # Errors
/// When the database fails.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Option<Payment>, StoreError> {
    let sql = select!(
        "WHERE order_id = ? AND beside_id IS NULL ORDER BY created_at DESC, id DESC LIMIT 1"
    );
    let row = fetch_optional!(tx, Row, sql, order.0)?;
    row.map(Row::into_payment).transpose()
}

/// The payment with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, payment: PaymentId) -> Result<Option<Payment>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE id = ?"), payment.0)?;
    row.map(Row::into_payment).transpose()
}

/// All payments of an order, its own first.
///
/// # Errors
/// When the database fails.
pub async fn all_of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Payment>, StoreError> {
    let sql = select!("WHERE order_id = ? ORDER BY beside_id IS NOT NULL, created_at, id");
    let rows = fetch_all!(tx, Row, sql, order.0)?;
    rows.into_iter().map(Row::into_payment).collect()
}

/// A session that the provider opened.
#[derive(Clone, Debug)]
pub struct KeptSession {
    /// For which payment.
    pub payment: PaymentId,
    /// Of which order.
    pub order: OrderId,
    /// Names it at the provider.
    pub token: String,
    /// Where the buyer pays.
    pub redirect_url: Option<String>,
}

/// Stores sessions that the provider opened.
///
/// # Errors
/// When the database fails.
pub async fn put_sessions(
    tx: &mut Tx,
    sessions: &[KeptSession],
    now: Timestamp,
) -> Result<(), StoreError> {
    let lists = sessions.chunks(many::LOOKED_UP).flat_map(many::lists);
    for piece in lists {
        let piece = &piece;
        let cases = " WHEN ? THEN ?".repeat(piece.len());
        let head = format!(
            "UPDATE payments SET token = CASE id{cases} END, redirect_url = CASE id{cases} END, \
             updated_at = ? WHERE id IN "
        );
        let text = many::list(&head, piece.len());
        let done = match &mut *tx {
            Tx::Sqlite(tx) => bind_sessions!(text, piece, now)
                .execute(&mut **tx)
                .await
                .map(drop),
            Tx::MySql(tx) => bind_sessions!(text, piece, now)
                .execute(&mut **tx)
                .await
                .map(drop),
        };
        many::kind(done)?;
    }
    Ok(())
}

/// What a move writes of a payment.
#[derive(Clone, Copy, Debug)]
pub struct PaymentMove<'a> {
    /// The new status.
    pub status: PaymentStatus,
    /// The attempt that brought it.
    pub transaction_ref: Option<&'a str>,
    /// Its means of payment.
    pub channel: Option<&'a str>,
    /// When.
    pub now: Timestamp,
}

/// Moves a payment that stands as it was loaded.
///
/// # Errors
/// [`StoreError::Corrupt`] when it stands elsewhere: the caller had not locked its order.
pub async fn advance(tx: &mut Tx, loaded: &Payment, to: PaymentMove<'_>) -> Result<(), StoreError> {
    let brings_money = to.status == PaymentStatus::Success && !loaded.status.has_money();
    let paid_at = brings_money.then_some(to.now);
    let moved = execute!(
        tx,
        "UPDATE payments SET status = ?, transaction_ref = ?, channel = ?, updated_at = ?, paid_at = COALESCE(?, paid_at) \
         WHERE id = ? AND status = ? AND COALESCE(transaction_ref, '') = ?",
        to.status.name(),
        to.transaction_ref.or(loaded.transaction_ref.as_deref()),
        to.channel.or(loaded.channel.as_deref()),
        to.now.0,
        paid_at.map(|at| at.0),
        loaded.id.0,
        loaded.status.name(),
        loaded.transaction_ref.as_deref().unwrap_or_default()
    )?;
    if moved == 1 {
        return Ok(());
    }
    Err(StoreError::Corrupt("a payment that moved unlocked"))
}

/// Notes that a payment was looked at, so that the next look is another's turn.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut Tx, payment: PaymentId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE payments SET updated_at = ? WHERE id = ?";
    execute!(tx, sql, now.0, payment.0)?;
    Ok(())
}

/// Notes that a person said that its dispute was won.
///
/// # Errors
/// When the database fails.
pub async fn put_won(tx: &mut Tx, payment: PaymentId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE payments SET dispute_won_at = ? WHERE id = ?";
    execute!(tx, sql, now.0, payment.0)?;
    Ok(())
}

/// When a payment is looked at again.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// The moment it is.
    pub now: Timestamp,
    /// Shortest time between two looks.
    pub every_ms: i64,
    /// Older payments are given up.
    pub made_after: Timestamp,
    /// Those that were paid are looked at if that was after this.
    pub paid_after: Timestamp,
}

/// Payments of one provider that may still bring money, or lose it again (`paid_after`: for a while after it came), and
/// are due for a look: the last one was before `now - every_ms`, and longer ago than half the age of the payment, or of
/// its money, then, so that old ones are looked at rarely. Those that were made before `made_after` are given up.
///
/// # Errors
/// When the database fails.
pub async fn open(
    tx: &mut Tx,
    provider: &str,
    due: Due,
    most: i64,
) -> Result<Vec<Payment>, StoreError> {
    let sql = select!(
        "WHERE status IN ('pending', 'failed', 'expired', 'success', 'partly_refunded') AND updated_at < ? \
         AND provider = ? AND token IS NOT NULL AND COALESCE(paid_at, created_at) > \
         CASE WHEN status IN ('success', 'partly_refunded') THEN ? ELSE ? END \
         AND (? - updated_at) * 2 >= updated_at - COALESCE(paid_at, created_at) ORDER BY updated_at LIMIT ?"
    );
    let rows = fetch_all!(
        tx,
        Row,
        sql,
        due.now.plus_ms(-due.every_ms).0,
        provider,
        due.paid_after.0,
        due.made_after.0,
        due.now.0,
        most
    )?;
    rows.into_iter().map(Row::into_payment).collect()
}

/// Takes the right to open a session for a payment that has none: held until `lease_ms` later, or until
/// [`free_session_lease`]. Two openers at once would kill each other's session at the provider.
///
/// # Errors
/// When the database fails.
pub async fn lease_session(
    tx: &mut Tx,
    payment: PaymentId,
    now: Timestamp,
    lease_ms: i64,
) -> Result<bool, StoreError> {
    let leased = execute!(
        tx,
        "UPDATE payments SET updated_at = ? WHERE id = ? AND token IS NULL AND updated_at <= ?",
        now.0,
        payment.0,
        now.plus_ms(-lease_ms).0
    )?;
    Ok(leased == 1)
}

/// Gives the right of [`lease_session`] back.
///
/// # Errors
/// When the database fails.
pub async fn free_session_lease(tx: &mut Tx, payment: PaymentId) -> Result<(), StoreError> {
    let sql = "UPDATE payments SET updated_at = 0 WHERE id = ? AND token IS NULL";
    execute!(tx, sql, payment.0)?;
    Ok(())
}
