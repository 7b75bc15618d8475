//! The letter about an event that has other days, other times or another place, beside what the buyer knew before.

use documents::Language;
use serde::{Deserialize, Serialize};
use sync_protocol::time::Timestamp;

use super::{
    event::order_button,
    words::{at, days, fact, language, page as start, pick, place, subject},
};
use crate::{
    app::{App, orders::OrderView},
    domain::{
        event::{Event, EventSetup, EventStatus},
        letter::LetterKind,
        mailing::Mailing,
    },
    mail::Page,
    store::{self, StoreError, Tx, mailing::OpenMailing},
};

/// What buyers knew of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::app) struct Was {
    venue: String,
    address: String,
    city: String,
    starts_at: i64,
    /// Number and opening of each day.
    days: Vec<(u8, i64)>,
}

impl Was {
    /// As it stands.
    pub(in crate::app) fn of(setup: &EventSetup) -> Self {
        let event = &setup.event;
        let days = setup.days.iter();
        Self {
            venue: event.venue.clone(),
            address: event.address.clone(),
            city: event.city.clone(),
            starts_at: event.starts_at.0,
            days: days.map(|day| (day.number, day.opens_at.0)).collect(),
        }
    }

    /// Out of the database.
    pub(super) fn read(stored: &str) -> Option<Self> {
        serde_json::from_str(stored).ok()
    }

    fn is_elsewhere(&self, event: &Event) -> bool {
        (&self.venue, &self.address, &self.city) != (&event.venue, &event.address, &event.city)
    }

    /// The days of an order that opened at another time.
    fn moved_days<'a>(&'a self, view: &'a OrderView) -> impl Iterator<Item = Timestamp> + 'a {
        let was = |number| self.days.iter().find(move |(known, _)| *known == number);
        days(view).filter_map(move |day| {
            let (_, opened) = was(day.number)?;
            (*opened != day.opens_at.0).then_some(Timestamp(*opened))
        })
    }
}

impl App {
    /// Asks for the letter to everybody with a valid ticket of one of the days `mask` that the event is not as `was`
    /// any more; `event` is as it was loaded before the change.
    pub(in crate::app) async fn tell_of_change(
        &self,
        tx: &mut Tx,
        was: &Was,
        event: &Event,
        mask: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !has_buyers(event.status) {
            return Ok(());
        }
        let stored = serde_json::to_string(was).unwrap_or_default();
        let told = Mailing {
            kind: LetterKind::EventMoved,
            occurrence: event.calendar_sequence + 1,
            day_mask: mask,
        };
        let id = self.new_id(now);
        store::mailing::begin(tx, id, event.id, (&told, Some(&stored)), now).await?;
        let moves_all = was.days.iter().all(|(day, _)| mask & (1_i64 << *day) != 0);
        // Who has a ticket of another day gets no letter about the move, so the one about the postponement.
        if event.waits_for_days() && moves_all {
            self.spare_postponed(tx, event, now).await?;
        }
        Ok(())
    }

    /// Who is told of the new days need not be told that they are not known yet.
    async fn spare_postponed(
        &self,
        tx: &mut Tx,
        event: &Event,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mailing = Mailing {
            kind: LetterKind::EventPostponed,
            occurrence: event.status_sequence,
            day_mask: 0,
        };
        let id = self.new_id(now);
        if !store::mailing::begin(tx, id, event.id, (&mailing, None), now).await? {
            return Ok(());
        }
        let open = OpenMailing {
            id,
            event: event.id,
            mailing,
            last: crate::domain::id::OrderId::from_u128(0),
        };
        store::mailing::finish(tx, &open, now).await
    }
}

fn has_buyers(status: EventStatus) -> bool {
    matches!(
        status,
        EventStatus::Published | EventStatus::Closed | EventStatus::Postponed
    )
}

/// `may_ask`: the buyer may ask for their money back.
pub(super) fn page(view: &OrderView, was: &Was, url: String, may_ask: bool) -> Page {
    let language = language(view);
    let event = &view.setup.event;
    let (is_later, is_elsewhere) = (is_later(view, was), was.is_elsewhere(event));
    let (indonesian, english) = match (is_later, is_elsewhere) {
        (true, true) => ("Jadwal dan tempat berubah", "New date and place"),
        (false, true) => ("Tempat berubah", "New place"),
        (_, false) => ("Jadwal berubah", "New date"),
    };
    let mut page = Page {
        subject: subject(language, indonesian, english, &event.name),
        heading: heading(language, is_later, is_elsewhere),
        intro: vec![pick(
            language,
            "Yang berlaku sekarang ada di bawah, di samping yang Anda ketahui sebelumnya. Tiket Anda tetap berlaku dan kode QR-nya tidak berubah; tiket terlampir memuat keterangan yang baru.",
            "What holds now stands below, beside what you knew before. Your tickets stay valid and their QR codes do not change; the attached tickets show what is new.",
        )],
        button: order_button(language, url),
        ..start(view)
    };
    if may_ask {
        page.outro.push(pick(
            language,
            "Tidak bisa datang? Minta uang kembali di halaman pesanan Anda.",
            "You cannot come? Ask for your money back on your order's page.",
        ));
    }
    // Beside the new ones, which follow number and event.
    let before = facts_before(view, was, language);
    page.facts.splice(2..2, before);
    page
}

fn is_later(view: &OrderView, was: &Was) -> bool {
    was.moved_days(view).next().is_some() || was.starts_at != view.setup.event.starts_at.0
}

fn heading(language: Language, is_later: bool, is_elsewhere: bool) -> String {
    match (is_later, is_elsewhere) {
        (true, true) => pick(
            language,
            "Acara ini pindah tanggal dan tempat",
            "The event has a new date and a new place",
        ),
        (false, true) => pick(
            language,
            "Acara ini pindah tempat",
            "The event has a new place",
        ),
        (_, false) => pick(
            language,
            "Acara ini pindah tanggal atau jam",
            "The event has a new date or time",
        ),
    }
}

fn facts_before(view: &OrderView, was: &Was, language: Language) -> Vec<(String, String)> {
    let event = &view.setup.event;
    let mut facts = Vec::new();
    if was.is_elsewhere(event) {
        let place = place(&[&was.venue, &was.address, &was.city]);
        facts.push(fact(language, "Tempat sebelumnya", "Place before", place));
    }
    for opened in was.moved_days(view) {
        let opened = at(event, language, opened);
        facts.push(fact(language, "Waktu sebelumnya", "Time before", opened));
    }
    facts
}
