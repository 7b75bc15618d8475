//! Postponing and cancelling: what happens to tickets, letters and money, said before it is done, and where the
//! refunds are followed afterwards.
//!
//! Invariant: neither is done by one click. Postponing needs a tick, cancelling the event's name in addresses, typed.

use axum::{http::StatusCode, response::Response};

use super::{
    move_days::audience,
    page::{At, Body, Desk, Fault, actor, answer, done, meant, show_at},
};
use crate::{
    app::refunds::CancelError,
    domain::{
        event::{Day, Event, EventStatus},
        permission::Permission,
        schedule::DayMove,
        wall_clock,
    },
    http::panel::{
        card::{Card, Cell, Field, FormPart},
        door::Here,
        typed,
    },
    store,
};

/// Every day, as bits.
const ALL_DAYS: i64 = 0xFFFF;

pub(super) async fn postpone_body(desk: &Desk<'_>) -> Result<Body, Fault> {
    let title = desk.say("Postpone the event", "Tunda acara");
    let card = match desk.event().status.step(EventStatus::Postponed) {
        Ok(_) => postpone_card(desk).await?,
        Err(_) => Card::new(
            "stands",
            desk.say(
                "An event can be postponed while it is on sale or closed.",
                "Acara dapat ditunda selama dijual atau ditutup.",
            ),
        ),
    };
    Ok(Body {
        title: title.to_owned(),
        lead: String::new(),
        cards: vec![card],
        matrix: None,
    })
}

async fn postpone_card(desk: &Desk<'_>) -> Result<Card, Fault> {
    let (here, event) = (desk.here, desk.event());
    let (tickets, letters) = audience(here, event, ALL_DAYS).await?;
    let (tickets, letters) = (here.count(tickets), here.count(letters));
    let lead = format!(
        "{tickets} {} {letters} {}",
        desk.say("tickets stay good; nothing is sold until you open the sale again.", "tiket tetap berlaku; tidak ada penjualan sampai dibuka lagi."),
        desk.say(
            "letters tell their buyers, who may ask for their money back. Leave the days empty if the new ones are not known yet.",
            "surat memberi tahu pembelinya, yang boleh meminta uang kembali. Kosongkan hari bila yang baru belum diketahui.",
        )
    );
    let mut form = FormPart::new(
        here,
        "postpone",
        format!("/panel/events/{}/postpone", event.slug),
    );
    for day in &desk.offer.setup.days {
        form = form.group(here, &day.label, day_fields(desk, day));
    }
    let yes = desk.say(
        "Yes, postpone it and tell the buyers",
        "Ya, tunda dan beri tahu pembeli",
    );
    let form = form
        .row(here, [Field::check("sure", yes, false).required()])
        .button(desk.say("Postpone", "Tunda"))
        .grave("");
    Ok(
        Card::new("postpone", desk.say("What happens", "Yang terjadi"))
            .lead(lead)
            .form(form),
    )
}

fn day_fields(desk: &Desk<'_>, day: &Day) -> Vec<Field> {
    let number = day.number + 1;
    vec![
        Field::moment(
            format!("opens_{number}"),
            desk.say("Opens newly", "Buka yang baru"),
        ),
        Field::moment(
            format!("closes_{number}"),
            desk.say("Closes newly", "Tutup yang baru"),
        ),
    ]
}

pub(in crate::http::panel) async fn postponing(here: Here) -> Response {
    show_at(&here, At::Postpone, None, StatusCode::OK).await
}

pub(in crate::http::panel) async fn postpone(here: Here) -> Response {
    let done = try_postpone(&here).await;
    answer(&here, At::Postpone, done).await
}

async fn try_postpone(here: &Here) -> Result<String, Fault> {
    let (event, by) = (meant(here)?, actor(here));
    if here.form().text("sure") != "1" {
        return Err(Fault::Said(
            "Tick that you are sure.",
            "Centang bahwa Anda yakin.",
        ));
    }
    let days = here.app().event(event.id).await?.days;
    let moves = moves(here, event, &days)?;
    if moves.is_empty() {
        here.app()
            .postpone_event(event.id, &by)
            .await
            .map_err(cancel_fault)?;
    } else {
        here.app().postpone_to(event.id, &moves, &by).await?;
    }
    Ok(format!("/panel/events/{}?done=postponed", event.slug))
}

