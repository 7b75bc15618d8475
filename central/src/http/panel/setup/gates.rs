//! The seventh step: gates, which are places, and the way to the nodes, which are devices.

use axum::response::Response;
use sync_protocol::id::GateId;

use super::page::{At, Body, Desk, Fault, actor, answer, done, meant};
use crate::{
    domain::{event::Gate, permission::Permission, readiness::Step},
    http::panel::{
        card::{Card, Cell, Field, FormPart},
        door::Here,
    },
};

const AT: At = At::Step(Step::Gates);

pub(super) fn body(desk: &Desk<'_>) -> Body {
    let here = desk.here;
    let gates = &desk.offer.setup.gates;
    let add = FormPart::new(here, "gate-new", desk.action("gates"))
        .row(
            here,
            [
                Field::line("name", desk.say("Name of a new gate", "Nama gerbang baru"))
                    .required()
                    .most(100),
            ],
        )
        .button(desk.say("Add the gate", "Tambah gerbang"))
        .inline();
    let mut cards = vec![
        Card::new("gates", desk.say("Gates", "Gerbang"))
            .lead(match gates.is_empty() {
                true => desk.say(
                    "There is no gate yet: add the first one, such as North.",
                    "Belum ada gerbang: tambahkan yang pertama, misalnya Utara.",
                ),
                false => "",
            })
            .forms(gates.iter().map(|gate| rename_form(desk, gate)))
            .form(add)
            .forms((!gates.is_empty()).then(|| remove_form(desk, gates))),
    ];
    if here.may(Permission::ScansView, desk.event()) {
        cards.push(node_card(desk));
    }
    Body {
        title: desk.say("Gates and nodes", "Gerbang dan perangkat").to_owned(),
        lead: desk
            .say(
                "A gate is a place. Each gets one or more nodes: the laptops and small computers that scan.",
                "Gerbang adalah tempat. Setiap gerbang punya satu perangkat atau lebih yang memindai tiket.",
            )
            .to_owned(),
        cards,
        matrix: None,
    }
}

fn node_card(desk: &Desk<'_>) -> Card {
    let path = format!("/panel/events/{}/nodes", desk.event().slug);
    let row = vec![
        Cell::link(desk.say("Nodes of this event", "Perangkat acara ini"), path),
        Cell::text(desk.say(
            "enrol, assign to gates, revoke",
            "daftarkan, tempatkan di gerbang, cabut",
        )),
    ];
    Card::new("nodes", desk.say("Nodes", "Perangkat")).table(
        [
            Cell::text(desk.say("Where", "Di mana")),
            Cell::text(desk.say("What for", "Untuk apa")),
        ],
        vec![row],
        "",
    )
}

/// One line for all of them: it is a rare thing to do.
fn remove_form(desk: &Desk<'_>, gates: &[Gate]) -> FormPart {
    let gates = gates.iter();
    let mut options = vec![(String::new(), desk.say("Choose", "Pilih").to_owned())];
    options.extend(gates.map(|gate| (gate.id.to_string(), gate.name.clone())));
    let label = desk.say(
        "Take away a gate that nobody used",
        "Hapus gerbang yang belum pernah dipakai",
    );
    FormPart::new(desk.here, "gate-remove", desk.action("gates/remove"))
        .row(
            desk.here,
            [Field::choice("gate", label, options).required()],
        )
        .button(desk.say("Take it away", "Hapus"))
        .grave(desk.say(
            "Take this gate away? Nodes forget it at their next contact. You can add one of this name again.",
            "Hapus gerbang ini? Perangkat melupakannya pada kontak berikutnya. Gerbang bernama sama dapat ditambahkan lagi.",
        ))
        .inline()
}

fn rename_form(desk: &Desk<'_>, gate: &Gate) -> FormPart {
    let id = gate.id.to_string();
    FormPart::new(desk.here, format!("gate-{id}"), desk.action("gates/rename"))
        .hidden("gate", &id)
        .row(
            desk.here,
            [Field::line("name", desk.say("Gate", "Gerbang"))
                .value(&gate.name)
                .required()
                .most(100)],
        )
        .button(desk.say("Rename", "Ganti nama"))
        .quiet()
        .inline()
}

pub(in crate::http::panel) async fn add(here: Here) -> Response {
    let added = try_add(&here).await;
    answer(&here, AT, added).await
}

async fn try_add(here: &Here) -> Result<String, Fault> {
    let (event, name) = (meant(here)?.id, here.form().text("name"));
    here.app().add_gate(event, &name, &actor(here)).await?;
    Ok(done(here, AT, "saved"))
}

pub(in crate::http::panel) async fn rename(here: Here) -> Response {
    let renamed = try_rename(&here).await;
    answer(&here, AT, renamed).await
}

async fn try_rename(here: &Here) -> Result<String, Fault> {
    let (event, gate) = (meant(here)?.id, chosen(here)?);
    here.app()
        .rename_gate(event, gate, &here.form().text("name"), &actor(here))
        .await?;
    Ok(done(here, AT, "saved"))
}

/// The gate that a form names.
fn chosen(here: &Here) -> Result<GateId, Fault> {
    let typed = here.form().text("gate");
    if typed.is_empty() {
        return Err(Fault::Said("Choose a gate.", "Pilih gerbang."));
    }
    typed.parse().map_err(|_| Fault::Unknown)
}

pub(in crate::http::panel) async fn remove(here: Here) -> Response {
    let removed = try_remove(&here).await;
    answer(&here, AT, removed).await
}

async fn try_remove(here: &Here) -> Result<String, Fault> {
    let (event, gate) = (meant(here)?.id, chosen(here)?);
    here.app().remove_gate(event, gate, &actor(here)).await?;
    Ok(done(here, AT, "removed"))
}
