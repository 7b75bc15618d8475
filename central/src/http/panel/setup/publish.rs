//! The last step: what is missing, each with the way to the step that mends it, and the button when nothing is.

use super::{
    opening,
    page::{At, Body, Desk, Fault},
    words,
};
use crate::{
    domain::{
        event::EventStatus,
        permission::Permission,
        readiness::{self, Missing},
    },
    http::panel::card::{Card, Cell, FormPart},
    store,
};

pub(super) async fn body(desk: &Desk<'_>) -> Result<Body, Fault> {
    let mut tx = desk.here.app().store.read().await?;
    let asked = store::opening::of_event(&mut tx, desk.event().id).await?;
    let missing = readiness::missing(&desk.offer.setup, desk.now);
    let may = desk.here.may(Permission::EventsPublish, desk.event());
    let may_step = desk.event().status.step(EventStatus::Published).is_ok();
    let (here, is_ready) = (desk.here, missing.is_empty());
    let mut card = if !may_step {
        Card::new("stands", stands(desk))
    } else if is_ready {
        ready_card(desk, may)
    } else {
        missing_card(desk, &missing)
    };
    if let Some(said) = opening::stands(here, desk.event(), asked.as_ref(), is_ready) {
        card = card.lead(said);
    }
    let mut cards = vec![card];
    cards.extend(opening::card(desk, asked.as_ref(), is_ready));
    cards.extend(opening::decline_card(desk, asked.as_ref()));
    Ok(Body {
        title: desk.say("Publish", "Buka untuk umum").to_owned(),
        lead: desk
            .say(
                "From then on everybody sees the event, and its tickets are sold in their windows.",
                "Sejak itu semua orang melihat acara, dan tiketnya dijual pada waktunya.",
            )
            .to_owned(),
        cards,
        matrix: None,
    })
}

/// Where an event that is open is seen: by everybody, and at its door.
pub(super) fn ways(desk: &Desk<'_>) -> Vec<(String, String)> {
    let (here, event) = (desk.here, desk.event());
    if event.status != EventStatus::Published {
        return Vec::new();
    }
    let words = desk.say("Public page", "Halaman umum").to_owned();
    let mut ways = vec![(format!("/events/{}", event.slug), words)];
    if here.may(Permission::ScansView, event) {
        let words = desk.say("Door now", "Pintu sekarang").to_owned();
        ways.push((desk.path_of("live"), words));
    }
    ways
}

fn stands(desk: &Desk<'_>) -> &'static str {
    match desk.event().status {
        EventStatus::Published => desk.say(
            "The event is open to the public.",
            "Acara sudah dibuka untuk umum.",
        ),
        _ => desk.say(
            "The event cannot be opened as it stands now.",
            "Acara tidak dapat dibuka dengan statusnya sekarang.",
        ),
    }
}

fn ready_card(desk: &Desk<'_>, may: bool) -> Card {
    let action = format!("/panel/events/{}/publish", desk.event().slug);
    let form = FormPart::new(desk.here, "publish", action)
        .button(desk.say("Open the event to the public", "Buka acara untuk umum"));
    let lead = desk.say(
        "Look at the preview once more.",
        "Lihat pratinjaunya sekali lagi.",
    );
    let card = Card::new(
        "ready",
        desk.say("Nothing is missing", "Tidak ada yang kurang"),
    );
    card.lead(lead).forms(may.then_some(form))
}

fn missing_card(desk: &Desk<'_>, missing: &[Missing]) -> Card {
    let row = |one: &Missing| {
        let step = one.step();
        vec![
            Cell::link(words::missing(desk.here, *one), desk.path(At::Step(step))),
            Cell::text(words::step(step, desk.here)),
        ]
    };
    let title = desk.say(
        "Missing before it can be published",
        "Yang kurang sebelum dapat dibuka",
    );
    Card::new("missing", title).table(
        [
            Cell::text(desk.say("What is missing", "Yang kurang")),
            Cell::text(desk.say("Step", "Langkah")),
        ],
        missing.iter().map(row).collect(),
        "",
    )
}
