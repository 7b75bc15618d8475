//! What is asked before a deed that moves money, or ends something for good: on the page by its script, and here for whoever
//! sends a form without it.
//!
//! Invariants: the questions stand in one table, by route and deed, and the pages take their words from it. A form that does
//! not say `sure=yes` changes nothing: it is answered by a page that says what will happen and holds the same fields. The
//! guard asks after it has found that the deed is allowed and the form ours, so that a question tells nobody anything.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::{Door, Here},
    form::{Form, TOKEN},
    frame::Frame,
    route::{Route, Verb},
    sign_in::own,
};
use crate::app::users::Signed;

/// The field that says it.
const SURE: &str = "sure";
/// The field of forms with several deeds.
const ACT: &str = "act";

/// A deed that is asked about.
struct Question {
    path: &'static str,
    /// Which of several; none = whatever the form says.
    act: Option<&'static str>,
    words: (&'static str, &'static str),
}

const QUESTIONS: &[Question] = &[
    Question {
        path: "/panel/events/{event}/close",
        act: None,
        words: (
            "Close the sale of this event? You can open it again.",
            "Tutup penjualan acara ini? Anda dapat membukanya lagi.",
        ),
    },
    Question {
        path: "/panel/orders/cancel",
        act: None,
        words: (
            "Cancel the chosen orders that are not paid? Their places go back on sale. This cannot be undone.",
            "Batalkan pesanan terpilih yang belum dibayar? Tempatnya dijual lagi. Ini tidak dapat dibatalkan.",
        ),
    },
    Question {
        path: "/panel/orders/{order}/cancel",
        act: None,
        words: (
            "Cancel this order? Its places go back on sale. This cannot be undone.",
            "Batalkan pesanan ini? Tempatnya dijual lagi. Ini tidak dapat dibatalkan.",
        ),
    },
    Question {
        path: "/panel/orders/{order}/payment",
        act: Some("take"),
        words: (
            "Record this money? The tickets are issued and sent at once. This cannot be undone, only refunded.",
            "Catat uang ini? Tiket langsung diterbitkan dan dikirim. Ini tidak dapat dibatalkan, hanya dikembalikan.",
        ),
    },
    Question {
        path: "/panel/orders/{order}/payment",
        act: Some("deny"),
        words: (
            "Refuse this payment? The provider gives the money back, and there are no tickets.",
            "Tolak pembayaran ini? Penyedia mengembalikan uangnya, dan tidak ada tiket.",
        ),
    },
    Question {
        path: "/panel/orders/{order}/refunds",
        act: Some("agree"),
        words: (
            "Agree to this refund? Tickets that it names open no gate from then on, and the money goes back. This cannot be undone.",
            "Setujui pengembalian ini? Tiket yang disebutnya tidak membuka gerbang lagi, dan uangnya kembali. Ini tidak dapat dibatalkan.",
        ),
    },
    Question {
        path: "/panel/orders/{order}/refunds",
        act: Some("finish"),
        words: (
            "Has the money really gone back? The buyer is told so, and nobody can give it back again.",
            "Uangnya benar-benar sudah kembali? Pembeli diberi tahu, dan tidak ada yang dapat mengembalikannya lagi.",
        ),
    },
    Question {
        path: "/panel/promos/end",
        act: None,
        words: (
            "End the chosen codes? Orders that use them keep them; you can switch the codes on again.",
            "Akhiri kode terpilih? Pesanan yang memakainya tetap; Anda dapat mengaktifkannya lagi.",
        ),
    },
    Question {
        path: "/panel/refunds/agree",
        act: None,
        words: (
            "Agree to the chosen refunds? Tickets that they name open no gate from then on, and the money goes back. This cannot be undone.",
            "Setujui pengembalian yang dipilih? Tiket yang disebutnya tidak membuka gerbang lagi, dan uangnya kembali. Ini tidak dapat dibatalkan.",
        ),
    },
    Question {
        path: "/panel/orders/{order}/dispute",
        act: Some("lost"),
        words: (
            "Is the dispute lost? The money and its tickets are gone for good.",
            "Sengketa kalah? Uang dan tiketnya hilang untuk selamanya.",
        ),
    },
    Question {
        path: "/panel/nodes/revoke",
        act: None,
        words: (
            "Revoke the chosen nodes for good? Each erases its replica at its next contact and lets nobody in any more; scans that it still has are taken.",
            "Cabut perangkat terpilih untuk selamanya? Masing-masing menghapus replikanya pada kontak berikutnya dan tidak memasukkan siapa pun lagi; pindaian yang masih ada tetap diterima.",
        ),
    },
    Question {
        path: "/panel/nodes/{node}/revoke",
        act: None,
        words: (
            "Revoke this node for good? It erases its replica at the next contact and lets nobody in any more; its scans are still taken.",
            "Cabut perangkat ini untuk selamanya? Replikanya dihapus pada kontak berikutnya dan tidak memasukkan siapa pun lagi; pindaiannya tetap diterima.",
        ),
    },
    Question {
        path: "/panel/events/{event}/wristbands/withdraw",
        act: None,
        words: (
            "Withdraw it? Wristbands that are withdrawn let nobody in any more, handed out or not. This cannot be undone.",
            "Tarik? Gelang yang ditarik tidak meloloskan siapa pun lagi, sudah dibagikan atau belum. Ini tidak dapat dibatalkan.",
        ),
    },
    Question {
        path: "/panel/staff/{user}/password",
        act: None,
        words: (
            "Make a new one-time password? The old one ends, and so do all sessions. This cannot be undone.",
            "Buat kata sandi sekali pakai baru? Yang lama berakhir, juga semua sesi. Ini tidak dapat dibatalkan.",
        ),
    },
    Question {
        path: "/panel/staff/{user}/factor",
        act: None,
        words: (
            "Turn the second factor off? Make sure it is really this person who asks. Nobody but them can turn it on again.",
            "Matikan faktor kedua? Pastikan memang orang ini yang meminta. Hanya orang itu yang dapat mengaktifkannya lagi.",
        ),
    },
    Question {
        path: "/panel/operators/{login}/reset",
        act: None,
        words: (
            "Make another secret? The old one opens no gate any more, once the gates have heard of it. This cannot be undone.",
            "Buat rahasia baru? Yang lama tidak membuka gerbang lagi setelah gerbang mendengarnya. Ini tidak dapat dibatalkan.",
        ),
    },
    Question {
        path: "/panel/staff/sessions",
        act: None,
        words: (
            "End all sessions of the chosen accounts? Their people sign in again with their passwords. Your own are left out: they end on your own page.",
            "Akhiri semua sesi akun terpilih? Pemiliknya masuk lagi dengan kata sandi. Sesi Anda sendiri tidak termasuk: akhiri di halaman akun Anda.",
        ),
    },
    Question {
        path: "/panel/staff/off",
        act: None,
        words: (
            "Disable the chosen accounts? Their sessions end at once, and nobody signs in with them until they are enabled again, one by one. Your own is left out, and so is whoever may do what you may not.",
            "Nonaktifkan akun terpilih? Sesinya langsung berakhir, dan tidak ada yang dapat masuk sampai diaktifkan lagi satu per satu. Akun Anda sendiri tidak termasuk, juga yang haknya melebihi hak Anda.",
        ),
    },
    Question {
        path: "/panel/operators/chosen/off",
        act: None,
        words: (
            "Disable the chosen people? They are signed out at gates as soon as those hear of it, also while they work. You can enable them again.",
            "Nonaktifkan petugas terpilih? Mereka dikeluarkan dari gerbang begitu gerbang mendengarnya, juga saat bertugas. Anda dapat mengaktifkannya lagi.",
        ),
    },
];

