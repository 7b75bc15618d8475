//! A table of a report as a file: the one that the address names, as the page shows it.
//!
//! Invariant: whoever takes a table away leaves a row in the audit trail. What a cell may be is `export`'s.

use axum::response::Response;
use serde_json::json;

use super::{
    cell::{Cell, Table},
    load,
};
use crate::{
    app::users::By,
    http::{
        panel::{
            door::Here,
            export::{Format, send},
            guard,
        },
        refusal::Refusal,
    },
};

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(&here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    file(&here, Format::Xlsx).await
}

async fn file(here: &Here, format: Format) -> Response {
    let table = match table(here).await {
        Ok(table) => table,
        Err(refused) => return *refused,
    };
    let columns = table.columns.into_iter();
    let head = columns.map(|column| column.words).collect();
    let rows = table.rows.iter();
    let rows = rows
        .map(|row| row.iter().map(Cell::filed).collect())
        .collect();
    send(
        format,
        (&table.id, &table.title),
        head,
        |filling| async move {
            // Whoever does not wait for it any more needs none.
            let _gone = filling.send(Ok(rows)).await;
        },
    )
}

/// The table that is asked for; taking it is noted.
async fn table(here: &Here) -> Result<Table, Box<Response>> {
    let failed = |error| Box::new(guard::failed(&error));
    let wanted = here.door.asked("table");
    let report = load(here, Some(wanted)).await.map_err(failed)?;
    let gone = || Box::new(Refusal::NOT_FOUND.answer());
    let groups = report.ok_or_else(gone)?.groups.into_iter();
    let mut tables = groups.flat_map(|group| group.tables);
    let table = if wanted.is_empty() {
        // The first one; where nothing happened, one without rows.
        tables.next().unwrap_or_else(Table::empty)
    } else {
        tables.find(|table| table.id == wanted).ok_or_else(gone)?
    };
    let filter: String = here.door.visitor.query.chars().take(300).collect();
    let event = here.event().map(|event| event.slug.clone());
    let detail = json!({"table": table.id, "event": event, "filter": filter});
    let by = By::account(&here.signed.account);
    let noted = here.app().note_alone(&by, "reports.export", detail).await;
    noted.map_err(failed)?;
    Ok(table)
}
