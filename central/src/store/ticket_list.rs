//! Tickets as working lists show them, with the name on them and what became of them at the gates.
//!
//! A number and an order are found by their own index; all else is walked in the order of the list, each event that is
//! seen by its own index, and the pages are merged (`listed`). How a ticket stands at the gates is asked of the scans of
//! the rows that are shown, and nothing is counted over all.

use sync_protocol::{
    id::{EventId, TicketId},
    number::TicketNumber,
    ticket::TicketStatus,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Index, Merge, Question, Value, beginning},
    revision::unsigned,
    tx::fetch_one,
};
use crate::domain::ticket_search::{CheckIn, TicketFilter, TicketPlace, TicketSearch, TicketSort};

const COLUMNS: &str = "SELECT t.id, t.event_id, t.number, t.day_mask, t.status, t.attendee_name, \
     (SELECT o.number FROM orders o WHERE o.id = t.order_id) AS order_number, \
     (SELECT k.name FROM ticket_types k WHERE k.id = t.ticket_type_id) AS kind, \
     (SELECT MIN(s.at_ms) FROM scans s WHERE s.counted_ticket_id = t.id AND s.action = 2 AND s.ruling = 'counted') AS entered_at, \
     (SELECT MIN(s.at_ms) FROM scans s WHERE s.counted_ticket_id = t.id AND s.action = 1 AND s.ruling = 'counted') AS exchanged_at, \
     (SELECT s.action FROM scans s WHERE s.counted_ticket_id = t.id AND s.action IN (2, 3) AND s.ruling = 'counted' \
      ORDER BY s.at_ms DESC LIMIT 1) AS last_pass, \
     (SELECT s.wristband_id FROM scans s WHERE s.counted_ticket_id = t.id AND s.action = 1 AND s.ruling = 'counted' \
      ORDER BY s.at_ms DESC LIMIT 1) AS wristband_id";
const TABLE: &str = "tickets t";
const BY_STATUS: Index = Index::named("tickets_by_status");
const BY_NAME: Index = Index::named("tickets_by_name");
const BY_ORDER: Index = Index::named("tickets_by_order");
/// Made by the engines for the `UNIQUE` column.
const BY_NUMBER: Index = Index("sqlite_autoindex_tickets_2", "number");
/// Out, by `sync_protocol::scan::Action`.
const EXIT: i64 = 3;

/// A ticket in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketRow {
    /// Its id.
    pub id: TicketId,
    /// The event.
    pub event: EventId,
    /// The number printed on it.
    pub number: TicketNumber,
    /// Days it is good for, as bits.
    pub day_mask: u16,
    /// Where it stands.
    pub status: TicketStatus,
    /// Whose name is on it.
    pub attendee: String,
    /// The number of its order.
    pub order: String,
    /// What it was bought as.
    pub kind: String,
    /// When it was first let in.
    pub entered_at: Option<Timestamp>,
    /// When it was exchanged.
    pub exchanged_at: Option<Timestamp>,
    /// It left last.
    pub is_out: bool,
    /// The wristband that it was exchanged for last.
    pub wristband: Option<Uuid>,
}

