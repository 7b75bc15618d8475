//! Fees, taxes and discounts for many: lists that are saved whole, with empty lines for what comes.

use axum::response::Response;

use super::{
    page::{Desk, Fault, actor, answer, done, meant, seen},
    settings::AT,
};
use crate::{
    app::catalog::Change,
    domain::{
        charge::{Charge, ChargeBase, ChargeKind, Cut, GroupDiscount, Rate},
        event::Event,
        money::Currency,
        permission::Permission,
    },
    http::panel::{
        card::{Card, Cell, Field},
        door::Here,
        typed,
    },
};

/// Lines for what comes.
const EMPTY: usize = 2;
/// Most lines that are read.
const LINES: usize = 30;

fn pairs<const N: usize>(options: [(&str, &str); N]) -> Vec<(String, String)> {
    let owned = options.map(|(value, words)| (value.to_owned(), words.to_owned()));
    owned.into()
}

/// Fees are what the installation lives on, so whoever may open events sets them; others read them.
pub(super) fn charge_card(desk: &Desk<'_>) -> Card {
    if !desk.here.may(Permission::EventsPublish, desk.event()) {
        return told_card(desk);
    }
    let mut form = desk.form("charges", "charges");
    let charges = &desk.offer.charges;
    for line in 0..charges.len() + EMPTY {
        let legend = format!("{} {}", desk.say("Line", "Baris"), line + 1);
        form = form.group(
            desk.here,
            legend,
            charge_fields(desk, line, charges.get(line)),
        );
    }
    Card::new("charges", desk.say("Fees and taxes", "Biaya dan pajak"))
        .lead(desk.say(
            "They apply from top to bottom. A line without a name is taken away. Orders keep what they were sold with.",
            "Diterapkan dari atas ke bawah. Baris tanpa nama dihapus. Pesanan tetap memakai yang berlaku saat dijual.",
        ))
        .form(form.button(desk.say("Save fees and taxes", "Simpan biaya dan pajak")))
}

fn told_card(desk: &Desk<'_>) -> Card {
    let currency = desk.event().currency;
    let row = |charge: &Charge| {
        let (amount, how) = match charge.rate {
            Rate::Percent(value) => (typed::percent_text(value), "%".to_owned()),
            Rate::PerTicket(value) => (
                typed::money_text(value, currency),
                desk.say("for each ticket", "per tiket").to_owned(),
            ),
            Rate::PerOrder(value) => (
                typed::money_text(value, currency),
                desk.say("for the order", "per pesanan").to_owned(),
            ),
        };
        vec![
            Cell::text(&charge.name),
            Cell::number(format!("{amount} {how}")),
        ]
    };
    Card::new("charges", desk.say("Fees and taxes", "Biaya dan pajak"))
        .lead(desk.say("An administrator sets them.", "Ditetapkan oleh admin."))
        .table(
            [
                Cell::text(desk.say("Name", "Nama")),
                Cell::number(desk.say("How much", "Besarnya")),
            ],
            desk.offer.charges.iter().map(row).collect(),
            desk.say("There are none.", "Tidak ada."),
        )
}

fn charge_fields(desk: &Desk<'_>, line: usize, charge: Option<&Charge>) -> Vec<Field> {
    let currency = desk.event().currency;
    let (how, amount) = charge.map_or(("percent", String::new()), |charge| match charge.rate {
        Rate::Percent(value) => ("percent", typed::percent_text(value)),
        Rate::PerTicket(value) => ("per_ticket", typed::money_text(value, currency)),
        Rate::PerOrder(value) => ("per_order", typed::money_text(value, currency)),
    });
    let kinds = pairs([
        ("fee", desk.say("Fee", "Biaya")),
        ("tax", desk.say("Tax", "Pajak")),
    ]);
    let ways = pairs([
        ("percent", desk.say("percent", "persen")),
        ("per_ticket", desk.say("for each ticket", "per tiket")),
        ("per_order", desk.say("for the order", "per pesanan")),
    ]);
    let bases = pairs([
        ("tickets", desk.say("tickets", "tiket")),
        ("fees", desk.say("fees before it", "biaya sebelumnya")),
        (
            "everything",
            desk.say("everything before it", "semua sebelumnya"),
        ),
    ]);
    let name = |field: &str| format!("{field}_{line}");
    vec![
        Field::line(name("name"), desk.say("Name", "Nama"))
            .value(charge.map_or("", |charge| &charge.name))
            .most(100),
        Field::choice(name("kind"), desk.say("Kind", "Jenis"), kinds)
            .value(charge.map_or("fee", |charge| charge.kind.name())),
        Field::line(name("amount"), desk.say("How much", "Besarnya"))
            .value(amount)
            .most(20),
        Field::choice(name("how"), desk.say("Counted", "Dihitung"), ways).value(how),
        Field::choice(name("base"), desk.say("Percent of", "Persen dari"), bases)
            .value(charge.map_or("tickets", |charge| charge.base.name())),
        Field::check(
            name("included"),
            desk.say("Part of the price", "Termasuk harga"),
            charge.is_some_and(|charge| charge.is_included),
        ),
    ]
}

pub(super) fn discount_card(desk: &Desk<'_>) -> Card {
    let mut form = desk.form("discounts", "discounts");
    let groups = &desk.offer.group_discounts;
    for line in 0..groups.len() + 1 {
        let legend = format!("{} {}", desk.say("Line", "Baris"), line + 1);
        form = form.group(
            desk.here,
            legend,
            discount_fields(desk, line, groups.get(line)),
        );
    }
    Card::new(
        "discounts",
        desk.say("Group discounts", "Potongan rombongan"),
    )
    .lead(desk.say(
        "So many of one type in one order cost less. A line without a name is taken away.",
        "Sebanyak itu satu jenis dalam satu pesanan lebih murah. Baris tanpa nama dihapus.",
    ))
    .form(form.button(desk.say("Save group discounts", "Simpan potongan rombongan")))
}

