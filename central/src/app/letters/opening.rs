//! The letter to somebody who may open an event: whoever sets it up asks for that.
//!
//! It is in both languages, because nothing says which one the receiver reads.

use documents::Language;
use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{LetterError, compose::Written, words::at};
use crate::{
    app::{App, openings::opener},
    domain::{event::Event, id::UserId, opening::Opening},
    mail::{Button, Page},
    store,
};

/// The event, the receiver, and the moment that the letters of a wish bear, as the outbox keeps them.
pub(in crate::app) fn payload(event: EventId, user: UserId, told_at: Timestamp) -> String {
    format!("{} {} {}", event.0, user.0, told_at.0)
}

fn read(payload: &str) -> Option<(EventId, UserId, Timestamp)> {
    let (event, rest) = payload.split_once(' ')?;
    let (user, told_at) = rest.split_once(' ')?;
    let id = |text| Uuid::parse_str(text).ok();
    let told_at = Timestamp(told_at.parse().ok()?);
    Some((EventId(id(event)?), UserId(id(user)?), told_at))
}

impl App {
    /// Nothing once the event was opened or the wish was taken back, where the wish that waits has other letters, or where
    /// the receiver may not open the event any more.
    pub(super) async fn write_opening(
        &self,
        payload: &str,
    ) -> Result<Option<Written>, LetterError> {
        let Some((event, user, told_at)) = read(payload) else {
            return Ok(None);
        };
        let mut tx = self.store.read().await?;
        let opening = store::opening::of_event(&mut tx, event).await?;
        let found = store::event::by_id(&mut tx, event).await?;
        let meant = opening.filter(|opening| opening.waits() && opening.told_at == told_at);
        let (Some(opening), Some(found)) = (meant, found) else {
            return Ok(None);
        };
        let Some(account) = opener(&mut tx, user, &found).await? else {
            return Ok(None);
        };
        let url = format!("{}/panel/events/{}", self.public_url, found.slug);
        Ok(Some(Written {
            page: page(&found, &opening, url),
            name: account.name,
            to: account.email,
            attachments: Vec::new(),
        }))
    }
}

fn page(event: &Event, opening: &Opening, url: String) -> Page {
    let moment = |moment| at(event, Language::Indonesian, moment);
    Page {
        language: Language::Indonesian.tag(),
        subject: format!("Minta dibuka · Asked to be opened: {}", event.name),
        heading: event.name.clone(),
        intro: vec![
            "Acara ini selesai disiapkan, dan penyelenggaranya minta agar dibuka untuk umum.".to_owned(),
            "This event is set up, and its organiser asks that it be opened to the public.".to_owned(),
        ],
        facts: vec![
            ("Diminta oleh · Asked by".to_owned(), opening.asked_by.clone()),
            ("Diminta · Asked".to_owned(), moment(opening.asked_at)),
            ("Mulai · Begins".to_owned(), moment(event.starts_at)),
        ],
        button: Some(Button {
            label: "Lihat acara · Look at the event".to_owned(),
            url,
        }),
        foot: "Anda menerima surat ini karena akun Anda boleh membuka acara ini. · You receive this letter because your account may open this event.".to_owned(),
        ..Page::default()
    }
}
