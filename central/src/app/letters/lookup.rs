//! The letter that leads back to one's orders, and tickets that are sent once more.

use documents::Language;
use uuid::Uuid;

use super::{LetterError, compose::Written, words::pick};
use crate::{
    app::{App, orders::OrderError},
    domain::{buyer, letter::LetterKind, order::OrderStatus, tracking},
    mail::{Button, Page},
    store::{self, tx::transact},
};

const AGAIN: &str = "tickets again";
/// How often a day tickets are sent once more.
const MOST_AGAIN: u8 = 3;
const DAY_MS: i64 = 24 * 3_600_000;

impl App {
    /// Nothing once it was used or is over: an old code helps nobody.
    pub(super) async fn write_code(&self, grant: Uuid) -> Result<Option<Written>, LetterError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let Some(grant) = store::tracking::by_id(&mut tx, grant, now).await? else {
            return Ok(None);
        };
        let Some(ask) = store::tracking::ask(&mut tx, grant.ask).await? else {
            return Ok(None);
        };
        let language = buyer::language_of(&ask.language).unwrap_or_default();
        let secret = self.tracking_secret(grant.id);
        let url = format!("{}/track/link?secret={secret}", self.public_url);
        Ok(Some(Written {
            page: page(
                language,
                tracking::spaced(&self.tracking_code(grant.id)),
                url,
            ),
            // Whoever reads this box knows the name; the letter does not tell it.
            name: String::new(),
            to: grant.email,
            attachments: Vec::new(),
        }))
    }

    /// Sends the tickets of an order to its own address once more.
    ///
    /// # Errors
    /// [`OrderError::UnknownOrder`], [`OrderError::NotPaid`], [`OrderError::SentOften`].
    pub async fn send_tickets_again(&self, number: &str, access: &str) -> Result<(), OrderError> {
        let now = self.clock.now();
        let order = {
            let mut tx = self.store.read().await?;
            self.authorized(&mut tx, number, access).await?
        };
        let has_tickets = matches!(
            order.status,
            OrderStatus::Paid | OrderStatus::PartlyRefunded
        );
        if !has_tickets {
            return Err(OrderError::NotPaid);
        }
        let day = now.0.div_euclid(DAY_MS);
        let payload = order.id.0.to_string();
        transact!(self.store, |tx| {
            for n in 0..MOST_AGAIN {
                let subject = self.nth_of_day(AGAIN, order.id.0, day, n);
                let letter = (self.new_id(now), LetterKind::TicketsAgain, subject);
                if store::letter::put(tx, letter, &payload, now, now).await? {
                    return Ok(());
                }
            }
            Err(OrderError::SentOften)
        })
    }
}

fn page(language: Language, code: String, url: String) -> Page {
    Page {
        language: language.tag(),
        subject: pick(
            language,
            "Kode untuk melihat pesanan Anda",
            "The code to see your orders",
        ),
        heading: pick(
            language,
            "Kode untuk melihat pesanan Anda",
            "The code to see your orders",
        ),
        intro: vec![pick(
            language,
            "Seseorang, mungkin Anda, mencari pesanan dengan nomor identitas Anda. Ketik kode ini di halaman tersebut:",
            "Somebody, probably you, looks for orders with your identity number. Type this code there:",
        )],
        code: Some(code),
        button: Some(Button {
            label: pick(
                language,
                "Atau buka pesanan di sini",
                "Or open the orders here",
            ),
            url,
        }),
        outro: vec![pick(
            language,
            "Kode dan tautan berlaku 15 menit dan hanya sekali. Jika bukan Anda yang mencari, abaikan surat ini dan jangan berikan kode kepada siapa pun: tanpa kode, tidak ada yang terlihat.",
            "Code and link are good for 15 minutes and once. If it was not you, ignore this letter and give the code to nobody: without it nothing can be seen.",
        )],
        foot: pick(
            language,
            "Anda menerima surat ini karena alamat ini dipakai untuk sebuah pesanan.",
            "You receive this letter because this address was given for an order.",
        ),
        ..Page::default()
    }
}