/// The words in which a deed is asked about; `act` is empty where the route has one deed.
pub(super) fn words(path: &str, act: &str) -> (&'static str, &'static str) {
    let found = QUESTIONS
        .iter()
        .find(|question| question.path == path && question.act.is_none_or(|asked| asked == act));
    found.map_or(("", ""), |question| question.words)
}

/// The page that asks, where a form does not say that its sender is sure.
pub(super) fn asked(door: &Door, signed: &Signed, route: &Route) -> Option<Response> {
    if route.verb == Verb::Get || door.form.all(SURE).any(|value| value == "yes") {
        return None;
    }
    let (english, indonesian) = words(route.path, &door.form.text(ACT));
    if english.is_empty() {
        return None;
    }
    let say = |english, indonesian| door.visitor.say(english, indonesian).to_owned();
    let page = Frame::of(door, signed, None);
    let asking = Asking {
        title: say("Are you sure?", "Anda yakin?"),
        words: say(english, indonesian),
        yes: say("Yes, do it", "Ya, lakukan"),
        no: say("No, go back", "Tidak, kembali"),
        note: None,
        is_grave: true,
    };
    Some(answer(door, page, StatusCode::OK, asking))
}

/// Asks for the note that a deed on chosen rows lacks, and keeps what was chosen.
pub(super) fn without_note(here: &Here, page: Frame, title: &str, label: &str) -> Response {
    let say = |english, indonesian| here.say(english, indonesian).to_owned();
    let asking = Asking {
        title: title.to_owned(),
        words: say(
            "Say why in 1 to 500 characters. What you chose is kept.",
            "Tulis alasannya dalam 1 sampai 500 karakter. Pilihan Anda tetap tersimpan.",
        ),
        yes: title.to_owned(),
        no: say("Back to the list", "Kembali ke daftar"),
        note: Some(label.to_owned()),
        is_grave: false,
    };
    answer(&here.door, page, StatusCode::UNPROCESSABLE_ENTITY, asking)
}

