//! Letters about money that somebody else took back, or holds: the provider, or the buyer's bank. Money that we give back
//! has its own (`refund`).

use sync_protocol::time::Timestamp;

use super::{
    event::order_button,
    words::{language, page as start, pick, subject},
};
use crate::{
    app::{App, orders::OrderView},
    domain::{id::OrderId, letter::LetterKind},
    mail::{Button, Page},
    store::{self, StoreError, Tx},
};

impl App {
    /// Asks for a letter about an order that there may be more than one of.
    pub(in crate::app) async fn tell_buyer(
        &self,
        tx: &mut Tx,
        kind: LetterKind,
        order: OrderId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let letter = (self.new_id(now), kind, self.new_id(now));
        store::letter::put(tx, letter, &order.0.to_string(), now, now).await?;
        Ok(())
    }
}

/// `again` is the page of the event.
pub(super) fn reversed(view: &OrderView, again: String) -> Page {
    let language = language(view);
    let event = &view.setup.event.name;
    Page {
        subject: subject(
            language,
            "Pembayaran dibatalkan",
            "Payment taken back",
            event,
        ),
        heading: pick(
            language,
            "Pembayaran Anda tidak jadi kami terima",
            "Your payment did not reach us after all",
        ),
        intro: vec![
            pick(
                language,
                "Penyedia pembayaran memberi tahu kami bahwa pembayaran pesanan ini dibatalkan. Karena itu tiketnya tidak berlaku lagi dan tidak membuka gerbang mana pun.",
                "The payment provider has told us that the payment of this order was taken back. Its tickets are therefore no longer valid and open no gate.",
            ),
            pick(
                language,
                "Jika uang sudah terpotong, uang itu kembali dari bank atau dompet digital Anda, bukan dari kami. Jika masih ingin datang, silakan pesan lagi.",
                "If money left your account, it comes back from your bank or wallet, not from us. If you still want to come, place a new order.",
            ),
        ],
        button: Some(Button {
            label: pick(language, "Pesan lagi", "Order again"),
            url: again,
        }),
        ..start(view)
    }
}

/// `organiser` is a name and an address to ask at.
pub(super) fn disputed(view: &OrderView, url: String, organiser: Option<(String, String)>) -> Page {
    let language = language(view);
    let event = &view.setup.event.name;
    let ask = organiser.map(|(name, email)| {
        let words = pick(
            language,
            "Pertanyaan? Hubungi penyelenggara",
            "Questions? Write to the organiser",
        );
        format!("{words}: {name}, {email}.")
    });
    Page {
        subject: subject(
            language,
            "Pembayaran disengketakan",
            "Payment disputed",
            event,
        ),
        heading: pick(
            language,
            "Pembayaran pesanan ini disengketakan",
            "The payment of this order is disputed",
        ),
        intro: vec![
            pick(
                language,
                "Bank Anda menahan uang pesanan ini sampai sengketanya diputuskan. Sampai saat itu tiketnya diblokir dan tidak membuka gerbang mana pun.",
                "Your bank holds the money of this order until the dispute is decided. Until then its tickets are blocked and open no gate.",
            ),
            pick(
                language,
                "Bukan Anda yang mengajukan, atau itu keliru? Beri tahu bank Anda bahwa pembayaran ini milik Anda. Begitu sengketa selesai, kami kabari lagi.",
                "It was not you, or it was a mistake? Tell your bank that the payment is yours. As soon as the dispute is over, we write again.",
            ),
        ],
        button: order_button(language, url),
        outro: ask.into_iter().collect(),
        ..start(view)
    }
}

pub(super) fn dispute_won(view: &OrderView, url: String) -> Page {
    let language = language(view);
    let event = &view.setup.event.name;
    Page {
        subject: subject(
            language,
            "Tiket Anda berlaku lagi",
            "Your tickets are valid again",
            event,
        ),
        heading: pick(
            language,
            "Sengketa selesai, tiket Anda berlaku lagi",
            "The dispute is over, your tickets are valid again",
        ),
        intro: vec![pick(
            language,
            "Bank menyerahkan uang pesanan ini kepada kami. Tiket terlampir berlaku seperti semula, dengan kode QR yang sama.",
            "The bank has given us the money of this order. The attached tickets are good as before, with the same QR codes.",
        )],
        button: order_button(language, url),
        ..start(view)
    }
}