impl TicketRow {
    /// Where it stands in a list.
    #[must_use]
    pub fn place(&self, sort: TicketSort) -> TicketPlace {
        TicketPlace {
            name: match sort {
                TicketSort::Newest => String::new(),
                TicketSort::Name => self.attendee.clone(),
            },
            id: self.id.0,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Uuid,
    number: i64,
    day_mask: i64,
    status: String,
    attendee_name: String,
    order_number: Option<String>,
    kind: Option<String>,
    entered_at: Option<i64>,
    exchanged_at: Option<i64>,
    last_pass: Option<i64>,
    wristband_id: Option<Uuid>,
}

impl Row {
    fn into_row(self) -> Result<TicketRow, StoreError> {
        let bad = StoreError::Corrupt;
        Ok(TicketRow {
            id: TicketId(self.id),
            event: EventId(self.event_id),
            number: TicketNumber::new(unsigned(self.number)?),
            day_mask: u16::try_from(self.day_mask).map_err(|_| bad("day mask"))?,
            status: TicketStatus::from_name(&self.status).ok_or(bad("ticket status"))?,
            attendee: self.attendee_name,
            order: self.order_number.unwrap_or_default(),
            kind: self.kind.unwrap_or_default(),
            entered_at: self.entered_at.map(Timestamp),
            exchanged_at: self.exchanged_at.map(Timestamp),
            is_out: self.last_pass == Some(EXIT),
            wristband: self.wristband_id,
        })
    }
}

/// A page of tickets after a place, of the events that are seen.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    events: &[EventId],
    filter: &TicketFilter,
    after: Option<&TicketPlace>,
    most: usize,
) -> Result<Vec<TicketRow>, StoreError> {
    let mut walk = Walk::begin(tx, events, filter, after);
    walk.next(tx, most).await
}

/// A way through a list, piece after piece: what was read and is not its turn yet waits for the next piece, so that every row
/// is read once.
#[derive(Debug)]
pub struct Walk {
    sort: TicketSort,
    /// What is asked, and the place after which it goes on.
    questions: Vec<(Question, Option<TicketPlace>)>,
    merge: Merge<TicketRow>,
}

impl Walk {
    /// Begins after a place, with the events that are seen.
    #[must_use]
    pub fn begin(
        tx: &Tx,
        events: &[EventId],
        filter: &TicketFilter,
        after: Option<&TicketPlace>,
    ) -> Self {
        let is_meant = |event: &&EventId| filter.event.is_none_or(|one| one == **event);
        let events: Vec<EventId> = events.iter().filter(is_meant).copied().collect();
        let asked = |mut question: Question| {
            conditions(filter, &mut question);
            (question, after.cloned())
        };
        let questions: Vec<_> = questions(tx, &events, filter)
            .into_iter()
            .map(asked)
            .collect();
        Self {
            sort: filter.order(),
            merge: Merge::of(questions.len()),
            questions,
        }
    }

