//! What the event says about refunds, and how its receipts are numbered.

use axum::response::Response;

use super::{
    page::{Desk, Fault, actor, answer, done, meant},
    settings::AT,
};
use crate::{
    app::refunds::RefundError,
    domain::receipt::{Pattern, PatternError, ReceiptKind},
    http::panel::{
        card::{Card, Field, FormPart},
        door::Here,
        typed,
    },
    store::{self, refund_rule::RefundRule},
};

pub(super) async fn refund_card(desk: &Desk<'_>) -> Result<Card, Fault> {
    let here = desk.here;
    let mut tx = here.app().store.read().await?;
    let rule = store::refund_rule::of_event(&mut tx, desk.event().id).await?;
    let until = rule
        .ask_until
        .map_or_else(String::new, |at| typed::moment_text(at, desk.zone()));
    let until = Field::moment(
        "until",
        desk.say("Buyers may ask until", "Pembeli boleh meminta sampai"),
    )
    .value(until)
    .hint(desk.say(
        "Empty: until the event begins.",
        "Kosong: sampai acara mulai.",
    ));
    let again = Field::check(
        "again",
        desk.say(
            "Refunded places are sold again",
            "Tempat yang dikembalikan dijual lagi",
        ),
        rule.gives_back,
    );
    let form = FormPart::new(here, "refunds", desk.action("refunds"))
        .row(here, [until])
        .row(here, [again])
        .button(desk.say("Save the rule", "Simpan aturan"));
    Ok(Card::new("refunds", desk.say("Refunds", "Pengembalian dana")).form(form))
}

pub(super) async fn receipt_card(desk: &Desk<'_>) -> Result<Card, Fault> {
    let here = desk.here;
    let numberings = here.app().receipt_numberings(desk.event().id).await?;
    let fields = numberings.into_iter().map(|(kind, pattern, _)| {
        let label = match kind {
            ReceiptKind::Sale => desk.say("Receipts", "Kuitansi"),
            ReceiptKind::Refund => desk.say("Credit notes", "Nota kredit"),
        };
        Field::line(kind.name(), label)
            .value(pattern)
            .required()
            .most(80)
    });
    let form = FormPart::new(here, "receipts", desk.action("receipts"))
        .group(here, "", fields.collect())
        .button(desk.say("Save the patterns", "Simpan pola"));
    Ok(Card::new("receipts", desk.say("Receipt numbers", "Nomor kuitansi"))
        .lead(desk.say(
            "{event}, {year} and {number:05} are filled in. Numbers go on counting when the pattern changes.",
            "{event}, {year}, dan {number:05} diisi otomatis. Nomor terus berlanjut bila polanya diubah.",
        ))
        .form(form))
}

pub(in crate::http::panel) async fn refunds(here: Here) -> Response {
    let saved = save_refunds(&here).await;
    answer(&here, AT, saved).await
}

async fn save_refunds(here: &Here) -> Result<String, Fault> {
    let (event, form) = (meant(here)?, here.form());
    let zone = crate::domain::wall_clock::zone(&event.time_zone);
    let typed_until = form.text("until");
    let ask_until = typed::moment(&typed_until, zone, None);
    if ask_until.is_none() && !typed_until.is_empty() {
        return Err(Fault::Said(
            "Enter a day and a time, or nothing.",
            "Isi tanggal dan jam, atau kosongkan.",
        ));
    }
    let rule = RefundRule {
        gives_back: !form.text("again").is_empty(),
        ask_until,
    };
    let set = here
        .app()
        .set_refund_rule(event.id, rule, &actor(here))
        .await;
    set.map_err(|error| match error {
        RefundError::Store(error) => Fault::Broken(error),
        _ => Fault::Unknown,
    })?;
    Ok(done(here, AT, "saved"))
}

pub(in crate::http::panel) async fn receipts(here: Here) -> Response {
    let saved = save_receipts(&here).await;
    answer(&here, AT, saved).await
}

async fn save_receipts(here: &Here) -> Result<String, Fault> {
    let (event, by) = (meant(here)?.id, actor(here));
    let parsed = ReceiptKind::ALL.iter().map(|kind| {
        let pattern = Pattern::parse(&here.form().text(kind.name()));
        pattern.map(|pattern| (*kind, pattern))
    });
    let parsed = parsed
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| said(&error))?;
    for (kind, pattern) in parsed {
        here.app()
            .put_receipt_pattern(event, kind, &pattern, &by)
            .await?;
    }
    Ok(done(here, AT, "saved"))
}

const fn said(error: &PatternError) -> Fault {
    match error {
        PatternError::Length => Fault::Said(
            "Enter a pattern of 1 to 80 characters for both.",
            "Isi pola 1 sampai 80 karakter untuk keduanya.",
        ),
        PatternError::Character => Fault::Said(
            "Use letters, digits, spaces and / . _ - besides what is filled in.",
            "Pakai huruf, angka, spasi, dan / . _ - selain yang diisi otomatis.",
        ),
        PatternError::Place => Fault::Said(
            "Write {event}, {year}, {number} or {number:05} in the braces.",
            "Tulis {event}, {year}, {number}, atau {number:05} di dalam kurung.",
        ),
        PatternError::Number => Fault::Said(
            "Write {number} or {number:05} into each pattern exactly once.",
            "Tulis {number} atau {number:05} tepat satu kali di setiap pola.",
        ),
    }
}
