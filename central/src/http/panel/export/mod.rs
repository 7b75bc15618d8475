//! Lists as files, with the filters of the list: streamed a piece at a time, so their length takes no memory.
//!
//! Invariants: a cell that a spreadsheet would take for a formula is text. Rows are read after a place, in pieces of
//! their own, so no lock and no snapshot lasts as long as a slow reader. Whoever takes a list away leaves a row in the audit
//! trail. A list reads its rows by `orders`, `tickets`, or where its page is, and so does a report; how rows become a
//! file is `lines`', or `few`'s where there are few of them, and how that is written `csv`'s and `sheet`'s.

mod csv;
mod few;
mod lines;
mod orders;
mod sheet;
mod tickets;

pub(super) use self::{
    few::Few,
    lines::{Lines, Whole, heads},
    orders::{csv as orders_csv, xlsx as orders_xlsx},
    tickets::{attendees_csv, attendees_xlsx, csv as tickets_csv, xlsx as tickets_xlsx},
};

use std::future::Future;

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, NaiveDateTime, SecondsFormat};
use chrono_tz::Tz;
use futures_util::Stream;
use serde_json::json;
use sync_protocol::time::Timestamp;
use tokio::sync::mpsc;

use super::door::Here;
use crate::{app::users::By, domain::money::Money, store::StoreError};

/// Rows that are asked for at once.
pub(in crate::http::panel) const PIECE: usize = 1_000;
/// Pieces that wait to be written.
const AHEAD: usize = 2;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http::panel) enum Format {
    Csv,
    Xlsx,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::http::panel) enum Cell {
    Text(String),
    Number(f64),
    /// A moment on the clock of a zone, which the head of its column names.
    Moment(DateTime<Tz>),
}

/// Pieces of rows on their way to the file.
type Rows = mpsc::Receiver<Result<Vec<Vec<Cell>>, StoreError>>;
/// Where a list puts them.
pub(in crate::http::panel) type Filling = mpsc::Sender<Result<Vec<Vec<Cell>>, StoreError>>;
/// Pieces of the file on their way out.
type Out = mpsc::Sender<std::io::Result<Bytes>>;

impl Cell {
    pub(in crate::http::panel) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(in crate::http::panel) fn moment(at: Timestamp, zone: &str) -> Self {
        let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
        let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
        Self::Moment(at.with_timezone(&zone))
    }

    /// The same where there may be none.
    pub(in crate::http::panel) fn moment_or_none(at: Option<Timestamp>, zone: &str) -> Self {
        at.map_or_else(|| Self::text(""), |at| Self::moment(at, zone))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a spreadsheet counts no more exactly"
    )]
    pub(in crate::http::panel) fn count(count: i64) -> Self {
        Self::Number(count as f64)
    }

    /// A sum in whole units of its currency, which stands in a cell of its own.
    pub(in crate::http::panel) fn sum(sum: Money) -> Self {
        let unit = 10_f64.powi(i32::try_from(sum.currency.exponent()).unwrap_or_default());
        #[expect(
            clippy::cast_precision_loss,
            reason = "sums of a sale are far below 2^53, and a spreadsheet counts no more exactly"
        )]
        let minor = sum.minor as f64;
        Self::Number(minor / unit)
    }
}

/// A moment as files that are all text have it: `2026-12-01T19:05:12+07:00`.
fn iso(at: &DateTime<Tz>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A moment as spreadsheets count: days, of which the first was the last but one of 1899.
fn serial(at: &DateTime<Tz>) -> f64 {
    const EPOCH: f64 = 25_569.0;
    const DAY_SECONDS: f64 = 86_400.0;
    let clock: NaiveDateTime = at.naive_local();
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 are far below 2^53"
    )]
    let seconds = clock.and_utc().timestamp() as f64;
    EPOCH + seconds / DAY_SECONDS
}

/// The head of a column of moments: `Placed (Asia/Jakarta)`.
pub(in crate::http::panel) fn in_zone(words: &str, zone: &str) -> String {
    format!("{words} ({zone})")
}

/// The heads of columns in the reader's language.
pub(in crate::http::panel) fn head(here: &Here, words: &[(&str, &str)]) -> Vec<String> {
    let say = |(english, indonesian): &(&str, &str)| here.say(english, indonesian).to_owned();
    words.iter().map(say).collect()
}

/// Notes that a list is taken away.
pub(in crate::http::panel) async fn note(here: &Here, what: &str) -> Result<(), StoreError> {
    let filter: String = here.door.visitor.query.chars().take(300).collect();
    let event = here.event().map(|event| event.slug.as_str());
    let by = By::account(&here.signed.account);
    here.app()
        .note_alone(&by, what, json!({"filter": filter, "event": event}))
        .await
}

/// Sends a file of this name and title whose rows `fill` gives. The answer begins at once; what fails afterwards cuts it off, so that nobody takes
/// a part for the whole.
pub(in crate::http::panel) fn send<F>(
    format: Format,
    (name, title): (&str, &str),
    head: Vec<String>,
    fill: impl FnOnce(Filling) -> F,
) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    let (filling, rows) = mpsc::channel(AHEAD);
    let (out, receive) = mpsc::channel(AHEAD);
    tokio::spawn(fill(filling));
    let (kind, ending) = match format {
        Format::Csv => {
            tokio::spawn(csv::write(head, rows, out));
            ("text/csv; charset=utf-8", "csv")
        }
        Format::Xlsx => {
            tokio::spawn(sheet::write(title.to_owned(), head, rows, out));
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "xlsx",
            )
        }
    };
    let body = Body::from_stream(told(receive));
    let mut answer = (StatusCode::OK, body).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{ending}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    answer
}

/// What is received, as a stream that may be asked again after its end, as whatever packs a body does.
pub(in crate::http::panel) fn told<T>(mut receive: mpsc::Receiver<T>) -> impl Stream<Item = T> {
    futures_util::stream::poll_fn(move |context| receive.poll_recv(context))
}

/// Hands on a piece of rows; false when it was the last, or nobody wants more.
pub(in crate::http::panel) async fn hand_on<R>(
    filling: &Filling,
    rows: Result<Vec<R>, StoreError>,
    line: impl Fn(R) -> Vec<Cell>,
) -> bool {
    let is_end = rows.as_ref().map_or(true, |rows| rows.len() < PIECE);
    let lines = rows.map(|rows| rows.into_iter().map(line).collect());
    filling.send(lines).await.is_ok() && !is_end
}
