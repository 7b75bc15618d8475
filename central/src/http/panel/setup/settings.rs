//! The second step: money, refunds and receipts, how gates decide, the search by name. A card each, in files of their
//! own; here the currency and how long an order holds its tickets.

use axum::response::Response;

use super::{
    page::{At, Body, Desk, Fault, actor, answer, done, meant, seen},
    paper, prices, quotas, rules, search,
};
use crate::{
    app::catalog::{Change, DraftChange, EventChange},
    domain::{money::Currency, readiness::Step},
    http::panel::{
        card::{Card, Field},
        door::Here,
        typed,
    },
};

pub(super) const AT: At = At::Step(Step::Settings);
const MINUTE_MS: i64 = 60_000;

pub(super) async fn body(desk: &Desk<'_>) -> Result<Body, Fault> {
    let lead = desk.say(
        "Everything here has a usual value: change what this event needs another way.",
        "Semua sudah ada nilai biasanya: ubah yang perlu lain untuk acara ini.",
    );
    Ok(Body {
        title: desk.say("Settings", "Pengaturan").to_owned(),
        lead: lead.to_owned(),
        cards: vec![
            card(desk),
            prices::charge_card(desk),
            prices::discount_card(desk),
            quotas::card(desk),
            paper::refund_card(desk).await?,
            paper::receipt_card(desk).await?,
            rules::card(desk).await?,
            search::card(desk).await?,
        ],
        matrix: None,
    })
}

fn card(desk: &Desk<'_>) -> Card {
    let (here, event) = (desk.here, desk.event());
    let options = Currency::ALL
        .iter()
        .map(|one| (one.code().to_owned(), one.code().to_owned()));
    let currency = Field::choice(
        "currency",
        desk.say("Currency", "Mata uang"),
        options.collect(),
    )
    .value(event.currency.code())
    .hint(desk.say(
        "It can change until there is a ticket type or a fee.",
        "Dapat diubah sebelum ada jenis tiket atau biaya.",
    ));
    let hold = Field::number("hold", desk.say("Minutes to pay", "Menit untuk membayar"))
        .value((event.hold_ms / MINUTE_MS).to_string())
        .required()
        .hint(desk.say(
            "So long an unpaid order keeps its tickets.",
            "Selama itu pesanan yang belum dibayar menahan tiketnya.",
        ));
    Card::new(
        "money",
        desk.say("Currency and time to pay", "Mata uang dan waktu membayar"),
    )
    .form(
        desk.form("settings", "settings")
            .row(here, [currency, hold]),
    )
}

pub(in crate::http::panel) async fn save(here: Here) -> Response {
    let saved = try_save(&here).await;
    answer(&here, AT, saved).await
}

async fn try_save(here: &Here) -> Result<String, Fault> {
    let (event, form) = (meant(here)?, here.form());
    let minutes = typed::number(&form.text("hold")).filter(|minutes| (1..=1_440).contains(minutes));
    let minutes = minutes.ok_or(Fault::Said(
        "Enter 1 to 1440 minutes to pay.",
        "Isi 1 sampai 1440 menit untuk membayar.",
    ))?;
    let draft = DraftChange {
        currency: Currency::from_code(&form.text("currency")),
        ..DraftChange::default()
    };
    let change = EventChange {
        hold_ms: Some(minutes * MINUTE_MS),
        ..EventChange::default()
    };
    let (change, by) = (Change::Event(&draft, &change), actor(here));
    here.app()
        .change_as_seen(event.id, seen(here), &change, &by)
        .await?;
    Ok(done(here, AT, "saved"))
}
