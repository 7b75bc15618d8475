//! What is done about a dispute on the page of its order; the list of all is `dispute_list`'s.

use axum::response::Response;
use sync_protocol::time::Timestamp;

use super::{
    super::{
        door::{Here, to},
        filter, guard, status, when,
    },
    meant, nothing, order,
    said::{self, Refused},
    words,
};
use crate::{
    app::trail::Actor,
    domain::{
        dispute::{self, DisputeStatus},
        event::Event,
        id::PaymentId,
        order::Order,
        wall_clock,
    },
    store::{self, StoreError, Tx},
};

/// A dispute on the page of its order.
pub(super) struct DisputeCard {
    pub(super) payment: String,
    pub(super) status: status::Mark,
    pub(super) amount: String,
    pub(super) opened: String,
    pub(super) ended: String,
    pub(super) due: String,
    pub(super) due_words: String,
    pub(super) is_urgent: bool,
    pub(super) is_open: bool,
    pub(super) notes: Vec<(String, String, String)>,
}

pub(super) async fn cards(
    here: &Here,
    tx: &mut Tx,
    order: &Order,
    event: &Event,
) -> Result<Vec<DisputeCard>, StoreError> {
    let language = here.door.visitor.language;
    let at = |moment| when::moment(moment, &event.time_zone, language);
    let (now, zone) = (here.app().clock.now(), wall_clock::zone(&event.time_zone));
    let mut cards = Vec::new();
    for one in store::dispute::of_order(tx, order.id).await? {
        let notes = store::dispute::notes(tx, one.payment).await?.into_iter();
        cards.push(DisputeCard {
            payment: one.payment.to_string(),
            status: words::dispute(one.status, language),
            amount: one.amount.text(language),
            opened: at(one.opened_at),
            ended: one.ended_at.map(at).unwrap_or_default(),
            due: one
                .due_at
                .map(|at| filter::date_at(at, zone))
                .unwrap_or_default(),
            due_words: one.due_at.map(at).unwrap_or_default(),
            is_urgent: dispute::is_urgent(one.status, one.due_at, now),
            is_open: one.status == DisputeStatus::Open,
            notes: notes
                .map(|note| (note.author, at(note.at), note.text))
                .collect(),
        });
    }
    Ok(cards)
}

/// The payment that the form names, if this order has a dispute about it; `None` = it is another's, or nobody's.
async fn own(here: &Here, order: &Order) -> Result<Option<Result<PaymentId, Refused>>, StoreError> {
    let Ok(id) = here.form().text("payment").parse::<PaymentId>() else {
        let said = said::wrong(here, "Choose a dispute.", "Pilih sengketa.");
        return Ok(Some(Err(said)));
    };
    let mut tx = here.app().store.read().await?;
    let all = store::dispute::of_order(&mut tx, order.id).await?;
    let is_own = all.iter().any(|one| one.payment == id);
    Ok(is_own.then_some(Ok(id)))
}

/// Ends a dispute, or writes down until when the bank wants an answer.
pub(in crate::http::panel) async fn act(here: Here) -> Response {
    let Some((found, event)) = meant(&here) else {
        return nothing(&here);
    };
    match own(&here, found).await {
        Ok(Some(Ok(payment))) => {
            let done = decide(&here, (found, event), payment).await;
            answer(&here, found, done).await
        }
        Ok(Some(Err(refused))) => order::page(&here, Some(refused)).await,
        Ok(None) => nothing(&here),
        Err(error) => guard::failed(&error),
    }
}

/// Keeps a note.
pub(in crate::http::panel) async fn note(here: Here) -> Response {
    let Some((found, _)) = meant(&here) else {
        return nothing(&here);
    };
    match own(&here, found).await {
        Ok(Some(Ok(payment))) => {
            let (text, by) = (here.form().text("note"), Actor::from(&here.signed.account));
            let noted = here.app().note_dispute((found.id, payment), &text, &by);
            let noted = noted.await.map_err(|error| said::refused(&here, &error));
            answer(&here, found, noted.map(|()| "noted")).await
        }
        Ok(Some(Err(refused))) => order::page(&here, Some(refused)).await,
        Ok(None) => nothing(&here),
        Err(error) => guard::failed(&error),
    }
}

async fn answer(here: &Here, found: &Order, done: Result<&'static str, Refused>) -> Response {
    match done {
        Ok(done) => to(&order::path(&found.number, done)),
        Err(refused) => order::page(here, Some(refused)).await,
    }
}

/// The end of the day that was typed, on the clock of the event; nothing typed takes the date away.
fn due(here: &Here, event: &Event) -> Result<Option<Timestamp>, Refused> {
    let typed = here.form().text("due");
    if typed.is_empty() {
        return Ok(None);
    }
    let next = filter::day_at(&typed, 1, wall_clock::zone(&event.time_zone));
    let next = next.ok_or_else(|| {
        said::wrong(
            here,
            "This is no day, so the date stays as it was: choose one, or leave the field empty to take the date away.",
            "Itu bukan tanggal, jadi tanggalnya tetap: pilih tanggal, atau kosongkan untuk menghapusnya.",
        )
    })?;
    Ok(Some(next.plus_ms(-1)))
}

async fn decide(
    here: &Here,
    (found, event): (&Order, &Event),
    payment: PaymentId,
) -> Result<&'static str, Refused> {
    let (app, form) = (here.app(), here.form());
    let by = Actor::from(&here.signed.account);
    match form.text("act").as_str() {
        "due" => {
            let due = due(here, event)?;
            let kept = app.set_dispute_due((found.id, payment), due, &by).await;
            kept.map_err(|error| said::refused(here, &error))?;
            Ok(due.map_or("undated", |_| "dated"))
        }
        end @ ("won" | "lost") => {
            let won = end == "won";
            let ended = app.end_dispute_of(&found.number, Some(payment), won, &by);
            let ended = ended.await;
            ended.map_err(|error| said::refused(here, &error))?;
            Ok(if won { "dispute_won" } else { "dispute_lost" })
        }
        _ => Err(said::wrong(
            here,
            "Choose what is to be done.",
            "Pilih apa yang harus dilakukan.",
        )),
    }
}