/// What a page asks, and what its button says.
struct Asking {
    title: String,
    words: String,
    yes: String,
    no: String,
    /// The label of a text that is still missing.
    note: Option<String>,
    is_grave: bool,
}

#[derive(Template)]
#[template(path = "panel/sure.html")]
struct Sure {
    page: Frame,
    asking: Asking,
    action: String,
    fields: Vec<(String, String)>,
    back: String,
}

fn answer(door: &Door, page: Frame, status: StatusCode, asking: Asking) -> Response {
    let action = door.visitor.path.clone();
    let back = back(&door.form, &action);
    let template = Sure {
        page: page.at(&back),
        fields: kept(&door.form, asking.note.is_some()),
        asking,
        action,
        back,
    };
    template.page.send(status, &template)
}

/// The fields of a form, but those that the page has of its own.
fn kept(form: &Form, asks_note: bool) -> Vec<(String, String)> {
    let fields = form.pairs();
    let own = |name: &str| name == TOKEN || name == SURE || (asks_note && name == "note");
    let kept = fields.filter(|(name, _)| !own(name));
    kept.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Where somebody goes who is not sure: the list that the form names, or the page above the deed.
fn back(form: &Form, action: &str) -> String {
    let above = action.rsplit_once('/').map_or("/panel", |(above, _)| above);
    own(&form.text("back")).unwrap_or(above).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::panel::ROUTES;

    #[test]
    fn every_question_is_about_a_route() {
        for question in QUESTIONS {
            let is_there = |route: &&Route| route.path == question.path && route.verb == Verb::Post;
            assert!(
                ROUTES.iter().any(|route| is_there(&route)),
                "{}",
                question.path
            );
        }
        assert_eq!(words("/panel/orders/{order}/refunds", "again"), ("", ""));
        assert_ne!(words("/panel/orders/{order}/refunds", "agree"), ("", ""));
    }
}
