//! The letter with the way to another password.

use documents::Language;
use uuid::Uuid;

use super::{LetterError, compose::Written, words::pick};
use crate::{
    app::App,
    domain::buyer,
    mail::{Button, Page},
    store,
};

impl App {
    /// Nothing once it was used or is over.
    pub(super) async fn write_reset(&self, id: Uuid) -> Result<Option<Written>, LetterError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let Some(reset) = store::password_reset::by_id(&mut tx, id, now).await? else {
            return Ok(None);
        };
        let Some(account) = store::account::by_id(&mut tx, reset.user).await? else {
            return Ok(None);
        };
        let language = buyer::language_of(&reset.language).unwrap_or_default();
        let secret = self.reset_secret(reset.id);
        let url = format!("{}/panel/reset?secret={secret}", self.public_url);
        Ok(Some(Written {
            page: page(language, url),
            name: account.name,
            to: account.email,
            attachments: Vec::new(),
        }))
    }
}

fn page(language: Language, url: String) -> Page {
    let title = pick(language, "Kata sandi baru", "A new password");
    Page {
        language: language.tag(),
        subject: title.clone(),
        heading: title,
        intro: vec![pick(
            language,
            "Seseorang, mungkin Anda, meminta kata sandi baru untuk akun panel Anda.",
            "Somebody, probably you, asked for a new password for your account in the panel.",
        )],
        button: Some(Button {
            label: pick(language, "Pilih kata sandi baru", "Choose a new password"),
            url,
        }),
        outro: vec![pick(
            language,
            "Tautan berlaku 30 menit dan hanya sekali. Jika bukan Anda yang meminta, abaikan surat ini: kata sandi Anda tidak berubah.",
            "The link is good for 30 minutes and once. If it was not you, ignore this letter: your password stays as it is.",
        )],
        foot: pick(
            language,
            "Anda menerima surat ini karena alamat ini punya akun di panel Gerbang.",
            "You receive this letter because this address has an account in the panel of Gerbang.",
        ),
        ..Page::default()
    }
}