    /// The next rows; fewer than `most` are the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, tx: &mut Tx, most: usize) -> Result<Vec<TicketRow>, StoreError> {
        let (sort, share) = (self.sort, self.merge.share(most));
        let mut rows: Vec<TicketRow> = Vec::with_capacity(most);
        while rows.len() < most {
            while let Some(lacking) = self.merge.lacking() {
                let (question, after) = &mut self.questions[lacking];
                let got = turned(tx, question, sort, after.as_ref(), share).await?;
                if let Some(last) = got.last() {
                    *after = Some(last.place(sort));
                }
                self.merge.fill(lacking, got, share);
            }
            let compare = |a: &TicketRow, b: &TicketRow| match sort {
                TicketSort::Newest => b.id.cmp(&a.id),
                TicketSort::Name => a.place(sort).cmp(&b.place(sort)),
            };
            match self.merge.next(compare) {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }
}

/// What is asked so that the answers together are the list: each a range of one index.
fn questions(tx: &Tx, events: &[EventId], filter: &TicketFilter) -> Vec<Question> {
    let by = |index: Index| Question::new(format!("{COLUMNS}{}", index.of(tx, TABLE)));
    let ids = || events.iter().map(|event| event.0);
    let found = |index, condition| {
        let mut question = by(index);
        question.and(condition);
        question.among("t.event_id", ids());
        vec![question]
    };
    match &filter.search {
        Some(TicketSearch::Number(number)) => {
            let number = i64::try_from(number.value()).unwrap_or(i64::MAX);
            return found(BY_NUMBER, ("t.number = ?", vec![Value::Number(number)]));
        }
        Some(TicketSearch::Order(number)) => {
            let text = "t.order_id = (SELECT o.id FROM orders o WHERE o.number = ?)";
            return found(BY_ORDER, (text, vec![Value::Text(number.clone())]));
        }
        _ => {}
    }
    let of_event = |index, event: &EventId| {
        let mut question = by(index);
        question.and(("t.event_id = ?", vec![Value::Id(event.0)]));
        question
    };
    let mut all = Vec::new();
    for event in events {
        match (&filter.search, filter.order()) {
            (Some(TicketSearch::Name(typed, capital)), _) => {
                let mut starts = vec![typed, capital];
                starts.dedup();
                for start in starts {
                    let mut question = of_event(BY_NAME, event);
                    let text = "t.attendee_name >= ? AND t.attendee_name < ?";
                    question.and((text, beginning(start).into()));
                    all.push(question);
                }
            }
            (_, TicketSort::Name) => all.push(of_event(BY_NAME, event)),
            (_, TicketSort::Newest) => {
                // Each status is a range of its own, in the order of the list.
                let statuses = TicketStatus::ALL.iter().copied();
                for status in statuses.filter(|one| filter.status.is_none_or(|asked| asked == *one))
                {
                    let mut question = of_event(BY_STATUS, event);
                    let name = status.name().to_owned();
                    question.and(("t.status = ?", vec![Value::Text(name)]));
                    all.push(question);
                }
            }
        }
    }
    all
}

fn conditions(filter: &TicketFilter, question: &mut Question) {
    if let Some(status) = filter.status {
        let name = status.name().to_owned();
        question.and(("t.status = ?", vec![Value::Text(name)]));
    }
    if let Some(kind) = filter.kind {
        question.and(("t.ticket_type_id = ?", vec![Value::Id(kind.0)]));
    }
    match filter.addon {
        None => {}
        Some(true) => question.and((
            "t.ticket_type_id IN (SELECT a.id FROM ticket_types a WHERE a.addon)",
            vec![],
        )),
        Some(false) => question.and((
            "t.ticket_type_id NOT IN (SELECT a.id FROM ticket_types a WHERE a.addon)",
            vec![],
        )),
    }
    let text = match filter.check_in {
        None => return,
        Some(CheckIn::In) => {
            "EXISTS (SELECT 1 FROM scans c WHERE c.counted_ticket_id = t.id AND c.action = 2 AND c.ruling = 'counted')"
        }
        Some(CheckIn::Awaited) => {
            "NOT EXISTS (SELECT 1 FROM scans c WHERE c.counted_ticket_id = t.id AND c.action = 2 AND c.ruling = 'counted')"
        }
        Some(CheckIn::Exchanged) => {
            "EXISTS (SELECT 1 FROM scans c WHERE c.counted_ticket_id = t.id AND c.action = 1 AND c.ruling = 'counted')"
        }
    };
    question.and((text, vec![]));
}

/// What a question leaves after a place: first the rest of the same name, then what follows.
async fn turned(
    tx: &mut Tx,
    question: &Question,
    sort: TicketSort,
    after: Option<&TicketPlace>,
    most: usize,
) -> Result<Vec<TicketRow>, StoreError> {
    let mut question = question.clone();
    let mut rows: Vec<Row> = Vec::new();
    let order = match sort {
        TicketSort::Newest => {
            if let Some(place) = after {
                question.and(("t.id < ?", vec![Value::Id(place.id)]));
            }
            " ORDER BY t.id DESC"
        }
        TicketSort::Name => {
            let order = " ORDER BY t.attendee_name, t.id";
            if let Some(place) = after {
                let mut rest = question.clone();
                let name = || Value::Text(place.name.clone());
                let same = "t.attendee_name = ? AND t.id > ?";
                rest.and((same, vec![name(), Value::Id(place.id)]));
                rows = rest.ask(tx, order, most).await?;
                question.and(("t.attendee_name > ?", vec![name()]));
            }
            order
        }
    };
    if rows.len() < most {
        let wanted = most - rows.len();
        rows.extend(question.ask::<Row>(tx, order, wanted).await?);
    }
    rows.into_iter().map(Row::into_row).collect()
}

/// One ticket as lists show it.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, ticket: TicketId) -> Result<Option<TicketRow>, StoreError> {
    let mut question = Question::new(format!("{COLUMNS} FROM {TABLE}"));
    question.and(("t.id = ?", vec![Value::Id(ticket.0)]));
    let rows: Vec<Row> = question.ask(tx, "", 1).await?;
    rows.into_iter().next().map(Row::into_row).transpose()
}

/// How many of an event's tickets were let in. It reads the event's scans, and no ticket.
///
/// # Errors
/// When the database fails.
pub async fn entered(tx: &mut Tx, event: EventId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(DISTINCT counted_ticket_id) FROM scans WHERE event_id = ? AND revision > 0 \
         AND action = 2 AND ruling = 'counted'";
    let (count,) = fetch_one!(tx, (i64,), sql, event.0)?;
    Ok(count)
}
