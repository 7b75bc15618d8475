//! Tickets as working lists show them, with the name on them and what became of them at the gates.
//!
//! What is asked stands in `ticket_question`; the pages of its questions are merged (`listed`). How a ticket stands at the
//! gates is asked of the scans of the rows that are shown, and nothing is counted over all.

use sync_protocol::{
    id::{EventId, TicketId},
    number::TicketNumber,
    ticket::TicketStatus,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Merge, Question, Value},
    revision::unsigned,
    ticket_question::{COLUMNS, TABLE, conditions, questions},
    tx::fetch_one,
};
use crate::domain::ticket_search::{TicketFilter, TicketPlace, TicketSort};

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
    let mut walk = Walk::begin(tx, events, filter, after).await?;
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
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        tx: &mut Tx,
        events: &[EventId],
        filter: &TicketFilter,
        after: Option<&TicketPlace>,
    ) -> Result<Self, StoreError> {
        let is_meant = |event: &&EventId| filter.event.is_none_or(|one| one == **event);
        let events: Vec<EventId> = events.iter().filter(is_meant).copied().collect();
        let asked = |mut question: Question| {
            conditions(filter, &mut question);
            (question, after.cloned())
        };
        let questions = questions(tx, &events, filter).await?;
        let questions: Vec<_> = questions.into_iter().map(asked).collect();
        Ok(Self {
            sort: filter.order(),
            merge: Merge::of(questions.len()),
            questions,
        })
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

/// How many people came, and how many are still expected. Add-ons are nobody's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Tickets that were let in, whatever became of them since.
    pub entered: i64,
    /// Tickets that are good and were not let in.
    pub awaited: i64,
}

/// How many of an event's people came and did not. It reads indexes of scans and tickets (`scans_by_action`,
/// `tickets_by_type`), and of tickets those alone that came.
///
/// # Errors
/// When the database fails.
pub async fn attendance(tx: &mut Tx, event: EventId) -> Result<Attendance, StoreError> {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN t.status = 'valid' THEN 1 ELSE 0 END), 0) AS SIGNED) \
         FROM (SELECT DISTINCT counted_ticket_id FROM scans WHERE event_id = ? AND action = 2 AND ruling = 'counted') came \
         JOIN tickets t ON t.id = came.counted_ticket_id JOIN ticket_types k ON k.id = t.ticket_type_id WHERE NOT k.addon";
    let (entered, good) = fetch_one!(tx, (i64, i64), sql, event.0)?;
    let sql = "SELECT COUNT(*) FROM ticket_types k JOIN tickets t ON t.event_id = k.event_id AND t.ticket_type_id = k.id \
         AND t.status = 'valid' WHERE k.event_id = ? AND NOT k.addon";
    let (valid,) = fetch_one!(tx, (i64,), sql, event.0)?;
    Ok(Attendance {
        entered,
        awaited: (valid - good).max(0),
    })
}
