//! The fourth step: categories with their parts, and the ticket types in them.

use axum::response::Response;
use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    kind::{fields, number as number_in_path, read_kind},
    page::{At, Body, Desk, Fault, SEEN, actor, answer, done, meant, seen},
};
use crate::{
    app::catalog::{Change, Moved},
    domain::{
        event::{Category, TicketType, Visibility},
        id::CategoryId,
        readiness,
        sequence::Step,
    },
    http::panel::{
        card::{Card, Cell, Field, FormPart, Steps},
        door::Here,
        number,
    },
};

pub(super) const AT: At = At::Step(readiness::Step::Types);

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
    let types = in_order(desk);
    let row = |kind: &TicketType| {
        let path = desk.path(At::Type(kind.number));
        vec![
            Cell::link(&kind.name, path)
                .below(category_name(&desk.offer.categories, kind.category)),
            Cell::number(desk.money(kind.price_minor)),
            Cell::number(number::of(
                kind.taken,
                kind.quota,
                desk.here.door.visitor.language,
            )),
            sale_mark(desk, kind),
            type_steps(desk, &types, kind),
        ]
    };
    Card::new("types", desk.say("Ticket types", "Jenis tiket")).table(
        [
            Cell::text(desk.say("Type", "Jenis")),
            Cell::number(desk.say("Price", "Harga")),
            Cell::number(desk.say("Taken", "Terpakai")),
            Cell::text(desk.say("Sale", "Penjualan")),
            Cell::text(desk.say("Order", "Urutan")),
        ],
        types.iter().map(|kind| row(kind)).collect(),
        desk.say(
            "There is no ticket type yet: add the first one below.",
            "Belum ada jenis tiket: tambahkan yang pertama di bawah.",
        ),
    )
}

/// As the shop has them: by category, and within it by place.
fn in_order<'a>(desk: &'a Desk<'_>) -> Vec<&'a TicketType> {
    let mut types = desk.offer.setup.types_in_order();
    let categories = by_parent(&desk.offer.categories);
    types.sort_by_key(|kind| categories.iter().position(|one| one.id == kind.category));
    types
}

fn type_steps(desk: &Desk<'_>, types: &[&TicketType], kind: &TicketType) -> Cell {
    let beside = types.iter().filter(|one| one.category == kind.category);
    let beside: Vec<u16> = beside.map(|one| one.number).collect();
    let place = beside.iter().position(|number| *number == kind.number);
    let steps = Steps::at(place.unwrap_or_default(), beside.len(), &kind.name);
    if steps.is_none() {
        return Cell::default();
    }
    let (key, action) = (
        format!("type-order-{}", kind.number),
        format!("types/{}/move", kind.number),
    );
    Cell::form(desk.form(&key, &action).steps(steps))
}

/// Categories, each with its parts behind it.
fn by_parent(all: &[Category]) -> Vec<&Category> {
    let tops = all.iter().filter(|one| one.parent.is_none());
    let ordered = tops.flat_map(|top| {
        let parts = all.iter().filter(|one| one.parent == Some(top.id));
        std::iter::once(top).chain(parts)
    });
    ordered.collect()
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
    let mut parents = vec![(
        String::new(),
        desk.say("none: a category of its own", "tidak ada: kategori sendiri")
            .to_owned(),
    )];
    parents.extend(tops.map(|top| (top.id.to_string(), top.name.clone())));
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
        .forms(
            by_parent(all)
                .into_iter()
                .flat_map(|one| category_forms(desk, one)),
        )
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
    let all = desk.offer.categories.iter();
    let beside: Vec<_> = all.filter(|one| one.parent == category.parent).collect();
    let place = beside.iter().position(|one| one.id == category.id);
    let steps = Steps::at(place.unwrap_or_default(), beside.len(), &category.name);
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
    if steps.is_some() {
        // Apart from the name: a step would drop what was typed there.
        let order = form("order").hidden(SEEN, desk.offer.revision.to_string());
        forms.push(order.button("").steps(steps));
    }
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
        "order" => {
            let moved = Moved::Category(id("id")?);
            put_step(here, event, moved).await?;
        }
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

pub(in crate::http::panel) async fn move_type(here: Here) -> Response {
    let moved = try_move_type(&here).await;
    answer(&here, AT, moved).await
}

async fn try_move_type(here: &Here) -> Result<String, Fault> {
    let (event, number) = (meant(here)?.id, number_in_path(here)?);
    put_step(here, event, Moved::Type(number)).await?;
    Ok(done(here, AT, "saved"))
}

/// One step up or down, where the page still shows how things stand.
async fn put_step(here: &Here, event: EventId, moved: Moved) -> Result<(), Fault> {
    let step = Step::from_name(&here.form().text("step"));
    let step = step.ok_or(Fault::Said(
        "Choose whether it goes up or down.",
        "Pilih naik atau turun.",
    ))?;
    let (by, change) = (actor(here), Change::Order(moved, step));
    here.app()
        .change_as_seen(event, seen(here), &change, &by)
        .await?;
    Ok(())
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
