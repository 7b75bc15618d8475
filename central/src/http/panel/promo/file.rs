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
        export::{Cell, Format, Lines, PIECE, Whole, heads},
        guard, when,
    },
    store::{self, StoreError, promo_list::PromoRow},
};

const HEAD: [(&str, &str); 6] = [
    ("Code", "Kode"),
    ("Event", "Acara"),
    ("State", "Keadaan"),
    ("Used", "Terpakai"),
    ("Quota", "Kuota"),
    ("Good until", "Berlaku sampai"),
];

/// The column of moments.
const UNTIL: usize = 5;

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
    let question = match question(&here).await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let file = Whole {
        format,
        act: "promos.export",
        names: ("promo-codes", here.say_fixed("Promo codes", "Kode promo")),
        head: heads(&here, &HEAD, (&[UNTIL], when::zone(question.only()))),
    };
    let after = None;
    file.send(here, Codes { question, after }).await
}

struct Codes {
    question: Question,
    /// How far it has come.
    after: Option<PromoPlace>,
}

impl Lines for Codes {
    type Row = PromoRow;

    async fn piece(&mut self, here: &Here) -> Result<Vec<PromoRow>, StoreError> {
        let (limit, filter) = (self.question.limit.as_deref(), &self.question.filter);
        let spot = (self.after.as_ref(), here.app().clock.now());
        let mut tx = here.app().store.read().await?;
        let rows = store::promo_list::page(&mut tx, limit, filter, spot, PIECE).await?;
        self.after = rows.last().map(PromoRow::place);
        Ok(rows)
    }

    fn line(&self, here: &Here, row: PromoRow) -> Vec<Cell> {
        let (promo, event) = (&row.promo, self.question.events.get(&row.event));
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
            Cell::moment(promo.valid_until, when::zone(self.question.only())),
        ]
    }
}
