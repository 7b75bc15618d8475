//! The audit trail as a working list: by who, what, about what and when, the latest first or the oldest.
//!
//! A filter by account or by thing reads along its own index, and one by act along the index of each act that begins so,
//! of which there are some dozens; the others read along the moments.

use std::cmp::Ordering;

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Index, Merge, Question, Value, beginning},
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
    /// The other way round.
    pub is_oldest_first: bool,
}

impl TrailFilter {
    const fn order(&self) -> &'static str {
        if self.is_oldest_first {
            OLDEST_FIRST
        } else {
            LATEST_FIRST
        }
    }

    /// Which of two rows comes first.
    fn compare(&self, a: &TrailRow, b: &TrailRow) -> Ordering {
        let order = (b.at, b.id).cmp(&(a.at, a.id));
        if self.is_oldest_first {
            order.reverse()
        } else {
            order
        }
    }
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

const LATEST_FIRST: &str = " ORDER BY audit_log.happened_at DESC, audit_log.id DESC";
const OLDEST_FIRST: &str = " ORDER BY audit_log.happened_at, audit_log.id";
const BY_ACTION: Index = Index::named("audit_log_by_action");

/// After which row of the list: its moment and id; `None` = from its beginning.
type Place = Option<(Timestamp, Uuid)>;

/// Up to `most` rows after a place, in the filter's order.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    filter: &TrailFilter,
    place: Place,
    most: usize,
) -> Result<Vec<TrailRow>, StoreError> {
    let index = match (&filter.subject, &filter.actor) {
        (Some(_), _) => "audit_log_by_subject",
        (None, Some(Actor::Account(_))) => "audit_log_by_actor",
        _ if !filter.action.is_empty() => return of_acts(tx, filter, place, most).await,
        _ => "audit_log_by_moment",
    };
    let mut question = question(tx, Index::named(index), filter, place);
    if !filter.action.is_empty() {
        let range = beginning(&filter.action);
        question.and(("audit_log.action >= ? AND audit_log.action < ?", range));
    }
    ask(tx, question, filter.order(), most).await
}

/// The rows of all acts that begin so: each act is a range of the index, and the ranges are merged.
async fn of_acts(
    tx: &mut Tx,
    filter: &TrailFilter,
    place: Place,
    most: usize,
) -> Result<Vec<TrailRow>, StoreError> {
    let acts = acts(tx, &filter.action).await?;
    let mut merge = Merge::of(acts.len());
    let (share, mut places) = (merge.share(most), vec![place; acts.len()]);
    let mut rows: Vec<TrailRow> = Vec::with_capacity(most);
    while rows.len() < most {
        while let Some(lacking) = merge.lacking() {
            let question = of_act(tx, filter, places[lacking], &acts[lacking]);
            let got = ask(tx, question, filter.order(), share).await?;
            if let Some(last) = got.last() {
                places[lacking] = Some((last.at, last.id));
            }
            merge.fill(lacking, got, share);
        }
        match merge.next(|a, b| filter.compare(a, b)) {
            Some(row) => rows.push(row),
            None => break,
        }
    }
    Ok(rows)
}

/// The acts in the trail that begin so, each found by one step into the index.
async fn acts(tx: &mut Tx, start: &str) -> Result<Vec<String>, StoreError> {
    let [from, until] = beginning(start);
    let mut next = ("audit_log.action >= ?", from);
    let mut acts: Vec<String> = Vec::new();
    loop {
        let found = next_act(tx, next, until.clone()).await?;
        let Some(act) = found else {
            return Ok(acts);
        };
        next = ("audit_log.action > ?", Value::Text(act.clone()));
        acts.push(act);
    }
}

async fn next_act(
    tx: &mut Tx,
    (than, act): (&'static str, Value),
    until: Value,
) -> Result<Option<String>, StoreError> {
    let from = BY_ACTION.of(tx, "audit_log");
    let mut question = Question::new(format!("SELECT audit_log.action{from}"));
    question.and((than, vec![act]));
    question.and(("audit_log.action < ?", vec![until]));
    let rows: Vec<(String,)> = question.ask(tx, " ORDER BY audit_log.action", 1).await?;
    Ok(rows.into_iter().next().map(|(act,)| act))
}

fn of_act(tx: &Tx, filter: &TrailFilter, place: Place, act: &str) -> Question {
    let mut question = question(tx, BY_ACTION, filter, place);
    let act = Value::Text(act.to_owned());
    question.and(("audit_log.action = ?", vec![act]));
    question
}

/// Everything that is asked for but the act.
fn question(tx: &Tx, index: Index, filter: &TrailFilter, place: Place) -> Question {
    let from = index.of(tx, "audit_log");
    let mut question = Question::new(format!(
        "SELECT audit_log.id, audit_log.happened_at, audit_log.actor_kind, \
         (SELECT name FROM users WHERE users.id = audit_log.actor_id), audit_log.action, audit_log.subject_kind, \
         audit_log.subject_id, audit_log.detail{from}"
    ));
    if let Some(place) = place {
        begin(&mut question, filter, place);
    }
    let moment = |at: Timestamp| Value::Number(at.0);
    match &filter.actor {
        Some(Actor::Account(id)) => question.and(("audit_log.actor_id = ?", vec![Value::Id(*id)])),
        Some(Actor::Kind(kind)) => {
            question.and(("audit_log.actor_kind = ?", vec![Value::Text(kind.clone())]));
        }
        None => {}
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
    question
}

/// From the place on, and the same as a range, which an index knows how to begin at.
fn begin(question: &mut Question, filter: &TrailFilter, (at, id): (Timestamp, Uuid)) {
    let (after, range) = if filter.is_oldest_first {
        (
            "(audit_log.happened_at > ? OR (audit_log.happened_at = ? AND audit_log.id > ?))",
            "audit_log.happened_at >= ?",
        )
    } else {
        (
            "(audit_log.happened_at < ? OR (audit_log.happened_at = ? AND audit_log.id < ?))",
            "audit_log.happened_at <= ?",
        )
    };
    let at = Value::Number(at.0);
    question.and((after, vec![at.clone(), at.clone(), Value::Id(id)]));
    question.and((range, vec![at]));
}

async fn ask(
    tx: &mut Tx,
    question: Question,
    order: &'static str,
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

#[cfg(test)]
#[path = "audit_list_tests.rs"]
mod tests;
