//! One ticket type: what it is offered as, and where it stands. What changes of the first is a new version; orders keep
//! the one they were sold at.

use std::collections::BTreeSet;

use axum::{http::StatusCode, response::Response};
use sync_protocol::{id::GateId, time::Timestamp};

use super::{
    page::{At, Body, Desk, Fault, actor, answer, done, meant, seen, show_at},
    types,
};
use crate::{
    app::catalog::{Change, KindPlace, NewKind, TypeChange},
    domain::{
        event::{Event, TicketType, Visibility},
        wall_clock,
    },
    http::panel::{
        card::{Card, Field, FormPart},
        door::Here,
        typed,
    },
};

pub(super) fn body(desk: &Desk<'_>, number: u16) -> Result<Body, Fault> {
    let found = desk
        .offer
        .setup
        .types
        .iter()
        .find(|kind| kind.number == number);
    let kind = found.ok_or(Fault::Unknown)?;
    let action = desk.action(&format!("types/{number}"));
    let form = desk.form("type", &format!("types/{number}"));
    let form = fields(form, desk, Some(kind))
        .button(desk.say("Save the ticket type", "Simpan jenis tiket"));
    let lead = match desk.is_draft() {
        true => String::new(),
        false => format!(
            "{} {}. {}",
            desk.say("Version", "Versi"),
            kind.version,
            desk.say(
                "A change is offered from now on; orders keep what they were sold.",
                "Perubahan berlaku mulai sekarang; pesanan tetap seperti saat dijual.",
            )
        ),
    };
    let mut cards = vec![Card::new("type", &kind.name).lead(lead).form(form)];
    if desk.is_draft() {
        let remove = FormPart::new(desk.here, "type-remove", format!("{action}/remove"))
            .button(desk.say("Take this type away", "Hapus jenis ini"))
            .grave(desk.say("Take this ticket type away?", "Hapus jenis tiket ini?"));
        cards.push(Card::new("remove", desk.say("Not needed?", "Tidak diperlukan?")).form(remove));
    }
    Ok(Body {
        title: desk.say("Ticket type", "Jenis tiket").to_owned(),
        lead: String::new(),
        cards,
        matrix: None,
    })
}

/// The fields of a type; those of a new one are empty.
pub(super) fn fields(form: FormPart, desk: &Desk<'_>, kind: Option<&TicketType>) -> FormPart {
    let form = what(form, desk, kind);
    let form = sale(form, desk, kind);
    place(form, desk, kind)
}

fn what(form: FormPart, desk: &Desk<'_>, kind: Option<&TicketType>) -> FormPart {
    let (here, currency) = (desk.here, desk.event().currency);
    let categories = desk.offer.categories.iter();
    let options = categories.map(|one| {
        (
            one.id.to_string(),
            types::category_name(&desk.offer.categories, one.id),
        )
    });
    let number = |value: fn(&TicketType) -> i64| {
        kind.map_or_else(String::new, |kind| value(kind).to_string())
    };
    form.row(
        here,
        [
            Field::line("name", desk.say("Name", "Nama"))
                .value(kind.map_or("", |kind| &kind.name))
                .required()
                .most(100),
            Field::choice(
                "category",
                desk.say("Category", "Kategori"),
                options.collect(),
            )
            .value(kind.map_or_else(String::new, |kind| kind.category.to_string())),
        ],
    )
    .row(
        here,
        [
            Field::area("description", desk.say("What it includes", "Yang termasuk"))
                .value(kind.map_or("", |kind| &kind.description))
                .most(500),
        ],
    )
    .row(
        here,
        [
            Field::line(
                "price",
                format!("{} ({})", desk.say("Price", "Harga"), currency.code()),
            )
            .value(kind.map_or_else(String::new, |kind| {
                typed::money_text(kind.price_minor, currency)
            }))
            .required()
            .most(20),
            Field::number("quota", desk.say("How many there are", "Jumlah tersedia"))
                .value(number(|kind| kind.quota))
                .required(),
        ],
    )
}

