//! The audit trail as a file, with the filters and in the order of the list. Acts and fields keep their stable names there, by
//! which programs find them.

use axum::response::Response;

use super::{
    audit::filter,
    door::Here,
    export::{Cell, Format, PIECE, hand_on, head, in_zone, note, send},
    guard, when,
};
use crate::store::{self, audit_list::TrailRow};

/// The head, after the moment.
const HEAD: [(&str, &str); 5] = [
    ("Who", "Siapa"),
    ("Act", "Tindakan"),
    ("Kind", "Jenis"),
    ("Subject", "Perihal"),
    ("Detail", "Rincian"),
];

pub(super) async fn csv(here: Here) -> Response {
    file(here, Format::Csv).await
}

pub(super) async fn xlsx(here: Here) -> Response {
    file(here, Format::Xlsx).await
}

async fn file(here: Here, format: Format) -> Response {
    let begun = async {
        note(&here, "audit.export").await?;
        let mut tx = here.app().store.read().await?;
        filter(&here, &mut tx).await
    };
    let filter = match begun.await {
        Ok(filter) => filter,
        Err(error) => return guard::failed(&error),
    };
    let mut head = head(&here, &HEAD);
    head.insert(0, in_zone(here.say("When", "Kapan"), when::HOME));
    let names = ("audit", here.say_fixed("Audit trail", "Jejak audit"));
    send(format, names, head, move |filling| async move {
        // A filter that nothing can fit.
        let Some(filter) = filter else {
            return;
        };
        let mut after = None;
        loop {
            let read = async {
                let mut tx = here.app().store.read().await?;
                store::audit_list::page(&mut tx, &filter, after, PIECE).await
            };
            let rows = read.await;
            if let Some(last) = rows.as_ref().ok().and_then(|rows| rows.last()) {
                after = Some((last.at, last.id));
            }
            if !hand_on(&filling, rows, cells).await {
                return;
            }
        }
    })
}

fn cells(row: TrailRow) -> Vec<Cell> {
    let at = Cell::moment(row.at, when::HOME);
    let subject = row.subject.map(|id| id.to_string());
    let texts = [
        row.actor.unwrap_or(row.actor_kind),
        row.action,
        row.subject_kind,
        subject.unwrap_or_default(),
        row.detail,
    ];
    let texts = texts.into_iter().map(Cell::Text);
    std::iter::once(at).chain(texts).collect()
}
