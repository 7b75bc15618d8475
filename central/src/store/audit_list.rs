//! The audit trail as a working list: by who, what, about what and when, the latest first.
//!
//! A filter by account or by thing reads along its own index; the others along the moments.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Index, Question, Value},
};

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// `staff`, `node`, `provider`, `system` or `buyer`.
    Kind(String),
    /// This account.
    Account(Uuid),
}

/// What is looked for; nothing = everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailFilter {
    /// Who acted.
    pub actor: Option<Actor>,
    /// What the act's name begins with.
    pub action: String,
    /// About what: its kind and id.
    pub subject: Option<(&'static str, Uuid)>,
    /// From then on.
    pub from: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
}

/// A row of the trail in the list of everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailRow {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// `staff`, `node`, `provider`, `system` or `buyer`.
    pub actor_kind: String,
    /// The account's name, where it was one.
    pub actor: Option<String>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub subject_kind: String,
    /// To which.
    pub subject: Option<Uuid>,
    /// JSON.
    pub detail: String,
}

/// Up to `most` rows before a place, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn before(
    tx: &mut Tx,
    filter: &TrailFilter,
    (at, id): (Timestamp, Uuid),
    most: usize,
) -> Result<Vec<TrailRow>, StoreError> {
    type Row = (
        Uuid,
        i64,
        String,
        Option<String>,
        String,
        String,
        Option<Uuid>,
        String,
    );
    let index = match (&filter.subject, &filter.actor) {
        (Some(_), _) => "audit_log_by_subject",
        (None, Some(Actor::Account(_))) => "audit_log_by_actor",
        _ => "audit_log_by_moment",
    };
    let from = Index::named(index).of(tx, "audit_log");
    let mut question = Question::new(format!(
        "SELECT audit_log.id, audit_log.happened_at, audit_log.actor_kind, \
         (SELECT name FROM users WHERE users.id = audit_log.actor_id), audit_log.action, audit_log.subject_kind, \
         audit_log.subject_id, audit_log.detail{from}"
    ));
    let moment = |at: Timestamp| Value::Number(at.0);
    question.and((
        "(audit_log.happened_at < ? OR (audit_log.happened_at = ? AND audit_log.id < ?))",
        vec![moment(at), moment(at), Value::Id(id)],
    ));
    // The same as a range, which an index knows how to begin at.
    question.and(("audit_log.happened_at <= ?", vec![moment(at)]));
    match &filter.actor {
        Some(Actor::Account(id)) => question.and(("audit_log.actor_id = ?", vec![Value::Id(*id)])),
        Some(Actor::Kind(kind)) => {
            question.and(("audit_log.actor_kind = ?", vec![Value::Text(kind.clone())]));
        }
        None => {}
    }
    if !filter.action.is_empty() {
        let until = format!("{}\u{10FFFF}", filter.action);
        let range = vec![Value::Text(filter.action.clone()), Value::Text(until)];
        question.and(("audit_log.action >= ? AND audit_log.action < ?", range));
    }
    if let Some((kind, id)) = filter.subject {
        let subject = vec![Value::Text(kind.to_owned()), Value::Id(id)];
        question.and((
            "audit_log.subject_kind = ? AND audit_log.subject_id = ?",
            subject,
        ));
    }
    if let Some(from) = filter.from {
        question.and(("audit_log.happened_at >= ?", vec![moment(from)]));
    }
    if let Some(until) = filter.until {
        question.and(("audit_log.happened_at < ?", vec![moment(until)]));
    }
    let order = " ORDER BY audit_log.happened_at DESC, audit_log.id DESC";
    let rows: Vec<Row> = question.ask(tx, order, most).await?;
    let row = |(id, at, actor_kind, actor, action, subject_kind, subject, detail)| TrailRow {
        id,
        at: Timestamp(at),
        actor_kind,
        actor,
        action,
        subject_kind,
        subject,
        detail,
    };
    Ok(rows.into_iter().map(row).collect())
}
