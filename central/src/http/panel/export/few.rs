//! A file of a list that is read whole, because it has few rows.

use axum::response::Response;

use super::{Cell, Format, note, send};
use crate::{
    http::panel::{door::Here, guard},
    store::StoreError,
};

/// A file without its rows.
pub(in crate::http::panel) struct Few {
    pub(in crate::http::panel) format: Format,
    /// How the audit trail calls taking it away.
    pub(in crate::http::panel) act: &'static str,
    /// The file's name and its title.
    pub(in crate::http::panel) names: (&'static str, &'static str),
    pub(in crate::http::panel) head: Vec<String>,
}

impl Few {
    /// Sends it with these rows, once it is noted who takes it away.
    pub(in crate::http::panel) async fn send<R>(
        self,
        here: &Here,
        rows: Result<Vec<R>, StoreError>,
        line: impl Fn(R) -> Vec<Cell>,
    ) -> Response {
        let noted = async {
            let rows = rows?;
            note(here, self.act).await?;
            Ok::<_, StoreError>(rows)
        };
        let lines = match noted.await {
            Ok(rows) => rows.into_iter().map(line).collect(),
            Err(error) => return guard::failed(&error),
        };
        send(self.format, self.names, self.head, |filling| async move {
            // Whoever does not wait for it any more needs none.
            let _gone = filling.send(Ok(lines)).await;
        })
    }
}
