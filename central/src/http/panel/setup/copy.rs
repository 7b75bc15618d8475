//! The copy: the same event on other days, as a draft.

use axum::{http::StatusCode, response::Response};
use chrono::NaiveDate;

use super::page::{At, Body, Desk, Fault, actor, answer, meant, show_at};
use crate::{
    app::catalog::EventCopy,
    domain::event_copy::{CopyWish, first_day},
    http::panel::{
        card::{Card, Field, FormPart},
        door::Here,
    },
};

pub(super) fn body(desk: &Desk<'_>) -> Body {
    let (here, event) = (desk.here, desk.event());
    let lead = desk.say(
        "Days, ticket types, prices, categories, quotas, gates and rules come along and move with the first day. Orders, tickets and nodes stay where they are.",
        "Hari, jenis tiket, harga, kategori, kuota, gerbang, dan aturan ikut dan bergeser bersama hari pertama. Pesanan, tiket, dan perangkat tetap di tempatnya.",
    );
    let form = FormPart::new(here, "copy", format!("/panel/events/{}/copy", event.slug))
        .row(
            here,
            [
                Field::line("name", desk.say("Name of the copy", "Nama salinan"))
                    .value(&event.name)
                    .required(),
                Field::line("slug", desk.say("Name in addresses", "Nama di alamat"))
                    .required()
                    .most(80),
                Field::date("first_day", desk.say("First day", "Hari pertama"))
                    .value(first_day(&desk.offer.setup).to_string())
                    .required(),
            ],
        )
        .row(
            here,
            [Field::check(
                "promos",
                desk.say(
                    "Promo codes come along, unused",
                    "Kode promo ikut, belum terpakai",
                ),
                false,
            )],
        )
        .button(desk.say("Make the copy", "Buat salinan"));
    let title = desk.say("Copy this event", "Salin acara ini");
    Body {
        title: title.to_owned(),
        lead: String::new(),
        cards: vec![
            Card::new("copy", desk.say("The copy", "Salinannya"))
                .lead(lead)
                .form(form),
        ],
        matrix: None,
    }
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    show_at(&here, At::Copy, None, StatusCode::OK).await
}

pub(in crate::http::panel) async fn make(here: Here) -> Response {
    let made = try_make(&here).await;
    answer(&here, At::Copy, made).await
}

async fn try_make(here: &Here) -> Result<String, Fault> {
    let form = here.form();
    let first_day = NaiveDate::parse_from_str(&form.text("first_day"), "%Y-%m-%d");
    let copy = EventCopy {
        of: meant(here)?.id,
        wish: CopyWish {
            slug: form.text("slug"),
            name: form.text("name"),
            first_day: first_day.map_err(|_| {
                Fault::Said(
                    "Enter the first day of the copy.",
                    "Isi hari pertama salinan.",
                )
            })?,
        },
        with_promos: !form.text("promos").is_empty(),
    };
    here.app().copy_event(&copy, &actor(here)).await?;
    Ok(format!(
        "/panel/events/{}/setup/event?done=copied",
        copy.wish.slug
    ))
}
