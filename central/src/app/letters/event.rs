//! Letters about the event itself: it is near, it will not be, it is at another time.

use documents::Language;
use sync_protocol::time::Timestamp;

use super::words::{days, language, page as start, pick, subject, zone};
use crate::{
    app::orders::OrderView,
    mail::{Button, Page},
};

pub(super) fn reminder(view: &OrderView, url: String, now: Timestamp) -> Page {
    let language = language(view);
    let event = &view.setup.event;
    let next = days(view)
        .filter(|day| day.closes_at > now)
        .map(|day| day.opens_at)
        .min();
    let begins = super::words::at(event, language, next.unwrap_or(event.starts_at));
    let sentence = pick(
        language,
        "Gerbang dibuka {}. Bawa tiket Anda (terlampir sekali lagi) dan kartu identitas.",
        "The gates open at {}. Bring your tickets (attached once more) and your identity card.",
    );
    Page {
        subject: subject(language, "Sebentar lagi", "Coming up", &event.name),
        heading: pick(language, "Sampai jumpa sebentar lagi", "See you soon"),
        intro: vec![sentence.replace("{}", &begins)],
        button: order_button(language, url),
        ..start(view)
    }
}

pub(super) fn cancelled(view: &OrderView, url: String) -> Page {
    let language = language(view);
    Page {
        subject: subject(
            language,
            "Acara dibatalkan",
            "Event cancelled",
            &view.setup.event.name,
        ),
        heading: pick(language, "Acara ini dibatalkan", "This event is cancelled"),
        intro: vec![pick(
            language,
            "Dengan menyesal kami sampaikan bahwa acara ini tidak akan berlangsung. Tiket tidak berlaku lagi. Tentang uang Anda, Anda menerima surat tersendiri; Anda tidak perlu melakukan apa pun.",
            "We are sorry to say that this event will not take place. Tickets are no longer valid. About your money you will get a letter of its own; you need not do anything.",
        )],
        button: order_button(language, url),
        ..start(view)
    }
}

pub(super) fn postponed(view: &OrderView, url: String) -> Page {
    let language = language(view);
    let event = &view.setup.event;
    let zone = zone(event).name().to_owned();
    Page {
        subject: subject(language, "Acara ditunda", "Event postponed", &event.name),
        heading: pick(language, "Acara ini ditunda", "This event is postponed"),
        intro: vec![pick(
            language,
            "Acara berlangsung pada waktu lain. Tiket Anda tetap berlaku. Waktu yang kami ketahui sekarang ada di bawah; perubahan lain kami kabarkan ke alamat ini.",
            "The event takes place at another time. Your tickets stay valid. The times as we know them now stand below; should they change again, we write to this address.",
        )],
        button: order_button(language, url),
        outro: vec![format!(
            "{}: {zone}",
            pick(language, "Zona waktu", "Time zone")
        )],
        ..start(view)
    }
}

pub(super) fn order_button(language: Language, url: String) -> Option<Button> {
    let label = pick(language, "Lihat pesanan", "See the order");
    Some(Button { label, url })
}