/// Days of which both new times were typed; one alone is a slip.
fn moves(here: &Here, event: &Event, days: &[Day]) -> Result<Vec<DayMove>, Fault> {
    let zone = wall_clock::zone(&event.time_zone);
    let mut moves = Vec::new();
    for day in days {
        let text = |field: &str| here.form().text(&format!("{field}_{}", day.number + 1));
        let (opens, closes) = (text("opens"), text("closes"));
        if opens.is_empty() && closes.is_empty() {
            continue;
        }
        let read = typed::moment(&opens, zone, None).zip(typed::moment(&closes, zone, None));
        let (opens_at, closes_at) = read.ok_or(Fault::Said(
            "Enter both new times of a day, or neither.",
            "Isi kedua waktu baru suatu hari, atau kosongkan keduanya.",
        ))?;
        moves.push(DayMove {
            number: day.number,
            opens_at,
            closes_at,
        });
    }
    Ok(moves)
}

fn cancel_fault(error: CancelError) -> Fault {
    match error {
        CancelError::Event(error) => error.into(),
        CancelError::Store(error) => Fault::Broken(error),
    }
}

pub(super) async fn cancel_body(desk: &Desk<'_>) -> Result<Body, Fault> {
    let run = desk.here.app().refund_run(desk.event().id).await?;
    let card = match (run, desk.event().status.step(EventStatus::Cancelled)) {
        (Some(_), _) => run_card(desk),
        (None, Ok(_)) => cancel_card(desk).await?,
        (None, Err(_)) => Card::new(
            "stands",
            desk.say(
                "The event is over or cancelled already.",
                "Acara sudah selesai atau sudah dibatalkan.",
            ),
        ),
    };
    Ok(Body {
        title: desk.say("Cancel the event", "Batalkan acara").to_owned(),
        lead: String::new(),
        cards: vec![card],
        matrix: None,
    })
}

async fn cancel_card(desk: &Desk<'_>) -> Result<Card, Fault> {
    let (here, event) = (desk.here, desk.event());
    let mut tx = here.app().store.read().await?;
    let left = store::refund_run::left(&mut tx, event.id).await?;
    drop(tx);
    let lead = format!(
        "{} {} · {} {} · {}",
        here.count(left.paid),
        desk.say(
            "paid orders are refunded",
            "pesanan yang dibayar dikembalikan"
        ),
        here.count(left.pending),
        desk.say("unpaid ones end", "yang belum dibayar berakhir"),
        desk.money(left.left_minor),
    );
    let name = Field::line(
        "name",
        format!(
            "{} {}",
            desk.say("To be sure, type", "Untuk memastikan, ketik"),
            event.slug
        ),
    )
    .required()
    .most(80);
    let form = FormPart::new(
        here,
        "cancel",
        format!("/panel/events/{}/cancel", event.slug),
    )
    .row(here, [name])
    .button(desk.say("Cancel the event for good", "Batalkan acara selamanya"))
    .grave("");
    let title = desk.say("This cannot be undone", "Ini tidak dapat dibatalkan lagi");
    Ok(Card::new("cancel", title).lead(lead).form(form))
}

/// Where the refunds are followed: there is one page for it.
fn run_card(desk: &Desk<'_>) -> Card {
    let title = desk.say(
        "Refunds of the cancelled event",
        "Pengembalian dana acara yang dibatalkan",
    );
    let card = Card::new("run", title).lead(desk.say(
        "The event is cancelled, and its orders are refunded one after the other.",
        "Acara dibatalkan, dan pesanannya dikembalikan satu per satu.",
    ));
    if !desk.here.may(Permission::OrdersView, desk.event()) {
        return card;
    }
    let words = desk.say("How far they have come", "Sampai di mana");
    let path = format!("/panel/events/{}/refund-run", desk.event().slug);
    let head = Cell::text(desk.say("Refunds", "Pengembalian"));
    card.table([head], vec![vec![Cell::link(words, path)]], "")
}

pub(in crate::http::panel) async fn cancelling(here: Here) -> Response {
    show_at(&here, At::Cancel, None, StatusCode::OK).await
}

pub(in crate::http::panel) async fn cancel(here: Here) -> Response {
    let done = try_cancel(&here).await;
    answer(&here, At::Cancel, done).await
}

async fn try_cancel(here: &Here) -> Result<String, Fault> {
    let event = meant(here)?;
    if here.form().text("name") != event.slug {
        return Err(Fault::Said(
            "Type the event's name in addresses to be sure.",
            "Ketik nama acara di alamat untuk memastikan.",
        ));
    }
    let cancelled = here.app().cancel_event(event.id, &actor(here)).await;
    cancelled.map_err(cancel_fault)?;
    Ok(done(here, At::Cancel, "event_cancelled"))
}
