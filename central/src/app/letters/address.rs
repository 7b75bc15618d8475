//! The letter to the address that an order had: it says that letters do not come there any more, and neither where they
//! go nor whose the order is.

use documents::Language;

use super::{
    LetterError,
    compose::{About, Written},
    words::{fact, language, pick},
};
use crate::{
    app::{App, orders::OrderView},
    domain::{letter::LetterKind, order::Order},
    mail::Page,
    store::{self, StoreError, Tx},
};

impl App {
    /// Asks for the letter; `order` is as it was before the change.
    pub(in crate::app) async fn tell_old_address(
        &self,
        tx: &mut Tx,
        order: &Order,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let payload = format!("{} {}", order.id.0, order.email);
        // Each change is told by a letter of its own.
        let letter = (
            self.new_id(now),
            LetterKind::AddressChanged,
            self.new_id(now),
        );
        store::letter::put(tx, letter, &payload, now, now).await?;
        Ok(())
    }

    pub(super) async fn write_address_changed(
        &self,
        payload: &str,
    ) -> Result<Option<Written>, LetterError> {
        let Some(about) = About::read(payload) else {
            return Ok(None);
        };
        let Some(view) = self.order_view(about.order).await? else {
            return Ok(None);
        };
        let organiser = {
            let mut tx = self.store.read().await?;
            store::client::contact(&mut tx, view.setup.event.client).await?
        };
        Ok(about.more.map(|old| Written {
            // It may be a stranger's box, where a mistyped address led.
            name: String::new(),
            to: old.to_owned(),
            page: page(&view, organiser.map(|(_, email)| email)),
            attachments: Vec::new(),
        }))
    }
}

fn page(view: &OrderView, organiser: Option<String>) -> Page {
    let language = language(view);
    let (number, event) = (&view.order.number, &view.setup.event.name);
    let title = pick(
        language,
        "Alamat e-mail pesanan diubah",
        "The e-mail address of an order has changed",
    );
    Page {
        language: language.tag(),
        subject: format!("{title}: {event}"),
        heading: title,
        intro: vec![pick(
            language,
            "Pesanan ini kini memakai alamat e-mail lain. Surat tentangnya tidak datang ke sini lagi, dan tautan yang pernah datang ke sini tidak membuka pesanan lagi.",
            "This order has another e-mail address now. Letters about it do not come here any more, and links that came here do not open it any more.",
        )],
        facts: vec![
            fact(language, "Nomor pesanan", "Order number", number.clone()),
            fact(language, "Acara", "Event", event.clone()),
        ],
        outro: vec![help(language, organiser)],
        foot: pick(
            language,
            "Anda menerima surat ini karena alamat ini dipakai untuk pesanan tersebut.",
            "You receive this letter because this address was given for that order.",
        ),
        ..Page::default()
    }
}

fn help(language: Language, organiser: Option<String>) -> String {
    let mut words = pick(
        language,
        "Bukan Anda yang meminta? Hubungi penyelenggara acara",
        "You did not ask for this? Write to the organiser of the event",
    );
    if let Some(email) = organiser {
        words.push_str(&format!(": {email}"));
    }
    words + "."
}
