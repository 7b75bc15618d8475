//! All codes of a list as a file, for whoever hands them out.

use axum::response::Response;

use super::list::{Question, question, state};
use crate::{
    domain::{
        promo::UNLIMITED,
        promo_list::{PromoPlace, PromoState},
    },
    http::panel::{
        door::Here,
        export::{Cell, Format, PIECE, hand_on, in_zone, note, send},
        guard, when,
    },
    store::{self, StoreError, promo_list::PromoRow},
};

const HEAD: [(&str, &str); 5] = [
    ("Code", "Kode"),
    ("Event", "Acara"),
    ("State", "Keadaan"),
    ("Used", "Terpakai"),
    ("Quota", "Kuota"),
];

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    file(here, Format::Xlsx).await
}

pub(in crate::http::panel) async fn csv_of_event(here: Here) -> Response {
    file(here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx_of_event(here: Here) -> Response {
    file(here, Format::Xlsx).await
}

async fn file(here: Here, format: Format) -> Response {
    let begun = async {
        let question = question(&here).await?;
        note(&here, "promos.export").await?;
        Ok::<_, StoreError>(question)
    };
    let question = match begun.await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let mut head = HEAD
        .map(|(english, indonesian)| here.say(english, indonesian).to_owned())
        .to_vec();
    let zone = when::zone(question.only());
    head.push(in_zone(here.say("Good until", "Berlaku sampai"), zone));
    let names = ("promo-codes", here.say_fixed("Promo codes", "Kode promo"));
    send(format, names, head, move |filling| async move {
        let mut after = None;
        loop {
            let rows = rows(&here, &question, after.as_ref()).await;
            let last = rows.as_ref().ok().and_then(|rows| rows.last());
            after = last.map(PromoRow::place);
            let line = |row: PromoRow| line(&here, &question, &row);
            if !hand_on(&filling, rows, line).await {
                return;
            }
        }
    })
}

async fn rows(
    here: &Here,
    question: &Question,
    after: Option<&PromoPlace>,
) -> Result<Vec<PromoRow>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let (limit, now) = (question.limit.as_deref(), here.app().clock.now());
    store::promo_list::page(&mut tx, limit, &question.filter, (after, now), PIECE).await
}

fn line(here: &Here, question: &Question, row: &PromoRow) -> Vec<Cell> {
    let (promo, event) = (&row.promo, question.events.get(&row.event));
    let quota = match promo.quota {
        UNLIMITED => Cell::text(""),
        quota => Cell::count(quota),
    };
    vec![
        Cell::text(&promo.code),
        Cell::text(event.map_or("", |event| &event.name)),
        Cell::text(state(PromoState::of(promo, here.app().clock.now()), here).0),
        Cell::count(promo.used),
        quota,
        Cell::moment(promo.valid_until, when::zone(question.only())),
    ]
}