fn sale(form: FormPart, desk: &Desk<'_>, kind: Option<&TicketType>) -> FormPart {
    let (here, zone) = (desk.here, desk.zone());
    let until = kind.map_or(desk.event().ends_at, |kind| kind.sale_until);
    let from = kind.map_or(Timestamp(0), |kind| kind.sale_from);
    let number = |value: i64| value.to_string();
    form.row(
        here,
        [
            Field::moment("from", desk.say("Sold from", "Dijual mulai"))
                .value(typed::moment_text(from, zone))
                .hint(desk.say("Empty: at once.", "Kosong: langsung.")),
            Field::moment("until", desk.say("Sold until", "Dijual sampai"))
                .value(typed::moment_text(until, zone))
                .required(),
            Field::number(
                "least",
                desk.say("Fewest per order", "Paling sedikit per pesanan"),
            )
            .value(number(kind.map_or(1, |kind| kind.min_per_order)))
            .required(),
            Field::number(
                "most",
                desk.say("Most per order", "Paling banyak per pesanan"),
            )
            .value(number(kind.map_or(10, |kind| kind.max_per_order)))
            .required(),
        ],
    )
    .row(
        here,
        [
            Field::check(
                "hidden",
                desk.say(
                    "Hidden: sold to who has the code",
                    "Tersembunyi: dijual kepada pemilik kode",
                ),
                kind.is_some_and(|kind| kind.visibility == Visibility::Hidden),
            ),
            Field::line("code", desk.say("Access code", "Kode akses"))
                .value(
                    kind.and_then(|kind| kind.access_code.as_deref())
                        .unwrap_or_default(),
                )
                .most(40),
        ],
    )
}

fn place(form: FormPart, desk: &Desk<'_>, kind: Option<&TicketType>) -> FormPart {
    let here = desk.here;
    let mut quotas = vec![(String::new(), desk.say("none", "tidak ada").to_owned())];
    let shared = desk.offer.shared_quotas.iter();
    quotas.extend(shared.map(|quota| {
        (
            quota.id.to_string(),
            format!("{} ({})", quota.name, here.count(quota.quota)),
        )
    }));
    let gates = desk.offer.setup.gates.iter().map(|gate| {
        let is_on = kind.is_some_and(|kind| kind.gates.contains(&gate.id));
        (gate.id.to_string(), gate.name.clone(), is_on)
    });
    let quota = kind.and_then(|kind| kind.shared_quota);
    let mut more = vec![
        Field::check(
            "addon",
            desk.say(
                "Add-on: goes with another ticket of the same person",
                "Tambahan: menyertai tiket lain orang yang sama",
            ),
            kind.is_some_and(|kind| kind.addon),
        ),
        Field::choice(
            "shared",
            desk.say("Also draws on", "Juga memakai kuota"),
            quotas,
        )
        .value(quota.map_or_else(String::new, |quota| quota.to_string())),
    ];
    let gates: Vec<_> = gates.collect();
    if !gates.is_empty() {
        more.push(
            Field::checks(
                "gate",
                desk.say("Only at these gates", "Hanya di gerbang ini"),
                gates,
            )
            .hint(desk.say("None chosen: all gates.", "Tidak dipilih: semua gerbang.")),
        );
    }
    form.group(here, "", more)
}

/// A type as the form tells it.
pub(super) fn read_kind(here: &Here, event: &Event) -> Result<NewKind, Fault> {
    let form = here.form();
    let number = |field| typed::number(&form.text(field));
    let zone = wall_clock::zone(&event.time_zone);
    let moment = |field, default| typed::moment(&form.text(field), zone, default);
    let money = typed::money(&form.text("price"), event.currency);
    let price_minor = money.ok_or(Fault::Said(
        "Enter the price as a plain number, such as 150000; 0 is free.",
        "Isi harga dengan angka biasa, misalnya 150000; 0 berarti gratis.",
    ))?;
    let numbers = number("quota").zip(number("least")).zip(number("most"));
    let ((quota, least), most) = numbers.ok_or(Fault::Said(
        "Enter how many there are, and how many one order may hold, as whole numbers.",
        "Isi jumlah tersedia dan jumlah per pesanan dengan angka bulat.",
    ))?;
    let window = moment("from", Some(Timestamp(0))).zip(moment("until", Some(event.ends_at)));
    let (sale_from, sale_until) = window.ok_or(Fault::Said(
        "Enter when the sale begins and ends as a day and a time.",
        "Isi kapan penjualan mulai dan berakhir dengan tanggal dan jam.",
    ))?;
    Ok(NewKind {
        name: form.text("name"),
        description: form.text("description"),
        price_minor,
        quota,
        sale_from,
        sale_until,
        per_order: (least, most),
        visibility: match form.text("hidden").as_str() {
            "" => Visibility::Public,
            _ => Visibility::Hidden,
        },
        access_code: Some(form.text("code")).filter(|code| !code.is_empty()),
        place: read_place(here)?,
    })
}

