//! The fifth step: which type is good on which day, as a table with a box for each.

use axum::response::Response;

use super::page::{At, Body, Desk, Fault, actor, answer, done, meant, seen};
use crate::{
    app::catalog::Change,
    domain::{
        event::{Day, TicketType},
        readiness::Step,
    },
    http::panel::door::Here,
};

const AT: At = At::Step(Step::Access);

/// The table.
pub(super) struct Matrix {
    pub(super) action: String,
    /// The revision that the page shows.
    pub(super) seen: i64,
    /// Label and opening.
    pub(super) days: Vec<(String, String)>,
    pub(super) rows: Vec<MatrixRow>,
}

/// One type.
pub(super) struct MatrixRow {
    pub(super) number: u16,
    pub(super) name: String,
    pub(super) is_sold: bool,
    /// Number of the day, whether the type is good on it, and what the box is called.
    pub(super) cells: Vec<(u8, bool, String)>,
}

pub(super) fn body(desk: &Desk<'_>) -> Body {
    let setup = &desk.offer.setup;
    let cell = |kind: &TicketType, day: &Day| {
        let is_on = kind.day_mask & (1 << day.number) != 0;
        (
            day.number + 1,
            is_on,
            format!("{}, {}", kind.name, day.label),
        )
    };
    let row = |kind: &TicketType| MatrixRow {
        number: kind.number,
        name: kind.name.clone(),
        is_sold: kind.taken > 0,
        cells: setup.days.iter().map(|day| cell(kind, day)).collect(),
    };
    let days = setup.days.iter();
    Body {
        title: desk.say("Day access", "Akses hari").to_owned(),
        lead: desk
            .say(
                "A ticket opens the gates on the days that are ticked. New types begin with all days.",
                "Tiket membuka gerbang pada hari yang dicentang. Jenis baru dimulai dengan semua hari.",
            )
            .to_owned(),
        cards: Vec::new(),
        matrix: Some(Matrix {
            action: desk.action("access"),
            seen: desk.offer.revision,
            days: days.map(|day| (day.label.clone(), desk.moment(day.opens_at))).collect(),
            rows: setup.types_in_order().into_iter().map(row).collect(),
        }),
    }
}

pub(in crate::http::panel) async fn save(here: Here) -> Response {
    let saved = try_save(&here).await;
    answer(&here, AT, saved).await
}

async fn try_save(here: &Here) -> Result<String, Fault> {
    let (event, form) = (meant(here)?.id, here.form());
    let mask = |number: u16| {
        let days = form
            .all(&format!("day_{number}"))
            .map(str::to_owned)
            .collect::<Vec<_>>();
        days.iter().try_fold(0, |mask, day| {
            let day = day.parse::<u8>().ok().filter(|day| (1..=16).contains(day));
            let day = day.ok_or(Fault::Unknown)?;
            Ok::<u16, Fault>(mask | 1 << (day - 1))
        })
    };
    let wanted = form.all("type").map(|typed| {
        let number = typed.parse::<u16>().map_err(|_| Fault::Unknown)?;
        Ok((number, mask(number)?))
    });
    let wanted = wanted.collect::<Result<Vec<_>, Fault>>()?;
    if wanted.is_empty() {
        return Err(Fault::Said(
            "There is nothing to save: add days and ticket types first.",
            "Tidak ada yang disimpan: tambahkan hari dan jenis tiket dahulu.",
        ));
    }
    let (change, by) = (Change::Access(&wanted), actor(here));
    here.app()
        .change_as_seen(event, seen(here), &change, &by)
        .await?;
    Ok(done(here, AT, "saved"))
}
