//! The letter about money that goes back, with its credit note; or that it does not.

use documents::Language;
use sync_protocol::ticket::TicketStatus;
use uuid::Uuid;

use super::{
    LetterError,
    compose::Written,
    words::{language, page as start, pick, subject},
};
use crate::{
    app::{App, orders::OrderView},
    domain::{
        id::RefundId,
        refund::{Refund, RefundReason, RefundStatus},
        ticket::SoldTicket,
    },
    mail::{Attachment, Button, Page},
    store,
};

impl App {
    pub(super) async fn write_refund(&self, id: Uuid) -> Result<Option<Written>, LetterError> {
        let refund = {
            let mut tx = self.store.read().await?;
            store::refund::by_id(&mut tx, RefundId(id)).await?
        };
        // Of money that never came there is nothing to say.
        let Some(refund) = refund.filter(|refund| refund.status != RefundStatus::Void) else {
            return Ok(None);
        };
        let Some(view) = self.order_view(refund.order).await? else {
            return Ok(None);
        };
        let mut page = page(&view, &refund, self.order_url(&view.order));
        if refund.status == RefundStatus::Declined {
            let answer = store::refund::answer(&mut self.store.read().await?, refund.id).await?;
            page.intro.extend(answer.map(|answer| {
                let says = pick(language(&view), "Penjelasannya", "What they say");
                format!("{says}: {answer}")
            }));
        }
        let note = self.credit_note(&view, &refund).await?;
        let attachments = note.map(|(number, bytes)| Attachment {
            file: file(&number),
            kind: "application/pdf",
            bytes,
        });
        Ok(Some(Written {
            name: view.order.buyer_name,
            to: view.order.email,
            page,
            attachments: attachments.into_iter().collect(),
        }))
    }
}

fn page(view: &OrderView, refund: &Refund, url: String) -> Page {
    let language = language(view);
    let event = &view.setup.event.name;
    let (heading, sentence) = match refund.reason {
        RefundReason::DisputeLost => lost(language),
        _ if refund.amount.minor == 0 && refund.status == RefundStatus::Done => free(language),
        _ => words(refund.status, language),
    };
    let is_good = |ticket: &SoldTicket| ticket.gate.status == TicketStatus::Valid;
    let stays =
        (refund.status == RefundStatus::Declined && view.tickets.iter().any(is_good)).then(|| {
            pick(
                language,
                "Tiket Anda tetap berlaku.",
                "Your tickets stay valid.",
            )
        });
    let mut page = Page {
        subject: subject(language, "Pengembalian dana", "Refund", event),
        heading,
        intro: std::iter::once(sentence).chain(stays).collect(),
        button: Some(Button {
            label: pick(language, "Lihat pesanan", "See the order"),
            url,
        }),
        ..start(view)
    };
    let amount = refund.amount.text(language);
    let name = match refund.status {
        RefundStatus::Declined => pick(language, "Diminta", "Asked for"),
        _ => pick(language, "Dikembalikan", "Refund"),
    };
    page.facts.push((name, amount));
    page
}

/// Tickets that cost nothing.
fn free(language: Language) -> (String, String) {
    (
        pick(
            language,
            "Tiket Anda dibatalkan",
            "Your tickets were cancelled",
        ),
        pick(
            language,
            "Tiket di bawah tidak berlaku lagi. Tidak ada uang yang perlu dikembalikan.",
            "The tickets below are no longer valid. There was no money to give back.",
        ),
    )
}

/// Money that the buyer's bank gave back.
fn lost(language: Language) -> (String, String) {
    (
        pick(
            language,
            "Bank Anda mengembalikan uang Anda",
            "Your bank has given you the money back",
        ),
        pick(
            language,
            "Sengketa atas pembayaran ini sudah diputuskan, dan uangnya kembali lewat bank Anda. Nota kredit terlampir. Tiketnya tidak berlaku lagi.",
            "The dispute over this payment is decided, and its money went back to you through your bank. The credit note is attached. The tickets are no longer valid.",
        ),
    )
}

fn words(status: RefundStatus, language: Language) -> (String, String) {
    let say = |indonesian: [&str; 2], english: [&str; 2]| {
        let [heading, sentence] = [0, 1].map(|n| pick(language, indonesian[n], english[n]));
        (heading, sentence)
    };
    match status {
        RefundStatus::Declined => say(
            [
                "Permintaan pengembalian dana ditolak",
                "Penyelenggara tidak menyetujui permintaan Anda.",
            ],
            [
                "Your refund request was declined",
                "The organiser did not agree to your request.",
            ],
        ),
        RefundStatus::Done => say(
            [
                "Uang Anda sudah dikembalikan",
                "Uang dikirim ke cara pembayaran yang Anda pakai; bank dapat memerlukan beberapa hari. Nota kredit terlampir. Tiket yang dikembalikan tidak berlaku lagi.",
            ],
            [
                "Your money has gone back",
                "It was sent the way you paid; banks may need some days. The credit note is attached. Tickets that were refunded are no longer valid.",
            ],
        ),
        RefundStatus::Requested
        | RefundStatus::Overtaken
        | RefundStatus::Void
        | RefundStatus::Approved
        | RefundStatus::Sent
        | RefundStatus::Failed
        | RefundStatus::Manual => say(
            [
                "Uang Anda sedang dikembalikan",
                "Pengembalian dana disetujui dan sedang diproses; bank dapat memerlukan beberapa hari. Nota kredit terlampir. Tiket yang dikembalikan tidak berlaku lagi.",
            ],
            [
                "Your money is on its way back",
                "The refund is agreed and under way; banks may need some days. The credit note is attached. Tickets that were refunded are no longer valid.",
            ],
        ),
    }
}

/// A receipt number as a file's name.
fn file(number: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '-'
        }
    };
    let name: String = number.chars().map(plain).collect();
    format!("{name}.pdf")
}