fn read_place(here: &Here) -> Result<KindPlace, Fault> {
    let form = here.form();
    let gates = form
        .all("gate")
        .map(|id| id.parse::<GateId>().map_err(|_| Fault::Unknown));
    let category = form.text("category");
    if category.is_empty() {
        return Err(Fault::Said("Choose a category.", "Pilih kategori."));
    }
    let shared = form.text("shared");
    Ok(KindPlace {
        category: category.parse().map_err(|_| Fault::Unknown)?,
        gates: gates.collect::<Result<BTreeSet<_>, _>>()?,
        addon: !form.text("addon").is_empty(),
        shared_quota: match shared.as_str() {
            "" => None,
            id => Some(id.parse().map_err(|_| Fault::Unknown)?),
        },
    })
}

/// The number of the type that the address names.
pub(super) fn number(here: &Here) -> Result<u16, Fault> {
    let parts = here
        .door
        .visitor
        .path
        .split('/')
        .skip_while(|part| *part != "types");
    let number = parts.skip(1).find_map(|part| part.parse().ok());
    number.ok_or(Fault::Unknown)
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    let at = At::Type(number(&here).unwrap_or_default());
    show_at(&here, at, None, StatusCode::OK).await
}

pub(in crate::http::panel) async fn save(here: Here) -> Response {
    let saved = try_save(&here).await;
    let at = At::Type(number(&here).unwrap_or_default());
    answer(&here, at, saved).await
}

async fn try_save(here: &Here) -> Result<String, Fault> {
    let (event, number) = (meant(here)?, number(here)?);
    let wish = read_kind(here, event)?;
    let kinds = here.app().event(event.id).await?.types;
    let old = kinds
        .iter()
        .find(|kind| kind.number == number)
        .ok_or(Fault::Unknown)?;
    let zone = wall_clock::zone(&event.time_zone);
    // What a form shows has no seconds, so a time that looks the same was not changed.
    let moved =
        |new, old| (typed::moment_text(new, zone) != typed::moment_text(old, zone)).then_some(new);
    let change = TypeChange {
        name: Some(wish.name),
        description: Some(wish.description),
        price_minor: Some(wish.price_minor),
        quota: Some(wish.quota),
        sale_from: moved(wish.sale_from, old.sale_from),
        sale_until: moved(wish.sale_until, old.sale_until),
        min_per_order: Some(wish.per_order.0),
        max_per_order: Some(wish.per_order.1),
        visibility: Some(wish.visibility),
        access_code: Some(wish.access_code.unwrap_or_default()),
    };
    let (change, by) = (Change::Type(number, &change, &wish.place), actor(here));
    here.app()
        .change_as_seen(event.id, seen(here), &change, &by)
        .await?;
    Ok(done(here, At::Type(number), "saved"))
}

pub(in crate::http::panel) async fn remove(here: Here) -> Response {
    let removed = try_remove(&here).await;
    let at = At::Type(number(&here).unwrap_or_default());
    answer(&here, at, removed).await
}

async fn try_remove(here: &Here) -> Result<String, Fault> {
    let (event, number) = (meant(here)?.id, number(here)?);
    here.app().remove_type(event, number, &actor(here)).await?;
    Ok(done(here, types::AT, "removed"))
}
