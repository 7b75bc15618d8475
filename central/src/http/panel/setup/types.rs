//! The fourth step: categories with their parts, and the ticket types in them.

use axum::response::Response;
use sync_protocol::time::Timestamp;

use super::{
    kind::{fields, read_kind},
    page::{At, Body, Desk, Fault, actor, answer, done, meant},
};
use crate::{
    domain::{
        event::{Category, TicketType, Visibility},
        id::CategoryId,
        readiness::Step,
    },
    http::panel::{
        card::{Card, Cell, Field, FormPart},
        door::Here,
    },
};

pub(super) const AT: At = At::Step(Step::Types);

pub(super) fn body(desk: &Desk<'_>) -> Body {
    let lead = desk.say(
        "Buyers see the types by category. Begin with a category, such as Festival or Seating.",
        "Pembeli melihat jenis tiket per kategori. Mulai dengan kategori, misalnya Festival atau Tribune.",
    );
    let mut cards = vec![category_card(desk)];
    if !desk.offer.categories.is_empty() {
        cards.push(type_card(desk));
        let form = FormPart::new(desk.here, "type-new", desk.action("types"));
        let form =
            fields(form, desk, None).button(desk.say("Add the ticket type", "Tambah jenis tiket"));
        let add = Card::new(
            "type-add",
            desk.say("Add a ticket type", "Tambah jenis tiket"),
        );
        cards.push(add.form(form));
    }
    Body {
        title: desk
            .say("Categories and ticket types", "Kategori dan jenis tiket")
            .to_owned(),
        lead: lead.to_owned(),
        cards,
        matrix: None,
    }
}

/// A category with what stands before it: `Festival › Early`.
pub(super) fn category_name(all: &[Category], id: CategoryId) -> String {
    let find = |id| all.iter().find(|one| one.id == id);
    let own = find(id);
    let parent = own.and_then(|own| find(own.parent?));
    match (own, parent) {
        (Some(own), Some(parent)) => format!("{} › {}", parent.name, own.name),
        (Some(own), None) => own.name.clone(),
        _ => String::new(),
    }
}

fn type_card(desk: &Desk<'_>) -> Card {
    let row = |kind: &TicketType| {
        let path = desk.path(At::Type(kind.number));
        vec![
            Cell::link(&kind.name, path)
                .below(category_name(&desk.offer.categories, kind.category)),
            Cell::number(desk.money(kind.price_minor)),
            Cell::number(format!("{} / {}", kind.taken, kind.quota)),
            sale_mark(desk, kind),
        ]
    };
    let types = &desk.offer.setup.types;
    Card::new("types", desk.say("Ticket types", "Jenis tiket")).table(
        [
            Cell::text(desk.say("Type", "Jenis")),
            Cell::number(desk.say("Price", "Harga")),
            Cell::number(desk.say("Taken", "Terpakai")),
            Cell::text(desk.say("Sale", "Penjualan")),
        ],
        types.iter().map(row).collect(),
        desk.say(
            "There is no ticket type yet: add the first one below.",
            "Belum ada jenis tiket: tambahkan yang pertama di bawah.",
        ),
    )
}

fn sale_mark(desk: &Desk<'_>, kind: &TicketType) -> Cell {
    let (words, colour) = match kind {
        _ if desk.now >= kind.sale_until => (desk.say("ended", "berakhir"), "bad"),
        _ if desk.now < kind.sale_from => (desk.say("to come", "akan datang"), "wait"),
        _ if kind.visibility == Visibility::Hidden => (desk.say("hidden", "tersembunyi"), "calm"),
        _ => (desk.say("open", "terbuka"), "good"),
    };
    let until = format!(
        "{} {}",
        desk.say("until", "sampai"),
        desk.moment(kind.sale_until)
    );
    let has_end = kind.sale_until > Timestamp(0);
    Cell::mark(words, colour).below(if has_end { until } else { String::new() })
}

