//! The last step: what is missing, each with the way to the step that mends it, and the button when nothing is.

use super::{
    page::{At, Body, Desk},
    words,
};
use crate::{
    domain::{
        event::EventStatus,
        permission::Permission,
        readiness::{self, Missing},
    },
    http::panel::card::{Card, Cell, FormPart},
};

pub(super) fn body(desk: &Desk<'_>) -> Body {
    let missing = readiness::missing(&desk.offer.setup, desk.now);
    let may = desk.here.may(Permission::EventsPublish, desk.event());
    let may_step = desk.event().status.step(EventStatus::Published).is_ok();
    let mut cards = Vec::new();
    if !may_step {
        cards.push(Card::new("stands", stands(desk)));
    } else if missing.is_empty() {
        cards.push(ready_card(desk, may));
    } else {
        cards.push(missing_card(desk, &missing));
    }
    Body {
        title: desk.say("Publish", "Buka untuk umum").to_owned(),
        lead: desk
            .say(
                "From then on everybody sees the event, and its tickets are sold in their windows.",
                "Sejak itu semua orang melihat acara, dan tiketnya dijual pada waktunya.",
            )
            .to_owned(),
        cards,
        matrix: None,
    }
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
    let lead = match may {
        true => desk.say(
            "Look at the preview once more.",
            "Lihat pratinjaunya sekali lagi.",
        ),
        false => desk.say(
            "It waits on the overview of whoever may open events: nothing more is asked of you.",
            "Acara ini menunggu di ringkasan mereka yang boleh membukanya: tugas Anda selesai.",
        ),
    };
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
