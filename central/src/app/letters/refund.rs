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
    store::{self, StoreError},
};

/// As many tickets as a letter names.
const NAMED: usize = 20;

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
        let ended = self.ended_tickets(&view, &refund).await?;
        let url = self.order_url(&view.order);
        let mut page = page(&view, &refund, &ended, url);
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

    /// The tickets that a refund ends, as they are printed: number and whose it was.
    async fn ended_tickets(
        &self,
        view: &OrderView,
        refund: &Refund,
    ) -> Result<Vec<String>, StoreError> {
        let items = store::refund::items(&mut self.store.read().await?, refund.id).await?;
        let is_named = |ticket: &&SoldTicket| items.iter().any(|(id, _)| *id == ticket.gate.id);
        let named = view.tickets.iter().filter(is_named);
        let line = |ticket: &SoldTicket| format!("{} {}", ticket.gate.number, ticket.attendee);
        Ok(named.map(line).collect())
    }
}

fn page(view: &OrderView, refund: &Refund, ended: &[String], url: String) -> Page {
    let language = language(view);
    let event = &view.setup.event.name;
    let (heading, sentence) = match refund.reason {
        RefundReason::DisputeLost => lost(language),
        _ if refund.amount.minor == 0 && refund.status == RefundStatus::Done => free(language),
        _ => words(refund.status, language),
    };
    let is_declined = refund.status == RefundStatus::Declined;
    let is_good = |ticket: &SoldTicket| ticket.gate.status == TicketStatus::Valid;
    let ends_none = is_declined || ended.is_empty();
    let stays = (ends_none && view.tickets.iter().any(is_good)).then(|| {
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
    if !is_declined {
        page.facts.extend(no_longer_valid(language, ended));
    }
    page
}

/// What the buyer throws away, one by one while they are few enough to read.
fn no_longer_valid(language: Language, ended: &[String]) -> Vec<(String, String)> {
    let fact = |value| {
        (
            pick(language, "Tidak berlaku lagi", "No longer valid"),
            value,
        )
    };
    let mut facts: Vec<_> = ended.iter().take(NAMED).cloned().map(fact).collect();
    let more = ended.len().saturating_sub(NAMED);
    if more > 0 {
        let words = pick(language, "dan {} tiket lagi", "and {} more tickets");
        facts.push(fact(words.replace("{}", &more.to_string())));
    }
    facts
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
                "Uang dikirim ke cara pembayaran yang Anda pakai; bank dapat memerlukan beberapa hari. Nota kredit terlampir.",
            ],
            [
                "Your money has gone back",
                "It was sent the way you paid; banks may need some days. The credit note is attached.",
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
                "Pengembalian dana disetujui dan sedang diproses; bank dapat memerlukan beberapa hari. Nota kredit terlampir.",
            ],
            [
                "Your money is on its way back",
                "The refund is agreed and under way; banks may need some days. The credit note is attached.",
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
