//! Codes that were chosen in their list, ended or enabled again one by one: each is looked up and judged by itself, and one of
//! somebody else's event is one that does not exist. What was done can be taken back, where nobody did something since.

use axum::response::Response;

use crate::{
    app::{catalog::CatalogError, trail::Actor},
    domain::{
        event::Event,
        permission::Permission,
        promo::{Promo, PromoStatus},
    },
    http::panel::{
        door::Here,
        list::bulk::{Became, Deed, failed, picked, report},
        nav::Section,
        setup,
        undo::{Undo, changed},
    },
    store::{self, StoreError},
};

const ENABLE: &str = "/panel/promos/enable";
const END: &str = "/panel/promos/end";
/// What the reverse says of each code: what names it, and the number of the switch that was left there.
const LEFT: &str = "left";

/// What names a code among those of all events.
pub(super) fn name(event: &Event, promo: &Promo) -> String {
    format!("{}/{}", event.slug, promo.code)
}

/// The buttons for a page, some of whose codes are on and some off. The harmless one stands first.
pub(super) fn deeds(here: &Here, has_on: bool, has_off: bool) -> Vec<Deed> {
    let enable = || Deed {
        path: ENABLE,
        words: here.say("Switch on again", "Aktifkan lagi").to_owned(),
        sure: None,
        is_grave: false,
        note: None,
    };
    let end = || Deed::asked(here, END, here.say("End the chosen", "Akhiri yang dipilih"));
    let enable = has_off.then(enable);
    enable.into_iter().chain(has_on.then(end)).collect()
}

pub(in crate::http::panel) async fn enable(here: Here) -> Response {
    let title = here.say("Switch codes on again", "Aktifkan lagi kode");
    all(&here, title, PromoStatus::Active).await
}

pub(in crate::http::panel) async fn end(here: Here) -> Response {
    let title = here.say("End codes", "Akhiri kode");
    all(&here, title, PromoStatus::Disabled).await
}

async fn all(here: &Here, title: &str, to: PromoStatus) -> Response {
    let (mut rows, mut done) = (Vec::new(), Vec::new());
    for name in picked(here) {
        let row = one(here, &name, to).await;
        let failed = |error| (Became::failed(here, &name, &error), None);
        let (row, switch) = row.unwrap_or_else(failed);
        rows.push(row);
        done.extend(switch.map(|switch| (name, switch)));
    }
    let undo = undo(here, to, &done);
    report(
        here,
        Section::Promos,
        ("/panel/promos", title),
        (rows, undo),
    )
}

/// Takes back what was done to these, each only where it stands as it was left.
fn undo(here: &Here, to: PromoStatus, done: &[(String, i64)]) -> Option<Undo> {
    let path = if to == PromoStatus::Active {
        END
    } else {
        ENABLE
    };
    let back = here.form().text("back");
    let undo = Undo::new(path).field("back", back).field("sure", "yes");
    let with = |undo: Undo, (name, switch): &(String, i64)| {
        undo.field("row", name)
            .field(LEFT, format!("{name} {switch}"))
    };
    (!done.is_empty()).then(|| done.iter().fold(undo, with))
}

/// The switch that a reverse says this code was left with; nothing where the form is no reverse.
fn left(here: &Here, name: &str) -> Option<i64> {
    let mut left = here.form().all(LEFT);
    let number = left.find_map(|one| one.strip_prefix(name)?.strip_prefix(' '))?;
    // What is no number was never offered.
    Some(number.parse().unwrap_or(-1))
}

/// The code of this name, if this account sets its event up.
async fn own(here: &Here, name: &str) -> Result<Option<(Event, Promo)>, StoreError> {
    let Some((slug, code)) = name.split_once('/') else {
        return Ok(None);
    };
    let mut tx = here.app().store.read().await?;
    let event = store::event::by_slug(&mut tx, slug).await?;
    let Some(event) = event.filter(|event| here.may(Permission::EventsManage, event)) else {
        return Ok(None);
    };
    let promo = store::promo::by_code(&mut tx, event.id, code).await?;
    Ok(promo.map(|promo| (event, promo)))
}

async fn one(
    here: &Here,
    name: &str,
    to: PromoStatus,
) -> Result<(Became, Option<i64>), StoreError> {
    let Some((event, promo)) = own(here, name).await? else {
        let why = here.say("There is no such code.", "Kode ini tidak ada.");
        return Ok((Became::not(here, name, String::new(), why), None));
    };
    let path = format!("/panel/events/{}/promos/{}", event.slug, promo.code);
    let (left, by) = (left(here, name), Actor::from(&here.signed.account));
    let made = here
        .app()
        .switch_promo(event.id, &promo.code, (to, left), &by);
    let code = promo.code.as_str();
    Ok(match made.await {
        Ok(Some(switch)) => (Became::done(here, code, path), Some(switch)),
        Ok(None) => (Became::before(here, code, path, was_so(here, to)), None),
        Err(error) => {
            let why = why(here, &error, left.is_some());
            (Became::not(here, code, path, &why), None)
        }
    })
}

fn was_so(here: &Here, to: PromoStatus) -> &str {
    match to {
        PromoStatus::Active => here.say("It was on already.", "Memang sudah aktif."),
        _ => here.say("It was ended before.", "Sudah diakhiri sebelumnya."),
    }
}

fn why(here: &Here, error: &CatalogError, is_reverse: bool) -> String {
    match error {
        CatalogError::Raced if is_reverse => changed(here).to_owned(),
        CatalogError::Store(error) => {
            tracing::error!(%error, "a chosen code was not switched");
            failed(here).to_owned()
        }
        error => setup::catalog_words(error, here.door.visitor.language),
    }
}
