//! One code: what it takes off and within which limits, what it brought, the orders that use it; limited, ended, switched
//! off and on.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::list::{many, off, state, used};
use crate::{
    app::{catalog::CatalogError, trail::Actor},
    domain::{
        event::Event,
        id::OrderId,
        money::Money,
        permission::Permission,
        policy::Denial,
        promo::{Promo, PromoStatus, UsageStatus},
        promo_list::PromoState,
        wall_clock,
    },
    http::panel::{
        card::{Card, Cell, Field, FormPart, Kind},
        door::{Here, to},
        frame::Frame,
        guard, problem, setup,
        status::Mark,
        tab::Tab,
        typed,
        undo::{self, Undo},
        when,
    },
    store::{self, StoreError},
};

const PAGE: usize = 50;
/// The switch that a reverse takes back, by its number.
const LEFT: &str = "left";

#[derive(Template)]
#[template(path = "panel/promo.html")]
struct Detail {
    page: Frame,
    code: String,
    state: Mark,
    facts: Vec<(String, String)>,
    cards: Vec<Card>,
    next: Option<String>,
}

/// Why it is not done.
enum Fault {
    Unknown,
    Said(&'static str, &'static str),
    Refused(CatalogError),
    /// Others did something since.
    Changed,
    Broken(StoreError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

impl From<CatalogError> for Fault {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Unknown => Self::Unknown,
            CatalogError::Store(error) => Self::Broken(error),
            other => Self::Refused(other),
        }
    }
}

/// The event, and its code that the address names.
async fn meant(here: &Here) -> Result<(&Event, Promo), Fault> {
    let event = here.event().ok_or(Fault::Unknown)?;
    let parts = here
        .door
        .visitor
        .path
        .split('/')
        .skip_while(|part| *part != "promos");
    let code = parts.skip(1).find(|part| !part.is_empty());
    let code = code.ok_or(Fault::Unknown)?.to_owned();
    let mut tx = here.app().store.read().await?;
    let found = store::promo::by_code(&mut tx, event.id, &code).await?;
    Ok((event, found.ok_or(Fault::Unknown)?))
}

