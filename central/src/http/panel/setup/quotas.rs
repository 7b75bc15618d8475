//! Quotas that several ticket types share.

use axum::response::Response;

use super::{
    page::{Desk, Fault, actor, answer, done, meant},
    settings::AT,
};
use crate::{
    domain::{id::SharedQuotaId, offer::SharedQuota},
    http::panel::{
        card::{Card, Field, FormPart},
        door::Here,
        typed,
    },
};

pub(super) fn card(desk: &Desk<'_>) -> Card {
    let here = desk.here;
    let quotas = &desk.offer.shared_quotas;
    let add = FormPart::new(here, "quota-new", desk.action("quotas"))
        .hidden("do", "add")
        .row(
            here,
            [
                Field::line("name", desk.say("Name of a new one", "Nama kuota baru"))
                    .required()
                    .most(100),
                Field::number("quota", desk.say("How much", "Jumlah")).required(),
            ],
        )
        .button(desk.say("Add", "Tambah"))
        .quiet()
        .inline();
    Card::new("quotas", desk.say("Shared quotas", "Kuota bersama"))
        .lead(desk.say(
            "Several ticket types can draw on one capacity, such as the house.",
            "Beberapa jenis tiket dapat memakai satu kapasitas, misalnya kapasitas gedung.",
        ))
        .forms(quotas.iter().flat_map(|quota| forms(desk, quota)))
        .form(add)
}

fn forms(desk: &Desk<'_>, quota: &SharedQuota) -> Vec<FormPart> {
    let (here, id) = (desk.here, quota.id.to_string());
    let form = |key: &str| {
        FormPart::new(here, format!("quota-{key}-{id}"), desk.action("quotas"))
            .hidden("do", key)
            .hidden("id", &id)
            .inline()
    };
    let label = format!(
        "{} ({} {})",
        quota.name,
        here.count(quota.taken),
        desk.say("taken", "terpakai")
    );
    let resize = form("resize")
        .row(
            here,
            [Field::number("quota", label)
                .value(quota.quota.to_string())
                .required()],
        )
        .button(desk.say("Resize", "Ubah jumlah"))
        .quiet();
    let is_used = desk
        .offer
        .setup
        .types
        .iter()
        .any(|kind| kind.shared_quota == Some(quota.id));
    let mut forms = vec![resize];
    if !is_used {
        let remove =
            form("remove").button(format!("{} {}", desk.say("Take away", "Hapus"), quota.name));
        forms.push(remove.grave(desk.say("Take this quota away?", "Hapus kuota ini?")));
    }
    forms
}

pub(in crate::http::panel) async fn save(here: Here) -> Response {
    let saved = try_save(&here).await;
    answer(&here, AT, saved).await
}

async fn try_save(here: &Here) -> Result<String, Fault> {
    let (event, form, by) = (meant(here)?.id, here.form(), actor(here));
    let size = typed::number(&form.text("quota")).ok_or(Fault::Said(
        "Enter how much there is as a whole number.",
        "Isi jumlahnya dengan angka bulat.",
    ));
    let id = || {
        form.text("id")
            .parse::<SharedQuotaId>()
            .map_err(|_| Fault::Unknown)
    };
    match form.text("do").as_str() {
        "resize" => {
            here.app()
                .resize_shared_quota(event, id()?, size?, &by)
                .await?
        }
        "remove" => here.app().remove_shared_quota(event, id()?, &by).await?,
        _ => {
            let name = form.text("name");
            here.app()
                .add_shared_quota(event, &name, size?, &by)
                .await?;
        }
    }
    Ok(done(here, AT, "saved"))
}
