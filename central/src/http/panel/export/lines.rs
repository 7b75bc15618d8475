//! A file of a list that is walked a piece at a time: where its rows come from, and what stands in the line of each.

use std::future::Future;

use axum::response::Response;

use super::{Cell, Format, hand_on, head, in_zone, note, send};
use crate::{
    http::panel::{door::Here, guard},
    store::StoreError,
};

/// A list on its way into a file.
pub(in crate::http::panel) trait Lines: Send + Sync + 'static {
    type Row: Send;

    /// The next rows: fewer than [`PIECE`](super::PIECE) are the last.
    fn piece(
        &mut self,
        here: &Here,
    ) -> impl Future<Output = Result<Vec<Self::Row>, StoreError>> + Send;

    /// The line of a row.
    fn line(&self, here: &Here, row: Self::Row) -> Vec<Cell>;
}

/// A file without its lines.
pub(in crate::http::panel) struct Whole<'a> {
    pub(in crate::http::panel) format: Format,
    /// How the audit trail calls taking it away.
    pub(in crate::http::panel) act: &'static str,
    /// The file's name and its title.
    pub(in crate::http::panel) names: (&'a str, &'static str),
    pub(in crate::http::panel) head: Vec<String>,
}

impl Whole<'_> {
    /// Sends it with these lines, once it is noted who takes it away.
    pub(in crate::http::panel) async fn send(self, here: Here, mut lines: impl Lines) -> Response {
        if let Err(error) = note(&here, self.act).await {
            return guard::failed(&error);
        }
        send(
            self.format,
            self.names,
            self.head,
            move |filling| async move {
                loop {
                    let rows = lines.piece(&here).await;
                    let line = |row| lines.line(&here, row);
                    if !hand_on(&filling, rows, line).await {
                        return;
                    }
                }
            },
        )
    }
}

/// The heads of columns, those of moments with their zone.
pub(in crate::http::panel) fn heads(
    here: &Here,
    words: &[(&str, &str)],
    (moments, zone): (&[usize], &str),
) -> Vec<String> {
    let mut heads = head(here, words);
    for moment in moments {
        heads[*moment] = in_zone(&heads[*moment], zone);
    }
    heads
}
