//! A table of a report as a file: the one that the address names, as the page shows it.
//!
//! Invariants: a text that a spreadsheet would take for a formula is made harmless; whoever takes a table away leaves a
//! row in the audit trail.

use axum::{
    body::Body,
    http::{
        HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
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
            export::{harmless, packed},
            guard,
        },
        refusal::Refusal,
    },
};

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    let table = match table(&here).await {
        Ok(table) => table,
        Err(refused) => return *refused,
    };
    // A mark by which spreadsheets know the encoding.
    let mut bytes = "\u{FEFF}".as_bytes().to_vec();
    let head = table.columns.iter().map(|column| harmless(&column.words));
    let rows = table
        .rows
        .iter()
        .map(|row| row.iter().map(Cell::plain).collect());
    bytes.extend(packed(std::iter::once(head.collect()).chain(rows)));
    let name = format!("{}.csv", table.id);
    file(Body::from(bytes), "text/csv; charset=utf-8", &name)
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    let table = match table(&here).await {
        Ok(table) => table,
        Err(refused) => return *refused,
    };
    match sheet(&table) {
        Ok(bytes) => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            file(Body::from(bytes), kind, &format!("{}.xlsx", table.id))
        }
        Err(error) => {
            tracing::error!(%error, "sheet not written");
            Refusal::INTERNAL.answer()
        }
    }
}

fn file(body: Body, kind: &'static str, name: &str) -> Response {
    let mut answer = body.into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    answer
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

fn sheet(table: &Table) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, column) in (0..).zip(&table.columns) {
        sheet.write_string(0, at, &column.words)?;
    }
    for (line, row) in (1..).zip(&table.rows) {
        for (at, cell) in (0..).zip(row) {
            match (cell, cell.amount()) {
                (_, Some(number)) => sheet.write_number(line, at, number)?,
                // Always a text: a sheet's own kind of cell, which is never worked out.
                (Cell::Text(text), None) => sheet.write_string(line, at, text)?,
                (_, None) => sheet,
            };
        }
    }
    book.save_to_buffer()
}
