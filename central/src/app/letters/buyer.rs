//! Letters about an order and its money.

use super::words::{at, language, page as start, pick, subject};
use crate::{
    app::orders::OrderView,
    domain::letter::LetterKind,
    mail::{Button, Page},
};

/// The letter of this kind; other kinds have words of their own.
pub(super) fn page(kind: LetterKind, view: &OrderView, url: String) -> Page {
    match kind {
        LetterKind::PaymentPending => pending(view, url),
        LetterKind::PaymentExpired => expired(view),
        LetterKind::TicketsAgain => tickets(view, url, true),
        _ => tickets(view, url, false),
    }
}

fn tickets(view: &OrderView, url: String, again: bool) -> Page {
    let language = language(view);
    let event = &view.setup.event.name;
    let (subject, heading) = if again {
        (
            pick(language, "Tiket Anda sekali lagi", "Your tickets once more"),
            pick(
                language,
                "Ini tiket Anda sekali lagi",
                "Here are your tickets once more",
            ),
        )
    } else {
        (
            pick(language, "Tiket Anda", "Your tickets"),
            pick(
                language,
                "Terima kasih, pesanan Anda lunas",
                "Thank you, your order is paid",
            ),
        )
    };
    Page {
        subject: format!("{subject}: {event}"),
        heading,
        intro: vec![pick(
            language,
            "Faktur dan tiket ada di berkas PDF terlampir, satu halaman per tiket. Tunjukkan kode QR di pintu masuk, dicetak atau di layar yang terang, beserta kartu identitas.",
            "The attached PDF holds the invoice and your tickets, one page each. Show the QR code at the gate, on paper or on a bright screen, with your identity card.",
        )],
        button: Some(Button {
            label: pick(language, "Lihat pesanan", "See the order"),
            url,
        }),
        outro: vec![pick(
            language,
            "Kode pada tiket hanya berlaku sekali: jangan bagikan atau unggah. Siapa pun yang memiliki tautan di atas dapat melihat pesanan ini.",
            "The code on a ticket lets in once: do not share or post it. Whoever has the link above can see this order.",
        )],
        ..start(view)
    }
}

fn pending(view: &OrderView, url: String) -> Page {
    let language = language(view);
    let event = &view.setup.event;
    let mut page = Page {
        subject: subject(
            language,
            "Menunggu pembayaran",
            "Waiting for payment",
            &event.name,
        ),
        heading: pick(
            language,
            "Pesanan Anda menunggu pembayaran",
            "Your order waits for its payment",
        ),
        intro: vec![pick(
            language,
            "Tiket kami simpan untuk Anda sampai waktu di bawah. Buka halaman pembayaran, pilih cara bayar (QRIS, rekening virtual, dompet digital, atau kartu), lalu ikuti petunjuknya. Tiket dikirim ke alamat ini begitu pembayaran diterima.",
            "We hold the tickets for you until the time below. Open the payment page, choose a way to pay (QRIS, virtual account, e-wallet or card) and follow its steps. The tickets come to this address as soon as the payment has arrived.",
        )],
        button: Some(Button {
            label: pick(language, "Bayar sekarang", "Pay now"),
            url,
        }),
        outro: vec![pick(
            language,
            "Sudah membayar? Abaikan surat ini.",
            "Paid already? Then you need not do anything.",
        )],
        ..start(view)
    };
    let until = at(event, language, view.order.hold_until);
    page.facts
        .push((pick(language, "Bayar sebelum", "Pay before"), until));
    page
}

fn expired(view: &OrderView) -> Page {
    let language = language(view);
    Page {
        subject: subject(
            language,
            "Waktu pembayaran habis",
            "The time to pay has ended",
            &view.setup.event.name,
        ),
        heading: pick(
            language,
            "Waktu untuk membayar sudah habis",
            "The time to pay has ended",
        ),
        intro: vec![pick(
            language,
            "Pesanan ini tidak dibayar tepat waktu, jadi tiketnya kami lepas lagi. Jika Anda masih ingin datang, silakan pesan lagi. Jika uang Anda terlanjur terkirim, tiket dikirim jika masih ada; jika tidak, uang dikembalikan.",
            "This order was not paid in time, so its tickets were given back. If you still want to come, place a new order. Should your money already be on its way, you get the tickets if there are any left, or your money back.",
        )],
        ..start(view)
    }
}