fn category_card(desk: &Desk<'_>) -> Card {
    let (here, all) = (desk.here, &desk.offer.categories);
    let tops = all.iter().filter(|one| one.parent.is_none());
    let ordered = tops.clone().flat_map(|top| {
        let parts = all.iter().filter(|one| one.parent == Some(top.id));
        std::iter::once(top).chain(parts)
    });
    let mut parents = vec![(
        String::new(),
        desk.say("none: a category of its own", "tidak ada: kategori sendiri")
            .to_owned(),
    )];
    parents.extend(
        tops.clone()
            .map(|top| (top.id.to_string(), top.name.clone())),
    );
    let add = FormPart::new(here, "category-new", desk.action("categories"))
        .hidden("do", "add")
        .row(
            here,
            [
                Field::line("name", desk.say("Name of a new one", "Nama kategori baru"))
                    .required()
                    .most(100),
                Field::choice("parent", desk.say("Part of", "Bagian dari"), parents),
            ],
        )
        .button(desk.say("Add the category", "Tambah kategori"))
        .quiet()
        .inline();
    Card::new("categories", desk.say("Categories", "Kategori"))
        .forms(ordered.flat_map(|one| category_forms(desk, one)))
        .form(add)
}

fn category_forms(desk: &Desk<'_>, category: &Category) -> Vec<FormPart> {
    let (here, id) = (desk.here, category.id.to_string());
    let form = |key: &str| {
        FormPart::new(
            here,
            format!("category-{key}-{id}"),
            desk.action("categories"),
        )
        .hidden("do", key)
        .hidden("id", &id)
        .inline()
    };
    let label = match category.parent {
        Some(parent) => format!(
            "{} {}",
            desk.say("Part of", "Bagian dari"),
            category_name(&desk.offer.categories, parent)
        ),
        None => desk.say("Category", "Kategori").to_owned(),
    };
    let rename = form("rename")
        .row(
            here,
            [Field::line("name", label)
                .value(&category.name)
                .required()
                .most(100)],
        )
        .button(desk.say("Rename", "Ganti nama"))
        .quiet();
    let is_used = desk
        .offer
        .setup
        .types
        .iter()
        .any(|kind| kind.category == category.id)
        || desk
            .offer
            .categories
            .iter()
            .any(|one| one.parent == Some(category.id));
    let mut forms = vec![rename];
    if !is_used {
        let remove = form("remove").button(format!(
            "{} {}",
            desk.say("Take away", "Hapus"),
            category.name
        ));
        forms.push(remove.grave(desk.say("Take this category away?", "Hapus kategori ini?")));
    }
    forms
}

pub(in crate::http::panel) async fn categories(here: Here) -> Response {
    let saved = save_category(&here).await;
    answer(&here, AT, saved).await
}

async fn save_category(here: &Here) -> Result<String, Fault> {
    let (event, form, by) = (meant(here)?.id, here.form(), actor(here));
    let id = |field: &str| {
        form.text(field)
            .parse::<CategoryId>()
            .map_err(|_| Fault::Unknown)
    };
    let name = form.text("name");
    match form.text("do").as_str() {
        "rename" => {
            here.app()
                .rename_category(event, id("id")?, &name, &by)
                .await?
        }
        "remove" => here.app().remove_category(event, id("id")?, &by).await?,
        _ => {
            let parent = match form.text("parent").as_str() {
                "" => None,
                _ => Some(id("parent")?),
            };
            here.app().add_category(event, &name, parent, &by).await?;
        }
    }
    Ok(done(here, AT, "saved"))
}

pub(in crate::http::panel) async fn add(here: Here) -> Response {
    let added = try_add(&here).await;
    answer(&here, AT, added).await
}

async fn try_add(here: &Here) -> Result<String, Fault> {
    let event = meant(here)?;
    let wish = read_kind(here, event)?;
    here.app().add_type(event.id, &wish, &actor(here)).await?;
    Ok(done(here, AT, "saved"))
}