fn discount_fields(desk: &Desk<'_>, line: usize, group: Option<&GroupDiscount>) -> Vec<Field> {
    let (how, amount) = cut_texts(group.map(|group| group.cut), desk.event().currency);
    let mut types = pairs([("", desk.say("any one type", "jenis mana pun"))]);
    let own = desk.offer.setup.types.iter();
    types.extend(own.map(|kind| (kind.number.to_string(), kind.name.clone())));
    let meant = group.and_then(|group| group.ticket_type);
    let meant = desk
        .offer
        .setup
        .types
        .iter()
        .find(|kind| Some(kind.id) == meant);
    let name = |field: &str| format!("{field}_{line}");
    vec![
        Field::line(name("name"), desk.say("Name", "Nama"))
            .value(group.map_or("", |group| &group.name))
            .most(100),
        Field::choice(name("type"), desk.say("Ticket type", "Jenis tiket"), types)
            .value(meant.map_or_else(String::new, |kind| kind.number.to_string())),
        Field::number(name("from"), desk.say("From how many", "Mulai berapa"))
            .value(group.map_or_else(String::new, |group| group.min_quantity.to_string())),
        Field::line(name("amount"), desk.say("How much off", "Potongan"))
            .value(amount)
            .most(20),
        Field::choice(name("how"), desk.say("Counted", "Dihitung"), cut_ways(desk)).value(how),
    ]
}

fn cut_ways(desk: &Desk<'_>) -> Vec<(String, String)> {
    pairs([
        ("percent", desk.say("percent", "persen")),
        ("fixed", desk.say("amount", "jumlah uang")),
    ])
}

/// How a cut is typed: the way, and the amount.
pub(super) fn cut_texts(cut: Option<Cut>, currency: Currency) -> (&'static str, String) {
    match cut {
        None => ("percent", String::new()),
        Some(Cut::Percent(value)) => ("percent", typed::percent_text(value)),
        Some(Cut::Fixed(value)) => ("fixed", typed::money_text(value, currency)),
    }
}

/// The cut that was typed.
pub(super) fn cut(how: &str, amount: &str, currency: Currency) -> Option<Cut> {
    match how {
        "fixed" => typed::money(amount, currency).map(Cut::Fixed),
        _ => typed::percent(amount).map(Cut::Percent),
    }
}

const NO_AMOUNT: Fault = Fault::Said(
    "Enter how much as a plain number, such as 10 or 7.25.",
    "Isi besarnya dengan angka biasa, misalnya 10 atau 7.25.",
);

pub(in crate::http::panel) async fn charges(here: Here) -> Response {
    let saved = save_charges(&here).await;
    answer(&here, AT, saved).await
}

async fn save_charges(here: &Here) -> Result<String, Fault> {
    let event = meant(here)?;
    let charges = lines(here, |line| charge(here, event, line))?;
    let (change, by) = (Change::Charges(&charges), actor(here));
    here.app()
        .change_as_seen(event.id, seen(here), &change, &by)
        .await?;
    Ok(done(here, AT, "saved"))
}

/// What stands in the lines that have a name.
fn lines<T>(here: &Here, read: impl Fn(usize) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    let is_named = |line: &usize| !here.form().text(&format!("name_{line}")).is_empty();
    (0..LINES).filter(is_named).map(read).collect()
}

fn charge(here: &Here, event: &Event, line: usize) -> Result<Charge, Fault> {
    let text = |field: &str| here.form().text(&format!("{field}_{line}"));
    let money = || typed::money(&text("amount"), event.currency);
    let rate = match text("how").as_str() {
        "per_ticket" => money().map(Rate::PerTicket),
        "per_order" => money().map(Rate::PerOrder),
        _ => typed::percent(&text("amount")).map(Rate::Percent),
    };
    Ok(Charge {
        kind: ChargeKind::from_name(&text("kind")).unwrap_or(ChargeKind::Fee),
        name: text("name"),
        rate: rate.ok_or(NO_AMOUNT)?,
        base: ChargeBase::from_name(&text("base")).unwrap_or(ChargeBase::Tickets),
        is_included: !text("included").is_empty(),
    })
}

pub(in crate::http::panel) async fn discounts(here: Here) -> Response {
    let saved = save_discounts(&here).await;
    answer(&here, AT, saved).await
}

async fn save_discounts(here: &Here) -> Result<String, Fault> {
    let event = meant(here)?;
    let types = here.app().event(event.id).await?.types;
    let groups = lines(here, |line| {
        let text = |field: &str| here.form().text(&format!("{field}_{line}"));
        let typed_type = text("type");
        let kind = types
            .iter()
            .find(|kind| kind.number.to_string() == typed_type);
        if kind.is_none() && !typed_type.is_empty() {
            return Err(Fault::Unknown);
        }
        Ok(GroupDiscount {
            name: text("name"),
            ticket_type: kind.map(|kind| kind.id),
            min_quantity: text("from").parse().unwrap_or_default(),
            cut: cut(&text("how"), &text("amount"), event.currency).ok_or(NO_AMOUNT)?,
        })
    })?;
    let (change, by) = (Change::Groups(&groups), actor(here));
    here.app()
        .change_as_seen(event.id, seen(here), &change, &by)
        .await?;
    Ok(done(here, AT, "saved"))
}
