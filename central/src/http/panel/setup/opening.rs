//! Asking that the event be opened, for whoever sets it up and may not open it: the form, how the wish stands, and the
//! way back.

use axum::response::Response;

use super::page::{At, Desk, Fault, answer, done, meant};
use crate::{
    app::{events::EventError, openings::AskError},
    domain::{
        event::{Event, EventStatus},
        opening::{Opening, OpeningStatus},
        permission::Permission,
        readiness::Step,
    },
    http::panel::{
        card::{Card, Field, FormPart},
        door::{Here, to},
        when,
    },
};

/// The page where it is asked.
const PAGE: At = At::Step(Step::Publish);

/// Whether somebody sets the event up and may not open it.
pub(crate) fn may_ask(here: &Here, event: &Event) -> bool {
    here.may(Permission::EventsManage, event) && !here.may(Permission::EventsPublish, event)
}

/// How the wish stands; `None` where there is none, or where it tells nothing of what the event is now.
pub(crate) fn stands(
    here: &Here,
    event: &Event,
    opening: Option<&Opening>,
    is_ready: bool,
) -> Option<String> {
    let opening = opening?;
    let moment = |at| when::moment(at, &event.time_zone, here.door.visitor.language);
    let asked = format!(
        "{} {} ({}).",
        here.say("Opening asked for at", "Minta dibuka pada"),
        moment(opening.asked_at),
        opening.asked_by
    );
    let more = match (opening.status, opening.ended_at, event.status) {
        (OpeningStatus::Opened, Some(at), EventStatus::Published) => {
            let opened = here.say("Opened at", "Dibuka pada");
            format!("{opened} {}.", moment(at))
        }
        (OpeningStatus::Declined, Some(at), _)
            if event.status.step(EventStatus::Published).is_ok() =>
        {
            let declined = here.say("Declined at", "Ditolak pada");
            let reason = opening.reason.as_deref().unwrap_or_default();
            format!("{declined} {}. {reason}", moment(at))
        }
        (OpeningStatus::Waiting, ..) if event.status.step(EventStatus::Published).is_ok() => {
            let words = if is_ready {
                (
                    "It stands on the overview of whoever may open it.",
                    "Acara ini tampil di ringkasan mereka yang boleh membukanya.",
                )
            } else {
                (
                    "Since then something is missing: it cannot be opened before that is mended.",
                    "Sejak itu ada yang kurang: acara tidak dapat dibuka sebelum dilengkapi.",
                )
            };
            here.say(words.0, words.1).to_owned()
        }
        _ => return None,
    };
    Some(format!("{asked} {more}"))
}

/// What somebody who may not open the event does about it; nothing where there is nothing to do.
pub(super) fn card(desk: &Desk<'_>, opening: Option<&Opening>, is_ready: bool) -> Option<Card> {
    let (here, event) = (desk.here, desk.event());
    if event.status.step(EventStatus::Published).is_err() || !may_ask(here, event) {
        return None;
    }
    let title = desk.say("Ask for opening", "Minta dibuka");
    let card = Card::new("opening", title);
    if opening.is_some_and(Opening::waits) {
        let form = FormPart::new(here, "withdraw", desk.path_of("opening/withdraw"))
            .button(desk.say("Take it back", "Tarik kembali"))
            .quiet();
        return Some(card.form(form));
    }
    let lead = desk.say(
        "You set this event up, and somebody else opens it: they see your wish on their overview, and get a letter unless they just got one about it.",
        "Anda menyiapkan acara ini, dan orang lain membukanya: mereka melihat permintaan Anda di ringkasan dan menerima surat, kecuali baru saja menerimanya.",
    );
    let form = FormPart::new(here, "ask", desk.path_of("opening")).button(title);
    is_ready.then(|| card.lead(lead).form(form))
}

/// What somebody who may open the event does about a wish that waits, besides opening it.
pub(super) fn decline_card(desk: &Desk<'_>, opening: Option<&Opening>) -> Option<Card> {
    let (here, event) = (desk.here, desk.event());
    let may = here.may(Permission::EventsPublish, event);
    if event.status.step(EventStatus::Published).is_err() || !may {
        return None;
    }
    opening.filter(|opening| opening.waits())?;
    let title = desk.say("Decline", "Tolak");
    let reason = desk.say(
        "Reason, which the organiser reads",
        "Alasan, yang dibaca penyelenggara",
    );
    let form = FormPart::new(here, "decline", desk.path_of("opening/decline"))
        .row(here, [Field::area("reason", reason).most(500)])
        .button(title)
        .quiet();
    Some(Card::new("decline", title).form(form))
}

/// Asks for it.
pub(crate) async fn ask(here: Here) -> Response {
    let event = match meant(&here) {
        Ok(event) if may_ask(&here, event) => event.id,
        Ok(_) => return answer(&here, PAGE, Err(YOURS)).await,
        Err(fault) => return answer(&here, PAGE, Err(fault)).await,
    };
    let asked = here.app().ask_opening(event, &here.signed.account).await;
    let fault = match asked {
        Ok(()) => return answer(&here, PAGE, Ok(done(&here, PAGE, "opening_asked"))).await,
        Err(AskError::NotReady(_)) => Fault::Said(
            "The event is not ready: complete what is listed below, and ask again.",
            "Acara belum siap: lengkapi daftar di bawah, lalu minta lagi.",
        ),
        Err(AskError::Event(EventError::IllegalMove(_))) => Fault::Said(
            "The event does not allow this as it stands now: look at its status.",
            "Status acara sekarang tidak memungkinkan itu: lihat statusnya.",
        ),
        Err(AskError::Event(error)) => error.into(),
    };
    answer(&here, PAGE, Err(fault)).await
}

/// Whoever may open the event asks nobody.
const YOURS: Fault = Fault::Said(
    "You may open this event yourself: do it here.",
    "Anda boleh membuka acara ini sendiri: lakukan di sini.",
);

/// Takes it back.
pub(crate) async fn withdraw(here: Here) -> Response {
    let withdrawn = async {
        let event = meant(&here)?.id;
        let who = &here.signed.account;
        here.app().withdraw_opening(event, who).await?;
        Ok(done(&here, PAGE, "opening_withdrawn"))
    };
    let withdrawn: Result<String, Fault> = withdrawn.await;
    answer(&here, PAGE, withdrawn).await
}

/// Declines it.
pub(crate) async fn decline(here: Here) -> Response {
    let declined = async {
        let event = meant(&here)?;
        let (who, reason) = (&here.signed.account, here.form().text("reason"));
        here.app().decline_opening(event.id, who, &reason).await?;
        Ok(format!(
            "/panel/events/{}?done=opening_declined",
            event.slug
        ))
    };
    let declined: Result<String, Fault> = declined.await;
    match declined {
        // Whoever may open the event need not set it up, so the way back is its own page.
        Ok(path) => to(&path),
        Err(fault) => answer(&here, PAGE, Err(fault)).await,
    }
}