fn path(event: &Event, promo: &Promo) -> String {
    format!("/panel/events/{}/promos/{}", event.slug, promo.code)
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    match load(here).await {
        Ok(mut template) => {
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(fault) => failed(here, fault),
    }
}

fn failed(here: &Here, fault: Fault) -> Response {
    match fault {
        Fault::Broken(error) => guard::failed(&error),
        _ => problem::denied(&here.door, &here.signed, Denial::Foreign),
    }
}

async fn load(here: &Here) -> Result<Detail, Fault> {
    let (event, promo) = meant(here).await?;
    let language = here.door.visitor.language;
    let money = |minor| Money::new(minor, event.currency).text(language);
    let mut tx = here.app().store.read().await?;
    let brought = store::promo_list::brought(&mut tx, &[&promo]).await?;
    let brought = brought.get(&promo.id).copied();
    let brought = brought.map_or_else(|| many(here), money);
    let after = here.door.asked("after").parse::<OrderId>().ok();
    let mut uses = store::promo_list::usages(&mut tx, promo.id, after, PAGE + 1).await?;
    drop(tx);
    let has_more = uses.len() > PAGE;
    uses.truncate(PAGE);
    let path = path(event, &promo);
    let types = here.app().event(event.id).await.map(|setup| setup.types);
    let types = types.unwrap_or_default();
    let kind = types.iter().find(|kind| Some(kind.id) == promo.ticket_type);
    let moment = |at| when::moment(at, &event.time_zone, language);
    let say = |english, indonesian| here.say(english, indonesian).to_owned();
    let from = match promo.valid_from.0 {
        ..=0 => say("at once", "langsung"),
        _ => moment(promo.valid_from),
    };
    let used = used(&promo, language);
    let all = say("all ticket types", "semua jenis tiket");
    let facts = vec![
        (say("Takes off", "Potongan"), off(promo.cut, money)),
        (
            say("For", "Untuk"),
            kind.map_or(all, |kind| kind.name.clone()),
        ),
        (
            say("Good", "Berlaku"),
            format!("{from} – {}", moment(promo.valid_until)),
        ),
        (say("Used", "Terpakai"), used),
        (
            say("Of one buyer", "Per pembeli"),
            promo.per_buyer.to_string(),
        ),
        (
            say("Least spend", "Belanja minimum"),
            money(promo.min_spend_minor),
        ),
        (
            say("Goes with others", "Dapat digabung"),
            match promo.is_stackable {
                true => say("yes", "ya"),
                false => say("no", "tidak"),
            },
        ),
        (
            say(
                "Paid orders that used it",
                "Pesanan dibayar yang memakainya",
            ),
            brought,
        ),
    ];
    let sees_orders = here.may(Permission::OrdersView, event);
    let use_row = |(_, row): &(OrderId, store::promo::UsageRow)| {
        let order = match sees_orders {
            true => Cell::link(&row.order, format!("/panel/orders/{}", row.order)),
            false => Cell::text(&row.order),
        };
        let (words, colour) = usage(row.status, here);
        vec![
            order,
            Cell::mark(words, colour),
            Cell::number(money(row.discount_minor)),
            Cell::text(moment(row.created_at)),
        ]
    };
    let next = uses
        .last()
        .filter(|_| has_more)
        .map(|(id, _)| format!("{path}?after={id}"));
    let uses = Card::new("uses", say("Orders that use it", "Pesanan yang memakainya")).table(
        [
            Cell::text(say("Order", "Pesanan")),
            Cell::text(say("Use", "Pemakaian")),
            Cell::number(say("Taken off", "Potongan")),
            Cell::text(say("When", "Kapan")),
        ],
        uses.iter().map(use_row).collect(),
        say(
            "No order uses it yet.",
            "Belum ada pesanan yang memakainya.",
        ),
    );
    Ok(Detail {
        page: Frame::of_event(here, event, Tab::Promos)
            .below(
                &format!("/panel/events/{}/promos", event.slug),
                here.say("Promo codes", "Kode promo"),
            )
            .at(&path),
        state: state(PromoState::of(&promo, here.app().clock.now()), here),
        cards: vec![change_card(here, event, &promo), uses],
        code: promo.code,
        facts,
        next,
    })
}

fn usage(status: UsageStatus, here: &Here) -> (String, &'static str) {
    let (english, indonesian, colour) = match status {
        UsageStatus::Held => ("held", "ditahan", "wait"),
        UsageStatus::Used => ("used", "dipakai", "good"),
        UsageStatus::GivenBack => ("given back", "dikembalikan", "calm"),
    };
    (here.say(english, indonesian).to_owned(), colour)
}

fn change_card(here: &Here, event: &Event, promo: &Promo) -> Card {
    let (path, zone) = (path(event, promo), wall_clock::zone(&event.time_zone));
    let limits = FormPart::new(here, "limit", format!("{path}/limit"))
        .row(
            here,
            [
                Field::number(
                    "quota",
                    here.say("Orders that may use it", "Pesanan yang boleh memakai"),
                )
                .value(typed::limit_text(promo.quota))
                .hint(here.say("Empty: any number.", "Kosong: tanpa batas.")),
                Field::moment("until", here.say("Good until", "Berlaku sampai"))
                    .value(typed::moment_text(promo.valid_until, zone))
                    .required(),
            ],
        )
        .button(here.say("Change the limits", "Ubah batas"));
    let form = |key: &str| FormPart::new(here, key, format!("{path}/switch")).hidden("to", key);
    let switch = match promo.status {
        PromoStatus::Disabled => form("on")
            .button(here.say("Switch it on again", "Aktifkan lagi"))
            .quiet(),
        _ => form("off")
            .button(here.say("End it now", "Akhiri sekarang"))
            .grave(here.say(
                "End this code? Orders that use it keep it; you can switch it on again.",
                "Akhiri kode ini? Pesanan yang memakainya tetap; Anda dapat mengaktifkannya lagi.",
            )),
    };
    Card::new("change", here.say("Limits", "Batas"))
        .form(limits)
        .form(switch)
}

pub(in crate::http::panel) async fn limit(here: Here) -> Response {
    let done = try_limit(&here).await;
    answer(&here, done).await
}

async fn try_limit(here: &Here) -> Result<String, Fault> {
    let (event, promo) = meant(here).await?;
    let (form, zone) = (here.form(), wall_clock::zone(&event.time_zone));
    let until = typed::moment(&form.text("until"), zone, None);
    let (quota, until) = typed::limit(&form.text("quota"))
        .zip(until)
        .ok_or(Fault::Said(
            "Enter a whole number or nothing, and until when the code is good.",
            "Isi angka bulat atau kosongkan, dan sampai kapan kode berlaku.",
        ))?;
    // What a form shows has no seconds, so a time that looks the same was not changed.
    let is_same = typed::moment_text(until, zone) == typed::moment_text(promo.valid_until, zone);
    let until = if is_same { promo.valid_until } else { until };
    let by = Actor::from(&here.signed.account);
    here.app()
        .limit_promo(event.id, &promo.code, (quota, until), &by)
        .await?;
    Ok(format!("{}?done=saved", path(event, &promo)))
}

pub(in crate::http::panel) async fn switch(here: Here) -> Response {
    let done = try_switch(&here).await;
    answer(&here, done).await
}

async fn try_switch(here: &Here) -> Result<String, Fault> {
    let (event, promo) = meant(here).await?;
    let by = Actor::from(&here.signed.account);
    let (status, back, done) = match here.form().text("to").as_str() {
        "on" => (PromoStatus::Active, "off", "promo_on"),
        "off" => (PromoStatus::Disabled, "on", "promo_off"),
        _ => return Err(Fault::Said("Choose on or off.", "Pilih aktif atau mati.")),
    };
    let left = here.form().text(LEFT);
    // What is no number was never offered.
    let left = (!left.is_empty()).then(|| left.parse().unwrap_or(-1));
    let switched = here
        .app()
        .switch_promo(event.id, &promo.code, (status, left), &by)
        .await;
    let path = path(event, &promo);
    match switched {
        Ok(Some(switched)) => {
            let undo = Undo::new(format!("{path}/switch"))
                .field("to", back)
                .field(LEFT, switched.to_string());
            Ok(undo.after(here, &path, done))
        }
        Ok(None) => Ok(format!("{path}?done={done}")),
        Err(CatalogError::Raced) if left.is_some() => Err(Fault::Changed),
        Err(error) => Err(error.into()),
    }
}

async fn answer(here: &Here, done: Result<String, Fault>) -> Response {
    let wrong = match done {
        Ok(path) => return to(&path),
        Err(Fault::Said(english, indonesian)) => here.say(english, indonesian).to_owned(),
        Err(Fault::Changed) => {
            let wrong = undo::changed(here).to_owned();
            return page(here, Some(wrong), StatusCode::CONFLICT).await;
        }
        Err(Fault::Refused(error)) => setup::catalog_words(&error, here.door.visitor.language),
        Err(fault) => return failed(here, fault),
    };
    page(here, Some(wrong), StatusCode::UNPROCESSABLE_ENTITY).await
}
